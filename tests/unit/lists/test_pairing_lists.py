"""Which transfer is whose list's: by what both say, else by amount; a tie or a difference is nobody's."""

from __future__ import annotations

from datetime import date

from quitus.domain.movement import Means
from quitus.domain.payment_list import BulkTransfer, ListWait, Paired, PaymentList, pair


def a_list(name: str, cents: int, reference: str | None = None, day: str = "2026-11-05") -> PaymentList:
    at = f"{day}T08:00:00+00:00"
    return PaymentList("semiga", name, name, at, "caf", "CAF", Means.CAF, cents, 1, 1, "read", reference)


def a_transfer(name: str, cents: int, texts: str = "", day: str = "2026-11-05") -> BulkTransfer:
    return BulkTransfer(name, cents, date.fromisoformat(day), texts)


def test_a_list_alone_waits_for_its_transfer() -> None:
    assert pair([a_list("A", 100)], []) == {"A": Paired(None, ListWait.NO_TRANSFER)}


def test_one_amount_is_enough_where_it_is_one() -> None:
    found = pair([a_list("A", 100), a_list("B", 200)], [a_transfer("T", 200), a_transfer("U", 100)])
    assert found == {"A": Paired("U"), "B": Paired("T")}


def test_twins_on_either_side_are_for_people() -> None:
    twins = [a_transfer("T", 100), a_transfer("U", 100)]
    assert pair([a_list("A", 100)], twins)["A"].wait is ListWait.SEVERAL_TRANSFERS
    lists = [a_list("A", 100), a_list("B", 100)]
    assert {one.wait for one in pair(lists, twins[:1]).values()} == {ListWait.SEVERAL_LISTS}


def test_a_reference_that_both_say_settles_twins() -> None:
    lists = [a_list("A", 100, "BORD-0001"), a_list("B", 100, "BORD-0002")]
    transfers = [a_transfer("T", 100, "CAF bord 0002"), a_transfer("U", 100, "CAF BORD 0001")]
    assert pair(lists, transfers) == {"A": Paired("U"), "B": Paired("T")}


def test_a_reference_that_both_say_with_other_amounts_is_a_difference_not_another_transfers() -> None:
    found = pair([a_list("A", 100, "BORD-0001")], [a_transfer("T", 101, "BORD-0001"), a_transfer("U", 100)])
    assert found == {"A": Paired("T", ListWait.TOTAL_MISMATCH)}


def test_what_waits_at_the_same_time_and_is_not_the_sum_is_a_difference() -> None:
    near, far = a_transfer("T", 101, day="2026-11-12"), a_transfer("T", 101, day="2026-11-20")
    assert pair([a_list("A", 100)], [near]) == {"A": Paired("T", ListWait.TOTAL_MISMATCH)}
    assert pair([a_list("A", 100)], [far]) == {"A": Paired(None, ListWait.NO_TRANSFER)}


def test_a_transfer_that_has_its_list_is_no_difference_to_another() -> None:
    found = pair([a_list("A", 100), a_list("B", 200)], [a_transfer("T", 100)])
    assert found == {"A": Paired("T"), "B": Paired(None, ListWait.NO_TRANSFER)}
