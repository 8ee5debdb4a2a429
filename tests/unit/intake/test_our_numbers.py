"""Money on a number of ours that is on no lease: of the pool, of a range, of a range that was replaced."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import RANGE, a_landlord, a_virtual_iban
from unit.erp.office import LANDLORD, a_file
from unit.intake.counter import Counter, Entry, a_statement, camt
from unit.web.office import Office

from quitus.adapters.landlord_rows import LandlordRows
from quitus.domain.landlord import Landlord

POOLED = a_landlord(virtual_iban_range=None, virtual_iban_pool="main")
FOREIGN = "FR7630004000031234567890143"
NUMBER = a_virtual_iban(7)


def a_pool(*ibans: str) -> bytes:
    return a_file("virtual_ibans", "iban;bic;payee_name", [f"{iban};SWNBFR22XXX;SEMIGA" for iban in ibans])


def reason(counter: Counter, iban: str) -> tuple[str, list[str]]:
    """Why a credit on a number is in suspense, and the alerts that follow."""
    counter.drop(camt(a_statement([Entry(27_500, iban)])))
    office = Office(counter.memory)
    office.follow()
    (payment,) = office.get("/v1/payments")["items"]
    return payment["match"]["reason"], counter.alerts()


def test_a_number_of_the_pool_that_is_on_no_lease_is_an_alert() -> None:
    counter = Counter(POOLED)
    counter.drop(a_pool(NUMBER), "pool.csv", folder=f"{LANDLORD}/erp")
    assert reason(counter, NUMBER) == ("unknown_virtual_iban", ["unassigned_virtual_iban"])


def test_a_number_that_the_pool_does_not_have_is_none_of_ours() -> None:
    assert reason(Counter(POOLED), NUMBER) == ("no_evidence", [])


@pytest.mark.parametrize(
    "now",
    [
        a_landlord(virtual_iban_range=replace(RANGE, account_prefix="5")),
        a_landlord(virtual_iban_range=replace(RANGE, bank_code="30004")),
        POOLED,
    ],
)
def test_a_number_of_a_former_range_is_an_alert(now: Landlord) -> None:
    counter = Counter()
    for settings in (now, replace(now, name="SEMIGA-EHTP")):
        LandlordRows(counter.memory).put(settings)
    assert reason(counter, NUMBER) == ("unknown_virtual_iban", ["unassigned_virtual_iban"])


def test_former_ranges_are_those_that_are_not_the_present_one() -> None:
    rows = LandlordRows(Counter().memory)
    for prefix, former in [("5", ("17328899004",)), ("6", ("17328899004", "17328899005")), ("5", None)]:
        rows.put(a_landlord(virtual_iban_range=replace(RANGE, account_prefix=prefix)))
        assert rows.get(LANDLORD).former_ranges == (former or ("17328899004", "17328899006"))


def test_an_account_of_somebody_else_is_none_of_ours() -> None:
    assert reason(Counter(), FOREIGN) == ("no_evidence", [])
