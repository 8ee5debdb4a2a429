"""What must hold whatever happened, in which order, and whatever failed (I1 to I8 of a landlord's books).

That each movement is posted once (I1) and that bank and books agree (I3 to I5) is said by the stories, which know what
came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from simulation.world import LANDLORD, World

from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.erp_batch import Feed
from quitus.domain.ledger import Entry, entry_hash
from quitus.domain.payment import Payment

type Chains = Mapping[str, Sequence[Entry]]
"""The entries of each lease in the chain's order; charges have a chain of their own."""


def chains_of(world: World, lease_ids: Iterable[str]) -> Chains:
    """The chains, from the permanent rows."""
    payments = _payments(world)
    entries = sorted((entry for payment in payments for entry in payment.entries), key=lambda entry: entry.sequence)
    return {lease_id: [entry for entry in entries if entry.lease_id == lease_id] for lease_id in lease_ids}


def _payments(world: World) -> list[Payment]:
    places = {keys.parse(key.pk)[2] for key in world.table.rows if keys.parse(key.pk)[1] == "movement"}
    return LedgerRows(world.table).payments(LANDLORD, [keys.bucket_of(names) for names in places])


def the_books_hold(world: World, chains: Chains, owed: Mapping[str, int]) -> None:
    """I2, I6, I7 and I8; `owed` is what each lease must owe in the end, by what came and was called."""
    ledger = LedgerRows(world.table)
    for lease_id, chain in chains.items():
        balance = ledger.accounts(LANDLORD, [lease_id])[lease_id].balance_cents
        lines = [line for entry in chain for line in entry.lines if line.auxiliary == lease_id]
        called = sum(due.amount_cents for due in ledger.dues(LANDLORD, lease_id).values())
        assert balance == called + sum(line.debit_cents - line.credit_cents for line in lines), lease_id
        assert balance == owed[lease_id], lease_id
        _the_chain_holds(lease_id, chain)
    _the_erp_has_every_entry_once_in_order(world, chains)
    _the_erp_knows_every_payment_as_it_stands(world)
    assert (world.table.broken, world.buckets.overwritten) == ([], []), "what is written once was written again"


def _the_chain_holds(lease_id: str, chain: Sequence[Entry]) -> None:
    previous = None
    for sequence, entry in enumerate(chain, 1):
        assert (entry.sequence, entry.previous_hash, entry.hash) == (sequence, previous, entry_hash(entry)), lease_id
        previous = entry.hash


def _the_erp_has_every_entry_once_in_order(world: World, chains: Chains) -> None:
    assert world.erp.changed == [], "a batch was sent again with other content"
    told = [entry["entry_id"] for entry in world.erp.told]
    assert len(told) == len(set(told))
    for lease_id, chain in chains.items():
        of_lease = [entry["entry_id"] for entry in world.erp.told if entry["lease_id"] == lease_id]
        assert of_lease == [entry.entry_id for entry in chain], lease_id


def _the_erp_knows_every_payment_as_it_stands(world: World) -> None:
    """The last notice of each says it, whatever was told before."""
    listed = [payment for payment in _payments(world) if payment.is_listed and payment.amount_cents > 0]
    for payment in listed:
        receipt = world.erp.last[Feed.RECEIPTS, payment.payment_id]
        assert (receipt["status"], receipt["lease_id"]) == (payment.status, payment.lease_id), payment.payment_id
        assert receipt["left_cents"] == payment.left_cents, payment.payment_id
        settled = world.erp.last.get((Feed.ALLOCATIONS, payment.payment_id), {"allocations": (), "credit_cents": 0})
        lines = [(line["lease_id"], line["due_id"], line["amount_cents"]) for line in settled["allocations"]]
        assert lines == [allocation[:3] for allocation in payment.allocations], payment.payment_id
        assert settled["credit_cents"] == payment.credit_cents, payment.payment_id
    told = {payment_id for feed, payment_id in world.erp.last if feed is Feed.RECEIPTS}
    assert told == {payment.payment_id for payment in listed}
