"""One entry of a statement: its sign, status and dates, and its details as movements that add up to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from quitus.banking.camt.movements import Builder, Head
from quitus.banking.camt.recipes import Fields
from quitus.banking.problems import Problems, Reason
from quitus.banking.references import reference
from quitus.banking.texts import cents, is_no_day, iso_day
from quitus.domain.money import AmountError, Cents, format_euros
from quitus.domain.movement import Movement, Nature, Status

_SIGNS: Final = {"CRDT": 1, "DBIT": -1}
_TRUE: Final = frozenset({"true", "1"})
_HEAD: Final = ("sign", "amount_currency", "status", "reversal", "booking", "value")
_MAX_HEADS: Final = 4096
_LONGEST_HEAD: Final = 400
_EUR: Final = "EUR"
_ONE: Final = "1"
_OF_A_BATCH: Final = frozenset(
    (
        *("amount", "transaction_amount", "instructed_amount", "counter_amount", "sign"),
        *("domain", "family", "sub_family", "proprietary"),
        *("message_id", "payment_information", "bank_reference"),
    )
)


class HeadReader:
    """Reads what entries say for all their details; most entries of a statement say the same, which is read once.

    `unsaid` is the status of an entry that gives none, `currency` that of its statement, `fallback` the day of an entry
    without dates.
    """

    def __init__(self, problems: Problems, unsaid: Status, currency: str, fallback: Callable[[], date | None]) -> None:
        self._problems, self._unsaid, self._currency, self._fallback = problems, unsaid, currency, fallback
        self._known: dict[tuple[str | None, ...], Head] = {}

    def read(self, where: str, one: dict[str, str]) -> Head | None:
        """The head of an entry; None, and a problem, when it has no sign or no day."""
        key = tuple(map(one.get, _HEAD))
        head = self._known.get(key)
        if head is None:
            head = self._read(where, one)
            if head is not None and len(self._known) < _MAX_HEADS and _is_short(key) and not self._problems.any:
                self._known[key] = head
        return head

    def _read(self, where: str, one: dict[str, str]) -> Head | None:
        booking, value = self._day(where, one.get("booking")), self._optional_day(where, one.get("value"))
        booking = booking or value or self._fallback()
        if booking is None:
            self._problems.add(Reason.MISSING_DATE, "The entry has no date, nor has its statement.", where)
            return None
        sign = _SIGNS.get(one.get("sign", "").strip())
        if sign is None:
            self._problems.add(Reason.MISSING_SIGN, "The entry is neither credit nor debit.", where)
            return None
        currency = one.get("amount_currency", self._currency)
        if currency != _EUR:
            self._problems.add_currency(currency, where.partition(".")[0])
        status = one.get("status", "").strip()
        return Head(
            sign=sign,
            currency=currency,
            reversal=one.get("reversal", "").strip() in _TRUE,
            booking=booking,
            value=value,
            status=_status(status) if status else self._unsaid,
        )

    def _optional_day(self, where: str, text: str | None) -> date | None:
        """The day, if the entry says one."""
        return None if text is None or is_no_day(text) else self._day(where, text)

    def _day(self, where: str, text: str | None) -> date | None:
        if text is None:
            return None
        try:
            return iso_day(text.strip())
        except ValueError:
            self._problems.add(Reason.BAD_DATE, f"Not a date: {text.strip()[:40]!r}.", where)
            return None


class EntryReader:
    """Turns an entry into movements as its details pass: none is kept but the first, which may be the only one."""

    def __init__(self, where: str, heads: HeadReader, builder: Builder, entry: Fields, problems: Problems) -> None:
        self._where, self._heads, self._builder, self._entry, self._problems = where, heads, builder, entry, problems
        self._head: Head | None = None
        self._booked: Cents | None = None
        self._count = 0
        self._first = _NO_DETAIL
        self._missing = 0
        self._noted = 0
        self._total: Cents = 0
        self._charges: Cents = 0
        self._clears = False

    @property
    def booked_cents(self) -> Cents:
        """What the entry weighs in the balance: signed, 0 unless booked."""
        if self._head is None or self._head.status is not Status.BOOKED:
            return 0
        return self._total if self._booked is None else self._booked

    def detail(self, detail: Fields) -> list[Movement]:
        """A further detail: the movements that are certain now."""
        self._count += 1
        if self._count == 1:
            self._first = detail
            return []
        if self._count == 2:
            self._begin()
            return [*self._one_of_several(self._first, 0), *self._one_of_several(detail, 1)]
        return self._one_of_several(detail, self._count - 1)

    def close(self) -> list[Movement]:
        """The end of the entry: what was waiting, and the proof that the details add up."""
        told, amount = self._head, self._booked
        self._begin()
        head = self._head
        if head is None:
            return []
        if self._count <= 1:
            return self._alone(head)
        if (told, amount) != (head, self._booked):
            self._problem(Reason.BAD_RECORD, "The entry says its amount, sign, status or dates after its details.")
        if self._missing == self._count:
            return self._whole(head, _NO_DETAIL, awaiting=True)
        if self._missing > self._noted:
            self._problem(Reason.MISSING_AMOUNT, f"{self._missing} of {self._count} details have no amount.")
        return self._remainder(head, self._booked) if self._booked is not None else []

    def _begin(self) -> None:
        """Read what the entry says for all its details, as late as can be: it may come behind the first one."""
        head, text = self._heads.read(self._where, self._entry.one), self._entry.one.get("amount")
        amount = None if text is None else self._cents(text)
        self._head, self._booked = head, amount if head is None or amount is None else head.sign * amount

    def _one_of_several(self, detail: Fields, ordinal: int) -> list[Movement]:
        head = self._head
        if head is None:
            return []
        text = _amount_text(detail.one, head.currency) or _counter_value(detail.one, head.currency)
        amount = self._signed(text, detail.one, head)
        self._charges += self._charged(detail)
        if amount is None:
            self._missing += 1
            self._noted += text is not None or self._is_foreign(detail.one, head)
            return []
        self._total += amount
        return [self._detailed(ordinal, amount, head, detail, lone=False)]

    def _alone(self, head: Head) -> list[Movement]:
        """An entry of one movement: the entry's amount is what was booked, whatever the detail says beside charges."""
        one = self._first.one
        amount = self._signed(_amount_text(one, head.currency), one, head) if self._count else None
        if self._booked is None:
            self._booked = amount
        if amount is None or amount == self._booked:
            bare = amount is None or _names_no_payment(self._first)
            return self._whole(head, self._first, awaiting=bare and self._announced() > 1)
        self._charges, self._total = self._charged(self._first), amount
        if self._booked is None or not self._is_charges(self._booked - amount):
            self._note_mismatch()
            return self._whole(head, self._first, awaiting=False)
        return [self._detailed(0, amount, head, self._first, lone=True), *self._remainder(head, self._booked)]

    def _detailed(self, ordinal: int, amount: Cents, head: Head, detail: Fields, *, lone: bool) -> Movement:
        """A detail beside which the entry may hold charges."""
        place, whole = f"{self._where}.{ordinal}", None if lone else self._booked
        movement = self._builder.movement(place, amount, head, self._entry, detail, lone=lone, entry_cents=whole)
        self._clears = self._clears or movement.nature is Nature.CLEARING
        return movement

    def _whole(self, head: Head, detail: Fields, awaiting: bool) -> list[Movement]:
        """The entry as one movement."""
        if self._booked is None:
            if "amount" not in self._entry.one:
                self._problem(Reason.MISSING_AMOUNT, "The entry has no amount.")
            return []
        position = f"{self._where}.0"
        return [self._builder.movement(position, self._booked, head, self._entry, detail, lone=True, awaiting=awaiting)]

    def _remainder(self, head: Head, booked: Cents) -> list[Movement]:
        """What the entry holds beside its details: charges that it states; anything else is a problem, and a movement
        all the same, so that the movements of a statement always add up to its entries.
        """
        rest = booked - self._total
        if rest == 0:
            return []
        if self._is_charges(rest):
            nature = Nature.CLEARING if self._clears and rest < 0 else Nature.OTHER
            return [self._builder.rest(f"{self._where}.charges", rest, head, self._entry, nature)]
        if not self._missing:
            self._note_mismatch()
        nature = Nature.RECEIPT if rest > 0 else Nature.OTHER
        return [self._builder.rest(f"{self._where}.rest", rest, head, self._entry, nature)]

    def _is_charges(self, rest: Cents) -> bool:
        return not self._missing and abs(rest) in {self._charged(self._entry), self._charges}

    def _note_mismatch(self) -> None:
        details, entry = format_euros(self._total), format_euros(self._booked or 0)
        self._problem(Reason.DETAILS_MISMATCH, f"The details add up to {details}, the entry is {entry}.")

    def _announced(self) -> int:
        text = self._entry.one.get("batch_count", "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0

    def _signed(self, text: str | None, one: dict[str, str], head: Head) -> Cents | None:
        """A detail's amount with its own sign, else the entry's."""
        amount = None if text is None else self._cents(text)
        if amount is None:
            return None
        return _SIGNS.get(one["sign"].strip(), head.sign) * amount if "sign" in one else head.sign * amount

    def _is_foreign(self, one: dict[str, str], head: Head) -> bool:
        """Whether the amount of one of several details is only given in another currency than the entry's: a problem,
        and none that could be booked.
        """
        currency = one.get("amount_currency", head.currency)
        if "amount" not in one or currency == head.currency:
            return False
        self._problems.add_currency(currency, self._where)
        return True

    def _charged(self, fields: Fields) -> Cents:
        """The charges that an entry or detail states: their total, else their sum."""
        texts = fields.many.get("charges") or fields.many.get("charge")
        return sum(self._cents(text) or 0 for text in texts) if texts else 0

    def _cents(self, text: str) -> Cents | None:
        try:
            return cents(text)
        except AmountError as error:
            self._problem(Reason.BAD_AMOUNT, f"{error}.")
            return None

    def _problem(self, reason: Reason, message: str) -> None:
        self._problems.add(reason, message, self._where)


_NO_DETAIL: Final = Fields()


def agreed_cents(head: Head, entry: dict[str, str], detail: dict[str, str]) -> Cents | None:
    """The signed amount of an entry whose only detail says the same; None where it takes a closer look."""
    text, sign = entry.get("amount"), entry.get("sign")
    if text is None or text != _amount_text(detail, head.currency) or sign != detail.get("sign", sign):
        return None
    if entry.get("batch_count", _ONE) != _ONE:
        return None
    try:
        return head.sign * cents(text)
    except AmountError:
        return None


def _amount_text(one: dict[str, str], currency: str) -> str | None:
    """A detail's amount in the account's currency: `Amt`, else `AmtDtls/TxAmt`, never the instructed one."""
    text = one.get("amount")
    if text is None or one.get("amount_currency", currency) != currency:
        text = one.get("transaction_amount")
        if one.get("transaction_amount_currency", currency) != currency:
            return None
    return text


def _counter_value(one: dict[str, str], currency: str) -> str | None:
    """What a detail in another currency comes to in the account's."""
    currencies = (one.get(f"{key}_currency", currency) for key in ("amount", "transaction_amount"))
    if all(given == currency for given in currencies) or one.get("counter_amount_currency") != currency:
        return None
    return one.get("counter_amount")


def _names_no_payment(detail: Fields) -> bool:
    """Whether a detail only says again what its batch says: the sum, the code and what names the batch."""
    told = (text for key, text in detail.one.items() if key.removesuffix("_currency") not in _OF_A_BATCH)
    return not any(reference(text) for text in told)


def _is_short(texts: tuple[str | None, ...]) -> bool:
    """Whether texts may be remembered: a bank writes a few letters there, an attacker a million."""
    return sum(len(text) for text in texts if text) < _LONGEST_HEAD


def _status(text: str) -> Status:
    """Only `BOOK` is booked; `PDNG`, `INFO`, `FUTR` and what we do not know only inform."""
    return Status.BOOKED if text == "BOOK" else Status.PENDING
