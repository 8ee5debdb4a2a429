"""One entry of a statement: its sign, status and dates, and its details as movements that add up to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from quitus.banking.camt.movements import Builder, Fields, Head
from quitus.banking.problems import Problems, Reason
from quitus.banking.references import reference
from quitus.banking.texts import cents, iso_day
from quitus.domain.money import AmountError, Cents, format_euros
from quitus.domain.movement import Movement, Status

_SIGNS: Final = {"CRDT": 1, "DBIT": -1}
_TRUE: Final = frozenset({"true", "1"})
_EUR: Final = "EUR"


class EntryReader:
    """Turns an entry into movements as its details pass: none is kept but the first, which may be the only one.

    `unsaid` is the status of an entry that gives none; `days` what a booked entry without date falls back on.
    """

    def __init__(
        self, where: str, entry: Fields, builder: Builder, problems: Problems, unsaid: Status, currency: str, day: date | None
    ) -> None:
        self._entry, self._builder, self._problems, self._where = entry, builder, problems, where
        self._head = self._read_head(entry.one, unsaid, currency, day)
        self._count = 0
        self._first = Fields()
        self._missing = 0
        self._total: Cents = 0
        self._charges: Cents = 0

    @property
    def booked_cents(self) -> Cents:
        """What the entry weighs in the balance: signed, 0 unless booked."""
        head = self._head
        if head is None or head.status is not Status.BOOKED:
            return 0
        return self._total if head.cents is None else head.sign * head.cents

    def detail(self, detail: Fields) -> Iterator[Movement]:
        """A further detail: the movements that are certain now."""
        self._count += 1
        if self._count == 1:
            self._first = detail
            return
        if self._count == 2:
            yield from self._several(self._first, 0)
        yield from self._several(detail, self._count - 1)

    def close(self) -> Iterator[Movement]:
        """The end of the entry: what was waiting, and the proof that the details add up."""
        head = self._head
        if head is None:
            return
        if self._count <= 1:
            yield from self._alone(head)
        elif self._missing == self._count:
            yield from self._whole(head, Fields(), awaiting=True)
        elif self._missing:
            self._problem(Reason.MISSING_AMOUNT, f"{self._missing} of {self._count} details have no amount.")
        elif head.cents is not None:
            yield from self._remainder(head, head.sign * head.cents - self._total)

    def _several(self, detail: Fields, ordinal: int) -> Iterator[Movement]:
        head = self._head
        if head is None:
            return
        amount = self._detail_cents(detail, head)
        self._charges += self._charged(detail)
        if amount is None:
            self._missing += 1
            return
        self._total += amount
        yield self._builder.movement(f"{self._where}.{ordinal}", amount, head, self._entry, detail, lone=False)

    def _alone(self, head: Head) -> Iterator[Movement]:
        """An entry of one movement: the entry's amount is what was booked, whatever the detail says beside charges."""
        amount = self._detail_cents(self._first, head) if self._count else None
        if head.cents is None:
            if amount is None:
                self._problem(Reason.MISSING_AMOUNT, "The entry has no amount.")
                return
            self._total = amount
            yield self._builder.movement(f"{self._where}.0", amount, head, self._entry, self._first, lone=True)
            return
        booked = head.sign * head.cents
        self._charges = self._charged(self._first)
        if amount is None or amount == booked:
            yield from self._whole(head, self._first, awaiting=amount is None and self._announced() > 1)
        elif self._explained(booked - amount):
            yield self._builder.movement(f"{self._where}.0", amount, head, self._entry, self._first, lone=True)
            yield self._builder.charges(f"{self._where}.charges", booked - amount, head, self._entry)
        else:
            self._mismatch(booked, amount)
            yield from self._whole(head, self._first, awaiting=False)

    def _whole(self, head: Head, detail: Fields, awaiting: bool) -> Iterator[Movement]:
        if head.cents is None:
            self._problem(Reason.MISSING_AMOUNT, "The entry has no amount.")
            return
        amount = head.sign * head.cents
        yield self._builder.movement(f"{self._where}.0", amount, head, self._entry, detail, lone=True, awaiting=awaiting)

    def _remainder(self, head: Head, rest: Cents) -> Iterator[Movement]:
        if rest == 0:
            return
        if self._explained(rest):
            yield self._builder.charges(f"{self._where}.charges", rest, head, self._entry)
        else:
            self._mismatch(self._total + rest, self._total)

    def _explained(self, rest: Cents) -> bool:
        """Whether the entry's charges, or those of its details, are what is missing."""
        return abs(rest) in {self._charged(self._entry), self._charges}

    def _mismatch(self, booked: Cents, details: Cents) -> None:
        message = f"The details add up to {format_euros(details)}, the entry is {format_euros(booked)}."
        self._problem(Reason.DETAILS_MISMATCH, message)

    def _announced(self) -> int:
        text = self._entry.one.get("batch_count", "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0

    def _detail_cents(self, detail: Fields, head: Head) -> Cents | None:
        """The detail's signed amount in the account's currency: `Amt`, else `AmtDtls/TxAmt`, never the instructed one."""
        one = detail.one
        for key in ("amount", "transaction_amount"):
            if key in one and one.get(f"{key}_currency", head.currency) == head.currency:
                amount = self._cents(one[key])
                return None if amount is None else _SIGNS.get(one.get("sign", "").strip(), head.sign) * amount
        return None

    def _charged(self, fields: Fields) -> Cents:
        """The charges that an entry or detail states: their total, else their sum."""
        texts = fields.many.get("charges") or fields.many.get("charge")
        return sum(self._cents(text) or 0 for text in texts) if texts else 0

    def _read_head(self, one: dict[str, str], unsaid: Status, currency: str, day: date | None) -> Head | None:
        status = _status(one.get("status", "").strip(), unsaid)
        booking, value = self._day(one.get("booking")), self._day(one.get("value"))
        booking = booking or value or day
        if booking is None:
            self._problem(Reason.MISSING_DATE, "The entry has no date, nor has its statement.")
            return None
        sign = _SIGNS.get(one.get("sign", "").strip())
        if sign is None:
            self._problem(Reason.MISSING_SIGN, "The entry is neither credit nor debit.")
            return None
        entry_currency = one.get("amount_currency", currency)
        if entry_currency != _EUR:
            self._problems.add(Reason.CURRENCY, f"Amounts in {entry_currency[:10]}: only euros are kept.", self._where.split(".")[0])
        return Head(
            cents=self._cents(one["amount"]) if "amount" in one else None,
            sign=sign,
            currency=entry_currency,
            status=status,
            reversal=one.get("reversal", "").strip() in _TRUE,
            booking=booking,
            value=value,
            bank_reference=reference(one.get("bank_reference")),
        )

    def _cents(self, text: str) -> Cents | None:
        try:
            return cents(text)
        except AmountError as error:
            self._problem(Reason.BAD_AMOUNT, f"Not an amount: {error}.")
            return None

    def _day(self, text: str | None) -> date | None:
        if text is None:
            return None
        try:
            return iso_day(text)
        except ValueError:
            self._problem(Reason.BAD_DATE, f"Not a date: {text.strip()[:40]!r}.")
            return None

    def _problem(self, reason: Reason, message: str) -> None:
        self._problems.add(reason, message, self._where)


def _status(text: str, unsaid: Status) -> Status:
    """Only `BOOK` is booked; `PDNG`, `INFO`, `FUTR` and what we do not know only inform."""
    if not text:
        return unsaid
    return Status.BOOKED if text == "BOOK" else Status.PENDING
