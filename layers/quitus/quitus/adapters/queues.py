"""Queues on SQS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from quitus.adapters.pauses import pause
from quitus.domain.errors import Unavailable
from quitus.services.messages import to_json

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MESSAGES_AT_ONCE = 10
_BYTES_AT_ONCE = 240_000
_PATIENCE = 5


class SqsQueue:
    """`ports.Queue` on an SQS queue."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[object], delay_seconds: int = 0) -> None:
        """See `Queue.send`."""
        for bodies in _packed(to_json(message) for message in messages):
            self._send(bodies, delay_seconds)

    def _send(self, bodies: list[str], delay_seconds: int) -> None:
        left = dict(enumerate(bodies))
        for attempt in range(_PATIENCE):
            answer = self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(index), "MessageBody": body, "DelaySeconds": delay_seconds}
                    for index, body in left.items()
                ],
            )
            left = {int(failed["Id"]): left[int(failed["Id"])] for failed in answer.get("Failed", [])}
            if not left:
                return
            pause(attempt)
        raise Unavailable("backend_unavailable", "A queue refused messages. Try again.", count=len(left))


def _packed(bodies: Iterable[str]) -> Iterator[list[str]]:
    packed: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if packed and (len(packed) == _MESSAGES_AT_ONCE or size + length > _BYTES_AT_ONCE):
            yield packed
            packed, size = [], 0
        packed.append(body)
        size += length
    if packed:
        yield packed
