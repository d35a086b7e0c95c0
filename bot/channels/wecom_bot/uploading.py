"""A file on its way to WeCom: announced, sent in pieces one after another, and given a number to be sent by."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import PurePosixPath
from typing import Any

from bot.channels.wecom.errors import BUSY, WeComError
from bot.talk import DeliveryError, File

JSON = dict[str, Any]
Ask = Callable[..., Awaitable[JSON]]

CHUNK_BYTES = 512 * 1024
LARGEST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 120
# A piece is large, and one that arrives twice changes nothing.
CHUNK_SECONDS = 20.0
CHUNK_TRIES = 3


async def uploaded(ask: Ask, file: File) -> str:
    """The media_id, for three days; `ask` sends a request to WeCom."""
    if len(file.content) > LARGEST_BYTES:
        raise DeliveryError("the file is larger than the 20 MB that WeCom takes", refused=True)
    chunks = [file.content[start : start + CHUNK_BYTES] for start in range(0, len(file.content), CHUNK_BYTES)]
    begun = await ask(
        "aibot_upload_media_init",
        {
            "type": "file",
            "filename": _plain_name(file.name),
            "total_size": len(file.content),
            "total_chunks": len(chunks),
            "md5": hashlib.md5(file.content, usedforsecurity=False).hexdigest(),
        },
    )
    upload = _named(begun, "upload_id")
    for index, chunk in enumerate(chunks):
        await _send_chunk(ask, {"upload_id": upload, "chunk_index": index, "base64_data": _base64(chunk)})
    return _named(await ask("aibot_upload_media_finish", {"upload_id": upload}), "media_id")


async def _send_chunk(ask: Ask, chunk: JSON) -> None:
    for _ in range(CHUNK_TRIES - 1):
        try:
            await ask("aibot_upload_media_chunk", chunk, seconds=CHUNK_SECONDS)
        except WeComError as error:
            if error.code != BUSY:
                raise
        except DeliveryError as error:
            if error.unreached:
                raise
        else:
            return
    await ask("aibot_upload_media_chunk", chunk, seconds=CHUNK_SECONDS)


def _plain_name(name: str) -> str:
    """Without a folder, and short enough for its ending to be seen."""
    return PurePosixPath(name.replace("\\", "/")).name[-LONGEST_NAME:] or "file"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _named(answer: JSON, name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise DeliveryError("not an answer of WeCom's")
    return found
