"""Seals personal data, digests it for look-ups, and makes codes and tokens, under keys that rotate.

A sealed value is: version, algorithm id, length of the key id, key id, 12-byte nonce, ciphertext with its 16-byte tag.
The header and the place the value belongs to are authenticated with it, so that nothing opens anywhere else.
"""

import base64
import binascii
import hmac
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cards.paper_number import CODE_ALPHABET, CODE_LENGTH, with_check_character

VERSION: Final = 1
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
PADDED_TO: Final = 32
LONGEST_TOKEN: Final = 4096
# A token may come from a server whose clock runs a little ahead.
CLOCK_SKEW: Final = 60


class SealError(Exception):
    """A sealed value or token cannot be used."""


class SealBroken(SealError):
    """The value was altered, sealed under another key, or belongs somewhere else."""


class UnknownKey(SealError):
    """The value names a key that the settings do not hold."""


class TokenExpired(SealError):
    """The token is genuine and too old."""


class Sealer(Protocol):
    """An authenticated cipher under one key; `decrypt` raises `InvalidTag`."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class SM4GCM:
    """SM4 in Galois/Counter Mode (RFC 8998), with the interface of `AESGCM`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Return ciphertext and tag."""
        encryptor = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Return the plaintext, or raise `InvalidTag`."""
        if len(data) < TAG_BYTES:
            raise InvalidTag
        decryptor = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


@dataclass(frozen=True)
class Algorithm:
    """One row of the table of algorithms; the id is stored in every sealed value and never reused."""

    id: int
    name: str
    key_bytes: int
    sealer: Callable[[bytes], Sealer]


SEALING_ALGORITHMS: Final = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(1, "A256GCM", 32, AESGCM),
        Algorithm(2, "SM4GCM", 16, SM4GCM),
    )
}
INDEX_ALGORITHMS: Final = {"HS256": 32}


# Compared and hashed by identity: a keyring is parsed once, and look-ups in the caches below stay cheap.
@dataclass(frozen=True, eq=False)
class Key:
    """A key of a keyring; sub-keys for each purpose are derived from its secret."""

    id: str
    algorithm: str
    secret: bytes = field(repr=False)

    @property
    def header(self) -> bytes:
        """What a value sealed under this key begins with."""
        return bytes((VERSION, SEALING_ALGORITHMS[self.algorithm].id, len(self.id))) + self.id.encode("ascii")


def _parsed_key(entry: str, setting: str, sizes: dict[str, int]) -> Key:
    """Return one `kid:alg:base64` entry as a key; complaints never quote the secret."""
    key_id, _first, rest = entry.strip().partition(":")
    algorithm, _second, encoded = rest.partition(":")
    if not (0 < len(key_id) <= 32 and key_id.isascii() and key_id.replace("-", "").replace("_", "").isalnum()):
        raise ImproperlyConfigured(
            f"{setting}: each key is kid:alg:base64, the kid at most 32 letters, digits, - or _."
        )
    if algorithm not in sizes:
        raise ImproperlyConfigured(
            f"{setting}: key {key_id!r} needs one of the algorithms {', '.join(sorted(sizes))}."
        )
    try:
        secret = base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ImproperlyConfigured(f"{setting}: the secret of key {key_id!r} is not base64.") from None
    if len(secret) != sizes[algorithm]:
        raise ImproperlyConfigured(
            f"{setting}: the secret of key {key_id!r} has {len(secret)} bytes; {algorithm} needs {sizes[algorithm]}."
        )
    return Key(key_id, algorithm, secret)


def _parsed_ring(text: str, setting: str, sizes: dict[str, int]) -> dict[str, Key]:
    """Return a whole keyring, newest key first, by key id."""
    keys = [_parsed_key(entry, setting, sizes) for entry in text.split(",") if entry.strip()]
    ring = {key.id: key for key in keys}
    if not keys:
        raise ImproperlyConfigured(f"{setting} holds no key. Write at least one kid:alg:base64.")
    if len(ring) < len(keys):
        raise ImproperlyConfigured(f"{setting}: two keys share an id. Give each key its own.")
    return ring


@lru_cache(maxsize=8)
def _sealing_ring_of(text: str) -> dict[str, Key]:
    return _parsed_ring(
        text,
        "SEALING_KEYS",
        {name: row.key_bytes for name, row in SEALING_ALGORITHMS.items()},
    )


@lru_cache(maxsize=8)
def _index_ring_of(text: str) -> dict[str, Key]:
    return _parsed_ring(text, "INDEX_KEYS", INDEX_ALGORITHMS)


def _sealing_ring() -> dict[str, Key]:
    return _sealing_ring_of(settings.SEALING_KEYS)


def _index_ring() -> dict[str, Key]:
    return _index_ring_of(settings.INDEX_KEYS)


def _newest(ring: dict[str, Key]) -> Key:
    return next(iter(ring.values()))


def _named(ring: dict[str, Key], key_id: str) -> Key:
    try:
        return ring[key_id]
    except KeyError:
        raise UnknownKey(f"The settings hold no key {key_id!r}.") from None


def _sub_key(key: Key, purpose: str, length: int) -> bytes:
    """Derive the key for one purpose, so that a use of one says nothing about another."""
    info = f"card-portal/1/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key.secret)


@lru_cache(maxsize=512)
def _sealer(key: Key, purpose: str) -> tuple[Sealer, bytes]:
    """Return the cipher for one purpose and the header it writes.

    Each column has its own sub-key: random nonces allow 2^32 values per key, and a country has more than that.
    """
    algorithm = SEALING_ALGORITHMS[key.algorithm]
    return algorithm.sealer(_sub_key(key, purpose, algorithm.key_bytes)), key.header


@lru_cache(maxsize=512)
def _hmac_key(key: Key, purpose: str) -> bytes:
    return _sub_key(key, purpose, 32)


def _framed(*parts: str) -> bytes:
    """Join parts so that no two lists of parts give the same bytes; lone surrogates are kept, never an error."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in encoded)


def _seal_bytes(data: bytes, purpose: str, row: str) -> bytes:
    sealer, header = _sealer(_newest(_sealing_ring()), purpose)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + sealer.encrypt(nonce, data, header + _framed(purpose, row))


def _unseal_bytes(blob: bytes, purpose: str, row: str) -> bytes:
    key_id = key_id_of(blob)
    key = _named(_sealing_ring(), key_id)
    sealer, header = _sealer(key, purpose)
    body = blob[len(header) :]
    # Algorithm and key belong together: a header that pairs them otherwise was not written by us.
    if blob[: len(header)] != header or len(body) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken("The sealed value is damaged.")
    try:
        return sealer.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], header + _framed(purpose, row))
    except InvalidTag:
        raise SealBroken("The sealed value does not open: altered, moved, or sealed under another key.") from None


def seal(text: str, context: str, row: str = "") -> bytes:
    """Seal a text for one column (`app.Model.field`) and, where `row` is given, for the one row with this key.

    The plaintext is padded to a multiple of 32 bytes, so that the length of a name says nothing.
    """
    try:
        data = text.encode() + b"\x80"
    except UnicodeEncodeError:
        # The original error carries the whole text, and errors end up in logs.
        raise ValueError("A text with half a surrogate pair cannot be sealed.") from None
    return _seal_bytes(data + bytes(-len(data) % PADDED_TO), f"field:{context}", row)


def unseal(blob: bytes, context: str, row: str = "") -> str:
    """Open what `seal` made; raise `SealBroken` or `UnknownKey`, never return anything else than the text."""
    data = _unseal_bytes(blob, f"field:{context}", row)
    text, mark, _padding = data.rpartition(b"\x80")
    if not mark:
        raise SealBroken("The sealed value has no padding.")
    return text.decode()


def key_id_of(blob: bytes) -> str:
    """Return the id of the key a value or token says it is sealed under."""
    if len(blob) < 3 or blob[0] != VERSION:
        raise SealBroken("This is not a sealed value of a version known here.")
    key_id = blob[3 : 3 + blob[2]]
    if len(key_id) != blob[2] or not key_id.isascii():
        raise SealBroken("The header of the sealed value is damaged.")
    return key_id.decode("ascii")


def current_sealing_key_id() -> str:
    """Return the id of the key that seals now."""
    return _newest(_sealing_ring()).id


def current_index_key_id() -> str:
    """Return the id of the key that new directory rows and papers are made under."""
    return _newest(_index_ring()).id


def is_current(blob: bytes) -> bool:
    """Tell whether a value is sealed under the newest key; if not, `rotate_keys` re-seals it."""
    return blob.startswith(_newest(_sealing_ring()).header)


def index_digests(value: str, purpose: str) -> list[tuple[str, bytes]]:
    """Return (key id, 32-byte keyed digest) of a value under every index key, newest first."""
    framed = _framed(value)
    ring = _index_ring().values()
    return [(key.id, hmac.digest(_hmac_key(key, f"index:{purpose}"), framed, "sha256")) for key in ring]


def index_digest(value: str, purpose: str) -> tuple[str, bytes]:
    """Return (key id, 32-byte keyed digest) of a value under the newest index key, for a new directory row."""
    key = _newest(_index_ring())
    return key.id, hmac.digest(_hmac_key(key, f"index:{purpose}"), _framed(value), "sha256")


def keyed_digest(purpose: str, *parts: str) -> bytes:
    """Return a 32-byte keyed digest of several parts, for counters and records that must not name a person."""
    return hmac.digest(
        _hmac_key(_newest(_index_ring()), f"digest:{purpose}"),
        _framed(*parts),
        "sha256",
    )


def query_code(paper_number: str, issue: int, key_id: str | None = None) -> str:
    """Return the 10-character query code of one issue of a paper, under the index key stored with the paper.

    Nine characters are 45 bits of an HMAC, the tenth is a check character. Nothing is stored: the same paper and issue
    always give the same code. Raises `UnknownKey` when the key has left the settings: the paper must be issued again.
    """
    ring = _index_ring()
    key = _newest(ring) if key_id is None else _named(ring, key_id)
    digest = hmac.digest(_hmac_key(key, "query-code"), _framed(paper_number, str(issue)), "sha256")
    bits = int.from_bytes(digest[:8], "big")
    return with_check_character("".join(CODE_ALPHABET[bits >> 5 * place & 31] for place in range(CODE_LENGTH - 1)))


def query_code_fits(code: str, paper_number: str, issue: int, key_id: str | None = None) -> bool:
    """Compare a cleaned code with the paper's in constant time; a paper whose key has left fits no code."""
    try:
        return hmac.compare_digest(code.encode(), query_code(paper_number, issue, key_id).encode())
    except UnknownKey:
        return False


def seal_token(payload: bytes, purpose: str) -> str:
    """Seal bytes with the time into a text for a cookie; its length depends on the length of the payload only."""
    data = struct.pack(">Q", int(time.time())) + payload
    return base64.urlsafe_b64encode(_seal_bytes(data, f"token:{purpose}", "")).rstrip(b"=").decode("ascii")


def open_token(token: str, purpose: str, max_age: int) -> bytes:
    """Return the payload of a token at most `max_age` seconds old; raise `SealBroken` or `TokenExpired`."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise SealBroken("This is not a token.")
    try:
        blob = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        data = _unseal_bytes(blob, f"token:{purpose}", "")
    except (binascii.Error, UnknownKey):
        raise SealBroken("This is not a token of ours.") from None
    (made,) = struct.unpack(">Q", data[:8])
    age = time.time() - made
    if age < -CLOCK_SKEW:
        raise SealBroken("The token was made in the future.")
    if age > max_age:
        raise TokenExpired(f"The token is older than {max_age} seconds.")
    return data[8:]
