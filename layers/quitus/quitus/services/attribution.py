"""Look up what attribution rests on: the register of virtual IBANs, what is remembered of payers, the tenants' names.

Payments that name their lease cost one look-up for a whole batch; only the others ask memory and names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.bulk_payers import awaiting_list
from quitus.domain.household import Households
from quitus.domain.incoming import Incoming
from quitus.domain.known_payers import KnownPayer, Payer, payers_of
from quitus.domain.landlord import Landlord
from quitus.domain.matching import (
    Match,
    SuspenseReason,
    account_candidates,
    attribute,
    due_candidates,
    reference_account,
)
from quitus.domain.movement import Movement
from quitus.domain.name_index import NameIndex
from quitus.domain.weighing import Clues, Weighing, home_of, may_be_weighed
from quitus.services.ports import Ledger
from quitus.services.table import Stale, Write


class KnownPayers(Protocol):
    """What is remembered of payers; strongly consistent."""

    def known(self, landlord_id: str, payers: Iterable[Payer]) -> dict[Payer, KnownPayer]:
        """Those of whom anything is known."""
        ...

    def writes(self, landlord_id: str, changed: Mapping[Payer, KnownPayer]) -> list[Write]:
        """What replaces them, each unless others changed it since it was read."""
        ...

    def remember(self, landlord_id: str, changed: Mapping[Payer, KnownPayer]) -> None:
        """Replace them. Raises Stale: others changed one; some may be replaced."""
        ...


class TenantNames(Protocol):
    """The names of a landlord's tenants."""

    def index(self, landlord_id: str) -> NameIndex:
        """All of them, as fresh as the stream of changes."""
        ...


@dataclass(frozen=True, slots=True)
class Attributor:
    """Attributes movements, the certain rungs first."""

    ledger: Ledger
    payers: KnownPayers
    names: TenantNames

    def certain(self, landlord: Landlord, movements: Sequence[Movement]) -> list[Match]:
        """What the movements themselves name."""
        wanted = {account for movement in movements for account in account_candidates(movement)}
        referred = {reference_account(movement) for movement in movements}
        holders = self.ledger.holders_of(landlord.landlord_id, wanted | {account for account in referred if account})
        due_ids = {due_id for movement in movements for due_id in due_candidates(movement)}
        dues = self.ledger.leases_of_dues(landlord.landlord_id, due_ids)
        named = [attribute(movement, holders, landlord.numbered, dues) for movement in movements]
        told = zip(movements, named, strict=True)
        return [awaiting_list(movement, match, landlord.bulk_payers) for movement, match in told]

    def clues(self, landlord_id: str, movements: Sequence[Movement]) -> list[Clues]:
        """What memory, names and texts say of movements that name no lease."""
        if not movements:
            return []
        told = [payers_of(movement) for movement in movements]
        known = self.payers.known(landlord_id, {payer for payers in told for payer in payers})
        index = self.names.index(landlord_id)
        return [
            Clues(
                {payer: known[payer] for payer in payers if payer in known},
                index.look_up(movement.debtor_name),
                index.named_in(movement.remittance),
            )
            for movement, payers in zip(movements, told, strict=True)
        ]

    def attempt(self, landlord_id: str, batch: Sequence[Incoming], certain: Sequence[Match]) -> Attempt:
        """Read everything that one attempt to attribute a batch rests on: memory and names, then accounts."""
        asked = [place for place, match in enumerate(certain) if _is_open(batch[place], match)]
        clues = dict(zip(asked, self.clues(landlord_id, [batch[place].movement for place in asked]), strict=True))
        named = {match.lease_id for match in certain if match.lease_id}
        pointed = {lease_id for clue in clues.values() for lease_id in clue.leases}
        return Attempt(tuple(batch), tuple(certain), clues, self.ledger.households(landlord_id, named | pointed))

    def confirm(self, landlord_id: str, attempt: Attempt, matches: Sequence[Match]) -> None:
        """Make sure that memory is what it was before the accounts were read: a person who takes a payer's money off a
        lease meanwhile changes either memory, or an account that is about to be written. Raises Stale.
        """
        used = [place for place in attempt.clues if matches[place].lease_id is not None]
        payers = {payer for place in used for payer in payers_of(attempt.batch[place].movement)}
        if not payers:
            return
        before = {payer: known for place in used for payer, known in attempt.clues[place].known.items()}
        if self.payers.known(landlord_id, payers) != before:
            raise Stale


def _is_open(incoming: Incoming, match: Match) -> bool:
    """Whether memory and names may say more."""
    named_nothing = (
        match.reason is SuspenseReason.NO_EVIDENCE and incoming.is_booked and not incoming.movement.is_parked
    )
    return named_nothing and may_be_weighed(incoming.movement)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt to attribute a batch rests on."""

    batch: tuple[Incoming, ...]
    certain: tuple[Match, ...]
    clues: Mapping[int, Clues]
    """By place in the batch, for what names no lease."""
    households: Households

    def matches(self) -> list[Match]:
        """The whole ladder, in the batch's order. Memory and names put no second payment of a batch on a lease."""
        paid = {home_of(self.households, match.lease_id) for match in self.certain if match.lease_id}
        matches = list(self.certain)
        for place, clues in self.clues.items():
            found = Weighing(self.batch[place].movement, clues, self.households, frozenset(paid)).match()
            matches[place] = found
            if found.lease_id is not None:
                paid.add(home_of(self.households, found.lease_id))
        return matches
