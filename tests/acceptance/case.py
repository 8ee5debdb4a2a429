"""The words of the acceptance cases (sector.md §7): leases, dues, money that comes, in euros as the cases say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from builders import BANK_ACCOUNT, FixedClock, a_credit
from unit.web.office import LANDLORD as SETTINGS
from unit.web.office import LEASE, Answered, Office

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.due_rows import DueRows
from quitus.adapters.lease_rows import LeaseRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.numbering import Numbering
from quitus.adapters.plan_rows import PlanRows
from quitus.domain.incoming import Incoming, Source
from quitus.domain.money import format_euros, parse_euros
from quitus.domain.movement import Means
from quitus.services.apply_erp import RowWorker
from quitus.services.charge_leases import Charger
from quitus.services.erp_files import ErpKind
from quitus.services.erp_rows import record_of
from quitus.services.leases import Fate, Origin
from quitus.services.plan_watch import PlanWatch
from quitus.services.put_leases import LeaseWriter
from quitus.web.bodies import LeaseBody


class Case:
    """A landlord's deployment in memory, asked through the same API as the real one; `today` may be moved on."""

    def __init__(self, today: str = "2026-11-05", **settings: Any) -> None:
        self.office = Office(clock=FixedClock(_noon(today)))
        self._numbers = count(1)
        assert self.office.ask("PUT", "/v1/landlords/semiga", SETTINGS | settings).status == 201

    def today_is(self, day: str) -> None:
        self.office.clock.instant = _noon(day)

    def let(self, lease_id: str = "L1", **changes: Any) -> None:
        """A new lease, or a change of one."""
        assert self.office.ask("PUT", f"/v1/leases/{lease_id}", LEASE | changes).status in (200, 201)

    def described(self, lease_id: str) -> dict[str, Any]:
        """A lease as the ERP would describe it again."""
        lease = self.lease(lease_id)
        return {name: lease[name] for name in LeaseBody.model_fields if name != "lease_id"}

    def call(self, due_id: str, kind: str, due_date: str, euros: str, lease_id: str = "L1", **fields: Any) -> None:
        """The ERP calls a due, or changes one."""
        body = {"kind": kind, "period": due_date[:7], "due_date": due_date, "amount_cents": parse_euros(euros)}
        answered = self.office.ask("PUT", f"/v1/leases/{lease_id}/dues/{due_id}", body | fields, role="erp")
        assert answered.status in (200, 201), answered

    def parties(self, *shares: tuple[str, str], lease_id: str = "L1", **dates: str) -> None:
        """Co-tenants with their shares in percent, as a file of the ERP says them; dates as `from_date`, `to_date`."""
        sequence = next(self._numbers)
        records = {}
        for line, (name, share) in enumerate(shares, 3):
            cells = {"lease_id": lease_id, "party_id": name, "role": "cotenant", "name": name, "share_percent": share}
            records[line] = record_of(ErpKind.PARTIES, cells | dates)
        worker = erp_worker(self.office.table, self.office.clock)
        landlord = self.office.desk.landlords.get("semiga")
        verdicts = worker.work(landlord, ErpKind.PARTIES, records, Origin(sequence, f"P{sequence}"))
        assert all(verdict.fate is not Fate.REFUSED for verdict in verdicts.values())

    def shares(self, on: str) -> dict[str, Any]:
        held: dict[str, Any] = self.office.get("/v1/leases/L1/shares", query={"on": on})
        return held

    def receive(self, euros: str, on: str = "2026-11-05", lease_id: str = "L1", **changes: Any) -> str:
        """A transfer on the lease's virtual IBAN; the payment's id."""
        iban = self.lease(lease_id)["virtual_iban"]
        return self.report(euros, on, virtual_iban=iban, **changes)

    def report(self, euros: str, on: str = "2026-11-05", *, channel: str = "camt.053", **changes: Any) -> str:
        """A credit that a channel reports; the payment's id."""
        number = next(self._numbers)
        means = Means(changes.pop("means", "transfer"))
        iban = changes.pop("virtual_iban", None)
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

    def record(self, euros: str, means: str, on: str, lease_id: str = "L1", **fields: Any) -> str:
        """A receipt that a person types in; the payment's id."""
        body = {"lease_id": lease_id, "amount_cents": parse_euros(euros), "means": means, "received_on": on}
        answered = self.office.ask("POST", "/v1/payments", body | fields, role="accountant")
        assert answered.status == 201, answered
        self.office.follow()
        return str(answered.body["payment_id"])

    def agree(self, due_ids: list[str], instalments: list[tuple[str, str]], version: int | None = None) -> Answered:
        """An instalment plan over dues: days and euros."""
        lines = [{"due_date": day, "amount_cents": parse_euros(euros)} for day, euros in instalments]
        body = {"instalments": lines, "due_ids": due_ids, "version": version}
        return self.ask("PUT", "/v1/leases/L1/plan", body, role="collections")

    def plan(self, on: str) -> dict[str, Any]:
        """The plan of L1 as it stands on a day."""
        held: dict[str, Any] = self.office.get("/v1/leases/L1/plan", query={"on": on})
        return held

    def watch_plans(self) -> None:
        """What looks at the plans by the hour looks."""
        table = self.office.table
        log, alerts = self.office.outside.action_log, AlertRows(table)
        PlanWatch(PlanRows(table), LedgerRows(table), alerts, log, self.office.clock).review("semiga")

    def ask(self, method: str, path: str, body: Any = None, role: str = "accountant", **named: Any) -> Answered:
        answered = self.office.ask(method, path, body, role=role, **named)
        self.office.follow()
        return answered

    def lease(self, lease_id: str = "L1") -> dict[str, Any]:
        held: dict[str, Any] = self.office.get(f"/v1/leases/{lease_id}")
        return held

    def payment(self, payment_id: str) -> dict[str, Any]:
        held: dict[str, Any] = self.office.get(f"/v1/payments/{payment_id}")
        return held

    def suggestions(self, payment_id: str) -> list[dict[str, Any]]:
        return list(self.office.get(f"/v1/payments/{payment_id}/suggestions")["suggestions"])

    def balance(self, lease_id: str = "L1") -> str:
        return format_euros(self.lease(lease_id)["balance_cents"])

    def credit(self, lease_id: str = "L1") -> str:
        return format_euros(self.lease(lease_id)["credit_cents"])

    def aid_open(self, lease_id: str = "L1") -> str:
        return format_euros(self.lease(lease_id)["aid_open_cents"])

    def still_open(self, lease_id: str = "L1") -> dict[str, str]:
        """What is not paid of each due, settled ones left out."""
        dues = self.lease(lease_id)["dues"]
        return {due["due_id"]: format_euros(due["open_cents"]) for due in dues if due["open_cents"]}

    def overdue(self, lease_id: str = "L1") -> tuple[str, bool]:
        """What is open of dues past their day, and whether the tenant is late."""
        lease = self.lease(lease_id)
        return format_euros(lease["overdue_cents"]), lease["is_late"]

    def settled(self, payment_id: str) -> dict[str, str]:
        """What the payment paid, by due."""
        allocations = self.payment(payment_id)["allocations"]
        return {item["due_id"]: format_euros(item["amount_cents"]) for item in allocations}

    def rules(self, payment_id: str) -> list[str]:
        return [item["rule"] for item in self.payment(payment_id)["allocations"]]

    def alerts(self, *, still_open: bool = True) -> list[tuple[str, str]]:
        """Kind and subject of the alerts."""
        items = self.office.get("/v1/alerts")["items"]
        return [(item["kind"], item["subject"]) for item in items if not still_open or item["closed_at"] is None]

    def entries(self, lease_id: str = "L1", journal: str = "receipts") -> list[Mapping[str, Any]]:
        found = self.office.get(f"/v1/leases/{lease_id}/entries", query={"journal": journal})["items"]
        return list(found)

    def holds(self, *lease_ids: str) -> None:
        """The books say what the balances say: tenants on 411 and 4195, payers of aids on 467 and 4197."""
        self.office.follow()
        for lease_id in lease_ids or ("L1",):
            lease = self.lease(lease_id)
            entries = [*self.entries(lease_id), *self.entries(lease_id, "charging")]
            lines = [line for entry in entries for line in entry["lines"]]
            tenant = [line for line in lines if line["auxiliary"] == lease_id]
            payer = [line for line in lines if line["account"] in ("467", "4197")]
            assert _owed(tenant) == lease["balance_cents"]
            assert _owed(payer) == lease["aid_open_cents"]


def erp_worker(table: Any, clock: FixedClock) -> RowWorker:
    """What applies rows of ERP files."""
    alerts, leases, numbers = AlertRows(table), LeaseRows(table), Numbering(table, lambda: b"secret")
    writer, charger = LeaseWriter(leases, numbers, alerts, clock), Charger(LedgerRows(table), DueRows(table), clock)
    return RowWorker(writer, charger, leases, LedgerRows(table), numbers, alerts, clock)


def _owed(lines: list[Any]) -> int:
    return sum(line["debit_cents"] - line["credit_cents"] for line in lines)


def _noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), UTC)
