"""Uploads in pieces: announced, sent in any order and as often as one likes, and all there before the end."""

from __future__ import annotations

import base64
import binascii
import hashlib

from tests.wecom.refusals import JSON, Refused
from tests.wecom.typed import Typed
from tests.wecom_bot.refusals import UNKNOWN_CODE
from tests.wecom_bot.things import Media, Upload
from tests.wecom_bot.world import World

MB = 1024 * 1024
LARGEST = {"image": 10 * MB, "voice": 2 * MB, "video": 10 * MB, "file": 20 * MB}
LARGEST_CHUNK = 512 * 1024
MOST_CHUNKS = 100
SESSION_SECONDS = 30 * 60


def begin(world: World, number: str, body: Typed) -> JSON:
    body.knows_only("type", "filename", "total_size", "total_chunks", "md5")
    kind, size, chunks = body.text("type"), body.number("total_size") or 0, body.number("total_chunks") or 0
    if kind not in LARGEST:
        raise Refused(40004, "invalid media type")
    if not body.text("filename") or "/" in body.text("filename"):
        raise Refused(44001, "empty filename")
    if size <= 5:
        raise Refused(40006, "invalid media size")
    if size > LARGEST[kind]:
        raise Refused(45001, "media too large")
    if not 1 <= chunks <= MOST_CHUNKS:
        raise Refused(UNKNOWN_CODE["too many pieces"], "invalid total_chunks")
    if not world.uploading.may(world.clock()):
        raise Refused(UNKNOWN_CODE["too many messages"], "api freq out of limit")
    name = world.number("upload")
    world.uploads[name] = Upload(kind, body.text("filename"), size, chunks, body.text("md5"), world.clock())
    return {"upload_id": name}


def take_piece(world: World, number: str, body: Typed) -> JSON:
    body.knows_only("upload_id", "chunk_index", "base64_data")
    upload, index = _upload(world, body), body.number("chunk_index")
    if index is None or not 0 <= index < upload.chunks:
        raise Refused(846612, "chunk_index out of range")
    try:
        content = base64.b64decode(body.text("base64_data"), validate=True)
    except binascii.Error:
        raise Refused(UNKNOWN_CODE["other content than announced"], "not base64") from None
    if len(content) > LARGEST_CHUNK:
        raise Refused(UNKNOWN_CODE["piece too large"], "chunk too large")
    upload.parts[index] = content
    return {}


def finish(world: World, number: str, body: Typed) -> JSON:
    body.knows_only("upload_id")
    upload = _upload(world, body)
    if len(upload.parts) < upload.chunks:
        raise Refused(846616, "chunks are missing")
    content = b"".join(part for _, part in sorted(upload.parts.items()))
    if (len(content), hashlib.md5(content).hexdigest()) != (upload.size, upload.md5):
        raise Refused(UNKNOWN_CODE["other content than announced"], "md5 or size mismatch")
    del world.uploads[body.text("upload_id")]
    name = world.number("media")
    world.media[name] = Media(upload.kind, upload.name, content, world.clock())
    return {"type": upload.kind, "media_id": name, "created_at": int(world.clock())}


def _upload(world: World, body: Typed) -> Upload:
    found = world.uploads.get(body.text("upload_id"))
    if found is None or world.clock() - found.at > SESSION_SECONDS:
        raise Refused(UNKNOWN_CODE["no such upload"], "no such upload")
    return found
