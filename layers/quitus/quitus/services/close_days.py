"""Close days: only what is proved is closed, and what is closed takes nothing more.

The entries of a day get their numbers first: at the moment in which it is closed, all that is on it has one.

A person closes days, an order of the FEC closes what it covers, and every hour the clock closes what is some days
past and proved (sector.md §5 and §7, case 23).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.closing import Books, Closing
from quitus.domain.errors import Conflict
from quitus.domain.payment import AUTOMATION
from quitus.services.contention import until_written
from quitus.services.number_entries import Numberer
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import ActionLog, Clock
from quitus.services.proof import AccountProof, Proof, ProofDesk

GRACE = timedelta(days=3)
"""The clock leaves days open for so long, so that what people still record stands on its own day."""
_ONE_DAY = timedelta(days=1)


class Closings(Protocol):
    """The books of the landlords, and how they were closed."""

    def books(self, landlord_id: str) -> Books:
        """How far days are closed and entries numbered."""
        ...

    def close(self, landlord_id: str, books: Books, closing: Closing) -> None:
        """Keep a closing and the books after it. Raises Stale: others closed or numbered since."""
        ...

    def closings(self, landlord_id: str, before: str | None) -> Iterator[Closing]:
        """The closings, newest first, before a day."""
        ...


class FirstDays(Protocol):
    """Where the books begin, a view."""

    def first_day(self, landlord_id: str) -> date | None:
        """The first day that anything was booked on."""
        ...


@dataclass(frozen=True, slots=True)
class DayCloser:
    """Closes the days of a landlord."""

    store: Closings
    first_days: FirstDays
    proofs: ProofDesk
    numberer: Numberer
    log: ActionLog
    clock: Clock

    def close(self, landlord_id: str, through: date, by: str, at: datetime) -> bool:
        """Number and close all days up to one, inclusive; whether any was open. Closing cannot be undone.

        Raises:
            NotFound: no such landlord.
            Conflict: a day is to come, or not proved; `detail` says which, on which account, by which lines.
            Contention: others kept closing.
        """
        return until_written(lambda: self._close(landlord_id, through, by, at), self.clock)

    def close_proved(self, landlord_id: str) -> date | None:
        """Close, by the clock, the days that are proved and past the time of grace; the last one, if any."""
        now = self.clock.now()
        last = paris_day(now) - GRACE
        first = self._first_open(self.store.books(landlord_id), landlord_id)
        if first is None or first > last:
            return None
        through = first - _ONE_DAY
        for proof in self.proofs.between(landlord_id, first, last):
            if any(map(_is_unsettled, proof.accounts)):
                break
            through = proof.date
        if through < first:
            return None
        with suppress(Conflict):  # a line came since: the next hour looks again
            self.close(landlord_id, through, AUTOMATION, now)
            return through
        return None

    def page(self, landlord_id: str, before: Place | None, limit: int) -> Listed[Closing]:
        """A page of closings, newest first."""
        found = self.store.closings(landlord_id, before[0] if before else None)
        return fill((((closing.through.isoformat(),), closing) for closing in found), limit)

    def _close(self, landlord_id: str, through: date, by: str, at: datetime) -> bool:
        books = self.store.books(landlord_id)
        if books.is_closed(through):
            return False
        if through > paris_day(self.clock.now()):
            raise Conflict("day_not_closed", "A day to come cannot be closed.", date=through.isoformat())
        first = self._first_open(books, landlord_id)
        if first is not None and first <= through:
            refuse_first(self.proofs.between(landlord_id, first, through), _is_unsettled, _NOT_CLOSED)
        closing = Closing(through, by, instant_text(at))
        self.log.record(landlord_id, "closings", through.isoformat(), {"through": through.isoformat(), "by": by}, at)
        self.store.close(landlord_id, self.numberer.number(landlord_id, books, through), closing)
        return True

    def _first_open(self, books: Books, landlord_id: str) -> date | None:
        """The first day that is not closed and may hold something, in the books or on a statement."""
        if books.closed_through is not None:
            return books.closed_through + _ONE_DAY
        days = self.first_days.first_day(landlord_id), self.proofs.first_day(landlord_id)
        return min((day for day in days if day is not None), default=None)


def refuse_first(proofs: Iterable[Proof], is_refused: Callable[[AccountProof], bool], said: tuple[str, str]) -> None:
    """Refuse the first day with an account that is refused, by the code and message `said`. Raises Conflict."""
    for proof in proofs:
        for account in filter(is_refused, proof.accounts):
            code, message = said
            raise Conflict(code, message, date=proof.date.isoformat(), **_told(account))


def _told(account: AccountProof) -> dict[str, object]:
    """What a refusal says of an account that is not proved."""
    return {
        "account_iban": account.account_iban,
        "status": account.status.value,
        "difference_cents": account.difference_cents,
        "lines": [
            {
                "reason": line.reason,
                "amount_cents": line.amount_cents,
                "payment_id": line.payment_id,
                "statement_id": line.statement_id,
                "file_id": line.file_id,
            }
            for line in account.lines
        ],
    }


def _is_unsettled(account: AccountProof) -> bool:
    return not account.is_settled


_NOT_CLOSED = ("day_not_closed", "A day that is not proved cannot be closed.")
