"""What the one who runs Qiantai sets in the environment (QIANTAI_…); secrets come from here and are never logged."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AwareDatetime, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TOKEN = re.compile(r"\d{5,20}:[A-Za-z0-9_-]{20,100}")
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
WECOM_AGENT_ID = re.compile(r"[1-9][0-9]{0,17}")
WECOM_TOKEN = re.compile(r"[A-Za-z0-9]{1,32}")
WECOM_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
WECOM_ROBOT_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
NEVER = ("off", "false", "no", "0")
Port = Annotated[int, Field(ge=0, le=65535)]


def _daily(written: object) -> object:
    return None if str(written).strip().lower() in NEVER else written


def _key_of_robot(written: object) -> object:
    """The key alone; WeCom shows the whole address."""
    return str(written).rpartition("key=")[2].strip() if isinstance(written, str) else written


def _url(written: str) -> SplitResult | None:
    """The parts of an http or https URL, None if it is none."""
    with suppress(ValueError):
        parts = urlsplit(written)
        # Reading the port is what checks it.
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        return parts if whole and not re.search(r"[\s\x00-\x1f\x7f]", written) else None
    return None


def _is_here(host: str | None) -> bool:
    with suppress(ValueError):
        return host == "localhost" or ip_address(host or "").is_loopback
    return False


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
    wecom_corp_id: str = ""
    wecom_agent_id: int | None = None
    wecom_secret: SecretStr | None = None
    wecom_token: SecretStr | None = None
    wecom_aes_key: SecretStr | None = None
    wecom_robot_key: Annotated[SecretStr | None, BeforeValidator(_key_of_robot)] = None
    wecom_bot_id: str = ""
    wecom_bot_secret: SecretStr | None = None
    wecom_base_url: str = "https://qyapi.weixin.qq.com"
    wecom_ws_url: str = "wss://openws.work.weixin.qq.com"
    demo_now: AwareDatetime | None = None
    demo_cases: bool = True
    backup_dir: Path | None = None
    backup_at: Annotated[time | None, BeforeValidator(_daily)] = time(3, 30)
    backups_kept: int = Field(default=14, ge=1)

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("settings.database_url")
        return url

    @field_validator("telegram_token")
    @classmethod
    def token_as_botfather_gives_it(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("settings.telegram_token")
        return token

    @field_validator("telegram_secret")
    @classmethod
    def secret_as_telegram_takes_it(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("settings.telegram_secret")
        return secret

    @field_validator("telegram_base_url")
    @classmethod
    def address_of_a_bot_api(cls, url: str) -> str:
        if _url(url) is None or not url.endswith("/bot"):
            raise ValueError("settings.telegram_base_url")
        return url

    @field_validator("telegram_file_url")
    @classmethod
    def address_of_its_files(cls, url: str) -> str:
        if _url(url) is None or not url.endswith("/file/bot"):
            raise ValueError("settings.telegram_file_url")
        return url

    @field_validator("telegram_proxy")
    @classmethod
    def proxy_that_speaks_http(cls, proxy: str) -> str:
        if proxy.lower().startswith("socks"):
            raise ValueError("settings.telegram_proxy_socks")
        if proxy and _url(proxy) is None:
            raise ValueError("settings.telegram_proxy")
        return proxy

    @field_validator("wecom_agent_id", mode="before")
    @classmethod
    def number_of_an_app(cls, number: object) -> object:
        if number is not None and not WECOM_AGENT_ID.fullmatch(str(number)):
            raise ValueError("settings.wecom_agent_id")
        return number

    @field_validator("wecom_token")
    @classmethod
    def token_as_wecom_makes_it(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not WECOM_TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("settings.wecom_token")
        return token

    @field_validator("wecom_aes_key")
    @classmethod
    def key_as_wecom_makes_it(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not WECOM_AES_KEY.fullmatch(key.get_secret_value()):
            raise ValueError("settings.wecom_aes_key")
        return key

    @field_validator("wecom_robot_key")
    @classmethod
    def key_in_a_robots_address(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not WECOM_ROBOT_KEY.fullmatch(key.get_secret_value()):
            raise ValueError("settings.wecom_robot_key")
        return key

    @field_validator("wecom_base_url")
    @classmethod
    def address_of_wecom(cls, url: str) -> str:
        if _url(url) is None:
            raise ValueError("settings.wecom_base_url")
        return url.rstrip("/")

    @field_validator("wecom_ws_url")
    @classmethod
    def address_of_wecoms_socket(cls, url: str) -> str:
        if not url.startswith(("ws://", "wss://")) or _url(url.replace("ws", "http", 1)) is None:
            raise ValueError("settings.wecom_ws_url")
        return url

    @model_validator(mode="after")
    def wecom_is_whole(self) -> Self:
        """An app that lacks a part could send and not hear, or not even that; it is called at the public address."""
        app = (self.wecom_corp_id, self.wecom_agent_id, self.wecom_secret, self.wecom_token, self.wecom_aes_key)
        if any(app) and not all(app):
            raise ValueError("settings.wecom_incomplete")
        if all(app) and _url(self.public_url) is None:
            raise ValueError("settings.wecom_without_address")
        if bool(self.wecom_bot_id) != (self.wecom_bot_secret is not None):
            raise ValueError("settings.wecom_bot_incomplete")
        return self

    @model_validator(mode="after")
    def webhook_has_an_address(self) -> Self:
        if self.telegram_token is None or self.telegram_mode != "webhook":
            return self
        if not self.public_url:
            raise ValueError("settings.webhook_without_address")
        parts = _url(self.public_url)
        if parts is None or (parts.scheme == "http" and not _is_here(parts.hostname)):
            raise ValueError("settings.webhook_address")
        return self

    def database(self) -> str:
        """The database's URL: the one that is set, or a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'qiantai.db'}"

    def has_web_chat(self) -> bool:
        """Whether people are expected in the web chat: it is on, or there is nothing else."""
        return self.web_chat or not (self.telegram_token or self.wecom_corp_id or self.wecom_bot_id)

    def telegram_account(self) -> str:
        """The number of the bot whose token is set, which its token begins with; "" without one."""
        return self.telegram_token.get_secret_value().partition(":")[0] if self.telegram_token else ""

    def backups(self) -> Path:
        """The folder of the nightly backups."""
        return self.backup_dir or self.data / "backups"

    def base_url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"
