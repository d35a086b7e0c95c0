"""How WeCom signs and encrypts what it calls with: written from its documentation alone, not from the product's code.

What the product opens and what this closes are held together by Tencent's printed vectors.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC


@dataclass(frozen=True)
class Sealer:
    """One app's token and key on WeCom's side; `receiver` is its corp."""

    token: str
    encoding_key: str
    receiver: str

    def sealed(self, message: str, *, random: bytes = b"0123456789abcdef", pad: bytes | None = None) -> str:
        """`pad` takes the place of the right one."""
        said = message.encode()
        plain = random + struct.pack(">I", len(said)) + said + self.receiver.encode()
        number = 32 - len(plain) % 32
        key = base64.b64decode(self.encoding_key + "=")
        encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
        held = encryptor.update(plain + (bytes([number] * number) if pad is None else pad)) + encryptor.finalize()
        return base64.b64encode(held).decode()

    def query(
        self, encrypted: str, *, timestamp: int = 1409659813, nonce: str = "1372623149", echo: bool = False
    ) -> str:
        """What stands in the address, percent-encoded once."""
        signed = "".join(sorted([self.token, str(timestamp), nonce, encrypted]))
        given = {
            "msg_signature": hashlib.sha1(signed.encode()).hexdigest(),
            "timestamp": str(timestamp),
            "nonce": nonce,
            **({"echostr": encrypted} if echo else {}),
        }
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())

    def body(self, encrypted: str, *, agent: int = 1000002) -> bytes:
        return (
            f"<xml><ToUserName><![CDATA[{self.receiver}]]></ToUserName><AgentID><![CDATA[{agent}]]></AgentID>"
            f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        ).encode()


def xml(said: Mapping[str, object]) -> str:
    """As WeCom writes it: words in CDATA, numbers bare, what stands there several times one after another."""
    return f"<xml>{_inside(said)}</xml>"


def _inside(said: Mapping[str, object]) -> str:
    return "".join(_tag(name, one) for name, value in said.items() for one in _all(value))


def _all(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _tag(name: str, value: object) -> str:
    return f"<{escape(name)}>{_written(value)}</{escape(name)}>"


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return _inside(value)
    return str(value) if isinstance(value, int) else cdata(str(value))


def cdata(words: str) -> str:
    """CDATA cannot hold its own end, so that is split over two."""
    return "<![CDATA[" + words.replace("]]>", "]]]]><![CDATA[>") + "]]>"
