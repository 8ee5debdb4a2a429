"""What the API answers about co-tenants' shares."""

from __future__ import annotations

from datetime import date

from quitus.domain.party import PartyRole
from quitus.domain.payers import Basis
from quitus.web.models import Answer, NotNegative


class EarlierShareAnswer(Answer):
    """A share that the party had before the day `until`, with its dates as they were given."""

    share_percent: str | None
    from_date: date | None
    to_date: date | None
    until: date


class PartyMonthAnswer(Answer):
    """What a party bears and paid; `difference_cents` < 0: so much is missing."""

    party_id: str
    share_cents: int
    paid_cents: NotNegative
    difference_cents: int


class PartyShareAnswer(PartyMonthAnswer):
    """A party over the months shown. `share_percent` is its share on the day, null when it bears none; `is_given`: the
    ERP said it, else it follows from the others'.
    """

    role: PartyRole
    name: str
    share_percent: str | None
    is_given: bool
    from_date: date | None
    to_date: date | None
    earlier_shares: tuple[EarlierShareAnswer, ...]


class PaidPartAnswer(Answer):
    """What a payment settled of the month, the party that it came from, and what says so (null: nothing does)."""

    payment_id: str
    amount_cents: NotNegative
    debtor_name: str | None
    party_id: str | None
    basis: Basis | None


class MonthAnswer(Answer):
    """The dues of a period. `is_settled`: nothing is open, a full receipt may be given."""

    period: str
    called_cents: int
    paid_cents: NotNegative
    open_cents: NotNegative
    is_settled: bool
    unshared_cents: int
    unattributed_cents: NotNegative
    parties: tuple[PartyMonthAnswer, ...]
    payments: tuple[PaidPartAnswer, ...]


class SharesAnswer(Answer):
    """Shares on a day, and the months of two years up to it, oldest first. The debt itself is the lease's."""

    lease_id: str
    on: date
    unshared_percent: str
    parties: tuple[PartyShareAnswer, ...]
    months: tuple[MonthAnswer, ...]
