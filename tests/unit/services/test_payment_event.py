"""What a payment event says, as a movement."""

from __future__ import annotations

import json
from typing import Any

import pytest
from builders import BANK_ACCOUNT, a_virtual_iban

from quitus.domain.movement import Movement
from quitus.services.payment_event import decoded_event

IBAN, OTHER, REFERENCE = a_virtual_iban(1), a_virtual_iban(2), "RF18539007547034"
GROUPED = " ".join(IBAN[at : at + 4] for at in range(0, len(IBAN), 4))


def movement(**said: Any) -> Movement:
    event = {
        "schema": "quitus.payment-event/1",
        "event_id": "e1",
        "landlord_id": "semiga",
        "source": "bank:instant",
        "kind": "credit",
        "bank_reference": "R1",
        "amount_cents": 45000,
        "currency": "EUR",
        "booking_date": "2026-11-05",
        "account_iban": BANK_ACCOUNT,
    }
    return decoded_event(json.dumps(event | said)).incoming(BANK_ACCOUNT).movement


@pytest.mark.parametrize("text", [f"LOYER {IBAN}", f"LOYER {GROUPED} MERCI", f"loyer {IBAN.lower()}"])
def test_an_account_in_the_text_of_a_credit_is_found_as_in_a_bank_line(text: str) -> None:
    assert movement(remittance=text).other_accounts == ((IBAN, "remittance"),)


def test_a_reference_in_the_text_of_a_credit_is_found_too() -> None:
    assert movement(remittance=f"LOYER {REFERENCE}").payment_reference == REFERENCE


@pytest.mark.parametrize(
    "said", [{"virtual_iban": OTHER}, {"payment_reference": "RF712348231"}, {"due_ids": ["nov-1"]}]
)
def test_what_the_event_says_itself_is_not_contradicted_by_its_text(said: dict[str, Any]) -> None:
    told = movement(remittance=f"LOYER {IBAN} {REFERENCE}", **said)
    assert told.other_accounts == ()
    assert told.payment_reference == said.get("payment_reference")


@pytest.mark.parametrize(
    "said", [{}, {"remittance": ""}, {"remittance": f"RETOUR {IBAN} {REFERENCE}", "kind": "return"}]
)
def test_a_return_and_an_event_without_text_name_nothing(said: dict[str, str]) -> None:
    told = movement(**said)
    assert (told.other_accounts, told.payment_reference) == ((), None)
