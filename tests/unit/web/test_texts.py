"""A landlord's own words of letters: checked when they are put, taken back, never another's."""

from __future__ import annotations

import pytest
from unit.web.office import Office

from quitus.adapters.text_rows import LetterTextRows
from quitus.domain.letter_texts import DEFAULTS, LetterKind, LetterText
from quitus.domain.wording import Language

PATH = "/v1/landlords/semiga/texts/notice"
OWN = "Cher {holder},\n\n{total} pour {period}, avant le {pay_by}."


def test_the_usual_words_are_shown_with_what_may_and_must_stand_in_them() -> None:
    shown = Office().settle_in().get(PATH, role="viewer")
    assert (shown["fr"], shown["en"]) == (None, None)
    assert shown["usual_fr"] == DEFAULTS[LetterKind.NOTICE][Language.FR]
    assert shown["required"] == ["period", "total", "pay_by"]
    assert "holder" in shown["placeholders"]


def test_own_words_are_kept_and_taken_back() -> None:
    office = Office().settle_in()
    put = office.ask("PUT", PATH, {"fr": OWN})
    assert (put.status, put.body["fr"], put.body["en"]) == (200, OWN, None)
    assert office.get(PATH) == put.body
    assert LetterTextRows(office.table).all("semiga") == {LetterKind.NOTICE: LetterText(fr=OWN)}
    assert office.ask("DELETE", PATH).status == 204
    assert office.get(PATH)["fr"] is None


@pytest.mark.parametrize("raw", ["", " ", "\n"])
def test_a_request_without_words_erases_none(raw: str) -> None:
    office = Office().settle_in()
    assert office.ask("PUT", PATH, {"fr": OWN}).status == 200
    refused = office.ask("PUT", PATH, raw=raw)
    assert (refused.status, refused.code) == (400, "malformed_json")
    assert office.get(PATH)["fr"] == OWN


def test_what_is_wrong_with_a_text_is_named_and_nothing_is_kept() -> None:
    office = Office().settle_in()
    refused = office.ask("PUT", PATH, {"fr": OWN, "en": "<b>{iban}</b>"})
    assert (refused.status, refused.code) == (422, "invalid_text")
    assert refused.body["error"]["detail"] == {
        "field": "en",
        "unknown": ["iban"],
        "missing": ["period", "total", "pay_by"],
        "active": ["</b", "<b"],
    }
    assert office.get(PATH)["fr"] is None


@pytest.mark.parametrize("body", [{"fr": ""}, {"fr": "x" * 4001}, {"de": OWN}, {"fr": 1}])
def test_what_is_no_text_is_refused(body: dict[str, object]) -> None:
    assert Office().settle_in().ask("PUT", PATH, body).code == "invalid_request"


def test_only_administrators_change_words_and_only_their_own_landlord_s() -> None:
    office = Office().settle_in()
    for role in ("viewer", "collections", "accountant", "erp"):
        assert office.ask("PUT", PATH, {"fr": OWN}, role=role).status == 403
        assert office.ask("DELETE", PATH, role=role).status == 403
    assert office.ask("GET", PATH, landlord="habitat").code == "landlord_not_found"
    assert office.ask("PUT", PATH, {"fr": OWN}, landlord="habitat").code == "landlord_not_found"
    assert office.ask("GET", "/v1/landlords/semiga/texts/poem").code == "text_not_found"


def test_who_changed_words_is_listed() -> None:
    office = Office().settle_in()
    office.ask("PUT", PATH, {"fr": OWN})
    (act,) = [act for act in office.get("/v1/audit")["items"] if act["action"] == "letter_text"]
    assert (act["by"], act["about"]) == ("sub-admin", {"text": "notice"})


def test_each_change_of_words_is_logged() -> None:
    office = Office().settle_in()
    for words in (OWN, OWN + " Merci."):
        assert office.ask("PUT", PATH, {"fr": words}).status == 200
    assert office.ask("DELETE", PATH).status == 204
    acts = [act for act in office.get("/v1/audit")["items"] if act["action"] == "letter_text"]
    assert len(acts) == 3
