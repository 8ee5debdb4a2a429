"""What is written once: what is there stays, what is being written is waited for, what fails is said."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError

from quitus.adapters import put_once as put_once_module
from quitus.adapters.put_once import put_once
from quitus.domain.errors import Contention


class Bucket:
    """Answers each write as told, then takes them."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.written: list[bytes] = []
        self.exceptions = type("Exceptions", (), {"ClientError": ClientError})

    def put_object(self, **asked: Any) -> None:
        assert asked["IfNoneMatch"] == "*"
        body = asked["Body"]
        content = body if isinstance(body, bytes) else body.read()
        if self.answers and (code := self.answers.pop(0)):
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "PutObject")
        self.written.append(content)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    waits: list[int] = []
    monkeypatch.setattr(put_once_module, "pause", waits.append)
    return waits


def put(bucket: Bucket, content: Any = b"x") -> None:
    client: Any = bucket
    put_once(client, "raw", "key", content)


def test_what_is_there_stays() -> None:
    bucket = Bucket("PreconditionFailed")
    put(bucket)
    assert bucket.written == []


def test_a_write_that_meets_another_is_tried_again_from_its_first_byte(waits: list[int]) -> None:
    bucket = Bucket("ConditionalRequestConflict", "ConditionalRequestConflict")
    put(bucket, io.BytesIO(b"content"))
    assert (bucket.written, waits) == ([b"content"], [0, 1])


def test_the_other_write_of_the_two_may_win() -> None:
    bucket = Bucket("ConditionalRequestConflict", "PreconditionFailed")
    put(bucket)
    assert bucket.written == []


def test_a_write_that_always_meets_others_may_be_asked_again_later() -> None:
    with pytest.raises(Contention):
        put(Bucket(*["ConditionalRequestConflict"] * 100))


def test_another_failure_is_not_tried_again(waits: list[int]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        put(Bucket("AccessDenied", "AccessDenied"))
    assert waits == []
