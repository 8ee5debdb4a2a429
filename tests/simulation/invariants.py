"""What must hold whatever happened, in which order, and whatever failed (I1 to I8 of a landlord's books).

That each movement is posted once (I1) and that bank and books agree (I3 to I5) is said by the stories, which know what
came.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from simulation.world import LANDLORD, World

from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.erp_batch import Feed
from quitus.domain.ledger import Entry, Line, entry_hash
from quitus.domain.payment import Payment


def payments_of(world: World) -> list[Payment]:
    """All that the ledger holds, from the permanent rows."""
    places = {keys.parse(key.pk)[2] for key in world.table.rows if keys.parse(key.pk)[1] == "movement"}
    return LedgerRows(world.table).payments(LANDLORD, [keys.bucket_of(names) for names in places])


def chain_of(payments: Iterable[Payment], lease_id: str) -> list[Entry]:
    """The entries of a lease in the chain's order; charges have a chain of their own."""
    entries = (entry for payment in payments for entry in payment.entries if entry.lease_id == lease_id)
    return sorted(entries, key=lambda entry: entry.sequence)


def the_books_hold(world: World, owed: Mapping[str, int]) -> None:
    """I2, I6, I7 and I8; `owed` is what each lease must owe in the end, by what came and was called."""
    ledger, payments = LedgerRows(world.table), payments_of(world)
    for lease_id, wanted in owed.items():
        chain = chain_of(payments, lease_id)
        balance = ledger.accounts(LANDLORD, [lease_id])[lease_id].balance_cents
        lines = [line for entry in chain for line in entry.lines if line.auxiliary == lease_id]
        called = sum(due.amount_cents for due in ledger.dues(LANDLORD, lease_id).values())
        assert balance == called + sum(line.debit_cents - line.credit_cents for line in lines), lease_id
        assert balance == wanted, lease_id
        _the_chain_holds(lease_id, chain)
    the_erp_has_the_books(world, payments)
    _the_erp_knows_every_payment_as_it_stands(world, payments)
    assert (world.table.broken, world.buckets.overwritten) == ([], []), "what is written once was written again"


def _the_chain_holds(lease_id: str, chain: Sequence[Entry]) -> None:
    previous = None
    for sequence, entry in enumerate(chain, 1):
        assert (entry.sequence, entry.previous_hash, entry.hash) == (sequence, previous, entry_hash(entry)), lease_id
        previous = entry.hash


def the_erp_has_the_books(world: World, payments: Sequence[Payment]) -> None:
    """I6: all entries, those of no lease too, and all reversals were told, each once and as it is."""
    assert world.erp.changed == [], "a batch was sent again with other content"
    told = {entry["entry_id"]: tuple(Line(**line) for line in entry["lines"]) for entry in world.erp.told}
    assert len(told) == len(world.erp.told), "an entry was told twice"
    assert told == {entry.entry_id: entry.lines for payment in payments for entry in payment.entries}
    _every_chain_was_told_in_order(world)
    _every_reversal_was_told_once(world, payments)


def _every_chain_was_told_in_order(world: World) -> None:
    """That of each lease; what is on none has one by payment."""
    sequences = defaultdict[str, list[int]](list)
    for entry in world.erp.told:
        sequences[entry["lease_id"] or entry["payment_id"]].append(entry["sequence"])
    for name, told in sequences.items():
        assert told == list(range(1, len(told) + 1)), name


def _every_reversal_was_told_once(world: World, payments: Iterable[Payment]) -> None:
    """A transfer of which a list says whose it is goes back by the lines of the list."""
    told = Counter((one["payment_id"], one["reversal_id"], one["amount_cents"]) for one in world.erp.taken_back)
    listed = (payment for payment in payments if payment.list_id is None)
    held = ((payment.payment_id, one.reversal_id, one.amount_cents) for payment in listed for one in payment.reversals)
    assert told == Counter(held)


def _the_erp_knows_every_payment_as_it_stands(world: World, payments: Iterable[Payment]) -> None:
    """The last notice of each says it, whatever was told before."""
    listed = [payment for payment in payments if payment.is_listed and payment.amount_cents > 0]
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
