"""media/upload and media/get: names as WeCom can read them, sizes, and three days."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.wecom.refusals import JSON, Refused
from tests.wecom.things import Media, Upload
from tests.wecom.world import World

MB = 1024 * 1024
LARGEST = {"image": 10 * MB, "voice": 2 * MB, "video": 10 * MB, "file": 20 * MB}
BEGINS = {"image": (b"\xff\xd8\xff", b"\x89PNG"), "voice": (b"#!AMR",), "video": (b"",), "file": (b"",)}
NAME = re.compile(r'\bname="([^"]*)"')
FILE_NAME = re.compile(r'\bfilename="([^"]*)"')


def upload(world: World, kind: str, given: list[Upload], robot: str = "") -> JSON:
    """A robot has fewer kinds, and what it uploads is its own."""
    if kind not in (("file", "voice") if robot else LARGEST):
        raise Refused(40004, "invalid media type")
    part = next((one for one in given if one.field == "media"), None)
    # A name as RFC 2231 has it is one that WeCom does not see.
    if part is None or not part.name or "filename*" in part.disposition:
        raise Refused(44001, "empty media data")
    if len(part.content) <= 5:
        raise Refused(40006, "invalid media size")
    if len(part.content) > LARGEST[kind]:
        raise Refused(45001, "media too large")
    if not part.content.startswith(BEGINS[kind]):
        raise Refused(40005, "invalid file type")
    media = world.add_media(kind, part.name, part.content, robot)
    return {"type": kind, "media_id": media.id, "created_at": str(int(media.at))}


def download(world: World, query: Mapping[str, str]) -> Media:
    media = world.medium(query.get("media_id", ""))
    if len(media.content) > LARGEST["file"]:
        raise Refused(830002, "use Range")
    return media


def uploads(content_type: str, body: bytes) -> list[Upload]:
    """The parts of a multipart body, with their headers as they came."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    held = body.split(b"--" + boundary)[1:-1] if boundary else []
    return [_upload(part.removeprefix(b"\r\n").removesuffix(b"\r\n")) for part in held]


def _upload(part: bytes) -> Upload:
    head, _, content = part.partition(b"\r\n\r\n")
    headers = head.decode("utf-8").split("\r\n")
    disposition = next(line for line in headers if line.lower().startswith("content-disposition"))
    name, file_name = NAME.search(disposition), FILE_NAME.search(disposition)
    return Upload(name[1] if name else "", file_name[1] if file_name else "", disposition, content)
