"""The words of the acceptance cases (sector.md §7): leases, dues, money that comes, in euros as the cases say them.

A case is told with these words whether the deployment is in memory or on the local cloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from unit.web.office import LEASE

from quitus.domain.money import format_euros, parse_euros


class Reply(Protocol):
    """What the API answered."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> Any: ...


class Words:
    """What is said to a landlord's deployment and asked of it."""

    landlord_id: str

    def request(self, method: str, path: str, body: Any, role: str, query: Mapping[str, str] | None) -> Reply:
        """Ask the API."""
        raise NotImplementedError

    def catch_up(self) -> None:
        """Wait until the views have followed."""
        raise NotImplementedError

    def report(self, euros: str, on: str = "2026-11-05", **changes: Any) -> str:
        """A credit that a channel reports; the payment's id."""
        raise NotImplementedError

    def take_back(
        self, payment_id: str, on: str, euros: str, reason: str = "AM04", kind: str = "return", means: str | None = None
    ) -> None:
        """A return, or a chargeback, that names the payment by its bank reference."""
        raise NotImplementedError

    def parties(self, *shares: tuple[str, str], lease_id: str = "L1", **dates: str) -> None:
        """Co-tenants with their shares in percent, as a file of the ERP says them; dates as `from_date`, `to_date`."""
        raise NotImplementedError

    def drop_list(self, text: str, payer_id: str = "caf", name: str = "bordereau.csv") -> str:
        """A list of beneficiaries that a payer sends; the id of its file."""
        raise NotImplementedError

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        role: str = "accountant",
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask the API, and let the views follow."""
        answered = self.request(method, path, body, role, query)
        self.catch_up()
        return answered

    def get(self, path: str, **query: str) -> Any:
        """The body of a good answer."""
        answered = self.request("GET", path, None, "admin", query or None)
        assert answered.status == 200, answered
        return answered.body

    def change_settings(self, **settings: Any) -> None:
        """Change settings of the landlord."""
        path = f"/v1/landlords/{self.landlord_id}"
        assert self.request("PUT", path, self.get(path) | settings, "admin", None).status == 200

    def let(self, lease_id: str = "L1", **changes: Any) -> None:
        """A new lease, or a change of one."""
        assert self.request("PUT", f"/v1/leases/{lease_id}", LEASE | changes, "erp", None).status in (200, 201)

    def call(self, due_id: str, kind: str, due_date: str, euros: str, lease_id: str = "L1", **fields: Any) -> None:
        """The ERP calls a due, or changes one."""
        body = {"kind": kind, "period": due_date[:7], "due_date": due_date, "amount_cents": parse_euros(euros)}
        answered = self.request("PUT", f"/v1/leases/{lease_id}/dues/{due_id}", body | fields, "erp", None)
        assert answered.status in (200, 201), answered

    def receive(self, euros: str, on: str = "2026-11-05", lease_id: str = "L1", **changes: Any) -> str:
        """A transfer on the lease's virtual IBAN; the payment's id."""
        return self.report(euros, on, virtual_iban=self.lease(lease_id)["virtual_iban"], **changes)

    def record(self, euros: str, means: str, on: str, lease_id: str = "L1", **fields: Any) -> str:
        """A receipt that a person types in; the payment's id."""
        body = {"lease_id": lease_id, "amount_cents": parse_euros(euros), "means": means, "received_on": on}
        answered = self.ask("POST", "/v1/payments", body | fields)
        assert answered.status == 201, answered
        return str(answered.body["payment_id"])

    def agree(self, due_ids: list[str], instalments: list[tuple[str, str]], version: int | None = None) -> Reply:
        """An instalment plan over dues: days and euros."""
        lines = [{"due_date": day, "amount_cents": parse_euros(euros)} for day, euros in instalments]
        body = {"instalments": lines, "due_ids": due_ids, "version": version}
        return self.ask("PUT", "/v1/leases/L1/plan", body, role="collections")

    def plan(self, on: str) -> dict[str, Any]:
        """The plan of L1 as it stands on a day."""
        held: dict[str, Any] = self.get("/v1/leases/L1/plan", on=on)
        return held

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

    def shares(self, on: str) -> dict[str, Any]:
        held: dict[str, Any] = self.get("/v1/leases/L1/shares", on=on)
        return held

    def lease(self, lease_id: str = "L1") -> dict[str, Any]:
        held: dict[str, Any] = self.get(f"/v1/leases/{lease_id}")
        return held

    def payment(self, payment_id: str) -> dict[str, Any]:
        held: dict[str, Any] = self.get(f"/v1/payments/{payment_id}")
        return held

    def reversed(self, payment_id: str) -> tuple[str, list[tuple[str, str, str | None]]]:
        """The payment's status, and what was taken back of it: day, euros, reason."""
        payment = self.payment(payment_id)
        taken = [
            (one["booking_date"], format_euros(one["amount_cents"]), one["reason"]) for one in payment["reversals"]
        ]
        return payment["status"], taken

    def suggestions(self, payment_id: str) -> list[dict[str, Any]]:
        return list(self.get(f"/v1/payments/{payment_id}/suggestions")["suggestions"])

    def lines(self, list_id: str) -> list[tuple[str, str | None, str, str | None]]:
        """What became of a list's lines: euros, lease, status, reason."""
        items = self.get(f"/v1/lists/{list_id}/lines")["items"]
        return [
            (format_euros(line["amount_cents"]), line["lease_id"], line["status"], line["reason"]) for line in items
        ]

    def alerts(self) -> list[tuple[str, str]]:
        """Kind and subject of the open alerts."""
        items = self.get("/v1/alerts")["items"]
        return [(item["kind"], item["subject"]) for item in items if item["closed_at"] is None]

    def entries(self, lease_id: str = "L1", journal: str = "receipts") -> list[Mapping[str, Any]]:
        return list(self.get(f"/v1/leases/{lease_id}/entries", journal=journal)["items"])

    def holds(self, *lease_ids: str) -> None:
        """Balances are what is open of dues less the credit. The books say what the balances say: tenants on 411 and
        4195, payers of aids on 467 and 4197.
        """
        self.catch_up()
        for lease_id in lease_ids or ("L1",):
            lease = self.lease(lease_id)
            still_open, awaited = (sum(due[name] for due in lease["dues"]) for name in ("open_cents", "aid_open_cents"))
            assert lease["balance_cents"] == still_open - lease["credit_cents"]
            assert lease["credit_cents"] >= lease["held_cents"] >= 0
            assert lease["aid_open_cents"] <= awaited, "the payer's own credit, which is in no field, is never below 0"
            entries = [*self.entries(lease_id), *self.entries(lease_id, "charging")]
            lines = [line for entry in entries for line in entry["lines"]]
            tenant = [line for line in lines if line["auxiliary"] == lease_id]
            payer = [line for line in lines if line["account"] in ("467", "4197")]
            assert _owed(tenant) == lease["balance_cents"]
            assert _owed(payer) == lease["aid_open_cents"]


def _owed(lines: list[Any]) -> int:
    return sum(line["debit_cents"] - line["credit_cents"] for line in lines)
