"""A file that somebody sent, fetched from WeCom by the media_id that it has there for three days."""

from __future__ import annotations

import httpx

from bot.channels.wecom.client import Client
from bot.channels.wecom.errors import INVALID_MEDIA, TOO_LARGE_MEDIA, WeComError, failure
from bot.talk import DeliveryError, File


async def fetched(client: Client, media_id: str) -> File:
    """The file, called as WeCom calls it. Raises DeliveryError, permanent if it will never be had."""
    try:
        return await client.fetch(media_id)
    except WeComError as error:
        if error.code in (INVALID_MEDIA, TOO_LARGE_MEDIA):
            too_large = error.code == TOO_LARGE_MEDIA
            raise DeliveryError(
                f"WeCom does not hand out the file: {error}", permanent=True, too_large=too_large
            ) from error
        raise failure(error) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise failure(error) from error
