"""What happens to a landlord in the simulation, and what must hold in the end, whatever failed on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from builders import BANK_ACCOUNT
from rebuilds import compared, last_rows
from simulation.invariants import the_books_hold
from simulation.world import LANDLORD, RAW, SETTINGS, Answered, World

from demonstration.bank import BIC
from demonstration.camt import Detail, Entry, Party, Statement, notice_file, statement_file
from quitus.adapters.view_rows import ViewRows

DAY = date(2026, 11, 5)
OPENING = 100_000
TRANSFER = ("PMNT", "RCDT", "ESCT")
STRANGER = "FR7630004000031234567890143"
RENTS: Mapping[str, int] = {"L1": 45_000, "L2": 52_000, "L3": 30_000}


@dataclass(frozen=True, slots=True)
class Fact:
    """Money that came: for a lease, or for nobody known."""

    number: int
    lease_id: str | None
    cents: int
    channels: str
    """The first letters of who tells of it: statement, notice, event."""

    @property
    def reference(self) -> str:
        return f"BANKREF-{self.number:04d}"


# The last amount is one that a float cuts: 1.15 × 100 = 114.99…
FACTS = (
    Fact(1, "L1", 45_000, "sn"),
    Fact(2, "L2", 20_000, "sne"),
    Fact(3, "L2", 40_000, "s"),
    Fact(4, "L3", 30_000, "sn"),
    Fact(5, "L3", 30_000, "s"),
    Fact(6, None, 12_345, "sn"),
    Fact(7, "L1", 115, "s"),
)
RETURNED = FACTS[1]
"""The bank takes this one back the same day; an event says which it was, the statement does not."""
RETURN_REFERENCE = "BANKREF-RETURN"
PUT_ON = "L1"
"""Where an accountant puts what came for nobody known."""
CHEQUE = 7_000
"""What an accountant receives from the tenant of L3."""


def begin(world: World) -> None:
    """A landlord with three leases, each with a rent; everything is settled before the story begins."""
    assert world.ask("PUT", f"/v1/landlords/{LANDLORD}", SETTINGS).status == 201
    for number, (lease_id, cents) in enumerate(RENTS.items(), 1):
        let(world, lease_id, number)
        assert call_rent(world, lease_id, cents).status == 201
    world.settle()


def let(world: World, lease_id: str, number: int = 1, **changes: str) -> None:
    """The ERP describes the lease of the nth dwelling."""
    lease = {
        "status": "active",
        "start_date": "2020-01-01",
        "unit_id": f"U{number}",
        "unit_kind": "dwelling",
        "residence_id": "R1",
        "residence_name": "Les Micocouliers",
        "commune": "Nîmes",
        "holder_name": f"Locataire {number}",
    }
    assert world.ask("PUT", f"/v1/leases/{lease_id}", lease | changes).status == 201


def call_rent(world: World, lease_id: str, cents: int) -> Answered:
    """The ERP calls the rent of November, or changes it."""
    due = {"kind": "rent", "period": "2026-11", "due_date": "2026-11-10", "amount_cents": cents}
    return world.ask("PUT", f"/v1/leases/{lease_id}/dues/nov-{lease_id}", due)


def ibans(world: World) -> dict[str, str]:
    return {lease_id: world.ask("GET", f"/v1/leases/{lease_id}").body["virtual_iban"] for lease_id in RENTS}


def acts(addresses: Mapping[str, str]) -> list[Callable[[World], None]]:
    """What comes from outside, each as something that happens to a world."""
    statement, notice = (_told(letter, addresses) for letter in "sn")
    events = [_event(fact, addresses) for fact in FACTS if "e" in fact.channels] + [_return_event()]
    told: list[Callable[[World], None]] = [
        lambda world: world.drop(f"{LANDLORD}/bank/avis.xml", notice_file(notice)),
        lambda world: world.drop(f"{LANDLORD}/bank/releve.xml", statement_file(statement)),
        lambda world: world.drop(f"{LANDLORD}/bank/encore.xml", statement_file(statement), announced=False),
        receive_cheque,
        *(partial(_tell, event) for event in events),
    ]
    return told


def _tell(event: Mapping[str, Any], world: World) -> None:
    world.tell(event)


def receive_cheque(world: World) -> None:
    """An accountant records a cheque; said again, nothing more comes of it."""
    body = {"lease_id": "L3", "amount_cents": CHEQUE, "means": "cheque", "received_on": DAY.isoformat()}
    assert world.ask("POST", "/v1/payments", body, key="cheque").status == 201


def decide(world: World) -> None:
    """An accountant puts the money of the unknown payer on a lease."""
    assert assign(world, in_suspense(world), key="assign").status == 200


def in_suspense(world: World) -> str:
    """The payment that waits for a person."""
    waiting = world.ask("GET", "/v1/payments?status=suspense").body["items"]
    assert len(waiting) == 1, "what waits for a person"
    return str(waiting[0]["payment_id"])


def assign(world: World, payment_id: str, key: str) -> Answered:
    """A person says whose it is."""
    return world.ask("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": PUT_ON, "reason": "vu"}, key)


def _told(letter: str, addresses: Mapping[str, str]) -> Statement:
    entries = tuple(_entry(fact, addresses) for fact in FACTS if letter in fact.channels)
    if letter == "s":
        entries += (Entry(-RETURNED.cents, DAY, RETURN_REFERENCE, TRANSFER),)
    return Statement("S1", 1, BANK_ACCOUNT, "SEMIGA", BIC, DAY, OPENING, entries)


def _entry(fact: Fact, addresses: Mapping[str, str]) -> Entry:
    creditor = Party("SEMIGA", addresses[fact.lease_id], BIC) if fact.lease_id else None
    detail = Detail(fact.cents, Party(f"PAYEUR {fact.number}", STRANGER, "BNPAFRPP"), creditor, fact.reference)
    return Entry(fact.cents, DAY, fact.reference, TRANSFER, (detail,))


def _event(fact: Fact, addresses: Mapping[str, str]) -> dict[str, Any]:
    return {
        "schema": "quitus.payment-event/1",
        "event_id": f"evt-{fact.number}",
        "landlord_id": LANDLORD,
        "source": "bank:instant",
        "kind": "credit",
        "bank_reference": fact.reference,
        "amount_cents": fact.cents,
        "currency": "EUR",
        "booking_date": DAY.isoformat(),
        "account_iban": BANK_ACCOUNT,
        "virtual_iban": addresses[fact.lease_id or ""],
        "means": "instant_transfer",
    }


def _return_event() -> dict[str, Any]:
    return {
        "schema": "quitus.payment-event/1",
        "event_id": "evt-return",
        "landlord_id": LANDLORD,
        "source": "bank:instant",
        "kind": "return",
        "bank_reference": RETURN_REFERENCE,
        "original_reference": RETURNED.reference,
        "amount_cents": RETURNED.cents,
        "currency": "EUR",
        "booking_date": DAY.isoformat(),
        "account_iban": BANK_ACCOUNT,
        "reason": "AC04",
        "means": "transfer",
    }


def check(world: World) -> None:
    """Invariants I1 to I8 (reliability.md) and what this story must have come to. Raises AssertionError."""
    payments = [shown.answer for shown in ViewRows(world.table).payments_between(LANDLORD, DAY, DAY)]
    _each_movement_is_posted_once(payments)
    the_books_hold(world, {lease_id: _owed(lease_id) for lease_id in RENTS})
    _bank_and_books_agree(world)
    _the_files_are_settled(world)
    _what_came_is_in_the_log(world)
    the_log_is_the_table(world)


def the_log_is_the_table(world: World) -> None:
    """Whatever was killed, the action log ends with the table: no line of a row is lost, views and all."""
    assert last_rows(world.buckets.objects, RAW) == world.table.rows


def a_rebuild_is_the_table(world: World) -> None:
    """The action log and the raw files make the same table again, and agree in every line."""
    report = compared(world.buckets.objects, RAW, world.table, seed=world.runs)
    assert report.is_clean, (report.findings.told, report.unlike)
    assert report.live == report.log


def _each_movement_is_posted_once(payments: Iterable[Mapping[str, Any]]) -> None:
    found = Counter((payment["status"], payment["lease_id"], payment["amount_cents"]) for payment in payments)
    wanted = Counter(
        ("reversed" if fact is RETURNED else "posted", fact.lease_id or PUT_ON, fact.cents) for fact in FACTS
    )
    assert found == wanted + Counter({("posted", "L3", CHEQUE): 1})
    (back,) = [one for payment in payments for one in payment["reversals"]]
    assert (back["amount_cents"], back["reason"], back["booking_date"]) == (RETURNED.cents, "AC04", DAY.isoformat())


def _owed(lease_id: str) -> int:
    came = sum(fact.cents for fact in FACTS if (fact.lease_id or PUT_ON) == lease_id and fact is not RETURNED)
    return RENTS[lease_id] - came - (CHEQUE if lease_id == "L3" else 0)


def _bank_and_books_agree(world: World) -> None:
    (account,) = world.ask("GET", f"/v1/proof?date={DAY.isoformat()}").body["accounts"]
    received = sum(fact.cents for fact in FACTS)
    assert (account["status"], account["difference_cents"], account["lines"]) == ("proved", 0, [])
    assert (account["opening_cents"], account["closing_cents"]) == (OPENING, OPENING + received - RETURNED.cents)
    ledger = account["receipts_cents"], account["reversals_cents"], account["other_cents"]
    assert ledger == (received, RETURNED.cents, 0)


def _the_files_are_settled(world: World) -> None:
    """The files that were dropped are settled.

    A copy that comes while the first file is half taken is taken itself, so that nothing waits for a process that died:
    then its movements are the duplicates.
    """
    files = world.ask("GET", "/v1/files").body["items"]
    assert Counter(file["status"] for file in files) in ({"processed": 2, "duplicate": 1}, {"processed": 3})
    told = Counter(fact.number for fact in FACTS for letter in ("s", "s", "n") if letter in fact.channels)
    told[0] = 2
    for file in files:
        counts = file["counts"]
        assert counts["movements"] == counts["posted"] + counts["suspense"] + counts["duplicates"], file["name"]
        assert file["status"] == "processed" or counts["movements"] == counts["duplicates"], file["name"]
    assert sum(file["counts"]["movements"] for file in files) == told.total()


_KINDS: Mapping[str, str] = {"payments": "manual-receipts", "assign": "decisions", "dues": "due-requests"}
"""What the log calls that somebody asked for, by the last word of the path that is no name."""


def _what_came_is_in_the_log(world: World) -> None:
    """Every event that came has its line, once; every call that was accepted has one, which is there before it is."""
    logged = Counter(key.split("/")[2] for key in world.buckets.under(RAW, f"actions/{LANDLORD}/"))
    words = ([word for word in path.split("/") if word in _KINDS][-1] for path, _ in world.accepted)
    asked = Counter(_KINDS[word] for word in words)
    assert asked.total() > 0
    assert asked <= logged
    assert logged["events"] == 1 + sum("e" in fact.channels for fact in FACTS)
