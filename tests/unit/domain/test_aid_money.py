"""What of a tenant's credit aids brought, whichever way it went."""

from __future__ import annotations

from builders import a_due, an_account

from quitus.domain.aid_money import aid_money
from quitus.domain.charged import History, Offset
from quitus.domain.lease import CreditLot, Debtor, Due, DueKind

APL = a_due("apl", -19000, kind=DueKind.AID_APL)


def of_aids(dues: list[Due], offsets: list[Offset], **lots: int) -> dict[str, int]:
    account = an_account(credits=tuple(CreditLot(f"due:{name}", cents) for name, cents in lots.items()))
    found = aid_money(account, History({due.due_id: due for due in dues}, offsets))
    return {source.removeprefix("due:"): cents for source, cents in found.items()}


def test_all_that_an_aid_left_is_of_aids() -> None:
    assert of_aids([APL], [], apl=4000) == {"apl": 4000}


def test_a_lowered_due_keeps_the_aids_as_long_as_it_calls_as_much() -> None:
    paid = [Offset("apl", "nov", 19000)]
    assert of_aids([APL, a_due("nov", 40000)], paid, nov=10000) == {"nov": 0}
    assert of_aids([APL, a_due("nov", 15000)], paid, nov=35000) == {"nov": 4000}
    assert of_aids([APL, a_due("nov", 0)], paid, nov=50000) == {"nov": 19000}


def test_aids_are_followed_through_another_due_and_back_when_that_is_undone() -> None:
    dues = [APL, a_due("nov", 0), a_due("dec", 0)]
    passed = [Offset("apl", "nov", 19000), Offset("nov", "dec", 25000)]
    assert of_aids(dues, passed, dec=25000) == {"dec": 19000}
    undone = [*passed, Offset("nov", "dec", -25000)]
    assert of_aids(dues, undone, nov=25000, dec=100) == {"nov": 19000, "dec": 0}


def test_what_another_due_gave_without_aids_takes_none_of_them_back() -> None:
    dues = [APL, a_due("oct", 0), a_due("nov", 0)]
    paid = [Offset("apl", "nov", 19000), Offset("oct", "nov", 10000), Offset("oct", "nov", -10000)]
    assert of_aids(dues, paid, nov=19000, oct=10000) == {"nov": 19000, "oct": 0}


def test_what_the_payer_of_aids_paid_too_much_is_on_another_account() -> None:
    dues = [APL, a_due("nov", 0)]
    assert of_aids(dues, [Offset("apl", "nov", 19000, Debtor.PAYER)], nov=5000) == {"nov": 0}
