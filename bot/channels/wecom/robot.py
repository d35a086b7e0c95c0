"""A group's robot as a channel: whoever has its key may speak there, and hears nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
import structlog

from bot.channels.begun import BegunMessages
from bot.channels.wecom import group_writing
from bot.channels.wecom.answers import JSON, checked, patience_of, uploaded
from bot.channels.wecom.client import ANSWER_SECONDS, BASE_URL, FILE_SECONDS
from bot.channels.wecom.errors import WeComError, failure
from bot.channels.wecom.writing import Part
from bot.talk import Address, Capabilities, DeliveryError, File, Message, Pace, Receive

log = structlog.get_logger()

NAME = "wecom_robot"
# The one group that a robot speaks in.
CHAT = "robot"
# Bytes.
LONGEST_MARKDOWN = 4096
# A file that is uploaded and never sent; WeCom takes none of less than six bytes.
NOTHING = File("qiantai.txt", b"qiantai", "text/plain")


class Robot:
    """The robot of one group, by the `key` of its webhook, which is a secret."""

    name = NAME
    can = Capabilities(
        edit=False,
        buttons=False,
        names_of="wecom",
        pace=Pace(chat_seconds=0, per_minute=20, per_minute_in_group=20, per_second=20),
    )

    def __init__(self, key: str, *, base_url: str = BASE_URL) -> None:
        self._key = key
        self._base_url = base_url
        self._begun: BegunMessages[str] = BegunMessages(_comes_again)
        self.account = account_of(key)

    async def run(self, receive: Receive) -> None:
        """There is nothing to listen to."""
        await asyncio.Event().wait()

    async def send(self, to: Address, message: Message, *, at: datetime) -> str:
        """Nothing can be done to it later, so it is called nothing. What broke off is taken up where it stopped."""
        if (to.account, to.chat) != (self.account, CHAT):
            raise DeliveryError("a robot speaks in its own group only", permanent=True)
        parts = group_writing.parts(message, longest_markdown=LONGEST_MARKDOWN)
        with self._begun.taking_up(to, message, at) as arrived:
            for part in parts[len(arrived) :]:
                with self._told():
                    await self._send_part(part)
                arrived.append(part.kind)
        return ""

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        raise DeliveryError("a robot cannot change what it said", refused=True)

    async def fetch(self, file: str) -> File:
        raise DeliveryError("nobody sends a robot anything", refused=True)

    async def try_key(self) -> None:
        """Whether WeCom knows the key, without a word in the group. Raises WeComError, or what the network does."""
        await self._upload(NOTHING)

    async def _send_part(self, part: Part) -> None:
        content = {"media_id": await self._upload(part.file)} if part.file else part.content
        await self._ask("send", json={"msgtype": part.kind, part.kind: content})

    async def _upload(self, file: File) -> str:
        async def ask(files: JSON) -> bytes:
            return await self._ask("upload_media", {"type": "file"}, files=files)

        return await uploaded(file, ask)

    async def _ask(self, path: str, query: JSON | None = None, **what: Any) -> bytes:
        """It says so little that no connection is kept for it."""
        patience = patience_of(FILE_SECONDS if "files" in what else ANSWER_SECONDS)
        async with httpx.AsyncClient(base_url=self._base_url, timeout=patience, trust_env=False) as http:
            asked = {"key": self._key, **(query or {})}
            return checked(path, await http.post(f"/cgi-bin/webhook/{path}", params=asked, **what))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever goes wrong is a DeliveryError, without the key, which stands in the address and so in other words.

        What nobody foresaw is counted like a failed try.
        """
        try:
            yield
        except WeComError as error:
            raise failure(WeComError(error.code, error.said.replace(self._key, "⋯"))) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise failure(error) from None
        except Exception as error:
            log.error("wecom robot broken", error_type=type(error).__name__)
            raise DeliveryError(type(error).__name__) from None


def account_of(key: str) -> str:
    """What the robot is called here, from which nobody learns its key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _comes_again(error: BaseException) -> bool:
    return isinstance(error, DeliveryError) and not (error.permanent or error.refused)
