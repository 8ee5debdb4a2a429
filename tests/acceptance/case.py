"""A landlord's deployment in memory, spoken to with the words of the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from acceptance.words import Words
from builders import BANK_ACCOUNT, FixedClock, a_credit
from unit.intake.counter import Counter
from unit.web.office import LANDLORD as SETTINGS
from unit.web.office import Answered, Office

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.beneficiary_rows import BeneficiaryRows
from quitus.adapters.due_rows import DueRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.lease_rows import LeaseRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.list_rows import ListRows
from quitus.adapters.numbering import Numbering
from quitus.adapters.plan_rows import PlanRows
from quitus.adapters.recovery_rows import RecoveryRows
from quitus.adapters.refund_rows import RefundRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.incoming import Incoming, Source
from quitus.domain.money import parse_euros
from quitus.domain.movement import Means, Nature
from quitus.services.apply_erp import RowWorker
from quitus.services.charge_leases import Charger
from quitus.services.erp_files import ErpKind
from quitus.services.erp_rows import record_of
from quitus.services.give_lists import ListGiver
from quitus.services.issue_accounts import AccountIssuer
from quitus.services.leases import Fate, Origin
from quitus.services.plan_watch import PlanWatch
from quitus.services.post_lists import ListSettler
from quitus.services.put_leases import LeaseWriter
from quitus.services.put_parties import PartyWriter
from quitus.services.settle_pending import PendingSettler
from quitus.services.settle_refunds import RefundPayer, RefundSettler
from quitus.services.spend_credits import CreditSpender
from quitus.web.bodies import LeaseBody


class Case(Words):
    """The API is asked in process, every answer held against its description; `today` may be moved on."""

    def __init__(self, today: str = "2026-11-05", **settings: Any) -> None:
        self.landlord_id = "semiga"
        self.office = Office(clock=FixedClock(_noon(today)))
        self._numbers = count(1)
        self.drops = Counter()
        assert self.office.ask("PUT", "/v1/landlords/semiga", SETTINGS | settings).status == 201

    def request(self, method: str, path: str, body: Any, role: str, query: Mapping[str, str] | None) -> Answered:
        return self.office.ask(method, path, body, role=role, query=query)

    def catch_up(self) -> None:
        self.office.follow()

    def today_is(self, day: str) -> None:
        self.office.clock.instant = _noon(day)

    def described(self, lease_id: str) -> dict[str, Any]:
        """A lease as the ERP would describe it again."""
        lease = self.lease(lease_id)
        return {name: lease[name] for name in LeaseBody.model_fields if name != "lease_id"}

    def parties(self, *shares: tuple[str, str], lease_id: str = "L1", **dates: str) -> None:
        """Co-tenants with their shares in percent, as a file of the ERP says them; dates as `from_date`, `to_date`."""
        each = {"lease_id": lease_id, "role": "cotenant"} | dates
        self.load(
            ErpKind.PARTIES,
            [each | {"party_id": name, "name": name, "share_percent": share} for name, share in shares],
        )

    def call_together(self, dues: Mapping[str, tuple[str, str, str]]) -> None:
        """One file of the ERP calls rents: by due, the lease, the day and the euros."""
        called = [
            {"due_id": due_id, "lease_id": lease_id, "period": day[:7], "due_date": day, "amount": euros}
            for due_id, (lease_id, day, euros) in dues.items()
        ]
        self.load(ErpKind.DUES, [one | {"kind": "rent"} for one in called])

    def load(self, kind: ErpKind, rows: Sequence[Mapping[str, str]]) -> None:
        """What applies a file of the ERP applies its rows."""
        sequence = next(self._numbers)
        records = {line: record_of(kind, row) for line, row in enumerate(rows, 3)}
        worker, landlord = erp_worker(self.office.table, self.office.clock), self.office.desk.landlords.get("semiga")
        verdicts = worker.work(landlord, kind, records, Origin(sequence, f"F{sequence}"))
        assert all(verdict.fate is not Fate.REFUSED for verdict in verdicts.values())
        self.catch_up()

    def report(self, euros: str, on: str = "2026-11-05", *, channel: str = "camt.053", **changes: Any) -> str:
        """A credit that a channel reports; the payment's id."""
        number = next(self._numbers)
        means = Means(changes.pop("means", "transfer"))
        iban = changes.pop("virtual_iban", None)
        changes.setdefault("bank_reference", f"REF-{number}-{on}")
        movement = a_credit(
            parse_euros(euros),
            iban,
            booking_date=date.fromisoformat(on),
            means=means,
            position=f"1.{number}",
            **changes,
        )
        event = channel.startswith("event:")
        source = Source(channel, f"S{number}", None if event else "F1", f"E{number}" if event else None)
        return self.office.post(Incoming(movement, BANK_ACCOUNT, source))

    def take_back(
        self, payment_id: str, on: str, euros: str, reason: str = "AM04", kind: str = "return", means: str | None = None
    ) -> None:
        payment = LedgerRows(self.office.table).payment("semiga", payment_id)
        told = payment.posted.incoming
        named = {
            "original_reference": told.movement.bank_reference,
            "bank_reference": None,
            "nature": Nature.RETURN,
            "return_reason": reason,
            "means": means or told.movement.means.value,
        }
        self.report(f"-{euros}", on, channel=told.source.channel, **named)
        self.settle()

    def booked(self, *payment_ids: str) -> dict[str, int]:
        """What payments, returns and bank lines leave on each account, debits less credits."""
        return self.office.booked(*payment_ids)

    def drop_list(self, text: str, payer_id: str = "caf", name: str = "bordereau.csv") -> str:
        self.drops.clock.instant = self.office.clock.instant
        dropped = self.drops.put(name, text.encode(), folder=f"semiga/lists/{payer_id}")
        self.drops.intake(self.office.table).take(dropped)
        return dropped.file_id

    def settle(self) -> None:
        """What settles pending payments and lists settles, until nothing changes."""
        table, clock = self.office.table, self.office.clock
        ledger, views = LedgerRows(table), ViewRows(table)
        spender = CreditSpender(ledger, DueRows(table), clock)
        landlords = self.office.desk.landlords
        settler = PendingSettler(ledger, views, AlertRows(table), clock, landlords, spender)
        settlers = (settler, list_settler(table, clock), refund_settler(table, clock))
        while sum(one.settle(check) for check in self.office.checks() for one in settlers):
            pass
        self.office.follow()

    def watch_plans(self) -> None:
        """What looks at the plans by the hour looks."""
        table = self.office.table
        alerts = AlertRows(table)
        PlanWatch(PlanRows(table), LedgerRows(table), alerts, self.office.clock).review("semiga")


def list_settler(table: Any, clock: FixedClock) -> ListSettler:
    """What gives lists their transfers, and posts them."""
    ledger, lists, alerts = LedgerRows(table), ListRows(table), AlertRows(table)
    return ListSettler(
        ListGiver(ledger, lists, alerts, clock),
        ledger,
        lists,
        BeneficiaryRows(table),
        RecoveryRows(table),
        ViewRows(table),
        alerts,
        clock,
        LandlordRows(table),
        CreditSpender(ledger, DueRows(table), clock),
    )


def refund_settler(table: Any, clock: FixedClock) -> RefundSettler:
    """What recognises the bank's lines of refunds."""
    ledger, refunds, alerts = LedgerRows(table), RefundRows(table), AlertRows(table)
    payer = RefundPayer(ledger, refunds, alerts)
    return RefundSettler(payer, ledger, refunds, ViewRows(table), LandlordRows(table), alerts, clock)


def erp_worker(table: Any, clock: FixedClock) -> RowWorker:
    """What applies rows of ERP files."""
    alerts, leases, numbers = AlertRows(table), LeaseRows(table), Numbering(table, lambda: b"secret")
    ledger, issuer = LedgerRows(table), AccountIssuer(numbers, alerts, clock)
    writer, parties = LeaseWriter(leases, issuer, clock), PartyWriter(leases, ledger, issuer, clock)
    charger, beneficiaries = Charger(ledger, DueRows(table), clock), BeneficiaryRows(table)
    return RowWorker(writer, parties, charger, leases, ledger, numbers, alerts, clock, beneficiaries)


def _noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), UTC)
