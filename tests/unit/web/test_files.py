"""A quarantined file over HTTP: why it is kept out, and what people decide about it."""

from __future__ import annotations

from typing import Any

import pytest
from unit.web.office import Office, registered

from quitus.services.registry import FileStatus

SEEN = {"reason": "La banque confirme par téléphone."}


@pytest.fixture
def office() -> Office:
    office = Office().settle_in()
    office.quarantine("F1")
    return office


def decide(office: Office, verdict: str, file_id: str = "F1", body: Any = SEEN, **named: Any) -> Any:
    return office.ask("POST", f"/v1/files/{file_id}/{verdict}", body, role="accountant", **named)


def open_alerts(office: Office) -> list[str]:
    return [item["subject"] for item in office.get("/v1/alerts")["items"] if item["closed_at"] is None]


def test_a_quarantined_file_says_what_is_wrong_and_where(office: Office) -> None:
    file = office.get("/v1/files/F1")
    assert (file["status"], file["reason"], file["problem_count"]) == ("quarantined", "balance_mismatch", 1)
    assert file["problems"] == [
        {"code": "balance_mismatch", "message": "One cent apart.", "where": "statement 1"},
    ]
    assert (file["decision"], file["superseded_by"]) == (None, None)


def test_a_released_file_is_taken_up_again_and_says_who_answers_for_it(office: Office) -> None:
    answered = decide(office, "release")
    assert (answered.status, answered.body["status"], answered.body["reason"]) == (200, "processing", None)
    assert answered.body["decision"] == {
        "kind": "release",
        "reason": SEEN["reason"],
        "decided_by": "sub-accountant",
        "decided_at": "2026-11-05T09:30:00.000+00:00",
        "vouched": ["balance_mismatch"],
        "contradiction": None,
    }
    assert office.outside.intake_queue.sent == [{"resume": {"landlord_id": "semiga", "file_id": "F1"}}]
    assert open_alerts(office) == []
    assert office.get("/v1/files/F1") == answered.body


def test_a_rejected_file_stays_with_its_reason(office: Office) -> None:
    answered = decide(office, "reject")
    assert (answered.status, answered.body["status"], answered.body["reason"]) == (200, "refused", "balance_mismatch")
    assert (answered.body["decision"]["kind"], answered.body["problem_count"]) == ("reject", 1)
    assert (office.outside.intake_queue.sent, open_alerts(office)) == ([], [])
    assert [kind for _, kind, _ in office.outside.action_log.actions if kind == "file-decisions"] == ["file-decisions"]


@pytest.mark.parametrize("verdict", ["release", "reject"])
def test_a_file_is_decided_on_once(office: Office, verdict: str) -> None:
    first = decide(office, verdict, key="k1")
    assert decide(office, verdict, key="k1") == first
    for again in ("release", "reject"):
        refused = decide(office, again)
        assert (refused.status, refused.code) == (409, "file_not_quarantined")
    assert decide(office, verdict, body={"reason": "other"}, key="k1").code == "idempotency_key_reused"


@pytest.mark.parametrize("verdict", ["release", "reject"])
def test_another_landlords_file_and_one_of_nobody_are_not_found(office: Office, verdict: str) -> None:
    assert decide(office, verdict, landlord="habitat").code == "file_not_found"
    for file_id in ("NONE", "é"):
        assert decide(office, verdict, file_id).code == "file_not_found"
    assert office.get("/v1/files/F1")["status"] == "quarantined"


@pytest.mark.parametrize("status", [FileStatus.PROCESSED, FileStatus.PROCESSING, FileStatus.DUPLICATE])
def test_only_a_quarantined_file_can_be_decided_on(office: Office, status: FileStatus) -> None:
    office.drop("F2", **registered(status))
    refused = decide(office, "release", "F2")
    assert (refused.code, refused.body["error"]["detail"]) == ("file_not_quarantined", {"status": status.value})


@pytest.mark.parametrize(
    ("code", "word"),
    [("truncated", "whole file"), ("encrypted", "key"), ("currency", "euro"), ("bad_amount", "corrected")],
)
def test_a_file_that_nobody_may_answer_for_says_what_to_do(office: Office, code: str, word: str) -> None:
    office.quarantine("F2", code)
    refused = decide(office, "release", "F2")
    assert (refused.status, refused.code) == (409, "file_not_releasable")
    detail = refused.body["error"]["detail"]
    assert detail["reason"] == code
    assert word in detail["advice"]
    assert detail["advice"] in refused.body["error"]["message"]
    assert decide(office, "reject", "F2").status == 200


def test_a_file_whose_bytes_are_not_kept_cannot_be_released(office: Office) -> None:
    office.quarantine("F2", raw=None)
    assert decide(office, "release", "F2").code == "file_not_releasable"


def test_a_contradicting_statement_replaces_unless_the_person_says_that_it_adds(office: Office) -> None:
    office.quarantine("F2", "statement_conflict")
    office.quarantine("F3", "statement_conflict")
    assert decide(office, "release", "F2").body["decision"]["contradiction"] == "replaces"
    adds = decide(office, "release", "F3", SEEN | {"contradiction": "adds"})
    assert adds.body["decision"]["contradiction"] == "adds"


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x" * 10_000}, SEEN | {"contradiction": "x"}, SEEN | {"more": 1}]
)
def test_a_release_without_its_reason_is_refused(office: Office, body: Any) -> None:
    assert decide(office, "release", body=body).code == "invalid_request"
