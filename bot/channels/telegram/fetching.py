"""A file that somebody sent, fetched from Telegram by the name it has there."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.client import Client, failure, without_token
from bot.talk import DeliveryError, File

# More than this Telegram hands to no bot.
LARGEST_BYTES = 20 * 1024 * 1024
TOO_BIG = "the file is larger than the 20 MB that Telegram hands out"


async def fetched(client: Client, file_id: str) -> File:
    """The file, called as Telegram calls it. Raises DeliveryError, permanent if it will never be had."""
    try:
        found = await client.get_file(file_id)
        if (found.file_size or 0) > LARGEST_BYTES:
            raise DeliveryError(TOO_BIG, permanent=True, too_large=True)
        content = bytes(await found.download_as_bytearray())
    except BadRequest as error:
        why = _why_not(error, client)
        raise DeliveryError(why, permanent=True, too_large=why == TOO_BIG) from error
    except TelegramError as error:
        raise failure(error, client) from error
    name = PurePosixPath(found.file_path or file_id).name
    return File(name, content, mimetypes.guess_type(name)[0] or "application/octet-stream")


def _why_not(error: BadRequest, client: Client) -> str:
    said = without_token(str(error), client)
    return TOO_BIG if "too big" in said.lower() else f"Telegram does not hand out the file: {said}"
