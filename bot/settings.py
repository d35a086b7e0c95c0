"""What the one who runs Qiantai sets in the environment (QIANTAI_…); secrets come from here and are never logged."""

from __future__ import annotations

from pathlib import Path

from pydantic import AwareDatetime, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="QIANTAI_", env_ignore_empty=True, extra="ignore")

    data: Path = Path("data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    web_chat: bool = False
    secret: SecretStr | None = None
    demo_now: AwareDatetime | None = None

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("sqlite:///… or postgresql+psycopg://…")
        return url

    def database(self) -> str:
        """The database's URL: the one that is set, or a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'qiantai.db'}"

    def base_url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"
