"""What many entries say alike is read once: none of them must notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from unit.banking.camt_files import OTHER_VIRTUAL, VIRTUAL, Detail, Entry, a_detail, a_statement, an_entry, read

from quitus.banking.profiles import PROFILES, Profile
from quitus.domain.movement import Movement

_TEXTS: dict[str, tuple[Any, ...]] = {
    "debtor": ("Jeanne Petit", "Karim Benali", " "),
    "debtor_iban": (None, "FR7630006000011234567890189"),
    "creditor_iban": (VIRTUAL, OTHER_VIRTUAL, None),
    "unstructured": (["LOYER"], ["LOYER RF18539007547034"], ["LOYER RF18539", "007547034"], [f"POUR {OTHER_VIRTUAL}"]),
    "structured": (None, "RF18539007547034", VIRTUAL),
    "references": ({"EndToEndId": "NOTPROVIDED"}, {"EndToEndId": "E-1"}, {"AcctSvcrRef": "B-1", "MsgId": "M-1"}),
    "returned": (None, None, "MD06", "0000"),
    "code": (None, "PMNT/IDDT/UPDD"),
    "sign": (None, "CRDT", "DBIT"),
    "inside": ("", "<AddtlTxInf>VIREMENT</AddtlTxInf>", f"<AddtlTxInf>{VIRTUAL}</AddtlTxInf>"),
}
_WHOLE: dict[str, tuple[Any, ...]] = {
    "sign": ("CRDT", "DBIT"),
    "reference": (None, "1", VIRTUAL),
    "bank_reference": (None, "B-1", "B-2"),
    "note": (None, "VIREMENT RECU", f"REMISE {OTHER_VIRTUAL}"),
    "code": ("PMNT/RCDT/ESCT", "PMNT/MDOP/CHRG", "05/0811"),
    "reversal": (False, True),
}


def some_entries(chance: Random, differing: int) -> Iterator[Entry]:
    """Entries that have all their texts in common, but for so many that are drawn again for each."""
    detail = a_detail(**{name: chance.choice(texts) for name, texts in _TEXTS.items()})
    entry = an_entry(**{name: chance.choice(texts) for name, texts in _WHOLE.items()})
    inner, outer = chance.sample(sorted(_TEXTS), differing), chance.sample(sorted(_WHOLE), differing)
    for _ in range(12):
        yield replace(
            entry,
            amount="450.00",
            details=tuple(_detail(chance, detail, inner) for _ in range(chance.choice((0, 1, 1, 1, 2)))),
            **{name: chance.choice(_WHOLE[name]) for name in outer},
        )


def _detail(chance: Random, detail: Detail, differing: list[str]) -> Detail:
    amount = chance.choice((None, "450.00", "450.00", "200.00"))
    return replace(detail, amount=amount, **{name: chance.choice(_TEXTS[name]) for name in differing})


def movements(*entries: Entry, profile: Profile) -> list[Movement]:
    return [replace(movement, position="") for movement in read(a_statement(*entries), profile)[0]]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("differing", [1, 2, 4])
def test_an_entry_says_the_same_alone_and_among_others(differing: int, profile: Profile) -> None:
    chance = Random(differing)
    for _ in range(5):
        entries = list(some_entries(chance, differing))
        alone = [movement for entry in entries for movement in movements(entry, profile=profile)]
        assert movements(*entries, profile=profile) == alone
