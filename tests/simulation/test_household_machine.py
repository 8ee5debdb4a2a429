"""Two leases live behind the API: called, paid, joined in a group, parted, planned. After each step the books hold."""

from __future__ import annotations

import os
from typing import Any

from acceptance.case import Case
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.money import format_euros
from quitus.domain.movement import Nature

LEASES = ("D", "P")
KINDS = st.sampled_from(["rent", "charges", "adjustment", "aid_apl", "aid_rls"])
DAYS = st.sampled_from(["2026-08-10", "2026-10-10", "2026-11-10", "2026-12-10", "2022-01-10"])
CENTS = st.integers(1, 90_000)
LIVES = int(os.environ.get("QUITUS_MACHINES", "30"))


class HouseholdLife(RuleBasedStateMachine):
    """The model is what the API says: dues, payments and balances must explain each other."""

    @initialize()
    def two_leases(self) -> None:
        self.case = Case()
        self.payments: list[str] = []
        self.case.let("D")
        self.case.let("P", unit_kind="parking")

    @rule(group=st.sampled_from(["G1", None]))
    def the_parking_joins_or_leaves(self, group: str | None) -> None:
        self.case.let("D", account_group="G1")
        self.case.let("P", unit_kind="parking", account_group=group)

    @rule(lease_id=st.sampled_from(LEASES), name=st.sampled_from("abc"), kind=KINDS, cents=CENTS, day=DAYS)
    def the_erp_calls_or_changes_a_due(self, lease_id: str, name: str, kind: str, cents: int, day: str) -> None:
        sign = -1 if kind.startswith("aid") or (kind == "adjustment" and name == "a") else 1
        self.case.call(f"{lease_id}-{name}", kind, day, format_euros(sign * cents), lease_id=lease_id)

    @rule(lease_id=st.sampled_from(LEASES), name=st.sampled_from("abc"))
    def the_erp_cancels_a_due(self, lease_id: str, name: str) -> None:
        self.case.call(f"{lease_id}-{name}", "rent", "2026-11-10", "0.00", lease_id=lease_id)

    @rule(lease_id=st.sampled_from(LEASES), cents=CENTS, means=st.sampled_from(["transfer", "transfer", "caf"]))
    def money_comes(self, lease_id: str, cents: int, means: str) -> None:
        self.payments.append(self.case.receive(format_euros(cents), lease_id=lease_id, means=means))

    @rule(cents=CENTS, lease_id=st.sampled_from(LEASES))
    def a_person_assigns_money(self, cents: int, lease_id: str) -> None:
        paid = self.case.report(format_euros(cents))
        order = {"lease_id": lease_id, "reason": "seen"}
        assert self.case.ask("POST", f"/v1/payments/{paid}/assign", order).status == 200
        self.payments.append(paid)

    @precondition(lambda self: self.posted())
    @rule(data=st.data(), lease_id=st.sampled_from(LEASES))
    def a_person_moves_money(self, data: st.DataObject, lease_id: str) -> None:
        paid = data.draw(st.sampled_from(self.posted()))["payment_id"]
        assert self.case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "of the other"}).status == 200
        order = {"lease_id": lease_id, "reason": "of this one"}
        if data.draw(st.booleans()):
            assert self.case.ask("POST", f"/v1/payments/{paid}/assign", order).status == 200

    @precondition(lambda self: self.posted())
    @rule(data=st.data(), day=st.sampled_from(["2026-11-08", "2026-11-20"]))
    def money_goes_back(self, data: st.DataObject, day: str) -> None:
        payment = data.draw(st.sampled_from(self.posted()))
        self.case.take_back(payment["payment_id"], day, format_euros(payment["amount_cents"]))
        assert self.case.reversed(payment["payment_id"])[0] == "reversed"

    @rule(lease_id=st.sampled_from(LEASES), cents=CENTS)
    def a_return_comes_before_its_payment(self, lease_id: str, cents: int) -> None:
        said = {"end_to_end_id": f"E{len(self.payments)}"}
        back = {"nature": Nature.RETURN, "means": "direct_debit", "return_reason": "AM04"}
        self.case.report(f"-{format_euros(cents)}", "2026-11-08", **said, **back)
        paid = self.case.receive(format_euros(cents), lease_id=lease_id, **said)
        self.case.settle()
        assert self.case.reversed(paid)[0] == "reversed"
        self.payments.append(paid)

    @precondition(lambda self: self.case.still_open("D"))
    @rule(parts=st.integers(1, 3))
    def a_plan_is_agreed(self, parts: int) -> None:
        held = self.case.ask("GET", "/v1/leases/D/plan")
        version = held.body["version"] if held.status == 200 else None
        still_open = {due["due_id"]: due["open_cents"] for due in self.case.lease("D")["dues"] if due["open_cents"]}
        total = sum(still_open.values())
        shares = [total // parts + (n < total % parts) for n in range(parts)]
        lines = [{"due_date": f"2026-1{n}-28", "amount_cents": cents} for n, cents in enumerate(shares) if cents]
        body = {"instalments": lines, "due_ids": list(still_open), "version": version}
        assert self.case.ask("PUT", "/v1/leases/D/plan", body).status in (200, 201)

    @rule()
    def the_watch_looks_at_plans(self) -> None:
        self.case.watch_plans()

    @rule(lines=st.integers(2, 4), name=st.sampled_from("bc"))
    def an_adjustment_is_spread(self, lines: int, name: str) -> None:
        body = {"lines": lines, "first_due_date": "2026-11-30"}
        answered = self.case.ask("POST", f"/v1/leases/D/dues/D-{name}/spread", body)
        assert answered.status in (200, 404, 409)

    def posted(self) -> list[dict[str, Any]]:
        found = [self.case.payment(payment_id) for payment_id in self.payments]
        return [payment for payment in found if payment["status"] == "posted"]

    @invariant()
    def every_payment_explains_where_its_cents_are(self) -> None:
        for payment in map(self.case.payment, self.payments):
            allocated = sum(item["amount_cents"] for item in payment["allocations"])
            gone = sum(one["amount_cents"] for one in payment["reversals"])
            if payment["status"] != "suspense":
                assert allocated + payment["credit_cents"] + gone == payment["amount_cents"]

    @invariant()
    def every_balance_is_what_was_called_less_what_came(self) -> None:
        posted = self.posted()
        for lease_id in LEASES:
            lease = self.case.lease(lease_id)
            dues = LedgerRows(self.case.office.table).dues("semiga", lease_id).values()
            called = sum(due.amount_cents for due in dues)
            aids = -sum(due.amount_cents for due in dues if due.kind.is_awaited)
            came = [payment for payment in posted if payment["means"] != "caf"]
            sent = [payment for payment in posted if payment["means"] == "caf"]
            assert lease["balance_cents"] == called - on_lease(came, lease_id)
            assert lease["aid_open_cents"] == aids - on_lease(sent, lease_id)

    @invariant()
    def every_chain_is_whole_and_says_its_balance(self) -> None:
        self.case.office.follow()
        for lease_id in LEASES:
            previous = None
            rows = self.case.office.table.query(keys.lease_partition("semiga", lease_id), keys.CHAIN).rows
            for sequence, row in enumerate(rows, 1):
                assert (row["sequence"], row.get("previous")) == (sequence, previous)
                previous = row["hash"]
        self.case.holds(*LEASES)

    @invariant()
    def no_credit_lies_beside_a_due_of_its_own_lease(self) -> None:
        accounts = LedgerRows(self.case.office.table).accounts("semiga", LEASES)
        for account in accounts.values():
            covered = dict(account.plan.covered) if account.plan else {}
            owed = [due for due in account.open_dues if due.due_id in covered or not due.is_barred(TODAY)]
            assert not (account.credits and owed)


def on_lease(payments: list[dict[str, Any]], lease_id: str) -> int:
    """Cents of payments that settled dues of a lease, or are left as its credit."""
    cents = 0
    for payment in payments:
        cents += sum(item["amount_cents"] for item in payment["allocations"] if item["lease_id"] == lease_id)
        cents += payment["credit_cents"] if payment["lease_id"] == lease_id else 0
    return cents


TODAY = Case().office.clock.instant.date()
TestHouseholdLife = HouseholdLife.TestCase
TestHouseholdLife.settings = settings(max_examples=LIVES, stateful_step_count=20, deadline=None)
