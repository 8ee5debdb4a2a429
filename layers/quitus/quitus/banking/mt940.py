"""MT940: SWIFT's customer statement as banks send it, in any encoding and with any `:86:` (bank-formats.md §6)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import BinaryIO, Final

from quitus.banking.codes import means_of, nature_of
from quitus.banking.lines import text_lines
from quitus.banking.mt940_details import Details, parse_details
from quitus.banking.problems import Problems, Reason, unreadable
from quitus.banking.profiles import DEFAULT, Profile
from quitus.banking.reader import Sums
from quitus.banking.references import as_iban, compact, creditor_reference, found_ibans, reference
from quitus.banking.texts import cents
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Balances, Movement, Nature, Statement, Status

_TAG: Final = re.compile(r"(?:\{[^{}]*\})*(?:\{4:)?:([0-9]{2}[A-Z]?|NS):(.*)", re.DOTALL)
_MOVEMENT: Final = re.compile(
    r"([0-9]{6})([0-9]{4}| {4})?(R?[CD]|E[CD])([A-Z])?([0-9]++(?:[,.][0-9]{0,5})?)\s?([NSF][A-Z0-9]{2}[A-Z0-9 ])?(.*)"
)
_BALANCE: Final = re.compile(r"([CD])([0-9]{6})([A-Z]{3})? ?([0-9]++(?:[,.][0-9]{0,5})?)\s*")
_WRAPPED_TIME: Final = re.compile(r":[0-5][0-9]:[0-5][0-9](?![0-9])")
_CURRENCY: Final = re.compile(r"(?<=[0-9])[A-Z]{3}$")
_FRAME: Final = " \t\x00\x01\x03\x1a"
_NO_DAY: Final = "000000"
_OLDEST: Final = 80
_MAX_LINES: Final = 1000
_CREDITS: Final = frozenset({"C", "RD", "EC"})
_REVERSALS: Final = frozenset({"RC", "RD"})


def read_mt940(stream: BinaryIO, profile: Profile = DEFAULT) -> Iterator[Movement | Statement]:
    """Movements and statements of an MT940 file (the `Read` protocol of `quitus.banking.reader`)."""
    reader = _FileReader(profile)
    for number, line in enumerate(chain.from_iterable(text_lines(stream)), 1):
        tag = _TAG.match(line) if line.startswith((":", "{")) else None
        if tag is not None and not reader.is_time(line):
            yield from reader.field(tag.group(1), tag.group(2), number)
        elif line.startswith("-") and reader.is_end(line):
            yield from reader.end()
        else:
            reader.continued(line)
    yield from reader.end()


class _FileReader:
    """The statement that is open, and the field that may go on in the next line."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._statement: _StatementReader | None = None
        self._statements = 0
        self._pending: _Line | None = None
        self._going_on: list[str] | None = None

    def field(self, tag: str, text: str, number: int) -> Iterator[Movement | Statement]:
        """A field: what it completes."""
        self._going_on = None
        if tag == "NS":
            return
        if tag == "86":
            self._details(text, number)
            return
        yield from self._flush()
        if tag == "20" or (tag in {"60F", "60M"} and self._statement is not None and self._statement.opened):
            yield from self.end()
        statement = self._statement or self._start()
        if tag == "20":
            statement.reference = text.strip()
        elif tag == "25":
            statement.about(text.strip(), number)
        elif tag in {"28", "28C"}:
            statement.sequence = text.strip()
        elif tag in {"60F", "60M"}:
            statement.open(text, number)
        elif tag in {"62F", "62M"}:
            statement.close(text, number)
        elif tag == "61":
            self._pending = statement.movement(text, number)
            self._going_on = self._pending.supplement if self._pending else []

    def is_time(self, line: str) -> bool:
        """Whether a line that looks like a field goes on with a time cut after its hours (`…T16`, `:20:37`)."""
        details = self._pending.details if self._pending is not None else []
        return bool(details) and details[-1][-2:].isdecimal() and bool(_WRAPPED_TIME.match(line))

    def is_end(self, line: str) -> bool:
        """Whether a line that begins with a hyphen ends the message; alone in the details of a movement it does not."""
        within = self._pending is not None and self._going_on is self._pending.details
        return line.startswith("-}") or (line.strip(_FRAME) == "-" and not within)

    def continued(self, line: str) -> None:
        """A line that goes on with the field before it.

        Raises:
            UnreadableFile: it goes on without end.
        """
        if self._going_on is None:
            return
        if len(self._going_on) == _MAX_LINES:
            raise unreadable(Reason.TOO_LARGE, f"A field of more than {_MAX_LINES} lines.")
        self._going_on.append(line)

    def end(self) -> Iterator[Movement | Statement]:
        """The end of a message or of the file."""
        yield from self._flush()
        statement, self._statement, self._going_on = self._statement, None, None
        if statement is not None:
            yield statement.end()

    def _details(self, text: str, number: int) -> None:
        pending = self._pending
        if pending is not None:
            pending.details.append(text)
            self._going_on = pending.details
            return
        statement = self._statement or self._start()
        if not statement.opened and not statement.unread:
            statement.problems.add(Reason.UNSTARTED_MOVEMENT, "Details that follow no movement.", _at(number))

    def _start(self) -> _StatementReader:
        self._statement = _StatementReader(self._statements, self._profile)
        self._statements += 1
        return self._statement

    def _flush(self) -> Iterator[Movement]:
        pending, self._pending = self._pending, None
        if pending is not None and self._statement is not None:
            yield self._statement.complete(pending)


class _Line:
    """A `:61:` with the lines that follow it and its `:86:`."""

    __slots__ = ("booking", "cents", "details", "kind", "mark", "position", "references", "supplement", "value")

    def __init__(self, match: re.Match[str], position: str, amount: Cents, value: date, booking: date) -> None:
        self.mark, self.kind, self.references = match.group(3), (match.group(6) or "").strip(), match.group(7)
        self.position, self.cents, self.value, self.booking = position, amount, value, booking
        self.supplement: list[str] = []
        self.details: list[str] = []


class _StatementReader:
    """One statement: its account, balances and sums. `ordinal` is its place in the file."""

    def __init__(self, ordinal: int, profile: Profile) -> None:
        self.problems = Problems()
        self.reference = self.sequence = ""
        self.opened = self.closed = self.unread = False
        self._ordinal, self._places = ordinal, profile.mt940
        self._account = ""
        self._currency = ""
        self._sums = Sums()
        self._movements = 0
        self._opening: Cents | None = None
        self._closing: Cents | None = None
        self._from: date | None = None
        self._to: date | None = None

    def about(self, account: str, number: int) -> None:
        """`:25:`: the account, an IBAN or a bank's and an account's number, the currency behind it at times."""
        if self._account:
            self.problems.add(Reason.BAD_RECORD, "A second account in one statement.", _at(number))
            return
        bare = _CURRENCY.sub("", compact(account))
        ibans = (as_iban(part) for part in (bare, *bare.split("/")))
        self._account = next((iban for iban in ibans if iban is not None), bare)

    def open(self, text: str, number: int) -> None:
        """`:60F:` or, on a following page, `:60M:`."""
        self.opened = True
        self._opening, self._from = self._balance(text, number)

    def close(self, text: str, number: int) -> None:
        """`:62F:` or, where a page follows, `:62M:`."""
        self.closed = True
        self._closing, self._to = self._balance(text, number)

    def movement(self, text: str, number: int) -> _Line | None:
        """A `:61:` still without details; None, and a problem, when it cannot be read."""
        position = f"{self._ordinal}.{self._movements}"
        self._movements += 1
        match = _MOVEMENT.fullmatch(text.strip())
        self.unread = match is None
        if match is None:
            self.problems.add(Reason.BAD_RECORD, "A movement that does not have the standard's shape.", _at(number))
            return None
        try:
            value = _value_day(match.group(1))
            booking = _entry_day(match.group(2), value)
            amount = _amount(match.group(5))
        except AmountError as error:
            self.problems.add(Reason.BAD_AMOUNT, f"{error}.", _at(number))
        except ValueError:
            self.problems.add(Reason.BAD_DATE, f"Not a date: {text[:10]!r}.", _at(number))
        else:
            return _Line(match, position, amount if match.group(3) in _CREDITS else -amount, value, booking)
        self.unread = True
        return None

    def complete(self, line: _Line) -> Movement:
        """The movement with all that its lines say."""
        details = parse_details(line.details)
        code = f"{line.kind}+{details.gvc}" if details.gvc else line.kind or None
        returned = line.mark in _REVERSALS or details.return_reason is not None
        nature = nature_of(line.cents >= 0, code, None, returned)
        accounts = self._found(details, nature)
        _, _, bank_reference = line.references.partition("//")
        movement = Movement(
            position=line.position,
            amount_cents=line.cents,
            booking_date=line.booking,
            value_date=line.value,
            status=Status.PENDING if line.mark.startswith("E") else Status.BOOKED,
            nature=nature,
            means=means_of(code),
            virtual_iban=accounts[0][0] if accounts and accounts[0][0] != details.iban else None,
            virtual_iban_path=accounts[0][1] if accounts and accounts[0][0] != details.iban else None,
            other_accounts=tuple(accounts if accounts and accounts[0][0] == details.iban else accounts[1:]),
            bank_reference=reference(bank_reference),
            end_to_end_id=details.end_to_end_id,
            payment_reference=creditor_reference([], details.texts) if self._places.reference else None,
            mandate_id=details.mandate_id,
            debtor_name=next((details.names[place] for place in self._places.payer if place in details.names), None),
            debtor_iban=details.iban,
            remittance=details.remittance,
            bank_code=code,
            return_reason=details.return_reason if nature is Nature.RETURN else None,
            note=" ".join(text.strip() for text in line.supplement if text.strip()) or None,
        )
        self._sums.add(movement)
        return movement

    def end(self) -> Statement:
        """The statement, proved by its balances."""
        where = str(self._ordinal)
        if not self.opened:
            self.problems.add(Reason.UNSTARTED_STATEMENT, "The statement has no opening balance.", where)
        if not self.closed:
            self.problems.add(Reason.UNFINISHED_STATEMENT, "The statement has no closing balance.", where)
        if not self._account:
            self.problems.add(Reason.MISSING_ACCOUNT, "The statement does not say which account it is about.", where)
        balances = Balances(self._opening, self._closing)
        self._sums.prove(balances, self.problems, where)
        days = self._sums.days()
        return Statement(
            account=self._account,
            statement_id=self.sequence,
            message_id=self.reference,
            from_date=days[0][0] if days else self._from,
            to_date=self._to or (days[-1][0] if days else None),
            currency=self._currency or "EUR",
            balances=balances,
            electronic_sequence=self.sequence or None,
            movements=self._sums.movements,
            credits_cents=self._sums.credits_cents,
            debits_cents=self._sums.debits_cents,
            days=days,
            problems=self.problems.listed(),
        )

    def _found(self, details: Details, nature: Nature) -> list[tuple[str, str]]:
        """Valid account numbers other than the statement's own where the profile says to look; the payer's comes
        last.
        """
        if nature is Nature.OTHER:
            return []
        found: dict[str, str] = {}
        for place in self._places.virtual_iban:
            text = details.accounts.get(place)
            ibans = found_ibans(details.texts) if place == ":86:" else [as_iban(text)] if text else []
            for iban in ibans:
                if iban is not None and iban != self._account:
                    found.setdefault(iban, place)
        return sorted(found.items(), key=lambda item: item[0] == details.iban)

    def _balance(self, text: str, number: int) -> tuple[Cents | None, date | None]:
        match = _BALANCE.fullmatch(text.strip())
        if match is None:
            self.problems.add(Reason.BAD_RECORD, "A balance that does not have the standard's shape.", _at(number))
            return None, None
        mark, day, currency, amount = match.groups()
        self._currency = self._currency or currency or ""
        if currency not in {"EUR", None}:
            self.problems.add_currency(currency, str(self._ordinal))
        try:
            signed = _amount(amount) * (1 if mark == "C" else -1)
            return signed, None if day == _NO_DAY else _value_day(day)
        except AmountError as error:
            self.problems.add(Reason.BAD_AMOUNT, f"{error}.", _at(number))
        except ValueError:
            self.problems.add(Reason.BAD_DATE, f"Not a date: {day!r}.", _at(number))
        return None, None


def _at(number: int) -> str:
    return f"line {number}"


def _amount(text: str) -> Cents:
    """An amount with a comma or, against the standard, a point or neither; some banks write leading zeros.

    Raises:
        AmountError: not an amount of euros and cents.
    """
    return cents("0" + text.lstrip("0"))


@lru_cache(maxsize=1024)
def _value_day(text: str) -> date:
    """YYMMDD, of 1980 to 2079; 29 and 30 February of the banks' 360-day years become the month's last day.

    Raises:
        ValueError: not a day of the calendar.
    """
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 1900 if year >= _OLDEST else 2000
    if month == 2 and day in (29, 30):
        day = min(day, monthrange(year, 2)[1])
    return date(year, month, day)


@lru_cache(maxsize=1024)
def _entry_day(text: str | None, value: date) -> date:
    """MMDD in the year that brings it nearest to the value date; without one, the value date.

    Raises:
        ValueError: not a day of the calendar.
    """
    if text is None or not text.strip():
        return value
    near = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            near.append(_value_day(f"{year % 100:02d}{text}"))
        except ValueError:
            continue
    return min(near, key=lambda day: abs((day - value).days))
