"""Every error of Quitus, one tree; what only one port knows stands with it.

QuitusError                     a code, a sentence, an HTTP status
├── Invalid                422  a value that breaks a rule
│   └── InvalidIban
├── NotFound               404  unknown here, or another landlord's
├── Conflict               409  against what is already recorded
│   └── IdempotencyConflict     same key, other request
├── Unauthenticated        401  nobody proved to have sent it, or a token that speaks for nobody
├── Forbidden              403  the role may not
├── Malformed              400  not the shape at all
├── TooLarge               413  more than any request holds (web.received)
├── UnreadableFile         422  a bank or ERP file that cannot be trusted (carries its Problem)
│   └── DoubtfulFile            one that was read, with problems that nobody answers for (services.doubts)
├── ProviderRefusal        502  a payment provider does not take what it was asked
├── Contention             503  others wrote at the same time; try again
├── Unavailable            503  what Quitus rests on did not answer; try again
│   ├── ProviderFailed          a payment provider broke down (services.card_providers)
│   └── ProviderBusy            it works on the same for somebody else
├── Stale                  409  rows changed since they were read: read again (services.table)
├── Oversized              500  more rows together than one transaction holds: do less
├── NotSent                502  the sending service refused a message (services.send_mailings)
└── NotTaken               503  it takes no more for now: the message waits
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class QuitusError(Exception):
    """Base: `code` is stable and documented, `message` is for people, `detail` for programs."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail: Mapping[str, Any] = detail


class Invalid(QuitusError):
    """A value breaks a rule; nothing was recorded."""

    status = 422


class InvalidIban(Invalid):
    """Not an account number with a right check (mod 97, French key)."""


class NotFound(QuitusError):
    """Unknown, or not this landlord's: the answer is the same."""

    status = 404


class Conflict(QuitusError):
    """The request contradicts what is already recorded."""

    status = 409


class IdempotencyConflict(Conflict):
    """The same idempotency key came with another request."""


class Unauthenticated(QuitusError):
    """Nothing proves who sent it, or a token speaks for no landlord and role."""

    status = 401


class Forbidden(QuitusError):
    """The role of the token does not allow this."""

    status = 403


class Malformed(QuitusError):
    """The request has not the expected shape."""

    status = 400


class UnreadableFile(QuitusError):
    """A file that is refused or quarantined whole; `code` is its enumerated reason, `where` the place in the file."""

    status = 422


class ProviderRefusal(QuitusError):
    """A payment provider answered, and does not take what it was asked: its settings or keys are wrong."""

    status = 502


class Contention(QuitusError):
    """The same rows were written by others at the same time, several times over: try again later."""

    status = 503


class Unavailable(QuitusError):
    """A service that Quitus rests on did not answer or asked to slow down: try again later."""

    status = 503
