"""CFONB 120: statements as French banks have sent them since the 1980s, records of 120 characters.

Columns and codes: CFONB, "Relevé de compte sur support informatique", and the banks' guides (bank-formats.md §5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import BinaryIO, Final

from quitus.banking.codes import means_of, nature_of
from quitus.banking.lines import text_lines
from quitus.banking.problems import Problems, Reason, unreadable
from quitus.banking.profiles import DEFAULT, Profile
from quitus.banking.reader import Sums
from quitus.banking.references import as_iban, compact, creditor_reference, found_ibans, french_account, reference
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Balances, Movement, Nature, Statement

WIDTH: Final = 120
_OPENING, _MOVEMENT, _COMPLEMENT, _CLOSING = "01", "04", "05", "07"
_SHORTEST: Final = 104
_OLDEST: Final = 80
_MAX_COMPLEMENTS: Final = 1000
_POSITIVE: Final = {char: digit for digit, char in enumerate("{ABCDEFGHI")} | {"é": 0} | {str(n): n for n in range(10)}
_NEGATIVE: Final = {char: digit for digit, char in enumerate("}JKLMNOPQR")} | {"è": 0}
_DECIMALS: Final = re.compile("[0-9]?|\\s")
_TEXT: Final = slice(48, 118)
_LEFT, _RIGHT = slice(48, 83), slice(83, 118)
_REMITTANCE: Final = ("LCC", "LC2")


def read_cfonb(stream: BinaryIO, profile: Profile = DEFAULT) -> Iterator[Movement | Statement]:
    """Movements and statements of a CFONB 120 file (the `Read` protocol of `quitus.banking.reader`)."""
    reader = _FileReader(profile)
    for number, line in enumerate(text_lines(stream, WIDTH), 1):
        kind = line[:2]
        if kind == _COMPLEMENT:
            reader.complement(line, number)
        elif kind == _MOVEMENT:
            yield from reader.movement(line, number)
        elif kind == _OPENING:
            yield from reader.opening(line, number)
        elif kind == _CLOSING:
            yield from reader.closing(line, number)
        elif line.strip():
            reader.stray(line, number)
    yield from reader.end()


class _FileReader:
    """The statement that is open, and the movement that still waits for complements."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._statement: _StatementReader | None = None
        self._statements = 0
        self._pending: _Operation | None = None
        self._unread = False
        self._complements = 0

    def opening(self, line: str, number: int) -> Iterator[Movement | Statement]:
        """`01`: an old balance starts a statement."""
        yield from self.end()
        self._start(line).open(line, number)

    def closing(self, line: str, number: int) -> Iterator[Movement | Statement]:
        """`07`: the new balance ends the statement."""
        yield from self._flush()
        statement = self._statement or self._start(line)
        if not statement.opened:
            statement.problems.add(Reason.UNSTARTED_STATEMENT, "A closing balance without its opening.", _at(number))
        statement.close(line, number)
        self._statement = None
        yield statement.end()

    def movement(self, line: str, number: int) -> Iterator[Movement]:
        """`04`: a movement, complete once another record follows its complements."""
        yield from self._flush()
        statement = self._statement
        if statement is None:
            statement = self._start(line)
            message = "A movement outside any statement."
            statement.problems.add(Reason.MOVEMENT_OUTSIDE_STATEMENT, message, _at(number))
        self._pending = statement.operation(line, number)
        self._unread, self._complements = self._pending is None, 0

    def complement(self, line: str, number: int) -> None:
        """`05`: more about the last movement."""
        if self._pending is not None:
            self._complements += 1
            if self._complements > _MAX_COMPLEMENTS:
                raise unreadable(
                    Reason.TOO_LARGE, f"A movement of more than {_MAX_COMPLEMENTS} complements.", _at(number)
                )
            self._pending.add(line)
            return
        statement = self._statement or self._start(line)
        if not self._unread:
            statement.problems.add(Reason.UNSTARTED_MOVEMENT, "A complement that follows no movement.", _at(number))

    def stray(self, line: str, number: int) -> None:
        """A record that the format does not know."""
        statement = self._statement or self._start(line)
        statement.problems.add(Reason.BAD_RECORD, f"No record of the format starts with {line[:2]!r}.", _at(number))

    def end(self) -> Iterator[Movement | Statement]:
        """What the end of the file, or the next statement, finds unfinished."""
        yield from self._flush()
        statement, self._statement = self._statement, None
        if statement is None:
            return
        if statement.opened:
            statement.problems.add(Reason.UNFINISHED_STATEMENT, "The statement has no closing balance.")
        yield statement.end()

    def _start(self, line: str) -> _StatementReader:
        self._statement = _StatementReader(line, self._statements, self._profile)
        self._statements += 1
        return self._statement

    def _flush(self) -> Iterator[Movement]:
        pending, self._pending = self._pending, None
        if pending is not None and self._statement is not None:
            yield self._statement.complete(pending)


class _Operation:
    """A `04` record and its complements by qualifier."""

    __slots__ = ("amount", "booking", "line", "position", "texts", "value")

    def __init__(self, line: str, position: str, amount: Cents, booking: date, value: date | None) -> None:
        self.line, self.position, self.amount, self.booking, self.value = line, position, amount, booking, value
        self.texts: dict[str, list[str]] = {}

    def add(self, line: str) -> None:
        """A complement: qualifier in 46-48, else the label of the banks that write none in 41-81."""
        if line[40:45].strip():
            self.texts.setdefault("LIB", []).append(" " * 48 + line[40:81])
        else:
            self.texts.setdefault(line[45:48], []).append(line)

    def text(self, qualifier: str, part: slice = _TEXT) -> str | None:
        """The first text of a qualifier."""
        lines = self.texts.get(qualifier)
        return (lines[0][part].strip() or None) if lines else None


class _StatementReader:
    """One statement: its account, balances and sums. `ordinal` is its place in the file."""

    def __init__(self, line: str, ordinal: int, profile: Profile) -> None:
        self.problems = Problems()
        self.opened = False
        self._ordinal, self._places = ordinal, profile.cfonb
        self._account = _account(line)
        self._currency = line[16:19].strip() or "EUR"
        self._sums = Sums()
        self._movements = 0
        self._opening: Cents | None = None
        self._closing: Cents | None = None
        self._from: date | None = None
        self._to: date | None = None

    def open(self, line: str, number: int) -> None:
        """The opening balance."""
        self.opened = True
        self._opening = self._amount(line, number)
        self._from = self._day(line[34:40], number)

    def close(self, line: str, number: int) -> None:
        """The closing balance."""
        self._closing = self._amount(line, number)
        self._to = self._day(line[34:40], number)

    def operation(self, line: str, number: int) -> _Operation | None:
        """A movement still without complements; None, and a problem, when it cannot be read."""
        position = f"{self._ordinal}.{self._movements}"
        self._movements += 1
        amount, booking = self._amount(line, number), self._day(line[34:40], number)
        value = self._day(line[42:48], number) if line[42:48].strip() else None
        if amount is None or booking is None:
            return None
        return _Operation(line, position, amount, booking, value)

    def complete(self, operation: _Operation) -> Movement:
        """The movement with all that its complements say."""
        line, text = operation.line, operation.text
        code, rejected = line[32:34].strip() or None, line[40:42].strip() or None
        nature = nature_of(operation.amount >= 0, code, None, rejected is not None)
        accounts = self._found(operation, nature)
        free = _free_texts(operation)
        label = line[48:79].strip()
        movement = Movement(
            position=operation.position,
            amount_cents=operation.amount,
            booking_date=operation.booking,
            value_date=operation.value,
            nature=nature,
            means=means_of(code),
            virtual_iban=accounts[0][0] if accounts else None,
            virtual_iban_path=accounts[0][1] if accounts else None,
            other_accounts=tuple(accounts[1:]),
            bank_reference=reference(line[104:120]) or reference(text("REF", _RIGHT)),
            end_to_end_id=reference(text("RCN", _LEFT)),
            payment_reference=creditor_reference([text("LCS") or ""], free),
            batch_references=_batch(text("REF", _LEFT)),
            instructed_cents=_instructed(operation),
            mandate_id=reference(text("RUM", _LEFT)),
            debtor_name=text("NPY") or text("NPO"),
            debtor_iban=_compact(text("CPY")),
            remittance=_remittance(operation) or _joined(operation.texts.get("LIB", [])),
            bank_code=code,
            return_reason=rejected,
            note=label or None,
        )
        self._sums.add(movement)
        return movement

    def end(self) -> Statement:
        """The statement, proved by its balances."""
        where = str(self._ordinal)
        balances = Balances(self._opening, self._closing)
        if self._currency != "EUR":
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

    def _found(self, operation: _Operation, nature: Nature) -> list[tuple[str, str]]:
        """Valid account numbers other than the statement's own where the profile says to look."""
        if nature is Nature.OTHER:
            return []
        found: dict[str, str] = {}
        for qualifier in self._places:
            lines = operation.texts.get(qualifier)
            if not lines:
                continue
            texts = [line[_TEXT] for line in lines]
            structured = [iban for line in lines if (iban := as_iban(line[_LEFT])) is not None]
            for iban in structured or found_ibans(texts):
                if iban != self._account:
                    found.setdefault(iban, qualifier)
        return list(found.items())

    def _amount(self, line: str, number: int) -> Cents | None:
        """The signed amount in 91-104; None, and a problem, when it is none."""
        if len(line) < _SHORTEST:
            self.problems.add(Reason.BAD_RECORD, "The record is cut.", _at(number))
            return None
        try:
            return _cents(line[90:104], line[19:20])
        except AmountError as error:
            self.problems.add(Reason.BAD_AMOUNT, f"{error}.", _at(number))
            return None

    def _day(self, text: str, number: int) -> date | None:
        try:
            return _day(text)
        except ValueError:
            self.problems.add(Reason.BAD_DATE, f"Not a date: {text!r}.", _at(number))
            return None


def _at(number: int) -> str:
    return f"record {number}"


def _account(line: str) -> str:
    """The IBAN that the bank, branch and account make; as written where they make none."""
    bank, branch, account = line[2:7], line[11:16], line[21:32]
    try:
        return french_account(bank, branch, account)
    except ValueError:
        return compact(f"{bank}{branch}{account}")


def _cents(text: str, decimals: str) -> Cents:
    """An amount whose last digit carries the sign, with so many decimals (blank: two).

    Raises:
        AmountError: not an amount, or a fraction of a cent.
    """
    body, last = text[:-1], text[-1:]
    digit = _POSITIVE.get(last)
    sign = 1 if digit is not None else -1
    digit = _NEGATIVE.get(last) if digit is None else digit
    body = body.lstrip() or "0"
    if digit is None or not (body.isascii() and body.isdigit()) or not _DECIMALS.fullmatch(decimals):
        raise AmountError(f"not an amount: {text!r}")
    scale = int(decimals.strip() or 2)
    number = int(body) * 10 + digit
    if number * 100 % 10**scale:
        raise AmountError(f"a fraction of a cent: {text!r}")
    cents: Cents = number * 100 // 10**scale
    return sign * cents


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


def _remittance(operation: _Operation) -> str | None:
    """The payer's text: `LCC` and `LC2`, 70 characters each, cut anywhere."""
    lines = [line for qualifier in _REMITTANCE for line in operation.texts.get(qualifier, ())]
    if len(lines) > 1 and all(len(line[_TEXT].rstrip()) == 70 for line in lines[:-1]):
        return "".join(line[_TEXT] for line in lines).strip() or None
    return _joined(lines)


def _joined(lines: list[str]) -> str | None:
    return " ".join(text for line in lines if (text := line[_TEXT].strip())) or None


def _free_texts(operation: _Operation) -> list[str]:
    return [line[_TEXT].rstrip() for name in (*_REMITTANCE, "LIB") for line in operation.texts.get(name, ())]


def _instructed(operation: _Operation) -> Cents | None:
    """`MMO`: currency, decimals and original amount, where it is in euros and not what was booked."""
    text = operation.text("MMO")
    if text is None or not text.startswith("EUR"):
        return None
    digits = text[4:18].strip()
    if not (digits.isascii() and digits.isdigit() and text[3:4] == "2"):
        return None
    return int(digits) if int(digits) != abs(operation.amount) else None


def _batch(text: str | None) -> tuple[str, ...]:
    named = reference(text)
    return (named,) if named else ()


def _compact(text: str | None) -> str | None:
    return (compact(text) or None) if text else None
