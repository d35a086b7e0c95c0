"""What the one who runs Qiantai sets in the environment (QIANTAI_…); secrets come from here and are never logged."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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

    def database(self) -> str:
        """The database's URL: the one that is set, or a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'qiantai.db'}"

    def backups(self) -> Path:
        """The folder of the nightly backups."""
        return self.backup_dir or self.data / "backups"

    def base_url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"
