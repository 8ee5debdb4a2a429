"""What was decided by memory is written only while memory is what it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import pytest
from builders import a_credit, reported

from quitus.domain.household import Households
from quitus.domain.known_payers import KnownPayer, Payer
from quitus.domain.matching import Match, MatchRule, SuspenseReason
from quitus.domain.weighing import Clues
from quitus.services.attribution import Attempt, Attributor
from quitus.services.table import Stale

ACCOUNT, NAME = Payer("iban", "FR1420041010050500013M02606"), Payer("name", "CAMILLE ROUX")
HELD = KnownPayer(version=3)
NOBODY = Match(None, None, {}, SuspenseReason.NO_EVIDENCE)
FOUND = Match("L1", MatchRule.KNOWN_PAYER, {})


class Memory:
    """What is remembered now, and of whom it was asked."""

    def __init__(self, now: Mapping[Payer, KnownPayer]) -> None:
        self.now, self.asked = now, list[frozenset[Payer]]()

    def known(self, landlord_id: str, payers: Iterable[Payer]) -> dict[Payer, KnownPayer]:
        assert landlord_id == "semiga"
        self.asked.append(frozenset(payers))
        return {payer: self.now[payer] for payer in self.asked[-1] if payer in self.now}


def confirm(memory: Memory, *matches: Match) -> None:
    nobody: Any = None
    incoming = reported(a_credit(1, debtor_iban=ACCOUNT.text, debtor_name="Camille Roux"))
    clues = {place: Clues({ACCOUNT: HELD}) for place in range(len(matches))}
    attempt = Attempt((incoming,) * len(matches), matches, clues, Households({}))
    Attributor(nobody, cast("Any", memory), nobody).confirm("semiga", attempt, matches)


def test_memory_as_it_was_lets_a_decision_be_written() -> None:
    memory = Memory({ACCOUNT: HELD})
    confirm(memory, NOBODY, FOUND)
    assert memory.asked == [{ACCOUNT, NAME}]


@pytest.mark.parametrize("now", [{}, {ACCOUNT: KnownPayer(version=4)}, {ACCOUNT: HELD, NAME: HELD}])
def test_memory_that_changed_meanwhile_has_it_decided_again(now: Mapping[Payer, KnownPayer]) -> None:
    with pytest.raises(Stale):
        confirm(Memory(now), FOUND)


def test_what_went_on_no_lease_asks_nothing_of_memory() -> None:
    memory = Memory({})
    confirm(memory, NOBODY)
    assert memory.asked == []
