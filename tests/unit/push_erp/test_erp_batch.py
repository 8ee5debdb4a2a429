"""What a batch is: its name, its bytes, and what an answer means."""

from __future__ import annotations

import hashlib
import json

import pytest
from unit.push_erp.scenes import a_chain, an_entry

from quitus.adapters.erp_files import batch_csv
from quitus.domain.erp_batch import (
    Feed,
    IssuedIban,
    Outcome,
    answer_of,
    batch_body,
    batch_id,
    delay_seconds,
    entry_item,
    issued_iban_item,
)

ITEMS = [entry_item(("p", "s"), an_entry("A"), "P1"), entry_item(("p", "t"), an_entry(None), "P2")]


def test_a_batch_is_named_by_the_landlord_and_its_items() -> None:
    expected = hashlib.sha256(b"semiga\nentries\nA-1\nloose-1").hexdigest()
    assert batch_id("semiga", Feed.ENTRIES, ITEMS) == expected
    assert batch_id("other", Feed.ENTRIES, ITEMS) != expected
    assert batch_id("semiga", Feed.ENTRIES, ITEMS[::-1]) != expected


def test_the_bytes_of_a_batch_never_change() -> None:
    """A batch may be sent again after a deployment: whoever changes these bytes breaks every open batch."""
    body = batch_body("B1", Feed.ENTRIES, ITEMS)
    assert hashlib.sha256(body).hexdigest() == "d0ef016ffe2e2d01a95fb5a574b5d8b5405ae824b344b26c1a59cfbaa98ff53a"
    notice = issued_iban_item(("p", "s"), IssuedIban("A", "FR76", "BIC", "Régie É", "RF18"))
    assert batch_body("B2", Feed.VIRTUAL_IBANS, [notice]).decode() == (
        '{"batch_id":"B2","virtual_ibans":[{"lease_id":"A","iban":"FR76","bic":"BIC","payee_name":"Régie É",'
        '"payment_reference":"RF18"}]}'
    )


def test_the_virtual_iban_of_a_co_tenant_names_the_co_tenant() -> None:
    notice = issued_iban_item(("p", "s"), IssuedIban("A", "FR76", "BIC", "Régie É", "RF18", "P2"))
    assert notice.document["party_id"] == "P2"
    assert batch_csv(Feed.VIRTUAL_IBANS, [notice]).splitlines() == [
        "lease_id;iban;bic;payee_name;payment_reference;party_id",
        "A;FR76;BIC;Régie É;RF18;P2",
    ]


def test_an_entry_has_the_fields_of_the_contract_and_no_others() -> None:
    second = a_chain("A", 2)[1]
    document = json.loads(batch_body("B1", Feed.ENTRIES, [entry_item(("p", "s"), second, "P1")]))["entries"][0]
    assert list(document) == [
        "entry_id",
        "lease_id",
        "sequence",
        "kind",
        "payment_id",
        "booking_date",
        "lines",
        "hash",
        "previous_hash",
    ]
    assert list(document["lines"][0]) == ["account", "auxiliary", "label", "debit_cents", "credit_cents"]
    assert (document["sequence"], document["previous_hash"]) == (2, a_chain("A", 1)[0].hash)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACCEPTED),
        (204, Outcome.ACCEPTED),
        (302, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (408, Outcome.FAILED),
        (409, Outcome.FAILED),
        (425, Outcome.FAILED),
        (429, Outcome.FAILED),
        (500, Outcome.FAILED),
        (503, Outcome.FAILED),
    ],
)
def test_what_a_status_means(status: int, outcome: Outcome) -> None:
    assert answer_of(status).outcome is outcome


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    assert [delay_seconds(Outcome.FAILED, failures) for failures in (1, 2, 3, 10, 11, 500)] == [1, 2, 4, 512, 900, 900]
    assert [delay_seconds(Outcome.REFUSED, failures) for failures in (1, 2, 5)] == [60, 120, 900]
