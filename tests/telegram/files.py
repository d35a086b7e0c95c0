"""Files that bots send and fetch."""

from __future__ import annotations

from tests.telegram.call import Call, Upload
from tests.telegram.refusals import JSON, Refused, bad_request
from tests.telegram.things import StoredFile

LARGEST_UPLOAD = 50 * 1024 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
FOLDERS = {"document": "documents", "photo": "photos"}


def of_call(call: Call, media: str) -> JSON:
    """The document or photo of a message: uploaded with the call, or one that was sent before."""
    upload = _uploaded(call, media)
    if upload is None:
        return wire(_sent_before(call, media), media)
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > LARGEST_UPLOAD:
        raise Refused(413, "Request Entity Too Large")
    if media == "photo":
        _check_picture(upload)
    return wire(call.world.add_file(upload.name, upload.content, FOLDERS[media]), media)


def wire(file: StoredFile, media: str) -> JSON:
    if media == "photo":
        return {"photo": [{**file.wire(), "width": 640, "height": 480}]}
    return {"document": {**file.wire(), "file_name": file.name}}


def _uploaded(call: Call, media: str) -> Upload | None:
    """What came in the request's parts, under the method's own name or under the one that attach:// gives."""
    named = call.params.text(media)
    if named.startswith("attach://"):
        return call.files.get(named.removeprefix("attach://"))
    return call.files.get(media)


def _sent_before(call: Call, media: str) -> StoredFile:
    named = call.params.text(media)
    if not named or named.startswith("attach://"):
        raise bad_request(f"there is no {media} in the request")
    if "://" in named:
        call.complain(f"sending a {media} by address is not modelled: {named}")
        raise bad_request("failed to get HTTP URL content")
    if named not in call.world.files:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not call.world.files[named].path.startswith(FOLDERS[media]):
        raise bad_request("type of file mismatch")
    return call.world.files[named]


def _check_picture(upload: Upload) -> None:
    if len(upload.content) > LARGEST_PHOTO:
        raise bad_request("file is too big")
    if not upload.content.startswith(PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")


def get_file(call: Call) -> JSON:
    file = call.world.files.get(call.params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {**file.wire(), "file_path": file.path}
