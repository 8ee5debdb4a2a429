"""Statements, reports and notifications of a camt message: their account, their balances and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from quitus.banking.camt.entries import EntryReader, HeadReader, agreed_cents
from quitus.banking.camt.movements import Builder
from quitus.banking.camt.recipes import Fields
from quitus.banking.problems import Problems, Reason
from quitus.banking.profiles import Profile
from quitus.banking.reader import Sums
from quitus.banking.references import compact, reference
from quitus.banking.texts import cents, is_no_day, written_day
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Balances, Movement, Statement, Status

_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = "CLBD"
_INTERIM: Final = "ITBD"
_KEPT: Final = frozenset({*_OPENING, _CLOSING, _INTERIM})
_EUR: Final = "EUR"
_STATEMENT_FORMAT: Final = "camt.053"


class StatementReader:
    """Reads one statement as its parts pass. `ordinal` is its place in the file."""

    def __init__(self, ordinal: int, message: str, header: Fields, profile: Profile) -> None:
        self._ordinal, self._message, self._header, self._profile = ordinal, message, header, profile
        self.fields = Fields()
        self._problems = Problems()
        self._sums = Sums()
        self._balances: dict[str, list[Fields]] = {}
        self._builder: Builder | None = None
        self._heads: HeadReader | None = None
        self._entry: EntryReader | None = None
        self._entries = 0
        self._entry_currency = ""
        self._booked: Cents = 0

    def balance(self, balance: Fields) -> None:
        """A balance; of those that open, close or page a statement the first and the last are kept, in the account's
        currency where there are any.
        """
        kind = balance.one.get("type", "").strip()
        if kind not in _KEPT:
            return
        held = self._balances.get(kind, [])
        if not held or self._is_own(balance) == self._is_own(held[0]):
            self._balances[kind] = [*held[:1], balance]
        elif self._is_own(balance):
            self._balances[kind] = [balance]

    def detail(self, entry: Fields, detail: Fields) -> list[Movement]:
        """A detail of the entry that is open: the movements that are certain now."""
        return self._added(self._entry_reader(entry).detail(detail))

    def whole_entry(self, entry: Fields, detail: Fields) -> Sequence[Movement]:
        """An entry of one detail: the short way where both say the same amount, as nearly always."""
        where, heads, builder = self._begun(entry)
        head = heads.read(where, entry.one)
        amount = None if head is None else agreed_cents(head, entry.one, detail.one)
        if head is None or amount is None:
            self._entry = EntryReader(where, heads, builder, entry, self._problems)
            self._entry.detail(detail)
            return self.end_entry(entry)
        if head.status is Status.BOOKED:
            self._booked += amount
        movement = builder.movement(f"{where}.0", amount, head, entry, detail, lone=True)
        self._sums.add(movement)
        return (movement,)

    def end_entry(self, entry: Fields) -> list[Movement]:
        """The end of the open entry: its last movements."""
        reader = self._entry_reader(entry)
        movements = self._added(reader.close())
        self._booked += reader.booked_cents
        self._entry = None
        return movements

    def _added(self, movements: list[Movement]) -> list[Movement]:
        for movement in movements:
            self._sums.add(movement)
        return movements

    def end(self) -> Statement:
        """The statement, proved as far as its balances allow."""
        one, where = self.fields.one, str(self._ordinal)
        account = self._account()
        if not account:
            self._problems.add(Reason.MISSING_ACCOUNT, "The statement does not say which account it is about.", where)
        balances = self._proved_balances(where)
        days = self._sums.days()
        return Statement(
            account=account,
            statement_id=reference(one.get("id")) or "",
            message_id=reference(self._header.one.get("message_id")) or "",
            from_date=self._written("from") or (days[0][0] if days else None),
            to_date=self._written("to") or self._closing_day(),
            currency=self._currency(),
            balances=balances,
            page=reference(one.get("page")) or reference(self._header.one.get("page")),
            electronic_sequence=reference(one.get("sequence")) or reference(one.get("legal_sequence")),
            movements=self._sums.movements,
            credits_cents=self._sums.credits_cents,
            debits_cents=self._sums.debits_cents,
            days=days,
            problems=self._problems.listed(),
        )

    def _entry_reader(self, entry: Fields) -> EntryReader:
        if self._entry is None:
            self._entry = EntryReader(*self._begun(entry), entry, self._problems)
        return self._entry

    def _begun(self, entry: Fields) -> tuple[str, HeadReader, Builder]:
        """Of a further entry its place, what reads what it says for all its details, and what makes their movements."""
        if self._heads is None or self._builder is None:
            self._entry_currency = entry.one.get("amount_currency", "").strip()
            unsaid = Status.BOOKED if self._message == _STATEMENT_FORMAT else Status.PENDING
            self._builder = Builder(self._profile, self._account())
            self._heads = HeadReader(self._problems, unsaid, self._currency(), self._fallback_day)
        where = f"{self._ordinal}.{self._entries}"
        self._entries += 1
        return where, self._heads, self._builder

    def _account(self) -> str:
        one = self.fields.one
        return compact(one.get("iban") or one.get("account") or "")

    def _is_own(self, balance: Fields) -> bool:
        own = self.fields.one.get("currency", "").strip() or _EUR
        return balance.one.get("amount_currency", own) == own

    def _currency(self) -> str:
        balances = (balance.one for held in self._balances.values() for balance in held)
        held = next((one["amount_currency"] for one in balances if "amount_currency" in one), "")
        return self.fields.one.get("currency", "").strip() or held or self._entry_currency or _EUR

    def _fallback_day(self) -> date | None:
        """The day of an entry without dates: the statement's last day, its closing balance's, or its creation's."""
        one, header = self.fields.one, self._header.one
        days = (_written_or_none(text) for text in (one.get("created"), header.get("created")))
        return _written_or_none(one.get("to")) or self._closing_day() or next(filter(None, days), None)

    def _closing_day(self) -> date | None:
        return _written_or_none(self._balances.get(_CLOSING, [Fields()])[-1].one.get("date"))

    def _written(self, key: str) -> date | None:
        text = self.fields.one.get(key)
        day = _written_or_none(text)
        if text is not None and day is None and not is_no_day(text):
            self._problems.add(Reason.BAD_DATE, f"Not a date: {text.strip()[:40]!r}.", str(self._ordinal))
        return day

    def _proved_balances(self, where: str) -> Balances:
        """Opening and closing; of a balance without sign the one that closes the statement, else a credit."""
        opening, closing = self._opening_and_closing()
        choices = [
            Balances(left, right) for left in self._signed(opening, where) for right in self._signed(closing, where)
        ]
        gaps = [
            (choice, (choice.closing_cents or 0) - (choice.opening_cents or 0) - self._booked) for choice in choices
        ]
        balances = next((choice for choice, gap in gaps if gap == 0), choices[0])
        if self._message == _STATEMENT_FORMAT:
            self._sums.prove(balances, self._problems, where, self._booked)
        return balances

    def _opening_and_closing(self) -> tuple[Fields | None, Fields | None]:
        """The booked balances; on a page in between, the interim ones stand for those that are missing."""
        opening = next((self._balances[kind][0] for kind in _OPENING if kind in self._balances), None)
        closing = self._balances[_CLOSING][-1] if _CLOSING in self._balances else None
        interim = list(self._balances.get(_INTERIM, ()))
        if opening is None and interim and (len(interim) > 1 or closing is not None):
            opening = interim.pop(0)
        if closing is None and interim:
            closing = interim[-1]
        return opening, closing

    def _signed(self, balance: Fields | None, where: str) -> list[Cents | None]:
        """The balance with its sign, or with both where the bank gave none."""
        if balance is None or "amount" not in balance.one:
            return [None]
        try:
            amount = cents(balance.one["amount"])
        except AmountError as error:
            self._problems.add(Reason.BAD_AMOUNT, f"A balance: {error}.", where)
            return [None]
        currency = balance.one.get("amount_currency", _EUR)
        if currency != _EUR:
            self._problems.add_currency(currency, where)
        sign = balance.one.get("sign", "").strip()
        return [amount] if sign == "CRDT" else [-amount] if sign == "DBIT" else [amount, -amount]


def _written_or_none(text: str | None) -> date | None:
    try:
        return written_day(text) if text is not None else None
    except ValueError:
        return None
