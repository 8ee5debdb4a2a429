"""A landlord's settings: created and replaced by its administrator, shown as they were put."""

from __future__ import annotations

from typing import Any

import pytest
from builders import BANK_ACCOUNT
from faults import InterruptedTable
from unit.web.office import CAF, LANDLORD, LEASE, Office, other_landlord

from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.memory import MemoryTable
from quitus.adapters.numbering import Numbering
from quitus.banking.profiles import PROFILES

IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"


def test_a_landlord_is_created_by_its_administrator_and_shown_as_it_was_put() -> None:
    office = Office()
    created = office.ask("PUT", "/v1/landlords/semiga", LANDLORD)
    assert created.status == 201
    shown = office.get("/v1/landlords/semiga", role="viewer")
    assert {name: shown[name] for name in LANDLORD} == LANDLORD
    assert shown["virtual_ibans"] == {"capacity": 10_000_000_000, "issued": 0}
    assert created.body == shown


def test_putting_again_replaces_the_whole() -> None:
    office = Office()
    office.ask("PUT", "/v1/landlords/semiga", LANDLORD)
    slim = {name: LANDLORD[name] for name in ("name", "siren", "bank_accounts", "virtual_iban_range")}
    assert office.ask("PUT", "/v1/landlords/semiga", slim).status == 200
    shown = office.get("/v1/landlords/semiga")
    assert shown["creditor_identifier"] is None
    assert shown["erp"] == {"kind": "none", "url": None, "accounts": {}}
    assert shown["contact"] is None


def test_the_settings_are_in_the_action_log() -> None:
    office = Office()
    office.ask("PUT", "/v1/landlords/semiga", LANDLORD)
    assert [kind for _, kind, _ in office.outside.action_log.actions] == ["settings"]


@pytest.mark.parametrize(
    "contact",
    [
        {"phone": "call me"},
        {"phone": "+33 4 66 00 00 00\n"},
        {"email": "accueil"},
        {"address": "Nîmes\u202e"},
        {"hours": ""},
        {"hours": "x" * 251},
        {"fax": "04 66 00 00 00"},
    ],
)
def test_a_contact_that_cannot_be_printed_is_refused(contact: dict[str, Any]) -> None:
    refused = Office().ask("PUT", "/v1/landlords/semiga", LANDLORD | {"contact": contact})
    assert (refused.status, refused.code) == (422, "invalid_request")


def test_a_contact_may_be_a_telephone_alone() -> None:
    office = Office().settle_in()
    office.ask("PUT", "/v1/landlords/semiga", LANDLORD | {"contact": {"phone": "3949"}})
    shown = office.get("/v1/landlords/semiga")["contact"]
    assert shown == {"phone": "3949", "email": None, "address": None, "hours": None}


def test_issued_virtual_ibans_are_counted() -> None:
    office = Office().settle_in()
    assert office.get("/v1/landlords/semiga")["virtual_ibans"]["issued"] == 2


def test_a_landlord_that_does_not_exist_and_another_one_have_the_same_answer() -> None:
    office = Office().settle_in()
    office.settle_in("habitat")
    other = office.ask("GET", "/v1/landlords/habitat")
    unknown = office.ask("GET", "/v1/landlords/nobody")
    assert (other.status, other.code) == (unknown.status, unknown.code) == (404, "landlord_not_found")
    assert office.ask("PUT", "/v1/landlords/habitat", LANDLORD).status == 404


def test_landlords_of_one_bank_may_share_a_range_and_never_a_number() -> None:
    office = Office().settle_in()
    shared = other_landlord() | {"virtual_iban_range": LANDLORD["virtual_iban_range"]}
    assert office.ask("PUT", "/v1/landlords/habitat", shared, landlord="habitat").status == 201
    numbering = Numbering(office.table, lambda: b"secret")
    landlords = [LandlordRows(office.table).get(name) for name in ("semiga", "habitat", "semiga")]
    taken = [account.iban for landlord in landlords for account in numbering.take(landlord, 5).accounts]
    assert len(set(taken)) == 15


def a_range(prefix: str, branch: str = "89900") -> dict[str, Any]:
    changed = LANDLORD["virtual_iban_range"] | {"account_prefix": prefix, "branch_code": branch}
    return {"virtual_iban_range": changed}


@pytest.mark.parametrize(
    ("mine", "theirs"), [("40", "4"), ("4", "40"), ("40000000", "4000000"), ("", "7"), ("1234567890", "")]
)
def test_ranges_of_two_landlords_never_overlap(mine: str, theirs: str) -> None:
    office = Office()
    assert office.ask("PUT", "/v1/landlords/semiga", LANDLORD | a_range(mine)).status == 201
    refused = office.ask("PUT", "/v1/landlords/habitat", other_landlord() | a_range(theirs), landlord="habitat")
    assert (refused.status, refused.code) == (409, "range_taken")
    other_branch = other_landlord() | a_range(theirs, "89901")
    assert office.ask("PUT", "/v1/landlords/habitat", other_branch, landlord="habitat").status == 201


def test_ranges_side_by_side_and_ranges_of_one_landlord_are_fine() -> None:
    office = Office()
    for prefix, status in [("40", 201), ("40", 200), ("4000", 200), ("40", 200)]:
        assert office.ask("PUT", "/v1/landlords/semiga", LANDLORD | a_range(prefix)).status == status
    beside = other_landlord() | a_range("41")
    assert office.ask("PUT", "/v1/landlords/habitat", beside, landlord="habitat").status == 201
    for prefix in ("4", "400"):
        around = other_landlord() | a_range(prefix)
        assert office.ask("PUT", "/v1/landlords/habitat", around, landlord="habitat").code == "range_taken"


@pytest.mark.parametrize("call", range(1, 8))
def test_of_two_overlapping_ranges_claimed_at_once_one_is_refused(call: int) -> None:
    table, codes = MemoryTable(), []

    def claim() -> None:
        theirs = other_landlord() | a_range("40")
        codes.append(Office(table).ask("PUT", "/v1/landlords/habitat", theirs, landlord="habitat").status)

    late = Office(InterruptedTable(table, call, claim))
    codes.append(late.ask("PUT", "/v1/landlords/semiga", LANDLORD | a_range("4")).status)
    assert sorted(codes) == [201, 409]


def test_what_was_read_can_be_put_back() -> None:
    office = Office().settle_in()
    shown = office.get("/v1/landlords/semiga")
    put = office.ask("PUT", "/v1/landlords/semiga", shown)
    assert (put.status, put.body) == (200, shown)


@pytest.mark.parametrize("prefix", ["", "4000000000"])
def test_a_range_may_be_a_whole_branch_or_ten_numbers(prefix: str) -> None:
    office = Office()
    capacity = 10 ** (11 - len(prefix))
    assert office.ask("PUT", "/v1/landlords/semiga", LANDLORD | a_range(prefix)).status == 201
    assert office.get("/v1/landlords/semiga")["virtual_ibans"]["capacity"] == capacity
    issued = {office.ask("PUT", f"/v1/leases/L{number}", LEASE).body["virtual_iban"] for number in range(10)}
    assert len({iban for iban in issued if iban[4:].startswith(f"1732889900{prefix}")}) == 10


@pytest.mark.parametrize("landlord", ["client", "range", "-", "-semiga"])
def test_no_landlord_has_a_name_that_the_deployment_uses(landlord: str) -> None:
    office = Office()
    refused = office.ask("PUT", f"/v1/landlords/{landlord}", LANDLORD, landlord=landlord)
    assert (refused.status, refused.code) == (422, "reserved_landlord_id")
    assert not office.outside.action_log.actions
    assert not office.table.rows


@pytest.mark.parametrize(
    "change",
    [
        {"siren": "12345678"},
        {"siren": "١٢٣٤٥٦٧٨٢"},
        {"name": ""},
        {"name": "a\nb"},
        {"tolerance_cents": 5.0},
        {"tolerance_cents": "500"},
        {"tolerance_cents": True},
        {"bank_accounts": [{"iban": "FR7630006000011234567890188", "bic": "AGRIFRPP"}]},
        {"bank_accounts": [{"iban": "FR1430006000011234567890100", "bic": "AGRIFRPP"}]},
        {"virtual_iban_range": LANDLORD["virtual_iban_range"] | {"bank_code": "1732"}},
        {"virtual_iban_range": LANDLORD["virtual_iban_range"] | {"account_prefix": "12345678901"}},
        {"virtual_iban_range": LANDLORD["virtual_iban_range"] | {"account_prefix": "4a"}},
        {"allocation_mode": "mine"},
        {"unknown": 1},
        {"landlord_id": "habitat"},
        {"erp": {"kind": "rest", "url": None, "accounts": {}}},
        {"erp": {"kind": "rest", "url": "https://erp.example.org", "accounts": {"kitchen": "411"}}},
    ],
)
def test_a_setting_that_breaks_a_rule_is_refused(change: dict[str, Any]) -> None:
    assert Office().ask("PUT", "/v1/landlords/semiga", LANDLORD | change).status == 422


@pytest.mark.parametrize(
    ("change", "code", "detail"),
    [
        ({"bank_accounts": LANDLORD["bank_accounts"] * 2}, "bank_account_twice", {"ending": BANK_ACCOUNT[-4:]}),
        (
            {"bank_accounts": [LANDLORD["bank_accounts"][0] | {"profile": "mine"}]},
            "unknown_profile",
            {"known": sorted(PROFILES)},
        ),
        ({"virtual_iban_range": None}, "no_virtual_iban_source", {}),
        ({"virtual_iban_pool": "main"}, "no_virtual_iban_source", {}),
        ({"bulk_payers": [CAF, CAF]}, "bulk_payer_twice", {"payer_ids": [CAF["payer_id"]] * 2}),
    ],
)
def test_settings_that_do_not_fit_together_are_refused_by_name(
    change: dict[str, Any], code: str, detail: dict[str, Any]
) -> None:
    office = Office()
    put = office.ask("PUT", "/v1/landlords/semiga", LANDLORD | change)
    assert (put.status, put.code, put.body["error"]["detail"]) == (422, code, detail)
    assert not office.outside.action_log.actions


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_bank_account_may_have_any_profile(name: str) -> None:
    accounts = [LANDLORD["bank_accounts"][0] | {"profile": name}]
    assert Office().ask("PUT", "/v1/landlords/semiga", LANDLORD | {"bank_accounts": accounts}).status == 201


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.org",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "http://localhost:8080",
        "https://10.0.0.1",
        "https://192.168.1.10/erp",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://intranet/erp",
        "https://erp.internal/",
        "https://user:pass@erp.example.org/",
        "ftp://erp.example.org",
        "https://",
        "nonsense",
        "https://erp.example.org:99999/",
    ],
)
def test_an_erp_inside_a_network_or_without_tls_is_refused(url: str) -> None:
    refused = Office().ask("PUT", "/v1/landlords/semiga", LANDLORD | {"erp": {"kind": "rest", "url": url}})
    assert (refused.status, refused.code) == (422, "erp_address_refused")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/erp", "http://localhost:9000", "https://erp.example.org/x"])
def test_on_the_local_cloud_an_erp_may_be_on_this_machine(url: str) -> None:
    office = Office()
    office.outside.loopback_erp = True
    assert office.ask("PUT", "/v1/landlords/semiga", LANDLORD | {"erp": {"kind": "rest", "url": url}}).status == 201


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://erp.example.org/", "https://192.168.0.1/"])
def test_even_on_the_local_cloud_plain_http_stays_on_this_machine(url: str) -> None:
    office = Office()
    office.outside.loopback_erp = True
    assert office.ask("PUT", "/v1/landlords/semiga", LANDLORD | {"erp": {"kind": "rest", "url": url}}).status == 422


@pytest.mark.parametrize(
    ("mine", "theirs", "is_refused"),
    [
        ({"ibans": [IBAN]}, {"ibans": [IBAN.lower()]}, True),
        ({"names": ["CAF DU GARD"]}, {"names": ["Caf  du gard"]}, True),
        ({"names": ["CAF"]}, {"names": ["MSA", "CAF DU GARD"]}, True),
        ({"names": ["CAF DU GARD"]}, {"names": ["CAF"]}, True),
        ({"names": ["CAF DU GARD"]}, {"names": ["CAF DU GARDON"]}, False),
        ({"ibans": [IBAN]}, {"ibans": [OTHER_IBAN]}, False),
        ({"names": ["CAF 30"]}, {"names": ["CAF 34"], "ibans": [IBAN]}, False),
    ],
)
def test_a_transfer_is_of_one_payer_of_lists(mine: dict[str, Any], theirs: dict[str, Any], is_refused: bool) -> None:
    office = Office()
    nobody = CAF | {"ibans": [], "names": []}
    payers = [nobody | {"payer_id": "one"} | mine, nobody | {"payer_id": "other"} | theirs]
    put = office.ask("PUT", "/v1/landlords/semiga", LANDLORD | {"bulk_payers": payers})
    if is_refused:
        assert (put.status, put.code) == (422, "bulk_payer_twice")
        assert put.body["error"]["detail"] == {"payer_ids": ["one", "other"]}
        assert not office.outside.action_log.actions
    else:
        assert put.status == 201


@pytest.mark.parametrize(("names", "status"), [(["M"], 422), (["MME"], 422), (["É. C."], 422), (["PAYZEN"], 201)])
def test_a_sender_of_payouts_has_a_name_that_no_tenants_name_begins_with(names: list[str], status: int) -> None:
    put = Office().ask("PUT", "/v1/landlords/semiga", LANDLORD | {"payout_senders": [{"names": names}]})
    assert put.status == status
