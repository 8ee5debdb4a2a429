"""One statement of an MT940 file: its balances, its movements, the proof."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from quitus.banking.codes import RETURN_REASON, means_of, nature_of
from quitus.banking.mt940_details import Details, parse_details
from quitus.banking.mt940_values import amount_of, balance_day, entry_day, value_day
from quitus.banking.problems import Problems, Reason
from quitus.banking.profiles import Profile
from quitus.banking.reader import DaySums, Sums
from quitus.banking.references import as_iban, compact, creditor_reference, found_ibans, may_begin_account, reference
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Balances, Facts, Means, Movement, Nature, Statement, Status

_AMOUNT: Final = "((?=[.,]?[0-9])[0-9.,]++)(?! ?['0-9])"
_MOVEMENT: Final = re.compile(
    rf"([0-9]{{6}})([0-9]{{4}}| {{4}})?(R?[CD]|E[CD])[A-Z]?{_AMOUNT}\s?(?:(?!NONREF)([NSF][A-Z0-9]{{2}}[A-Z0-9 ]))?(.*)"
)
_USUAL: Final = re.compile(
    r":61:([0-9]{6}(?:[0-9]{4})?+R?[CD])[A-Z]?([0-9]{1,12}+),([0-9]{2})(?!NONREF)([NSF][A-Z0-9]{3})([^\n]*+)\n"
    r"(?:(?![:{-])([^\n]*+)\n)?+"
    r"(?::86:([^\n]*+(?:\n(?![:{-])[^\n]*+)*+)\n)?+(?=:6[12])"
)
_OF_DATES: Final = "0123456789 "
_BALANCE: Final = re.compile(rf"([CD])([0-9]{{6}})(?:([A-Z]{{3}})O?)? ?{_AMOUNT}\s*")
_ANNOUNCED_REASON: Final = re.compile("RETURN|REFUND|REJECT|REVERSAL|RSN|REASON|R(?:UE|Ü)CK|GRUND|RETOUR")
_NEAR: Final = 40
_ORIGINAL: Final = re.compile(r"\s*(?:EUR)?\s*([0-9][0-9.,]*)\s*(?:EUR)?\s*")
_ORIGINAL_NOTE: Final = re.compile(r"/OCMT/EUR([0-9][0-9.,]*)/")
_CURRENCY: Final = re.compile(r"(?<=[0-9])/?[A-Z]{3}$")
_ANYWHERE: Final = ":86:"
_EUR: Final = "EUR"
_NO_DAY: Final = "000000"
_MAX_ALIKE: Final = 4096
_CREDITS: Final = frozenset({"C", "RD", "EC"})
_EXPECTED: Final = frozenset({"EC", "ED"})
_REVERSALS: Final = frozenset({"RC", "RD"})


@dataclass(slots=True)
class _Alike:
    """What movements of one value date, booking date and mark have in common; `sign` is 1 or -1."""

    facts: Facts
    sums: DaySums
    sign: int
    booked: bool
    reversal: bool


@dataclass(slots=True)
class Line:
    """A `:61:` with the lines that follow it and its `:86:`; `amount` is signed."""

    alike: _Alike
    amount: Cents
    kind: str
    references: str
    supplement: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)


class StatementReader:
    """One statement: its account, balances and sums. `ordinal` is its place in the file."""

    def __init__(self, ordinal: int, profile: Profile) -> None:
        self.problems = Problems()
        self.reference = self.sequence = ""
        self.opened = self.closed = self.unread = False
        self._ordinal, self._places = ordinal, profile.mt940
        self._account = ""
        self._told_account = False
        self._currency = ""
        self._sums = Sums()
        self._alike: dict[str, _Alike] = {}
        self._movements = 0
        self._opening: Cents | None = None
        self._closing: Cents | None = None
        self._from: date | None = None
        self._to: date | None = None

    def about(self, account: str, number: int) -> None:
        """`:25:`: the account, an IBAN or a bank's and an account's number, the currency behind it at times."""
        if self._told_account:
            self.problems.add(Reason.BAD_RECORD, "A second account in one statement.", at_line(number))
            return
        self._told_account = True
        bare = _CURRENCY.sub("", compact(account)).strip("/")
        ibans = (as_iban(part) for part in (bare, *bare.split("/")))
        self._account = next((iban for iban in ibans if iban is not None), bare)

    def follow(self, previous: StatementReader) -> None:
        """The previous statement of the same message gives its name, and its account to one that says none."""
        self.reference, self._account = previous.reference, previous._account

    def open(self, text: str, number: int) -> None:
        """`:60F:` or, on a following page, `:60M:`."""
        self.opened = True
        self._opening, self._from = self._balance(text, number)

    def close(self, text: str, number: int) -> None:
        """`:62F:` or, where a page follows, `:62M:`."""
        self.closed = True
        self._closing, self._to = self._balance(text, number)

    def usual_movements(self, text: str, at: int, end: int) -> tuple[list[Movement], int]:
        """The movements from there on that are written as nearly all are, and where the first other field is.

        Of the others each line is read by itself: `movement`, then `complete`.
        """
        movements: list[Movement] = []
        while at < end and (found := _USUAL.match(text, at)) is not None:
            marked, euros, hundredths, kind, references, supplement, details = found.groups()
            try:
                alike = self._alike.get(marked) or self._marked(marked)
            except ValueError:
                break
            amount = int(euros + hundredths) * alike.sign
            self._movements += 1
            movements.append(self._movement(alike, amount, kind, references, supplement, details or ""))
            at = found.end()
        self.unread = self.unread and not movements
        return movements, at

    def movement(self, text: str, number: int) -> Line | None:
        """A `:61:` still without details; None, and a problem, when it cannot be read."""
        self._movements += 1
        match = _MOVEMENT.fullmatch(text.strip())
        self.unread = match is None
        if match is None:
            self.problems.add(Reason.BAD_RECORD, "A movement that does not have the standard's shape.", at_line(number))
            return None
        value, entry, mark, written, kind, references = match.groups()
        try:
            amount = amount_of(written)
            alike = self._marked(f"{value}{entry or ''}{mark}")
        except AmountError as error:
            self._note_amount(error, number)
        except ValueError:
            self.problems.add(Reason.BAD_DATE, f"Not a date: {text[:10]!r}.", at_line(number))
        else:
            return Line(alike, amount * alike.sign, (kind or "").strip(), references)
        self.unread = True
        return None

    def complete(self, line: Line) -> Movement:
        """The movement with all that its lines say."""
        note = " ".join(text.strip() for text in line.supplement if text.strip())
        details = "\n".join(line.details)
        return self._movement(line.alike, line.amount, line.kind, line.references, note, details)

    def _movement(
        self, alike: _Alike, amount: Cents, kind: str, references: str, note: str | None, written: str
    ) -> Movement:
        """The movement of the `:61:` that was met last; `note` is what follows it, `written` its `:86:`."""
        facts = alike.facts.copy()
        details = parse_details(written)
        returned = alike.reversal or details.return_reason is not None
        code, means, nature = _classified(kind, details.gvc, amount >= 0, returned)
        own_reference, _, bank_reference = references.partition("//")
        facts["position"], facts["amount_cents"] = f"{self._ordinal}.{self._movements - 1}", amount
        facts["bank_code"], facts["means"], facts["nature"] = code, means, nature
        facts["bank_reference"], facts["end_to_end_id"] = reference(bank_reference), details.end_to_end_id
        for place in self._places.payer:
            if name := details.names.get(place):
                facts["debtor_name"] = name
                break
        facts["debtor_iban"] = details.iban or self._payer_in(note) or self._payer_in(own_reference)
        facts["remittance"], facts["mandate_id"] = details.remittance, details.mandate_id
        capitals = details.joined.upper()
        if "RF" in capitals and self._places.reference:
            facts["payment_reference"] = creditor_reference((), details.texts)
        if note:
            facts["note"] = note.strip() or None
        if nature is Nature.RETURN:
            facts["return_reason"] = _coded_reason(capitals) or details.return_reason
            facts["instructed_cents"] = _instructed(details.instructed, note, amount)
        if nature is not Nature.OTHER and (details.accounts or "FR" in capitals):
            self._tell_accounts(facts, details, details.texts if "FR" in capitals else ())
        if alike.booked:
            alike.sums.add(amount)
        return Movement.of(facts)

    def _marked(self, marked: str) -> _Alike:
        """What is alike in the movements of a value date, the booking date behind it, if there is one, and a mark.

        Raises:
            ValueError: not days of the calendar.
        """
        mark = marked.lstrip(_OF_DATES)
        value = value_day(marked[:6])
        booking = entry_day(marked[6:].removesuffix(mark), value)
        status = Status.PENDING if mark in _EXPECTED else Status.BOOKED
        facts = Movement("", 0, booking, value, status).facts()
        sign = 1 if mark in _CREDITS else -1
        alike = _Alike(facts, self._sums.day(booking), sign, status is Status.BOOKED, mark in _REVERSALS)
        if len(self._alike) == _MAX_ALIKE:
            self._alike.clear()
        self._alike[marked] = alike
        return alike

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
        if not self._is_foreign:
            self._sums.prove(balances, self.problems, where)
        days = self._sums.days()
        return Statement(
            account=self._account,
            statement_id=self.sequence,
            message_id=self.reference,
            from_date=days[0][0] if days else self._from,
            to_date=self._to or (days[-1][0] if days else None),
            currency=self._currency or _EUR,
            balances=balances,
            electronic_sequence=self.sequence or None,
            movements=self._sums.movements,
            credits_cents=self._sums.credits_cents,
            debits_cents=self._sums.debits_cents,
            days=days,
            problems=self.problems.listed(),
        )

    def _tell_accounts(self, facts: Facts, details: Details, texts: Sequence[str]) -> None:
        """Valid account numbers other than the statement's own where the profile says to look; the payer's is no
        virtual IBAN and comes last.
        """
        accounts, payer, own = details.accounts, details.iban, self._account
        others: list[tuple[str, str]] = []
        of_payer: tuple[tuple[str, str], ...] = ()
        for place in self._places.virtual_iban:
            if account := accounts.get(place):
                iban = as_iban(account)
                if iban is None or iban == own:
                    continue
                if iban == payer:
                    of_payer = of_payer or ((iban, place),)
                elif not others or iban not in dict(others):
                    others.append((iban, place))
            elif texts and place == _ANYWHERE:
                within = found_ibans(texts)
                if payer is not None and payer != own and payer in within:
                    of_payer = of_payer or ((payer, place),)
                others += [(iban, place) for iban in within if iban not in (own, payer, *dict(others))]
        if others:
            facts["virtual_iban"], facts["virtual_iban_path"] = others.pop(0)
        facts["other_accounts"] = (*others, *of_payer)

    def _payer_in(self, text: str | None) -> str | None:
        """The payer's account, where it stands alone behind a movement."""
        iban = as_iban(text) if text and may_begin_account(text) else None
        return iban if iban != self._account else None

    def _balance(self, text: str, number: int) -> tuple[Cents | None, date | None]:
        match = _BALANCE.fullmatch(text.strip())
        if match is None:
            self.problems.add(Reason.BAD_RECORD, "A balance that does not have the standard's shape.", at_line(number))
            return None, None
        mark, day, currency, amount = match.groups()
        self._currency = self._currency or currency or ""
        if currency not in {_EUR, None}:
            self.problems.add_currency(currency, str(self._ordinal))
        signed = on = None
        try:
            signed = amount_of(amount) * (1 if mark == "C" else -1)
        except AmountError as error:
            self._note_amount(error, number)
        try:
            on = None if day == _NO_DAY else balance_day(day)
        except ValueError:
            self.problems.add(Reason.BAD_DATE, f"Not a date: {day!r}.", at_line(number))
        return signed, on

    def _note_amount(self, error: AmountError, number: int) -> None:
        """An amount of another currency, which is a problem already, need not be one of cents."""
        if not self._is_foreign:
            self.problems.add(Reason.BAD_AMOUNT, f"{error}.", at_line(number))

    @property
    def _is_foreign(self) -> bool:
        return self._currency not in {"", _EUR}


def at_line(number: int) -> str:
    return f"line {number}"


@lru_cache(maxsize=1024)
def _classified(kind: str, gvc: str | None, credit: bool, returned: bool) -> tuple[str | None, Means, Nature]:
    """The code as text, how the money came and what the movement is."""
    code = f"{kind}+{gvc}" if gvc else kind or None
    return code, means_of(code), nature_of(credit, code, None, returned)


def _coded_reason(text: str) -> str | None:
    """The code that a text in capitals announces as the reason of a return: other words may look like one."""
    announced = _ANNOUNCED_REASON.search(text)
    code = RETURN_REASON.search(text, announced.end(), announced.end() + _NEAR) if announced else None
    return code.group() if code else None


def _instructed(told: str | None, note: str | None, amount: Cents) -> Cents | None:
    """The amount of a returned debit before the banks' charges, in `OAMT+` or behind its `:61:`, where it is not what
    was booked.
    """
    original = _ORIGINAL.fullmatch(told) if told else _ORIGINAL_NOTE.search(note or "")
    try:
        cents = amount_of(original.group(1)) if original else None
    except AmountError:
        return None
    return cents if cents and cents != abs(amount) else None
