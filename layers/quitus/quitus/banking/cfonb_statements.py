"""One statement of a CFONB 120 file: its balances, its movements, the proof."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from quitus.banking.cfonb_layouts import WIDTH, Layouts
from quitus.banking.codes import means_of, nature_of
from quitus.banking.problems import Problems, Reason
from quitus.banking.reader import DaySums, Sums
from quitus.banking.references import as_iban, compact, french_account, reference
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Balances, Facts, Movement, Nature, Statement

_MAX_HEADS: Final = 4096
_HEAD: Final = 48
_OLDEST: Final = 80
_NO_DAY: Final = frozenset({"000000", " " * 6})
_EUR: Final = "EUR"
_DECIMALS: Final = re.compile("[0-9]|\\s")
_TELLING: Final = re.compile(r"(?![A-Z]{2}[0-9]{2}ZZZ)[^0-9]*[0-9].*").fullmatch
"""What has a digit, and is no creditor identifier: some banks begin a free text there (`CONVENTION DE PR`)."""
_POSITIVE: Final = {char: str(digit) for digit, char in enumerate("{ABCDEFGHI")} | {"é": "0"}
_NEGATIVE: Final = {char: str(digit) for digit, char in enumerate("}JKLMNOPQR")} | {"è": "0"}
_LAST: Final = _POSITIVE | _NEGATIVE | {str(digit): str(digit) for digit in range(10)}


@dataclass(slots=True)
class _Head:
    """What the first 48 columns of a movement say, which those of one day and kind have in common."""

    credit: Facts
    debit: Facts
    sums: DaySums


class StatementReader:
    """One statement: its account, balances and sums. `ordinal` is its place in the file."""

    def __init__(self, record: str, ordinal: int, layouts: Layouts) -> None:
        self.problems = Problems()
        self.opened = False
        self._ordinal, self._layouts = ordinal, layouts
        self._place = f"{ordinal}."
        self._account, self._number = _account(record), _number(record)
        self._currency = record[16:19].strip() or _EUR
        self._heads: dict[str, _Head] = {}
        self._sums = Sums()
        self._movements = 0
        self._opening: Cents | None = None
        self._closing: Cents | None = None
        self._from: date | None = None
        self._to: date | None = None

    def open(self, record: str, number: int) -> None:
        """The opening balance."""
        self.opened = True
        self._opening = self._amount(record, number)
        self._from = self._optional_day(record[34:40], number)

    def close(self, record: str, number: int) -> None:
        """The closing balance."""
        self._belongs(record, number)
        self._closing = self._amount(record, number)
        self._to = self._optional_day(record[34:40], number)

    def found_movements(self, records: str, at: int, end: int) -> tuple[list[Movement], int]:
        """The movements from there on that have a known layout and beginning, and where the first other record is.

        The others need a closer look: `movement` reads any.
        """
        movements, patterns, heads = list[Movement](), self._layouts.patterns(), self._heads
        while True:
            for pattern in patterns:
                found = pattern.match(records, at, end)
                if found is not None:
                    break
            else:
                return movements, at
            texts = pattern.ordered(found.groups())
            start, label, digits, last, bank_reference, payer, end_to_end, text, account = texts
            head = heads.get(start)
            if head is None:
                return movements, at
            amount = -int(digits + _LAST[last]) if last in _NEGATIVE else int(digits + _LAST[last])
            facts = (head.credit if amount >= 0 else head.debit).copy()
            facts["position"], facts["amount_cents"] = f"{self._place}{self._movements}", amount
            _refer(facts, bank_reference, label)
            if pattern.usual and self._is_plain(facts, text, account, pattern.account_place):
                facts["debtor_name"], facts["remittance"] = payer.strip() or None, text.strip() or None
                facts["end_to_end_id"] = reference(end_to_end)
            else:
                pattern.layout.tell(facts, records[at : found.end()], self._account)
            pattern.hits += 1
            self._movements += 1
            head.sums.add(amount)
            movements.append(Movement.of(facts))
            at = found.end()

    def _is_plain(self, facts: Facts, text: str, account: str, place: str) -> bool:
        """Whether a free text names neither an account nor a reference; then the account in its place is told."""
        if ("F" in text or "f" in text) and ("FR" in (capitals := text.upper()) or "RF" in capitals):
            return False
        if account and facts["nature"] is not Nature.OTHER:
            iban = as_iban(account)
            if iban is None:
                return False
            if iban != self._account:
                facts["virtual_iban"], facts["virtual_iban_path"] = iban, place
        return True

    def movement(self, records: str, number: int) -> Iterator[Movement]:
        """The movement with all that its complements say; none, but a problem, when it cannot be read."""
        position = f"{self._place}{self._movements}"
        self._movements += 1
        amount = self._amount(records[:WIDTH], number)
        head = self._heads.get(records[:_HEAD]) or self._head(records[:_HEAD], number)
        if head is None or amount is None:
            return
        facts = (head.credit if amount >= 0 else head.debit).copy()
        facts["position"], facts["amount_cents"] = position, amount
        _refer(facts, records[104:120], records[48:79])
        self._layouts.of(records).tell(facts, records, self._account)
        head.sums.add(amount)
        yield Movement.of(facts)

    def end(self) -> Statement:
        """The statement, proved by its balances."""
        where = str(self._ordinal)
        balances = Balances(self._opening, self._closing)
        if self._currency != _EUR:
            self.problems.add_currency(self._currency, where)
        self._sums.prove(balances, self.problems, where)
        days = self._sums.days()
        return Statement(
            account=self._account,
            statement_id=f"{self._from or ''}/{self._to or ''}",
            message_id="",
            from_date=days[0][0] if days else self._from,
            to_date=self._to or (days[-1][0] if days else None),
            currency=self._currency,
            balances=balances,
            movements=self._sums.movements,
            credits_cents=self._sums.credits_cents,
            debits_cents=self._sums.debits_cents,
            days=days,
            problems=self.problems.listed(),
        )

    def _head(self, start: str, number: int) -> _Head | None:
        """What a movement starts with; None, and a problem, when its dates are none."""
        self._belongs(start, number)
        booking = self._day(start[34:40], number)
        value = self._optional_day(start[42:48], number)
        if booking is None:
            return None
        currency = start[16:19].strip() or _EUR
        if currency != _EUR:
            self.problems.add_currency(currency, str(self._ordinal))
        code, rejected = start[32:34].strip() or None, reference(start[40:42])
        credit, debit = (
            Movement(
                position="",
                amount_cents=0,
                booking_date=booking,
                value_date=value,
                nature=nature_of(is_credit, code, None, rejected is not None),
                means=means_of(code),
                bank_code=code,
                return_reason=rejected,
            ).facts()
            for is_credit in (True, False)
        )
        head = _Head(credit, debit, self._sums.day(booking))
        if len(self._heads) == _MAX_HEADS:
            self._heads.clear()
        if value is not None or start[42:48] in _NO_DAY:
            self._heads[start] = head
        return head

    def _belongs(self, record: str, number: int) -> None:
        """Note a record of another account, or a closing balance in another currency, than the opening one's."""
        if _number(record).strip() and _number(record) != self._number:
            self.problems.add(Reason.BAD_RECORD, "The record is of another account.", at_record(number))
        if (record[16:19].strip() or self._currency) != self._currency:
            self.problems.add_currency(record[16:19], str(self._ordinal))

    def _amount(self, record: str, number: int) -> Cents | None:
        """The signed amount in 91-104; None, and a problem, when it is none."""
        if not record[103:].strip():
            self.problems.add(Reason.BAD_RECORD, "The record is cut.", at_record(number))
            return None
        try:
            return _cents(record[90:104], record[19])
        except AmountError as error:
            self.problems.add(Reason.BAD_AMOUNT, f"{error}.", at_record(number))
            return None

    def _optional_day(self, text: str, number: int) -> date | None:
        """The day, if the record says one."""
        return None if text in _NO_DAY else self._day(text, number)

    def _day(self, text: str, number: int) -> date | None:
        try:
            return _day(text)
        except ValueError:
            self.problems.add(Reason.BAD_DATE, f"Not a date: {text!r}.", at_record(number))
            return None


def _refer(facts: Facts, text: str, label: str) -> None:
    """The label, and the reference of columns 105-120; other texts that banks put there are kept with the label."""
    told, note = reference(text), label.strip() or None
    if told is not None and _TELLING(told) is None:
        note = told if note is None else note if told in note else f"{note} / {told}"
        told = None
    facts["bank_reference"], facts["note"] = told, note


def at_record(number: int) -> str:
    return f"record {number}"


def _number(record: str) -> str:
    """The account's number as written; bank and branch are not held to it, files disagree with themselves on those."""
    return record[21:32]


def _account(record: str) -> str:
    """The IBAN that the bank, branch and account make; as written where they make none."""
    bank, branch, account = record[2:7], record[11:16], record[21:32]
    try:
        return french_account(bank, branch, account)
    except ValueError:
        return compact(f"{bank}{branch}{account}")


def _cents(text: str, decimals: str) -> Cents:
    """An amount whose last digit carries the sign, with so many decimals (blank: two).

    Raises:
        AmountError: not an amount, or a fraction of a cent.
    """
    body, last = text[:-1].lstrip() or "0", text[-1]
    if last not in _LAST or not (body.isascii() and body.isdigit()) or not _DECIMALS.fullmatch(decimals):
        raise AmountError(f"not an amount: {text!r}")
    scale = int(decimals.strip() or 2)
    number = int(body + _LAST[last])
    if number * 100 % 10**scale:
        raise AmountError(f"a fraction of a cent: {text!r}")
    cents: Cents = number * 100 // 10**scale
    return -cents if last in _NEGATIVE else cents


@lru_cache(maxsize=1024)
def _day(text: str) -> date:
    """DDMMYY, of 1980 to 2079.

    Raises:
        ValueError: not a day of the calendar.
    """
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        raise ValueError("not a date")
    year = int(text[4:])
    return date(year + (1900 if year >= _OLDEST else 2000), int(text[2:4]), int(text[:2]))
