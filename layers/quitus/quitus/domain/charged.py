"""What chargings change and leave: dues as they were and are, what negative dues and credits were spent on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from quitus.domain.allocation import Allocation
from quitus.domain.lease import Account, Debtor, Due
from quitus.domain.ledger import Entry
from quitus.domain.money import Cents


@dataclass(frozen=True, slots=True)
class Offset:
    """Cents of a negative (or lowered) due spent on another due of the lease; negative when taken back.

    `debtor` says on whose account: what the payer of an aid paid too much is spent on its next aids.
    """

    source_due_id: str
    due_id: str
    cents: Cents
    debtor: Debtor = Debtor.TENANT


@dataclass(frozen=True, slots=True)
class CreditUse:
    """A credit of a payment used by later dues: the payment's allocations grow by these, under rule `credit`. Cents
    below zero are given back by a lowered due (`releasing`): the allocations shrink by them.

    The first entry is on the lease that held the credit; where dues of other leases of its account group used it, each
    of these has one too.
    """

    payment_id: str
    allocations: tuple[Allocation, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Paid:
    """Cents of a due that a payment on its lease settled."""

    payment_id: str
    due_id: str
    cents: Cents
    debtor: Debtor = Debtor.TENANT


@dataclass(frozen=True, slots=True)
class DueChange:
    """A due as it was (None when new) and as it is to be."""

    before: Due | None
    after: Due

    def added_cents(self, debtor: Debtor) -> Cents:
        """What the change adds to what is called from a debtor (negative when it lowers it)."""
        before = self.before.facing(debtor).amount_cents if self.before else 0
        return self.after.facing(debtor).amount_cents - before


@dataclass(frozen=True, slots=True)
class Charging:
    """The account after the changes, the charging entry (never pushed; None when nothing is owed differently) and
    what was spent.
    """

    account: Account
    entry: Entry | None
    offsets: tuple[Offset, ...] = ()
    uses: tuple[CreditUse, ...] = ()
    unfinished: bool = False
    """More credits than one step may use are left: `charge` again, without changes."""
    is_cut: bool = False
    """More payments than one step gives back to had paid the dues: fewer dues at a time give back to all."""

    @property
    def is_journalled(self) -> bool:
        """Whether it takes a number in the lease's charging journal."""
        return self.entry is not None or bool(self.offsets)

    def numbered(self) -> Charging:
        """The same, its account counting it in the charging journal."""
        if not self.is_journalled:
            return self
        account = replace(self.account, charge_sequence=self.account.charge_sequence + 1)
        return replace(self, account=account)


@dataclass(frozen=True, slots=True)
class History:
    """What happened before, needed only when a due that exists changes: all dues of the lease, all offsets, and what
    payments settled of the dues that give money back, the latest first.
    """

    dues: Mapping[str, Due] = field(default_factory=dict)
    offsets: Sequence[Offset] = ()
    paid: Sequence[Paid] = ()

    def facing(self, debtor: Debtor) -> History:
        """The history as a debtor sees it."""
        dues = {due_id: due.facing(debtor) for due_id, due in self.dues.items()}
        offsets = [offset for offset in self.offsets if offset.debtor is debtor]
        return History(dues, offsets, [paid for paid in self.paid if paid.debtor is debtor])
