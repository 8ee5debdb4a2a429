"""The local cloud as an outsider sees it: its commands, its buckets and its queue."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from demonstration.commands import Command

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_MESSAGES_AT_ONCE: Final = 10
_ERRORS_SHOWN: Final = 10


class Cloud:
    """`scripts/local` on one port."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._held: Command | None = None

    def up(self, tell: Callable[[str], object]) -> None:
        """Start one of our own, which ends with this process; `tell` hears what the script says meanwhile.

        Raises:
            PortTaken: another port would do; nothing was started.
            CommandFailed
        """
        self._held = self._command("up", "--attached")
        self._held.first_line(tell)

    def down(self) -> None:
        """Stop it, if it was started here."""
        if self._held is not None:
            self._held.end()

    def errors(self) -> Sequence[str]:
        """The last errors that functions logged, and where all logs are; also once it is down."""
        said = self._command("logs", "--errors").answer().splitlines()
        where = f"Logs: scripts/local logs --port {self.port} (functions), .local/cloud-{self.port}/log (emulator)"
        return [*said[-_ERRORS_SHOWN:], where]

    def token(self, landlord: str, role: str) -> str:
        """A bearer token."""
        return self._command("token", "--landlord", landlord, "--role", role).answer().strip()

    def let_write(self, landlord: str, email: str) -> None:
        """Confirm the address under which the landlord writes mail."""
        self._command("sender", "--landlord", landlord, "--email", email).answer()

    def mails(self, address: str) -> Sequence[str]:
        """What was mailed to an address, oldest first."""
        sent = json.loads(self._command("outbox").answer())["mails"]
        return [mail["text"] for mail in sent if address in mail["to"]]

    def idle(self, timeout_seconds: int, tell: Callable[[str], object]) -> None:
        """Wait until nothing is on its way any more; `tell` hears what is, as far as it is said."""
        self._command("idle", "--timeout", str(timeout_seconds)).answer(tell)

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """Addresses, names and the outside identity."""
        found: Mapping[str, str] = json.loads(self._command("outputs").answer())
        return found

    def put(self, key: str, content: bytes) -> None:
        """Drop a file as a bank's SFTP or an ERP does."""
        self._s3.put_object(Bucket=self.outputs["DropBucketName"], Key=key, Body=content)

    def export(self, key: str) -> bytes | None:
        """A file of the export bucket, None while there is none."""
        listed = self._s3.list_objects_v2(Bucket=self.outputs["ExportBucketName"], Prefix=key)
        if not any(found["Key"] == key for found in listed.get("Contents", [])):
            return None
        return self._s3.get_object(Bucket=self.outputs["ExportBucketName"], Key=key)["Body"].read()

    def send_events(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Payment events, as a bank's instant-payment feed or a provider sends them."""
        bodies = [json.dumps(event) for event in events]
        for start in range(0, len(bodies), _MESSAGES_AT_ONCE):
            some = bodies[start : start + _MESSAGES_AT_ONCE]
            self._sqs.send_message_batch(
                QueueUrl=self.outputs["PaymentEventsQueueUrl"],
                Entries=[{"Id": str(number), "MessageBody": body} for number, body in enumerate(some)],
            )

    @cached_property
    def _s3(self) -> S3Client:
        client: S3Client = self._client("s3")
        return client

    @cached_property
    def _sqs(self) -> SQSClient:
        client: SQSClient = self._client("sqs")
        return client

    def _client(self, service: Any) -> Any:
        import boto3  # noqa: PLC0415 - slow, and not needed for --help

        return boto3.client(
            service,
            endpoint_url=self.outputs["endpoint"],
            region_name=self.outputs["region"],
            aws_access_key_id=self.outputs["access_key_id"],
            aws_secret_access_key=self.outputs["secret_access_key"],
        )

    def _command(self, name: str, *arguments: str) -> Command:
        return Command(name, "--port", str(self.port), *arguments)


def free_port() -> int:
    """A port of this machine that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
