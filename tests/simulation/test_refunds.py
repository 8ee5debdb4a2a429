"""A refund with a fault at every call: asked for, called off, asked for again, approved, paid by a line told twice.

scripts/test plays a sample; `scripts/simulate --faults` plays all faults at all calls.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from builders import BANK_ACCOUNT
from simulation.interleaving import Meeting, Schedules, Step
from simulation.single_faults import SLICES, play_with_faults
from simulation.story import DAY, OPENING, STRANGER, TRANSFER, a_rebuild_is_the_table, let, the_log_is_the_table
from simulation.world import LANDLORD, SETTINGS, Saved, World

from demonstration.bank import BIC
from demonstration.camt import Detail, Entry, Party, Statement, notice_file, statement_file
from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows

SAMPLE = 60
RENT, RECEIVED, REFUNDED = 45_000, 60_000, 12_000
ASKED = {"amount_cents": REFUNDED, "iban": STRANGER, "account_holder": "Camille Roux", "reason": "trop perçu"}


@pytest.fixture(scope="module")
def morning(world: World) -> Saved:
    """A tenant who paid too much."""
    assert world.ask("PUT", f"/v1/landlords/{LANDLORD}", SETTINGS).status == 201
    let(world, "L1", holder_name="Camille Roux")
    due = {"kind": "rent", "period": "2026-11", "due_date": "2026-11-10", "amount_cents": RENT}
    assert world.ask("PUT", "/v1/leases/L1/dues/nov", due).status == 201
    iban = world.ask("GET", "/v1/leases/L1").body["virtual_iban"]
    detail = Detail(RECEIVED, Party("CAMILLE ROUX", STRANGER, "BNPAFRPP"), Party("SEMIGA", iban, BIC), "LOYER")
    world.drop(f"{LANDLORD}/bank/avis.xml", notice_file(day("N0", Entry(RECEIVED, DAY, "IN", TRANSFER, (detail,)))))
    world.settle()
    return world.saved()


def day(name: str, *entries: Entry) -> Statement:
    return Statement(name, 1, BANK_ACCOUNT, "SEMIGA", BIC, DAY, OPENING, entries)


def step(world: World, refund: Any, action: str, role: str, **fields: Any) -> Any:
    body = {"version": refund["version"], "reason": "vu"} | fields
    path = f"/v1/refunds/{refund['refund_id']}/{action}"
    answered = world.ask("POST", path, body, key=f"{action}-{refund['refund_id']}-{refund['version']}", role=role)
    assert answered.status == 200, answered
    return answered.body


def play(world: World) -> None:
    for name in ("first", "second"):
        asked = world.ask("POST", "/v1/leases/L1/refunds", ASKED, key=name, role="accountant")
        assert asked.status == 201, asked
        world.drain()
        approved = step(world, asked.body, "decision", "admin", decision="approve")
        world.drain()
        if name == "first":
            step(world, approved, "cancel", "accountant")
            world.drain()
    paid = Entry(-REFUNDED, DAY, "OUT", ("PMNT", "ICDT", "ESCT"), note=f"VIR {approved['refund_id']}")
    world.drop(f"{LANDLORD}/bank/avis-2.xml", notice_file(day("N1", paid)))
    world.drain()
    iban = world.ask("GET", "/v1/leases/L1").body["virtual_iban"]
    detail = Detail(RECEIVED, Party("CAMILLE ROUX", STRANGER, "BNPAFRPP"), Party("SEMIGA", iban, BIC), "LOYER")
    received = Entry(RECEIVED, DAY, "IN", TRANSFER, (detail,))
    world.drop(f"{LANDLORD}/bank/releve.xml", statement_file(day("S1", received, paid)))
    world.settle()


def check(world: World) -> None:
    """The second refund is paid once; books, bank, account and ERP say the same."""
    refunds = world.ask("GET", "/v1/refunds").body["items"]
    assert sorted(refund["status"] for refund in refunds) == ["cancelled", "paid"]
    lease = world.ask("GET", "/v1/leases/L1").body
    left = RECEIVED - RENT - REFUNDED
    assert (lease["balance_cents"], lease["credit_cents"], lease["held_cents"]) == (-left, left, 0)
    places = {keys.parse(key.pk)[2] for key in world.table.rows if keys.parse(key.pk)[1] == "movement"}
    payments = LedgerRows(world.table).payments(LANDLORD, [keys.bucket_of(names) for names in places])
    lines = [line for one in payments for entry in one.entries for line in entry.lines]
    sums = {number: sum(one.debit_cents - one.credit_cents for one in lines if one.account == number) for number in
            ("512", "471", "4195")}  # fmt: skip
    assert sums["512"] == RECEIVED - REFUNDED
    assert sums["471"] == 0
    (account,) = world.ask("GET", f"/v1/proof?date={DAY.isoformat()}").body["accounts"]
    assert (account["status"], account["difference_cents"], account["other_cents"]) == ("proved", 0, -REFUNDED)
    chain = sorted(
        (entry for one in payments for entry in one.entries if entry.lease_id == "L1"), key=lambda one: one.sequence
    )
    assert [entry.sequence for entry in chain] == list(range(1, len(chain) + 1))
    told = [entry["entry_id"] for entry in world.erp.told]
    assert (len(told), set(told)) == (len(set(told)), {entry.entry_id for one in payments for entry in one.entries})
    the_log_is_the_table(world)
    assert (world.table.broken, world.buckets.overwritten) == ([], []), "what is written once was written again"


def test_without_a_fault(world: World, morning: Saved) -> None:
    world.forget_and_become(morning)
    play(world)
    check(world)
    a_rebuild_is_the_table(world)


@pytest.mark.parametrize("part", range(SLICES))
def test_a_single_fault_changes_nothing(world: World, morning: Saved, part: int) -> None:
    play_with_faults(world, morning, play, check, SAMPLE, part)


@pytest.mark.parametrize("other", ["approve", "reject", "cancel"])
def test_of_two_decisions_at_once_one_holds(world: World, morning: Saved, other: str) -> None:
    world.forget_and_become(morning)
    asked = world.ask("POST", "/v1/leases/L1/refunds", ASKED, key="first", role="accountant").body
    world.drain()
    noon, path = world.saved(), f"/v1/refunds/{asked['refund_id']}"
    told: list[int] = []

    def act(action: str, key: str) -> None:
        beside = {} if action == "cancel" else {"decision": action}
        place = "cancel" if action == "cancel" else "decision"
        body = {"version": 1, "reason": "vu"} | beside
        told.append(world.ask("POST", f"{path}/{place}", body, key=key, role="admin").status)

    def start() -> tuple[Step, Step]:
        world.forget_and_become(noon)
        told.clear()
        world.turnstile = Meeting(table=world.table)
        return partial(act, "approve", "one"), partial(act, other, "two")

    schedules = Schedules(start)
    for schedule in schedules.some():
        world.settle()
        refund = world.ask("GET", path, role="admin").body
        lease = world.ask("GET", "/v1/leases/L1").body
        assert sorted(told) == [200, 409], f"schedule {schedule}"
        left = RECEIVED - RENT - (REFUNDED if refund["status"] == "approved" else 0)
        assert (refund["version"], lease["credit_cents"], lease["held_cents"]) == (2, left, 0), f"schedule {schedule}"
    assert schedules.played
