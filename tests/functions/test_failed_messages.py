"""Messages that fail: alone, said by id and type, and back soon."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from queues import Queues

from quitus import bootstrap
from quitus.adapters.log import logger
from quitus.adapters.sqs_batch import Message, each_message
from quitus.domain.errors import Contention

(RECORD,) = json.loads((Path(__file__).parents[2] / "events" / "movement_batch.json").read_text("utf-8"))["Records"]
QUEUE = "http://127.0.0.1:4566/123456789012/quitus-movements"
POISON = "Camille Roux FR7630006000011234567890189"


def a_message(body: str, name: str, receipts: int = 1) -> dict[str, Any]:
    attributes = RECORD["attributes"] | {"ApproximateReceiveCount": str(receipts)}
    return {**RECORD, "messageId": name, "receiptHandle": f"h-{name}", "body": body, "attributes": attributes}


def refuse(error: Exception) -> Callable[[Message], None]:
    def do(message: Message) -> None:
        if message.body == POISON:
            raise error

    return do


def run(error: Exception, *messages: dict[str, Any]) -> list[str]:
    answer = each_message({"Records": list(messages)}, refuse(error), bootstrap.sqs)
    return [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


def printed(lines: list[logging.LogRecord]) -> list[dict[str, Any]]:
    """The lines as they reach standard output."""
    formatter = logger().registered_formatter
    return [json.loads(formatter.format(line)) for line in lines]


def test_a_poison_message_among_two_fails_alone() -> None:
    assert run(ValueError(POISON), a_message("good", "m1"), a_message(POISON, "m2")) == ["m2"]


def test_it_is_logged_by_id_type_and_place_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    run(ValueError(POISON), a_message("good", "m1"), a_message(POISON, "m2", receipts=3))
    (line,) = printed(caplog.records)
    assert (line["level"], line["failed_record"], line["message_id"], line["receipts"]) == ("ERROR", True, "m2", 3)
    assert (line["error"], line.get("code")) == ("ValueError", None)
    assert any(place.startswith("test_failed_messages.py:") for place in line["at"])
    assert "Roux" not in json.dumps(line)
    assert "FR76" not in json.dumps(line)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Contention("lease_busy", POISON), "lease_busy"),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": POISON}}, "PutItem"), "AccessDenied"),
    ],
)
def test_what_has_a_code_is_logged_with_it(caplog: pytest.LogCaptureFixture, error: Exception, code: str) -> None:
    run(error, a_message(POISON, "m1"))
    (line,) = printed(caplog.records)
    assert (line["code"], POISON in json.dumps(line)) == (code, False)


def test_when_all_fail_each_is_named_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert run(ValueError(POISON), a_message(POISON, "m1"), a_message(POISON, "m2")) == ["m1", "m2"]
    assert [line["message_id"] for line in printed(caplog.records)] == ["m1", "m2"]


def test_a_failed_message_comes_back_later_each_time_but_soon(queues: Queues) -> None:
    messages = [a_message(POISON, f"m{receipts}", receipts) for receipts in (1, 4, 100)]
    run(ValueError(), a_message("good", "m0"), *messages)
    assert queues.brought_back == [(QUEUE, "h-m1", 30), (QUEUE, "h-m4", 120), (QUEUE, "h-m100", 600)]


def test_messages_that_cannot_be_brought_back_fail_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> Any:
        raise EndpointConnectionError(endpoint_url=QUEUE)

    monkeypatch.setattr(bootstrap, "sqs", away)
    assert run(ValueError(), a_message("good", "m1"), a_message(POISON, "m2")) == ["m2"]
    assert [line["level"] for line in printed(caplog.records)] == ["ERROR", "WARNING"]


def test_nothing_is_asked_of_a_queue_whose_messages_all_passed(queues: Queues) -> None:
    assert run(ValueError(), a_message("good", "m1")) == []
    assert queues.brought_back == []


def test_what_services_log_comes_out_the_same_way() -> None:
    assert logging.getLogger("quitus.services.push_erp").parent is logging.getLogger("quitus")
    assert logging.getLogger("quitus").handlers == logger().handlers
