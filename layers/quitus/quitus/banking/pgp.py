"""Recognises OpenPGP messages (RFC 4880, RFC 9580) and whom they are encrypted to, without opening them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Final

_ARMOR: Final = b"-----BEGIN PGP MESSAGE-----"
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_FOR_KEY, _FOR_PASSWORD, _ENCRYPTED_ONLY, _ENCRYPTED, _AEAD = 1, 3, 9, 18, 20
_VERSIONS: Final = {_FOR_KEY: (2, 3, 6), _FOR_PASSWORD: (4, 5, 6), _ENCRYPTED: (1, 2), _AEAD: (1,)}
"""The packets that begin an encrypted message, by tag, with the versions that exist: other bytes are no message."""
ANYONE: Final = ""
"""Stands for a recipient whom the message does not name."""


def is_encrypted(start: bytes) -> bool:
    """Whether a file that starts so is an encrypted message, binary or in ASCII armor."""
    if start.lstrip(_BLANK).startswith(_ARMOR):
        return True
    tag, body = next(_packets(start), (0, b""))
    return tag in _VERSIONS and body[:1] != b"" and body[0] in _VERSIONS[tag]


def recipients(start: bytes) -> list[str]:
    """The ids (16 hexadecimal digits) of the keys that a message is encrypted to, as far as its start tells; `ANYONE`
    for each that it does not name. Empty: to a password only.
    """
    found = []
    for tag, body in _packets(_dearmored(start)):
        if tag == _FOR_KEY:
            found.append(_key_id(body))
        elif tag != _FOR_PASSWORD:
            break
    return found


def _key_id(body: bytes) -> str:
    """Version 3 names the key's id, version 6 its fingerprint, which ends (v4) or begins (v6) with the id."""
    if body[:1] != b"\x06":
        return _named(body[1:9])
    size, version, fingerprint = body[1:2], body[2:3], body[3 : 2 + (body[1] if len(body) > 1 else 0)]
    if size in (b"", b"\x00"):
        return ANYONE
    return _named(fingerprint[-8:] if version == b"\x04" else fingerprint[:8])


def _named(key_id: bytes) -> str:
    return ANYONE if not any(key_id) else key_id.hex()


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and body of each packet; of the last one what there is of its body."""
    at = 0
    while at < len(data) and data[at] & 0x80:
        new, first = data[at] & 0x40, data[at]
        tag = first & 0x3F if new else first >> 2 & 0x0F
        size, width = _new_size(data[at + 1 :]) if new else _old_size(first & 3, data[at + 1 :])
        begins = at + 1 + width
        yield tag, data[begins : begins + size] if size is not None else data[begins:]
        if size is None:
            return
        at = begins + size


def _new_size(rest: bytes) -> tuple[int | None, int]:
    """The size of a body and how many bytes say it; None: in parts, or not there."""
    match list(rest[:5]):
        case [one, *_] if one < 192:
            return one, 1
        case [one, two, *_] if one < 224:
            return (one - 192 << 8) + two + 192, 2
        case [255, a, b, c, d]:
            return int.from_bytes((a, b, c, d)), 5
    return None, 1


def _old_size(kind: int, rest: bytes) -> tuple[int | None, int]:
    width = (1, 2, 4, 0)[kind]
    return (int.from_bytes(rest[:width]), width) if width and len(rest) >= width else (None, width)


def _dearmored(start: bytes) -> bytes:
    """The bytes that an armored start stands for; a binary one is itself."""
    text = start.lstrip(_BLANK)
    if not text.startswith(_ARMOR):
        return start
    lines = [line.strip() for line in text.splitlines()[1:]]
    body = lines[lines.index(b"") + 1 :] if b"" in lines else []
    held = b"".join(line for line in body if line[:1] not in (b"=", b"-"))
    try:
        return base64.b64decode(held[: len(held) // 4 * 4], validate=True)
    except binascii.Error:
        return b""
