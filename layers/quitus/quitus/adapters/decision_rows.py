"""Which requests decided on a payment, from the payment's rows."""

from __future__ import annotations

from quitus.adapters import keys, records
from quitus.domain.identity import parse_payment_id
from quitus.domain.payment import Decision
from quitus.services.decide_payments import REQUEST
from quitus.services.table import Table


class DecisionRows:
    """`decide_payments.DecisionsMade` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def made_by(self, landlord_id: str, payment_id: str, request: str) -> Decision | None:
        """See `DecisionsMade.made_by`."""
        bucket, ordinal = parse_payment_id(payment_id)
        prefix = keys.decisions_of(ordinal)
        rows = self._table.query(keys.movement_partition(landlord_id, bucket), prefix).rows
        held = next((row for row in rows if row["match"]["evidence"].get(REQUEST) == request), None)
        return None if held is None else records.decision_of(int(held["SK"].removeprefix(prefix)), held)
