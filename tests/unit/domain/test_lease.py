"""The account of a lease."""

from __future__ import annotations

from dataclasses import fields, replace

from builders import DAY, an_open_due

from quitus.domain.lease import Account, CreditLot, LeaseStatus, Recent
from quitus.domain.plan import Instalment, InstalmentPlan

LOT = (CreditLot("p", 1),)
FULL = Account(
    "L1",
    LeaseStatus.ENDED,
    version=3,
    sequence=4,
    last_hash="aa",
    charge_sequence=5,
    open_dues=(an_open_due("a", 1),),
    credits=LOT,
    aid_dues=(an_open_due("b", 2),),
    aid_credits=(CreditLot("q", 2),),
    held=(CreditLot("r", 3),),
    aid_held=(CreditLot("s", 4),),
    recent=(Recent(DAY, 5),),
    plan=InstalmentPlan(1, (Instalment(DAY, 1),), (("a", 1),)),
    group="G1",
)


def test_an_entry_changes_what_it_books_and_nothing_else_of_an_account() -> None:
    assert all(getattr(FULL, field.name) != field.default for field in fields(Account))
    dues, lots, recent = (an_open_due("c", 7),), (CreditLot("t", 8),), (Recent(DAY, 9),)
    after = replace(FULL, sequence=5, last_hash="bb", open_dues=dues, credits=lots, recent=recent)
    assert FULL.booked(5, "bb", dues, lots, recent) == after
    assert FULL.at_version(9) == replace(FULL, version=9)
