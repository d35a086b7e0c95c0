"""WeCom's callback crypto: what it signs with our token and encrypts with our key for one receiver, and nobody else."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

# PKCS#7 to 32, not to AES's own 16: pads of 17 to 32 are WeCom's too.
BLOCK_BYTES = 32
RANDOM_BYTES = 16
LENGTH_BYTES = 4
HEAD_BYTES = RANDOM_BYTES + LENGTH_BYTES
# More than the longest message takes, which names a thousand members of a tag.
LARGEST_ENCRYPTED = 200_000
KEY = re.compile(r"[A-Za-z0-9]{43}")
TOKEN = re.compile(r"[A-Za-z0-9]{1,32}")


class CryptoError(Exception):
    """Not signed, not encrypted or not addressed as WeCom does it; says what is wrong, never what it holds."""


class KeyMistake(ValueError):
    """A token or a key that cannot be one of WeCom's; says which, not what it is."""


@dataclass(frozen=True)
class Signed:
    """What stands in the address that WeCom calls."""

    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True)
class Crypto:
    """`receiver` is the corp's id for an app, nothing for an AI bot. Raises KeyMistake for a wrong token or key."""

    token: str = field(repr=False)
    encoding_key: str = field(repr=False)
    receiver: str
    cipher: Cipher[modes.CBC] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not TOKEN.fullmatch(self.token):
            raise KeyMistake("the token has 1 to 32 letters and digits")
        if not KEY.fullmatch(self.encoding_key):
            raise KeyMistake("the key has exactly 43 letters and digits")
        # Some keys have bits left over at the end, which only a strict decoder minds.
        key = base64.b64decode(self.encoding_key + "=")
        object.__setattr__(self, "cipher", Cipher(algorithms.AES(key), modes.CBC(key[:16])))

    def opened(self, encrypted: str, given: Signed) -> str:
        """What WeCom says, once its signature, its shape and its receiver are right. Raises CryptoError."""
        if len(encrypted) > LARGEST_ENCRYPTED:
            raise CryptoError("too large")
        right = self.signature(encrypted, given.timestamp, given.nonce)
        if not hmac.compare_digest(right.encode(), _bytes(given.signature)):
            raise CryptoError("wrong signature")
        return self.decrypt(encrypted)

    def signature(self, encrypted: str, timestamp: str, nonce: str) -> str:
        signed = "".join(sorted((self.token, timestamp, nonce, encrypted)))
        return hashlib.sha1(_bytes(signed), usedforsecurity=False).hexdigest()

    def decrypt(self, encrypted: str) -> str:
        """Raises CryptoError."""
        message, receiver = _parts(unpadded(self._decrypted(encrypted)))
        if not hmac.compare_digest(receiver, self.receiver.encode()):
            raise CryptoError("for another receiver")
        try:
            return message.decode()
        except UnicodeDecodeError:
            raise CryptoError("not UTF-8") from None

    def encrypt(self, message: str, *, random: bytes | None = None) -> str:
        """As WeCom's own: 16 random bytes, the length in bytes, the message, the receiver."""
        said = message.encode()
        random = secrets.token_hex(RANDOM_BYTES // 2).encode() if random is None else random
        plain = random + len(said).to_bytes(LENGTH_BYTES, "big") + said + self.receiver.encode()
        pad = BLOCK_BYTES - len(plain) % BLOCK_BYTES
        return base64.b64encode(_finished(self.cipher.encryptor(), plain + bytes([pad]) * pad)).decode()

    def _decrypted(self, encrypted: str) -> bytes:
        try:
            held = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise CryptoError("not base64") from None
        if not held or len(held) % BLOCK_BYTES:
            raise CryptoError("truncated")
        return _finished(self.cipher.decryptor(), held)


def _finished(context: CipherContext, held: bytes) -> bytes:
    return context.update(held) + context.finalize()


def unpadded(padded: bytes) -> bytes:
    """Raises CryptoError."""
    pad = padded[-1]
    if not 1 <= pad <= BLOCK_BYTES or padded[-pad:] != bytes([pad]) * pad:
        raise CryptoError("wrong padding")
    return padded[:-pad]


def _parts(plain: bytes) -> tuple[bytes, bytes]:
    """The message and its receiver."""
    length = int.from_bytes(plain[RANDOM_BYTES:HEAD_BYTES], "big")
    if len(plain) < HEAD_BYTES + length:
        raise CryptoError("wrong length")
    return plain[HEAD_BYTES : HEAD_BYTES + length], plain[HEAD_BYTES + length :]


def _bytes(text: str) -> bytes:
    """Of whatever somebody wrote into an address, half characters too."""
    return text.encode("utf-8", "surrogatepass")
