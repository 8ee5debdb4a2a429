"""Rows of ERP files as records of the domain: every rule of the file layouts (contract.md, ERP drops)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from quitus.domain.errors import Invalid, InvalidIban
from quitus.domain.ibans import VirtualAccount, VirtualIban
from quitus.domain.ids import is_id
from quitus.domain.lease import Due, DueKind, Lease, LeaseStatus, UnitKind
from quitus.domain.limits import EMAIL_PATTERN, LARGEST_CENTS, is_text, iso_day
from quitus.domain.money import AmountError, Cents, parse_euros
from quitus.domain.party import Party, PartyRole
from quitus.services.erp_files import ErpKind
from quitus.services.lease_changes import check_due, check_lease
from quitus.services.leases import BalanceControl, Beneficiary
from quitus.services.refusals import Refusal

type ErpRecord = Lease | Party | Due | BalanceControl | VirtualAccount | Beneficiary

_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_SHARE = re.compile(r"(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)", re.ASCII)
_EMAIL = re.compile(EMAIL_PATTERN)
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_LANGUAGE = re.compile(r"[a-z]{2}")
_BOOLEANS: Final = {"true": True, "yes": True, "oui": True, "false": False, "no": False, "non": False}


class Cells:
    """The cells of a row by column; every reading raises Invalid, its code a Refusal."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.maybe_text(name)
        if value is None:
            raise _refused(Refusal.MISSING_VALUE, name)
        return value

    def maybe_text(self, name: str) -> str | None:
        """A text, None when empty."""
        value = self._cells.get(name, "")
        if value and not is_text(value):
            raise _refused(Refusal.INVALID_TEXT, name)
        return value or None

    def id(self, name: str) -> str:
        """An id that must be there."""
        value = self.text(name)
        if not is_id(value):
            raise _refused(Refusal.INVALID_ID, name)
        return value

    def maybe_id(self, name: str) -> str | None:
        """An id, None when empty."""
        return self.id(name) if self._cells.get(name) else None

    def day(self, name: str) -> date:
        """A day that must be there."""
        value = self.text(name)
        try:
            return iso_day(value)
        except ValueError as error:
            raise _refused(Refusal.INVALID_DATE, name) from error

    def maybe_day(self, name: str) -> date | None:
        """A day, None when empty."""
        return self.day(name) if self._cells.get(name) else None

    def amount(self, name: str) -> Cents:
        """Euros and cents that must be there."""
        value = self.text(name)
        try:
            cents = parse_euros(value)
        except AmountError as error:
            raise _refused(Refusal.INVALID_AMOUNT, name) from error
        if abs(cents) > LARGEST_CENTS:
            raise _refused(Refusal.INVALID_AMOUNT, name)
        return cents

    def choice[T: StrEnum](self, name: str, kind: type[T]) -> T:
        """One of the values of an enumeration."""
        value = self.text(name)
        if value not in {item.value for item in kind}:
            raise _refused(Refusal.INVALID_CHOICE, name)
        return kind(value)

    def boolean(self, name: str) -> bool:
        """A yes or no; no when empty."""
        value = self._cells.get(name, "").lower()
        if value and value not in _BOOLEANS:
            raise _refused(Refusal.INVALID_CHOICE, name)
        return _BOOLEANS.get(value, False)

    def matching(self, name: str, pattern: re.Pattern[str], otherwise: Refusal) -> str | None:
        """A text of a given shape, None when empty."""
        value = self.maybe_text(name)
        if value is not None and not pattern.fullmatch(value):
            raise _refused(otherwise, name)
        return value


def record_of(kind: ErpKind, cells: Mapping[str, str]) -> ErpRecord:
    """The record of a row.

    Raises:
        Invalid: a rule is broken; the code is a Refusal, `field` in the detail the column.
    """
    return _READERS[kind](Cells(cells))


def _lease(cells: Cells) -> Lease:
    lease = Lease(
        lease_id=cells.id("lease_id"),
        status=cells.choice("status", LeaseStatus),
        start_date=cells.day("start_date"),
        end_date=cells.maybe_day("end_date"),
        unit_id=cells.id("unit_id"),
        unit_kind=cells.choice("unit_kind", UnitKind),
        residence_id=cells.id("residence_id"),
        residence_name=cells.text("residence_name"),
        street=cells.maybe_text("street"),
        postal_code=cells.maybe_text("postal_code"),
        commune=cells.text("commune"),
        account_group=cells.maybe_id("account_group"),
        holder_name=cells.text("holder_name"),
        holder_email=cells.matching("holder_email", _EMAIL, Refusal.INVALID_EMAIL),
        holder_phone=cells.maybe_text("holder_phone"),
        language=cells.matching("language", _LANGUAGE, Refusal.INVALID_CHOICE) or "fr",
        e_receipt_consent=cells.boolean("e_receipt_consent"),
    )
    check_lease(lease)
    return lease


def _party(cells: Cells) -> Party:
    party = Party(
        party_id=cells.id("party_id"),
        lease_id=cells.id("lease_id"),
        role=cells.choice("role", PartyRole),
        name=cells.text("name"),
        email=cells.matching("email", _EMAIL, Refusal.INVALID_EMAIL),
        phone=cells.maybe_text("phone"),
        share_percent=cells.matching("share_percent", _SHARE, Refusal.INVALID_SHARE),
        from_date=cells.maybe_day("from_date"),
        to_date=cells.maybe_day("to_date"),
    )
    if party.from_date and party.to_date and party.to_date < party.from_date:
        raise _refused(Refusal.INVALID_DATE, "to_date")
    return party


def _due(cells: Cells) -> Due:
    due = Due(
        due_id=cells.id("due_id"),
        lease_id=cells.id("lease_id"),
        kind=cells.choice("kind", DueKind),
        period=cells.matching("period", _PERIOD, Refusal.INVALID_PERIOD) or cells.text("period"),
        due_date=cells.day("due_date"),
        amount_cents=cells.amount("amount"),
        label=cells.maybe_text("label"),
        limitation_from=cells.maybe_day("limitation_from"),
        judged_on=cells.maybe_day("judged_on"),
    )
    check_due(due)
    return due


def _balance(cells: Cells) -> BalanceControl:
    return BalanceControl(cells.id("lease_id"), cells.day("as_of"), cells.amount("amount"))


def _virtual_account(cells: Cells) -> VirtualAccount:
    try:
        iban = VirtualIban.parse(cells.text("iban")).text
    except InvalidIban as error:
        raise _refused(Refusal.INVALID_IBAN, "iban") from error
    bic = cells.matching("bic", _BIC, Refusal.INVALID_BIC) or cells.text("bic")
    return VirtualAccount(iban, bic, cells.text("payee_name"))


def _beneficiary(cells: Cells) -> Beneficiary:
    return Beneficiary(cells.id("payer_id"), cells.id("number").upper(), cells.id("lease_id"))


_READERS: Final[Mapping[ErpKind, Callable[[Cells], ErpRecord]]] = {
    ErpKind.LEASES: _lease,
    ErpKind.PARTIES: _party,
    ErpKind.DUES: _due,
    ErpKind.BALANCES: _balance,
    ErpKind.VIRTUAL_IBANS: _virtual_account,
    ErpKind.BENEFICIARIES: _beneficiary,
}


def _refused(reason: Refusal, field: str) -> Invalid:
    return Invalid(reason, f"The column {field} is not right: {reason}.", field=field)
