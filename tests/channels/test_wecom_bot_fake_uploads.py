"""The fake's uploads in pieces (check 33): each row is one that a client could run into."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.channels.wecom_bot_in_process import HOUR, InProcess
from tests.wecom.refusals import JSON


@pytest.fixture
def world() -> InProcess:
    return InProcess()


INIT: JSON = {
    "type": "file",
    "filename": "a.txt",
    "total_size": 10,
    "total_chunks": 2,
    "md5": hashlib.md5(b"0123456789", usedforsecurity=False).hexdigest(),
}


def begun(world: InProcess, **other: Any) -> str:
    name: str = world.wire.asks("aibot_upload_media_init", INIT | other)["body"]["upload_id"]
    return name


def piece(world: InProcess, upload: str, index: int, content: bytes) -> int:
    body = {"upload_id": upload, "chunk_index": index, "base64_data": base64.b64encode(content).decode()}
    return world.wire.code("aibot_upload_media_chunk", body)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, 0),
        ({"type": "sheet"}, 40004),
        ({"filename": ""}, 44001),
        ({"filename": "a/b.txt"}, 44001),
        ({"total_size": 5}, 40006),
        ({"total_size": 20 * 1024 * 1024 + 1}, 45001),
        ({"total_chunks": 0}, 846611),
        ({"total_chunks": 101}, 846611),
        ({"total_chunks": 100}, 0),
    ],
)
def test_an_upload_is_announced_as_what_wecom_takes(world: InProcess, other: JSON, code: int) -> None:
    assert world.wire.code("aibot_upload_media_init", INIT | other) == code


def test_pieces_come_in_any_order_and_again_and_all_before_the_end(world: InProcess) -> None:
    upload = begun(world)

    codes = [piece(world, upload, 1, b"56789"), world.wire.code("aibot_upload_media_finish", {"upload_id": upload})]
    codes += [piece(world, upload, index, b"01234") for index in (0, 0, 2)]
    finished = world.wire.asks("aibot_upload_media_finish", {"upload_id": upload})

    assert codes == [0, 846616, 0, 0, 846612]
    assert world.fake.world.media[finished["body"]["media_id"]].content == b"0123456789"


def test_pieces_are_small_and_what_was_announced(world: InProcess) -> None:
    upload = begun(world)

    codes = [piece(world, upload, 0, bytes(512 * 1024 + 1)), piece(world, "x", 0, b"1")]
    codes += [piece(world, upload, index, b"abcde") for index in (0, 1)]
    codes.append(world.wire.code("aibot_upload_media_finish", {"upload_id": upload}))
    world.clock.passes(1801)
    codes.append(piece(world, upload, 0, b"01234"))

    assert codes == [846614, 846613, 0, 0, 846615, 846613]


def test_a_file_is_sent_as_what_it_was_uploaded_and_for_three_days(world: InProcess) -> None:
    world.wang.says("好")
    upload = begun(world)
    _ = [piece(world, upload, 0, b"01234"), piece(world, upload, 1, b"56789")]
    media = world.wire.asks("aibot_upload_media_finish", {"upload_id": upload})["body"]["media_id"]

    codes = [
        world.wire.code("aibot_send_msg", {"chatid": "WangLei", "msgtype": kind, kind: {"media_id": media}})
        for kind in ("image", "file")
    ]
    world.clock.passes(73 * HOUR)
    late = {"chatid": "WangLei", "msgtype": "file", "file": {"media_id": media}}

    assert [*codes, world.wire.code("aibot_send_msg", late)] == [40007, 0, 40007]


def test_thirty_uploads_a_minute_are_begun(world: InProcess) -> None:
    codes = [world.wire.code("aibot_upload_media_init", INIT) for _ in range(31)]

    assert codes == [0] * 30 + [45009]
