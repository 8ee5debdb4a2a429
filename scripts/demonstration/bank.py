"""The landlord's bank: books what tenants pay and reports each day of each account in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from demonstration.camt import Detail, Entry, Party, Statement
from demonstration.chance import repeatable
from demonstration.ibans import french_iban
from demonstration.payers import Habit, Payment

BANK_CODE: Final = "17328"
BRANCH_CODE: Final = "89900"
BIC: Final = "SWNBFR22XXX"
RANGE_PREFIX: Final = "4"
"""Virtual IBANs are the accounts of the branch that begin with this digit."""

_CODES: Final = {
    Habit.INSTANT: ("PMNT", "RRCT", "ESCT"),
    Habit.DIRECT_DEBIT: ("PMNT", "IDDT", "ESDD"),
}
_TRANSFER: Final = ("PMNT", "RCDT", "ESCT")
_FEES: Final = ("ACMT", "MDOP", "CHRG")
_FIRST_STATEMENT: Final = 211
"""Banks number the statements of a year one after the other."""
FEE_CENTS: Final = 3_850
"""What the bank takes for keeping an account, on the last day."""


@dataclass(frozen=True, slots=True)
class Account:
    """A real account of the landlord."""

    iban: str
    bic: str
    opening_cents: int


RENTS: Final = Account(french_iban(BANK_CODE, BRANCH_CODE, "10000000417"), BIC, 18_250_437)
"""Where virtual IBANs lead."""
FORMER: Final = Account(french_iban("90117", "00042", "00020473315"), "AGDEFR21XXX", 4_127_190)
"""The account of before: tenants who have not changed their standing order yet still pay there."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a tenant of a lease pays."""

    virtual_iban: str
    payment_reference: str


class Bank:
    """Statements of both accounts, day after day, each opening where the day before closed."""

    def __init__(self, owner: str, days: Sequence[date], addresses: Mapping[str, Address]) -> None:
        self._owner = owner
        self._days = days
        self._addresses = addresses

    def statements(self, payments: Iterable[Payment]) -> list[Statement]:
        """One statement per account and day, in the order of the days."""
        by_place: dict[tuple[str, date], list[Payment]] = {}
        for payment in payments:
            if payment.habit is not Habit.CHEQUE:
                by_place.setdefault((account_of(payment).iban, payment.day), []).append(payment)
        of_accounts = [list(self._of_account(account, by_place)) for account in (RENTS, FORMER)]
        return [statement for of_day in zip(*of_accounts, strict=True) for statement in of_day]

    def _of_account(self, account: Account, by_place: Mapping[tuple[str, date], list[Payment]]) -> Iterator[Statement]:
        opening = account.opening_cents
        for number, day in enumerate(self._days, start=_FIRST_STATEMENT):
            entries = [*self._entries(by_place.get((account.iban, day), [])), *self._fees(account, day)]
            name = f"{day:%Y}{number:03d}{account.iban[-6:]}"
            statement = Statement(name, number, account.iban, self._owner, account.bic, day, opening, tuple(entries))
            opening = statement.closing_cents
            yield statement

    def _entries(self, payments: Sequence[Payment]) -> Iterator[Entry]:
        """Transfers one by one, the direct debits of the day as one batch."""
        debits = [payment for payment in payments if payment.habit is Habit.DIRECT_DEBIT]
        for payment in payments:
            if payment.habit is not Habit.DIRECT_DEBIT:
                code = _CODES.get(payment.habit, _TRANSFER)
                yield Entry(payment.cents, payment.day, payment.bank_reference, code, (self._detail(payment),))
        if debits:
            day, total = debits[0].day, sum(payment.cents for payment in debits)
            batch = f"PRLV-{day:%Y%m%d}"
            details = tuple(self._detail(payment) for payment in debits)
            yield Entry(total, day, f"{day:%y%m%d}DD000001", _CODES[Habit.DIRECT_DEBIT], details, batch)

    def _detail(self, payment: Payment) -> Detail:
        address = self._addresses[payment.lease_id]
        texts: tuple[str, ...] = (payment.text,)
        creditor, reference, end_to_end, mandate = None, None, None, None
        match payment.habit:
            case Habit.DIRECT_DEBIT:
                reference, mandate = address.payment_reference, f"RUM-{payment.lease_id}"
                end_to_end = f"{payment.lease_id}-{payment.day:%Y%m}"
                texts = ()
            case Habit.FORMER_ACCOUNT:
                reference = address.payment_reference
            case Habit.WRONG_IBAN:
                creditor = Party(self._owner, self._nobodys(payment))
            case Habit.NO_EVIDENCE:
                creditor = Party(self._owner, account_of(payment).iban)
            case _:
                creditor = Party(self._owner, address.virtual_iban)
        own = payment.bank_reference
        return Detail(payment.cents, payment.payer, creditor, own, end_to_end, mandate, texts, reference)

    def _nobodys(self, payment: Payment) -> str:
        """A right account number of the range that no lease has."""
        taken = {address.virtual_iban for address in self._addresses.values()}
        rng = repeatable("nobody", payment.bank_reference)
        while True:
            iban = french_iban(BANK_CODE, BRANCH_CODE, f"{RANGE_PREFIX}{rng.randrange(10**10):010d}")
            if iban not in taken:
                return iban

    def _fees(self, account: Account, day: date) -> Iterator[Entry]:
        if day == self._days[-1]:
            reference = f"{day:%y%m%d}FR{account.iban[-6:]}"
            yield Entry(-FEE_CENTS, day, reference, _FEES, note="FRAIS DE TENUE DE COMPTE")


def account_of(payment: Payment) -> Account:
    """Where the bank books a payment."""
    return FORMER if payment.habit in (Habit.FORMER_ACCOUNT, Habit.NO_EVIDENCE) else RENTS
