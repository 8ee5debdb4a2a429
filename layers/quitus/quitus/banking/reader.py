"""The one protocol of every bank-file reader, and the sums that each statement is proved by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final, Protocol

from quitus.banking.problems import Problems, Reason, unreadable
from quitus.banking.profiles import Profile
from quitus.domain.money import Cents, format_euros
from quitus.domain.movement import Balances, Movement, Statement, Status

CHUNK: Final = 1 << 16
"""Bytes read at a time."""


def full_chunks(stream: BinaryIO, size: int = CHUNK) -> Iterator[bytes]:
    """The stream in chunks of exactly `size`, the last one less, however it hands its bytes out."""
    while chunk := stream.read(size):
        parts, held = [chunk], len(chunk)
        while held < size and (chunk := stream.read(size - held)):
            parts.append(chunk)
            held += len(chunk)
        yield parts[0] if len(parts) == 1 else b"".join(parts)


class Read(Protocol):
    """Reads a bank file in one pass, in bounded memory, the same each time.

    Movements come as they are read; a `Statement` closes those since the previous one. What is wrong in a statement is
    in its `problems`; a file that cannot be read at all raises.

    Raises:
        UnreadableFile: `code` is a `Reason`; what was yielded before is not to be trusted.
    """

    def __call__(self, stream: BinaryIO, profile: Profile) -> Iterator[Movement | Statement]:
        """Movements and statements in the file's order."""


class DaySums:
    """Sums of the movements of one day; debits are counted without sign."""

    __slots__ = ("credits_cents", "debits_cents", "movements")

    def __init__(self) -> None:
        self.movements = 0
        self.credits_cents: Cents = 0
        self.debits_cents: Cents = 0

    def add(self, amount: Cents) -> None:
        """Count a movement of this signed amount."""
        self.movements += 1
        if amount >= 0:
            self.credits_cents += amount
        else:
            self.debits_cents -= amount


class Sums:
    """Sums of the booked movements of one statement as they pass.

    Raises:
        UnreadableFile: more days than ten years have.
    """

    MAX_DAYS = 4000

    def __init__(self) -> None:
        self._days: dict[date, DaySums] = {}

    def add(self, movement: Movement) -> None:
        """Count a movement; only booked ones weigh."""
        if movement.status is Status.BOOKED:
            self.day(movement.booking_date).add(movement.amount_cents)

    def day(self, day: date) -> DaySums:
        """The sums of a booking date, to add to."""
        sums = self._days.get(day)
        if sums is None:
            if len(self._days) == self.MAX_DAYS:
                raise unreadable(Reason.TOO_LARGE, f"One statement covers more than {self.MAX_DAYS} days.")
            sums = self._days[day] = DaySums()
        return sums

    @property
    def movements(self) -> int:
        """How many."""
        return sum(sums.movements for sums in self._days.values())

    @property
    def credits_cents(self) -> Cents:
        """Of all days."""
        return sum(sums.credits_cents for sums in self._days.values())

    @property
    def debits_cents(self) -> Cents:
        """Of all days, without sign."""
        return sum(sums.debits_cents for sums in self._days.values())

    def days(self) -> tuple[tuple[date, Cents, Cents], ...]:
        """Per booking date with movements, in order: (date, credits, debits)."""
        return tuple(
            (day, sums.credits_cents, sums.debits_cents) for day, sums in sorted(self._days.items()) if sums.movements
        )

    def prove(self, balances: Balances, problems: Problems, where: str, booked: Cents | None = None) -> None:
        """Note a problem unless opening + booked = closing; without both balances there is nothing to prove.

        `booked` is the signed sum of the entries when it is not the sum of the movements.
        """
        if balances.opening_cents is None or balances.closing_cents is None:
            return
        moved = self.credits_cents - self.debits_cents if booked is None else booked
        gap = balances.closing_cents - balances.opening_cents - moved
        if gap:
            opening, closing = format_euros(balances.opening_cents), format_euros(balances.closing_cents)
            message = (
                f"Opening {opening} + booked {format_euros(moved)} is not closing {closing}: {format_euros(gap)} apart."
            )
            problems.add(Reason.BALANCE_MISMATCH, message, where)
