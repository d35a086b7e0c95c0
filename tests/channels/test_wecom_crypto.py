"""WeCom's callback crypto, against the vectors that Tencent prints and against whatever else may be sent to us."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest

from bot.channels.wecom.crypto import LARGEST_ENCRYPTED, Crypto, CryptoError, KeyMistake, Signed

TOKEN = "QDG6eK"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "wx5823bf96d3bd56c7"


@dataclass(frozen=True)
class Vector:
    receiver: str
    given: Signed
    random: bytes
    message: str
    encrypted: str

    def crypto(self) -> Crypto:
        return Crypto(TOKEN, KEY, self.receiver)


V1 = Vector(
    CORP,
    Signed("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780"),
    b"c41b64491c2468d0",
    "1616140317555161061",
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
)
V2 = Vector(
    CORP,
    Signed("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149"),
    b"0960688932c47ef1",
    """<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>
<FromUserName><![CDATA[mycreate]]></FromUserName>
<CreateTime>1409659813</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[hello]]></Content>
<MsgId>4561255354251345929</MsgId>
<AgentID>218</AgentID>
</xml>""",
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q==",
)
V3 = Vector(
    "",
    Signed("df6869b016b06e2b175ed7dd39b6680325344535", "1409659813", "1372623149"),
    b"0123456789abcdef",
    '{"msgtype":"text","text":{"content":"hello 门店"}}',
    "sKqRbbiSUnDhFHOvPjtUMduvVe/112Wz42C8eXo0FCTmSNxBK/mECvKlWXbefL6A+8kJ0fEx+YEJSZNLgzuYENFciFuNGi0PaN3B2fwImNhZonbW"
    "3+t0jWc4UdNtGsq2",
)
V4 = Vector(
    "",
    Signed("0feecdfafa0e6c7ac93094bfec405726714260a6", "1409659813", "1372623149"),
    b"0123456789abcdef",
    "xxxxxxxxxxxx",
    "sKqRbbiSUnDhFHOvPjtUMT04SBXqyecnV0R+mVLqu11Se0CAxtEP8Zs4hONFU+GhnY2XmfYUSF/20UR5dRgc0w==",
)
VECTORS = pytest.mark.parametrize("vector", [V1, V2, V3, V4], ids=["V1", "V2", "V3", "V4"])
OURS = V2.crypto()


def sealed(held: bytes) -> str:
    """Encrypted with our key as it stands, whatever it is: a multiple of 16 bytes."""
    context = OURS.cipher.encryptor()
    return base64.b64encode(context.update(held) + context.finalize()).decode()


def given(encrypted: str) -> Signed:
    return Signed(OURS.signature(encrypted, "1", "2"), "1", "2")


def padded(plain: bytes, pad: bytes) -> str:
    return sealed(plain + pad)


@VECTORS
def test_what_tencent_encrypted_is_opened(vector: Vector) -> None:
    assert vector.crypto().opened(vector.encrypted, vector.given) == vector.message


@VECTORS
def test_what_we_encrypt_with_the_same_random_is_the_same_to_the_byte(vector: Vector) -> None:
    assert vector.crypto().encrypt(vector.message, random=vector.random) == vector.encrypted


@VECTORS
def test_what_we_sign_is_signed_alike(vector: Vector) -> None:
    found = vector.crypto().signature(vector.encrypted, vector.given.timestamp, vector.given.nonce)

    assert found == vector.given.signature


@pytest.mark.parametrize("length", range(32))
def test_every_pad_from_1_to_32_is_taken_off(length: int) -> None:
    said = "门" * (length // 3) + "x" * (length % 3)

    encrypted = OURS.encrypt(said)

    assert OURS.decrypt(encrypted) == said
    assert len(base64.b64decode(encrypted)) % 32 == 0


def test_the_pads_that_were_tried_are_all_there_are() -> None:
    plain = [20 + length + len(CORP) for length in range(32)]

    assert {32 - length % 32 for length in plain} == set(range(1, 33))


def test_the_same_words_are_never_encrypted_alike() -> None:
    assert OURS.encrypt("好") != OURS.encrypt("好")


@pytest.mark.parametrize(
    "changed",
    [
        Signed(V2.given.signature[:-1] + "7", V2.given.timestamp, V2.given.nonce),
        Signed(V2.given.signature.upper(), V2.given.timestamp, V2.given.nonce),
        Signed(V2.given.signature, "1409659814", V2.given.nonce),
        Signed(V2.given.signature, V2.given.timestamp, "1"),
        Signed("", V2.given.timestamp, V2.given.nonce),
        Signed("签名", V2.given.timestamp, V2.given.nonce),
        Signed("\ud800", "\ud800", "\ud800"),
    ],
)
def test_a_wrong_signature_is_refused(changed: Signed) -> None:
    with pytest.raises(CryptoError, match="signature"):
        OURS.opened(V2.encrypted, changed)


def test_what_is_signed_with_another_token_is_refused() -> None:
    other = Crypto("another", KEY, CORP)

    with pytest.raises(CryptoError, match="signature"):
        other.opened(V2.encrypted, V2.given)


def test_what_is_for_another_corp_is_refused() -> None:
    other = Crypto(TOKEN, KEY, "wx0000000000000000")

    with pytest.raises(CryptoError, match="receiver"):
        other.opened(V2.encrypted, V2.given)


def test_what_is_for_an_ai_bot_is_not_for_the_corps_app() -> None:
    with pytest.raises(CryptoError, match="receiver"):
        OURS.opened(V3.encrypted, V3.given)


@pytest.mark.parametrize("kept", range(0, len(V1.encrypted), 4))
def test_what_was_cut_off_is_refused_wherever_it_was_cut(kept: int) -> None:
    encrypted = V1.encrypted[:kept]

    with pytest.raises(CryptoError):
        OURS.opened(encrypted, given(encrypted))


@pytest.mark.parametrize("encrypted", ["x", "门店", "=", "\ud800", V1.encrypted[:-1], "*" + V1.encrypted, "AAAA" * 8])
def test_what_is_not_base64_is_refused(encrypted: str) -> None:
    with pytest.raises(CryptoError):
        OURS.opened(encrypted, given(encrypted))


def test_what_is_larger_than_any_message_is_refused_before_anything_is_reckoned() -> None:
    with pytest.raises(CryptoError, match="large"):
        OURS.opened("A" * (LARGEST_ENCRYPTED + 1), V2.given)


HEAD = b"0123456789abcdef"
# What was encrypted, 32 bytes of it, and why it is none of WeCom's.
BROKEN = [
    (HEAD + bytes(16), "padding"),
    (HEAD + bytes(15) + b"\x21", "padding"),
    (HEAD + bytes(15) + b"\xff", "padding"),
    (HEAD + bytes(13) + b"\x02\x03\x03", "padding"),
    # The pad takes the length away, or all of it.
    (HEAD + b"\x10" * 16, "length"),
    (b"\x20" * 32, "length"),
    # It claims to be longer than it is.
    (HEAD + (13).to_bytes(4, "big") + bytes(11) + b"\x01", "length"),
    (HEAD + b"\xff\xff\xff\xff" + bytes(11) + b"\x01", "length"),
    (HEAD + bytes(4) + b"wx5823bf96" + b"\x02\x02", "receiver"),
]


@pytest.mark.parametrize(("held", "why"), BROKEN)
def test_what_is_encrypted_with_our_key_and_is_still_wrong_is_refused(held: bytes, why: str) -> None:
    encrypted = sealed(held)

    with pytest.raises(CryptoError, match=why):
        OURS.opened(encrypted, given(encrypted))


def test_words_that_are_not_utf_8_are_refused() -> None:
    plain = HEAD + (2).to_bytes(4, "big") + b"\xff\xfe" + CORP.encode()

    with pytest.raises(CryptoError, match="UTF-8"):
        OURS.decrypt(padded(plain, b"\x18" * 24))


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "=", KEY[:-1] + "\n", KEY[:-1] + "+", "密" * 43])
def test_a_key_that_wecom_never_gives_is_a_mistake(key: str) -> None:
    with pytest.raises(KeyMistake, match="43"):
        Crypto(TOKEN, key, CORP)


@pytest.mark.parametrize("token", ["", "x" * 33, "a b", "令牌"])
def test_a_token_that_wecom_never_gives_is_a_mistake(token: str) -> None:
    with pytest.raises(KeyMistake, match="32"):
        Crypto(token, KEY, CORP)


def test_a_key_with_bits_left_over_is_a_key() -> None:
    other = Crypto(TOKEN, KEY[:-1] + "D", CORP)

    assert other.decrypt(other.encrypt("好")) == "好"


def test_what_is_shown_of_it_has_neither_token_nor_key() -> None:
    assert TOKEN not in repr(OURS)
    assert KEY not in repr(OURS)
