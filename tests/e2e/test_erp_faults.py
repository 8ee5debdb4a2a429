"""The ERP answers an error after applying, then is down, then up again: each entry once, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Thread
from typing import Any

import pytest

from demonstration.ibans import french_iban
from demonstration.waiting import wait_until
from erp_stand_in import StandIn

from .api import Api
from .days import TODAY
from .first_flow import BANK, BRANCH
from .test_first_flow import settings

RECEIPTS = 12
PATIENCE_SECONDS = 90


@pytest.fixture
def erp() -> Iterator[StandIn]:
    with StandIn() as erp:
        thread = Thread(target=erp.serve_forever)
        thread.start()
        yield erp
        erp.shutdown()
        thread.join()


def test_an_erp_that_fails_in_every_way_gets_each_entry_once_and_in_order(
    api: Api, landlord: str, erp: StandIn
) -> None:
    told: dict[str, Any] = settings(erp.url) | {
        "bank_accounts": [
            {"iban": french_iban(BANK, BRANCH, "30000000003"), "bic": "SWNBFR22XXX", "profile": "default"}
        ]
    }
    told["virtual_iban_range"] |= {"account_prefix": "7"}
    assert api.put(f"/v1/landlords/{landlord}", told).status == 201
    for lease_id in ("A", "B"):
        assert api.put(f"/v1/leases/{lease_id}", LEASE).status == 201
    for number, mode in enumerate(["error_after_applying", "down", "garbage", "ok"]):
        erp.journal.set_mode({"mode": mode})
        for place in range(RECEIPTS // 4):
            receipt = {"lease_id": "AB"[place % 2], "amount_cents": 1000 + 10 * number + place, "means": "cheque"}
            slip = {"received_on": TODAY.isoformat(), "reference": f"{number}-{place}"}
            answer = api.post("/v1/payments", receipt | slip)
            assert answer.status == 201
    unpaid = {"reason": "unpaid", "reversed_on": TODAY.isoformat()}
    assert api.post(f"/v1/payments/{answer.body['payment_id']}/reverse", unpaid).status == 200
    assert wait_until(lambda: len(erp.journal.entries) > RECEIPTS, PATIENCE_SECONDS)
    assert wait_until(lambda: len(erp.journal.others.get("reversals", [])) == 1, PATIENCE_SECONDS)
    (taken,) = erp.journal.others["reversals"]
    assert (taken["lease_id"], taken["amount_cents"], taken["reason"]) == ("A", 1032, "unpaid")
    _the_erp_knows_the_receipts(erp.journal.others, answer.body["payment_id"])
    assert erp.journal.errors == []
    sequences = [(entry["lease_id"], entry["sequence"]) for entry in erp.journal.entries]
    for lease_id, count in (("A", 9), ("B", 4)):
        assert [number for lease, number in sequences if lease == lease_id] == list(range(1, count + 1))


def _the_erp_knows_the_receipts(told: Mapping[str, list[Any]], came_back: str) -> None:
    """The last notice of each says how it stands and what it settles: here nothing is called, all is credit. What came
    back before the first notice of it was made has one only, and none of what it settles.
    """

    def last(feed: str) -> Mapping[str, Any]:
        return {one["payment_id"]: one for one in told.get(feed, [])}

    def left() -> Mapping[str, int]:
        return {payment_id: one["left_cents"] for payment_id, one in last("receipts").items()}

    def settled() -> Mapping[str, int]:
        return {came_back: 0} | {payment_id: one["credit_cents"] for payment_id, one in last("allocations").items()}

    assert wait_until(lambda: len(left()) == RECEIPTS and left()[came_back] == 0, PATIENCE_SECONDS)
    assert wait_until(lambda: settled() == left(), PATIENCE_SECONDS)
    for payment_id, one in last("receipts").items():
        is_back = payment_id == came_back
        assert (one["number"] <= 1 + is_back, one["status"]) == (True, "reversed" if is_back else "posted")
        assert one["left_cents"] == (0 if is_back else one["amount_cents"])


LEASE = {
    "status": "active",
    "start_date": "2020-01-01",
    "end_date": None,
    "unit_id": "U1",
    "unit_kind": "dwelling",
    "residence_id": "R1",
    "residence_name": "Les Micocouliers",
    "street": None,
    "postal_code": None,
    "commune": "Nîmes",
    "account_group": None,
    "holder_name": "Camille Roux",
    "holder_email": None,
    "holder_phone": None,
    "language": "fr",
    "e_receipt_consent": False,
}
