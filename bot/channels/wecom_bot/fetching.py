"""A file that somebody sent: WeCom hands it out for five minutes, encrypted with a key of its own."""

from __future__ import annotations

import base64
import binascii
import json
import re
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.channels.wecom import errors
from bot.channels.wecom.crypto import BLOCK_BYTES, CryptoError, unpadded
from bot.talk import DeliveryError, File

LARGEST_BYTES = 20 * 1024 * 1024
CONNECT_SECONDS = 5
READ_SECONDS = 30
KEY_BYTES = 32
# Too slow, or too often: it may be had in a moment.
LATER = (408, 429)
LONGEST_FILE_NAME = 120
# `filename*` is the name itself, `filename` perhaps another one for old programs.
FILE_NAME = re.compile(r"filename\*=(?:utf-8'')?\"?([^\";]+)|filename=\"?([^\";]+)", re.IGNORECASE)


async def fetched(file: str) -> File:
    """`file` is what reading kept of it. Raises DeliveryError, permanent if it will never be had."""
    url, key = _where(file)
    patience = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    try:
        async with (
            httpx.AsyncClient(timeout=patience, trust_env=False, follow_redirects=True) as http,
            http.stream("GET", url) as answer,
        ):
            # Whatever is not handed out now is not handed out later: the address ends.
            if answer.is_client_error and answer.status_code not in LATER:
                raise DeliveryError(f"WeCom does not hand out the file: HTTP {answer.status_code}", permanent=True)
            answer.raise_for_status()
            content = await _whole(answer)
            named = answer.headers.get("content-disposition", "")
            kind = answer.headers.get("content-type", "application/octet-stream")
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise _broken("its address") from None
    except httpx.HTTPError as error:
        raise errors.failure(error) from error
    return File(_name(named), _decrypted(content, key), kind)


def _where(file: str) -> tuple[str, bytes]:
    try:
        where = json.loads(file)
        url, written = where["url"], where["aeskey"]
        # WeCom leaves the padding away where it likes to.
        key = base64.b64decode(written + "=" * (-len(written) % 4))
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise _broken("its key") from None
    if len(key) != KEY_BYTES or not isinstance(url, str):
        raise _broken("its key or its address")
    return url, key


async def _whole(answer: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > LARGEST_BYTES + BLOCK_BYTES:
            raise DeliveryError("the file is larger than 20 MB", permanent=True, too_large=True)
    return bytes(content)


def _decrypted(content: bytes, key: bytes) -> bytes:
    """AES-256-CBC, padded to 32 and not to AES's own 16."""
    if not content or len(content) % 16:
        raise _broken("truncated")
    context = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    try:
        return unpadded(context.update(content) + context.finalize())
    except CryptoError:
        raise _broken("its padding") from None


def _name(disposition: str) -> str:
    found = FILE_NAME.search(disposition)
    named = unquote(found[1] or found[2]) if found else ""
    return PurePosixPath(named.replace("\\", "/")).name[-LONGEST_FILE_NAME:] or "file"


def _broken(what: str) -> DeliveryError:
    return DeliveryError(f"a file of WeCom's that nobody can open: {what}", permanent=True)
