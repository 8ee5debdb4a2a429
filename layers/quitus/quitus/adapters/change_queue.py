"""The queue of changes on SQS."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING

from quitus.domain.errors import QuitusError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_SENT_AT_ONCE = 10


class Undelivered(QuitusError):
    """The queue did not take every message; all are sent again, duplicates do no harm."""

    status = 503
    retry = True


class ChangeQueue:
    """`services.forwarding.ChangeMessages` on one SQS queue."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, bodies: Sequence[str]) -> None:
        """Hand every message over. Raises Undelivered when one is not taken."""
        for some in batched(bodies, _SENT_AT_ONCE, strict=False):
            self._send(some)

    def _send(self, bodies: Sequence[str]) -> None:
        answer = self._client.send_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)],
        )
        if refused := answer.get("Failed", []):
            codes = sorted({refusal["Code"] for refusal in refused})
            raise Undelivered("changes_undelivered", "The queue did not take every change.", codes=codes)
