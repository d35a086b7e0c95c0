"""What the one who runs Qiantai sets in the environment (QIANTAI_…); secrets come from here and are never logged."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TOKEN = re.compile(r"\d{5,20}:[A-Za-z0-9_-]{20,100}")
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
NEVER = ("off", "false", "no", "0")
Port = Annotated[int, Field(ge=0, le=65535)]


def _daily(written: object) -> object:
    return None if str(written).strip().lower() in NEVER else written


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="QIANTAI_", env_ignore_empty=True, extra="ignore")

    data: Path = Path("data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: Port = 8000
    metrics_port: Port = 0
    public_url: str = ""
    web_chat: bool = False
    secret: SecretStr | None = None
    telegram_token: SecretStr | None = None
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_secret: SecretStr | None = None
    telegram_base_url: str = "https://api.telegram.org/bot"
    telegram_file_url: str = "https://api.telegram.org/file/bot"
    telegram_proxy: str = ""
    demo_now: AwareDatetime | None = None
    backup_dir: Path | None = None
    backup_at: Annotated[time | None, BeforeValidator(_daily)] = time(3, 30)
    backups_kept: int = Field(default=14, ge=1)

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("sqlite:///… or postgresql+psycopg://…")
        return url

    @field_validator("telegram_token")
    @classmethod
    def token_as_botfather_gives_it(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("123456789:AA…，BotFather 给的那一串")
        return token

    @field_validator("telegram_secret")
    @classmethod
    def secret_as_telegram_takes_it(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("1–256 个字母、数字、_ 或 -")
        return secret

    @model_validator(mode="after")
    def webhook_has_an_address(self) -> Self:
        if self.telegram_token is not None and self.telegram_mode == "webhook" and not self.public_url:
            raise ValueError("QIANTAI_TELEGRAM_MODE=webhook 需要 QIANTAI_PUBLIC_URL，比如 https://qiantai.example.com")
        return self

    def database(self) -> str:
        """The database's URL: the one that is set, or a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'qiantai.db'}"

    def has_web_chat(self) -> bool:
        """Whether people are expected in the web chat: it is on, or there is nothing else."""
        return self.web_chat or self.telegram_token is None

    def backups(self) -> Path:
        """The folder of the nightly backups."""
        return self.backup_dir or self.data / "backups"

    def base_url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"
