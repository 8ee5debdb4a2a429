"""Acceptance cases of sector.md §7 once more, through the deployed stack: API, queues, functions, stream and views."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from acceptance.test_attribution import (
    test_a_known_payer_needs_no_reference_and_a_homonym_needs_a_person_once,
)
from acceptance.test_cases import (
    test_case_01_three_co_tenants,
    test_case_02_share_rounding,
    test_case_03_late_payment_after_a_tenant_change,
    test_case_05_aid_short,
    test_case_10_part_payment_with_a_target,
    test_case_10_part_payment_without_label,
    test_case_11_overpayment,
    test_case_14_negative_adjustment,
    test_case_16_both_are_paid_by_one_transfer_with_an_entry_each,
    test_case_16_money_in_advance_pays_the_next_dues_of_both,
    test_case_18_departed_tenant,
    test_case_20_unassigned_virtual_iban,
    test_case_21_payer_is_not_the_tenant,
)
from acceptance.test_cotenant_accounts import (
    test_whoever_pays_for_whom_the_number_says_whose_share_it_is,
)
from acceptance.test_reversals import (
    test_a_return_over_two_leases_of_a_group_reopens_the_dues_of_both,
    test_case_22_a_chargeback_is_a_reversal,
)
from acceptance.words import Words

from demonstration.ibans import french_iban
from quitus.domain.money import parse_euros

from .api import Answer, Api
from .conftest import Cloud

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

__all__ = [
    "test_a_known_payer_needs_no_reference_and_a_homonym_needs_a_person_once",
    "test_a_return_over_two_leases_of_a_group_reopens_the_dues_of_both",
    "test_case_01_three_co_tenants",
    "test_case_02_share_rounding",
    "test_case_03_late_payment_after_a_tenant_change",
    "test_case_05_aid_short",
    "test_case_10_part_payment_with_a_target",
    "test_case_10_part_payment_without_label",
    "test_case_11_overpayment",
    "test_case_14_negative_adjustment",
    "test_case_16_both_are_paid_by_one_transfer_with_an_entry_each",
    "test_case_16_money_in_advance_pays_the_next_dues_of_both",
    "test_case_18_departed_tenant",
    "test_case_20_unassigned_virtual_iban",
    "test_case_21_payer_is_not_the_tenant",
    "test_case_22_a_chargeback_is_a_reversal",
    "test_whoever_pays_for_whom_the_number_says_whose_share_it_is",
]

BANK, BRANCH = "17328", "89977"
_PARTIES = "lease_id;party_id;role;name;email;phone;share_percent;from_date;to_date"
_LANDLORDS = count(1)


class CloudCase(Words):
    """A landlord of its own on the local cloud; money is told by payment events, parties by files."""

    def __init__(
        self,
        api: Api,
        landlord: str,
        send: Callable[[str], None],
        drop: Callable[[str, bytes], None],
        idle: Callable[[], None],
    ) -> None:
        number = next(_LANDLORDS)
        self._api, self.landlord_id, self._send, self._drop, self._idle = api, landlord, send, drop, idle
        self._account = french_iban(BANK, BRANCH, f"2{number:010d}")
        self._numbers = count(1)
        held = api.put(f"/v1/landlords/{landlord}", settings(self._account, f"{number:03d}"))
        assert held.status == 201, held

    def request(self, method: str, path: str, body: Any, role: str, query: Mapping[str, str] | None) -> Answer:
        asked = "&".join(f"{name}={value}" for name, value in (query or {}).items())
        return self._api.call(method, f"{path}?{asked}" if asked else path, role, body)

    def catch_up(self) -> None:
        self._idle()

    def parties(self, *shares: tuple[str, str], lease_id: str = "L1", **dates: str) -> None:
        first, last = dates.get("from_date", ""), dates.get("to_date", "")
        rows = [f"{lease_id};{name};cotenant;{name};;;{share};{first};{last}" for name, share in shares]
        sequence = next(self._numbers)
        lines = [f"#quitus;parties;1;{sequence}", _PARTIES, *rows, f"#end;{len(rows)};0.00", ""]
        self._drop(f"erp/parties-{sequence}.csv", "\n".join(lines).encode())
        self._idle()

    def report(self, euros: str, on: str = "2026-11-05", **changes: Any) -> str:
        reference = f"REF-{next(self._numbers)}"
        event = {
            "schema": "quitus.payment-event/1",
            "event_id": reference,
            "landlord_id": self.landlord_id,
            "source": "bank:e2e",
            "kind": "credit",
            "bank_reference": reference,
            "amount_cents": parse_euros(euros),
            "currency": "EUR",
            "booking_date": on,
            "account_iban": self._account,
            "debtor": {"name": changes.pop("debtor_name", None), "iban": changes.pop("debtor_iban", None)},
            "means": changes.pop("means", "transfer"),
        }
        self._send(json.dumps(event | changes))
        self._idle()
        listed = self.get("/v1/payments", limit="500")["items"]
        told = [item for item in listed if reference in {source["message"] for source in item["sources"]}]
        assert len(told) == 1, f"{reference} among {len(listed)} payments"
        return str(told[0]["payment_id"])

    def take_back(
        self, payment_id: str, on: str, euros: str, reason: str = "AM04", kind: str = "return", means: str | None = None
    ) -> None:
        reference = f"REF-{next(self._numbers)}"
        (source,) = self.payment(payment_id)["sources"]
        event = {
            "schema": "quitus.payment-event/1",
            "event_id": reference,
            "landlord_id": self.landlord_id,
            "source": "bank:e2e",
            "kind": kind,
            "bank_reference": reference,
            "original_reference": source["message"],
            "reason": reason,
            "amount_cents": parse_euros(euros),
            "currency": "EUR",
            "booking_date": on,
            "account_iban": self._account,
            "means": means,
        }
        self._send(json.dumps(event))
        self._idle()


def settings(account: str, prefix: str) -> dict[str, Any]:
    numbers = {"bank_code": BANK, "branch_code": BRANCH, "account_prefix": prefix}
    return {
        "name": "SEMIGA",
        "siren": "123456782",
        "tolerance_cents": 500,
        "bank_accounts": [{"iban": account, "bic": "SWNBFR22XXX"}],
        "virtual_iban_range": numbers | {"bic": "SWNBFR22XXX", "payee_name": "SEMIGA"},
        "erp": {"kind": "none"},
    }


@pytest.fixture
def case(
    cloud: Cloud,
    api: Api,
    landlord: str,
    sqs: SQSClient,
    drop: Callable[[str, bytes], None],
    idle: Callable[[], None],
) -> Words:
    def send(event: str) -> None:
        sqs.send_message(QueueUrl=cloud.outputs["PaymentEventsQueueUrl"], MessageBody=event)

    return CloudCase(api, landlord, send, drop, idle)
