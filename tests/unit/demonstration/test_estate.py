from collections import Counter
from datetime import date

import pytest
from unit.demonstration.scenes import a_scene

from demonstration.estate import FEWEST_LEASES, estate

ON = date(2026, 11, 10)


def test_the_full_landlord_has_2900_leases_in_116_residences_and_43_communes() -> None:
    held = estate(1, 2900, ON)
    assert len(held.leases) == 2900
    assert len({lease.lease_id for lease in held.leases}) == 2900
    assert len({lease.residence.residence_id for lease in held.leases}) == len(held.residences) == 116
    assert len({residence.name for residence in held.residences}) == 116
    assert len({residence.commune for residence in held.residences}) == 43


@pytest.mark.parametrize("leases", [FEWEST_LEASES, 200, 2900, 40_000])
def test_every_size_keeps_its_number_of_leases_and_fills_every_residence(leases: int) -> None:
    held = estate(1, leases, ON)
    assert len(held.leases) == leases
    assert len({lease.residence for lease in held.leases}) == len(held.residences)


def test_the_same_seed_invents_the_same_landlord_and_another_seed_another() -> None:
    assert estate(7, 200, ON) == estate(7, 200, ON) != estate(8, 200, ON)


def test_too_few_leases_are_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        estate(1, FEWEST_LEASES - 1, ON)


def test_annexes_share_holder_and_account_group_with_their_dwelling() -> None:
    groups: dict[str, list[str]] = {}
    for lease in a_scene().estate.leases:
        if lease.account_group:
            groups.setdefault(lease.account_group, []).append(lease.unit_kind)
            dwelling = next(one for one in a_scene().estate.leases if one.account_group == lease.account_group)
            assert dwelling.holder == lease.holder
    assert groups
    assert all(kinds[0] == "dwelling" and len(kinds) <= 3 for kinds in groups.values())
    assert {"parking", "bike"} <= {kind for kinds in groups.values() for kind in kinds}


def test_a_departed_tenants_unit_is_let_again() -> None:
    leases = a_scene().estate.leases
    departed = [lease for lease in leases if not lease.is_active]
    assert departed
    units = Counter(lease.unit_id for lease in leases)
    assert any(units[lease.unit_id] == 2 for lease in departed)
    assert all(lease.end_date and lease.end_date < ON for lease in departed)


def test_the_shares_of_co_tenants_make_a_hundred_percent() -> None:
    shared = [lease for lease in a_scene().estate.leases if lease.parties]
    assert shared
    for lease in shared:
        hundredths = [int(party.share_percent.replace(".", "")) for party in lease.parties if party.share_percent]
        assert sum(hundredths) == 10_000
