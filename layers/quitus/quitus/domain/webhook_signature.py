"""Signatures of webhooks: `t=SECONDS,v1=HEX[,v1=HEX…]`, an HMAC-SHA256 over `SECONDS.BODY` (the scheme of Stripe and of
contract.md, Links). Pure.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

TOLERANCE_SECONDS: Final = 300
MOST_KEYS: Final = 2
"""While a key is rotated the old one and the new one hold."""

_LONGEST = 1000
_SECONDS = re.compile(r"[0-9]{1,12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def may_be_signed(header: str | None, now: datetime) -> bool:
    """Whether it is worth reading keys: a header without a digest, or of another instant, proves nothing with any."""
    return _timely(header, now) is not None


def is_signed(header: str | None, body: bytes, keys: Sequence[str], now: datetime) -> bool:
    """Whether the header proves that who holds one of the keys sent these very bytes within five minutes."""
    said = _timely(header, now)
    if said is None:
        return False
    wanted = [signature(key, said[0], body) for key in keys[:MOST_KEYS] if key]
    proofs = [hmac.compare_digest(one, other) for one in wanted for other in said[1]]
    return any(proofs)


def signature(key: str, seconds: str, body: bytes) -> str:
    """The hexadecimal HMAC of a body sent at an instant (seconds since 1970)."""
    return hmac.digest(key.encode(), seconds.encode() + b"." + body, "sha256").hex()


def _timely(header: str | None, now: datetime) -> tuple[str, list[str]] | None:
    said = _parsed(header or "")
    return said if said is not None and abs(int(now.timestamp()) - int(said[0])) <= TOLERANCE_SECONDS else None


def _parsed(header: str) -> tuple[str, list[str]] | None:
    """The instant and the digests of a header; None unless there is one instant and one digest at least. Schemes other
    than `v1` are passed over: a weaker one proves nothing.
    """
    if len(header) > _LONGEST:
        return None
    parts = [part.strip().partition("=") for part in header.split(",")]
    seconds = [value for name, _, value in parts if name == "t"]
    digests = [value for name, _, value in parts if name == "v1" and _DIGEST.fullmatch(value)]
    if len(seconds) != 1 or not _SECONDS.fullmatch(seconds[0]) or not digests:
        return None
    return seconds[0], digests
