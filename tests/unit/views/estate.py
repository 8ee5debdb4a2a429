"""A landlord with two leases whose money moves, and what the views say of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from builders import (
    BANK_ACCOUNT,
    DAY,
    FixedClock,
    a_due,
    a_landlord,
    a_lease,
    a_poster,
    a_virtual_iban,
    an_account,
    known_payers,
)

from quitus.adapters import keys, records
from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.changes import changed, matters
from quitus.adapters.due_rows import DueRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.lease_view_rows import ErpLandlordRows, LeaseViewRows
from quitus.adapters.ledger_rows import LedgerRows, account_write
from quitus.adapters.memory import MemoryTable
from quitus.adapters.name_rows import NameViewRows
from quitus.adapters.payment_view_rows import PaymentViewRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.assigning import assign, settled_leases, unassign
from quitus.domain.household import Choice
from quitus.domain.identity import account_tag
from quitus.domain.incoming import Incoming
from quitus.domain.landlord import Erp, ErpKind, Landlord
from quitus.domain.lease import LeaseStatus
from quitus.domain.payment import Payment
from quitus.domain.posting import person_match
from quitus.services.learn_payers import PayerTeacher
from quitus.services.lease_views import LeaseViews
from quitus.services.messages import PendingCheck
from quitus.services.name_views import NameViews
from quitus.services.payment_views import PaymentViews
from quitus.services.settle_pending import PendingSettler
from quitus.services.spend_credits import CreditSpender
from quitus.services.table import Key, Put, Row
from quitus.services.update_views import ViewKeeper

L = "semiga"
TAG = account_tag(BANK_ACCOUNT)
LANDLORD = a_landlord(erp=Erp(ErpKind.REST, "https://erp.example.org/quitus"))
IBANS = {"L1": a_virtual_iban(1), "L2": a_virtual_iban(2), "OLD": a_virtual_iban(3)}
R1 = {"residence_id": "R1", "residence_name": "Les Micocouliers", "commune": "Nîmes"}
R2 = {"residence_id": "R2", "residence_name": "Le Mas de Ville", "commune": "Alès"}
ISSUED = {"bic": "SWNBFR22XXX", "payee_name": "SEMIGA"}
UNHELD = a_virtual_iban(9)
_SOURCES = ("#movement#", "#lease#", "#virtual-iban#", "#landlord")


def keeper(table: Any) -> ViewKeeper:
    clock = FixedClock()
    return ViewKeeper(
        PaymentViews(PaymentViewRows(table), clock),
        LeaseViews(LeaseViewRows(table), clock),
        NameViews(NameViewRows(table), clock),
        PayerTeacher(known_payers(table), clock),
        LandlordRows(table),
        ErpLandlordRows(table),
        clock,
    )


def books(table: MemoryTable) -> dict[str, int]:
    """Σ of every entry pushed, by account, where there is any."""
    sums = Counter[str]()
    for one in ViewRows(table).entries_between(L, DAY - timedelta(days=60), DAY + timedelta(days=60)):
        for line in one.entry.lines:
            sums[line.account] += line.debit_cents - line.credit_cents
    return {account: cents for account, cents in sums.items() if cents}


def settler_on(table: MemoryTable, clock: FixedClock) -> PendingSettler:
    """What settles what is pending on a table."""
    ledger = LedgerRows(table)
    spender = CreditSpender(ledger, DueRows(table), clock)
    return PendingSettler(ledger, ViewRows(table), AlertRows(table), clock, LandlordRows(table), spender)


@dataclass
class Estate:
    """Three leases of two residences, one of them ended."""

    landlord: Landlord = LANDLORD
    table: MemoryTable = field(default_factory=MemoryTable)
    checks: list[PendingCheck] = field(default_factory=list)

    def __post_init__(self) -> None:
        LandlordRows(self.table).put(self.landlord)
        self._let("L1", R1)
        self._let("L2", R2)
        self._let("OLD", R2, LeaseStatus.ENDED)
        LedgerRows(self.table).add_channel(L, TAG, "camt.053")
        LedgerRows(self.table).add_channel(L, TAG, "camt.054")

    def _let(self, lease_id: str, home: Mapping[str, str], status: LeaseStatus = LeaseStatus.ACTIVE) -> None:
        rent = a_due(f"nov-{lease_id}", 45000, lease_id=lease_id)
        self.describe(lease_id, home, status)
        self._put(keys.virtual_iban(L, IBANS[lease_id]), {"lease_id": lease_id, **ISSUED})
        self._put(keys.due(L, lease_id, rent.due_id), records.dense(rent))
        account = an_account(rent.open(rent.amount_cents), lease_id=lease_id, status=status)
        self.table.write([account_write(L, account)])

    def describe(self, lease_id: str, home: Mapping[str, str], status: LeaseStatus = LeaseStatus.ACTIVE) -> None:
        named = ISSUED | {"payment_reference": f"RF-{lease_id}"}
        lease = a_lease(lease_id, status=status, virtual_iban=IBANS[lease_id], **named, **home)
        self._put(keys.lease(L, lease_id), records.dense(lease))

    def _put(self, key: Key, row: Row) -> None:
        self.table.write([Put(key.row(**row))])

    def post(self, *batch: Incoming) -> str:
        """Post movements; the id of the first one's payment."""
        placed = a_poster(self.table).post(self.landlord, batch)
        return placed[0].posted.payment_id

    def assign(self, payment_id: str, lease_id: str) -> None:
        ledger = LedgerRows(self.table)
        household, payment = ledger.households(L, [lease_id]).of(lease_id), self.payment(payment_id)
        match = person_match("seen on the slip", None)
        decision, made = assign(payment, household, match, Choice(), self.landlord.chart, DAY, "ada", "2026-11-05")
        ledger.commit_decision(L, payment, decision, made)

    def unassign(self, payment_id: str) -> None:
        ledger = LedgerRows(self.table)
        payment = self.payment(payment_id)
        accounts = ledger.accounts(L, settled_leases(payment))
        histories = {lease_id: ledger.history(L, lease_id) for lease_id in accounts}
        match = person_match("not theirs", None)
        decision, made = unassign(payment, accounts, histories, match, self.landlord.chart, DAY, "ada", "2026-11-05")
        ledger.commit_decision(L, payment, decision, made)

    def payment(self, payment_id: str) -> Payment:
        return LedgerRows(self.table).payment(L, payment_id)

    def changes(self) -> list[Key]:
        """The keys that the stream would have brought so far."""
        return sorted(key for key in self.table.rows if matters(key))

    def refresh(self, some: Iterable[Key] | None = None, table: Any = None) -> bool:
        """Bring the views up to date with these changes (all of them); True when the ERP is to be woken."""
        views = keeper(table or self.table)
        wanted = self.changes() if some is None else some
        refreshed = [views.refresh(one) for one in changed((key.pk, key.sk) for key in wanted)]
        self.checks += [one.check for one in refreshed if one.check is not None]
        return any(one.wakes_erp for one in refreshed)

    def settle(self) -> int:
        """Refresh the views and settle what is pending, until nothing changes; how many payments were replaced."""
        replaced = 0
        while True:
            self.refresh()
            checks, self.checks = self.checks, []
            settled = sum(self.settler().settle(check) for check in checks)
            replaced += settled
            if not settled:
                return replaced

    def settler(self, clock: FixedClock | None = None) -> PendingSettler:
        return settler_on(self.table, clock or FixedClock())

    def rebuilt(self) -> Estate:
        """The same ledger with views made afresh in one go."""
        other = Estate(self.landlord)
        for key, row in self.table.rows.items():
            if any(source in key.pk for source in _SOURCES) and not _is_view(key):
                other.table.write([Put(row)])
        other.refresh()
        return other

    def views(self) -> dict[Key, Row]:
        """What the views say, without counters that are back at zero and alerts that are closed."""
        said = {key: _said(row) for key, row in self._views().items() if key.sk != "counter"}
        return {key: row for key, row in said.items() if row}

    def _views(self) -> dict[Key, Row]:
        """Of the notices to the ERP, how many there were is history: the last of each payment says what is."""
        shown = {key: row for key, row in sorted(self.table.rows.items()) if _is_view(key)}
        documents = {key.pk: json.loads(row["document"]) for key, row in shown.items() if "document" in row}
        settled = {
            pk: said for pk, said in documents.items() if said.get("allocations") or said.get("credit_cents") != 0
        }
        last = {Key(pk, "last"): {"SK": "last", **said, "number": None} for pk, said in settled.items()}
        return {key: row for key, row in shown.items() if "document" not in row} | last

    def rows(self, partition: str) -> list[Row]:
        return list(self.table.query(partition).rows)

    def row(self, partition: str, place: str) -> Row:
        return self.table.rows[Key(partition, place)]


def _is_view(key: Key) -> bool:
    if "#lease#" in key.pk:
        return key.sk.startswith("entry#") or key.sk == "names"
    return not any(source in key.pk for source in _SOURCES) or key.sk == "issued"


def _said(row: Row) -> Row:
    if "closed_at" in row:
        return {}
    counters = {
        "count",
        "amount_cents",
        "receipts_cents",
        "reversals_cents",
        "other_cents",
        "other_debits_cents",
        "unstated",
    }
    said = {name: value for name, value in row.items() if name not in counters or value or "payment_id" in row}
    said.pop("notices", None)
    if row["SK"] == "names" or row["SK"].startswith("shelf#"):
        said.pop("version")  # how often it was written
    is_counter = "count" in row and "payment_id" not in row
    return said if not is_counter or counters & said.keys() else {}
