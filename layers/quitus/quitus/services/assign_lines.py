"""What follows when a person puts a line of a list on a lease: its number is remembered, a recovery debits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quitus.domain.assigning import check_assignable
from quitus.domain.charged import Charging
from quitus.domain.lease import Account
from quitus.domain.ledger import Chart
from quitus.domain.matching import BENEFICIARY, PAYER, Match
from quitus.domain.payment import Decision, Payment
from quitus.domain.recovering import assign_recovery
from quitus.services.leases import Beneficiary
from quitus.services.payment_lists import Beneficiaries, Recoveries
from quitus.services.table import Write


@dataclass(frozen=True, slots=True)
class ListedMoney:
    """Lines of lists, once people decide on them."""

    beneficiaries: Beneficiaries
    recoveries: Recoveries

    def remembered(self, landlord_id: str, payment: Payment, lease_id: str, by: str) -> list[Write]:
        """What remembers whose the number of a line is; nothing for other payments."""
        said = payment.posted.match.evidence if payment.posted.match else {}
        if BENEFICIARY not in said:
            return []
        one = Beneficiary(said[PAYER], said[BENEFICIARY], lease_id)
        return [self.beneficiaries.remembered(landlord_id, one, by)]

    def debited(
        self,
        landlord_id: str,
        payment: Payment,
        account: Account,
        match: Match,
        chart: Chart,
        on: date,
        by: str,
        at: str,
    ) -> tuple[Decision, tuple[Charging, ...], list[Write]]:
        """The decision that a recovery is of a tenant, what it does to the account, and the due that it makes.

        Raises:
            Conflict: it is not in suspense.
        """
        check_assignable(payment)
        decision, recovered = assign_recovery(payment, account, match, chart, on, by, at)
        return decision, (recovered.made,), self.recoveries.due_writes(landlord_id, recovered.due)
