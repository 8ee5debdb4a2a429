"""The deployed stack on a local cloud of its own, and what outsiders do to it."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from cloud import build, process, up
from cloud.idle import wait_until_idle
from cloud.outputs import read_outputs
from cloud.places import ROOT, Place
from cloud.tokens import token

from .api import Api

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

IDLE_SECONDS = 60
LANDLORDS = count(1)


@dataclass(frozen=True, slots=True)
class Cloud:
    """A local cloud with the stack on it."""

    place: Place
    outputs: dict[str, str]

    def token(self, landlord_id: str, role: str) -> str:
        """A bearer token."""
        return token(self.place, self.outputs, landlord_id, role)

    def outside(self, service: Any) -> Any:
        """A client of a bank, an ERP or a provider: the outside identity's."""
        return boto3.client(
            service,
            endpoint_url=self.outputs["endpoint"],
            region_name=self.outputs["region"],
            aws_access_key_id=self.outputs["access_key_id"],
            aws_secret_access_key=self.outputs["secret_access_key"],
        )


@pytest.fixture(scope="session")
def free_port() -> int:
    return a_free_port()


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def cloud(free_port: int) -> Iterator[Cloud]:
    """One for all tests; it ends with them, even if they are killed."""
    place = Place(free_port)
    emulator = up.start(place, None, build.sources())
    try:
        yield Cloud(place, read_outputs(place))
    finally:
        process.end(place, emulator)
        place.lock.unlink(missing_ok=True)


@pytest.fixture
def landlord() -> str:
    """A landlord that no other test knows."""
    return f"landlord-{next(LANDLORDS)}"


@pytest.fixture
def api(cloud: Cloud, landlord: str) -> Api:
    """The API as the landlord's people and machines call it."""
    return Api(cloud.outputs["ApiUrl"], lambda role: cloud.token(landlord, role))


@pytest.fixture(scope="session")
def s3(cloud: Cloud) -> "S3Client":
    client: S3Client = cloud.outside("s3")
    return client


@pytest.fixture(scope="session")
def sqs(cloud: Cloud) -> "SQSClient":
    client: SQSClient = cloud.outside("sqs")
    return client


@pytest.fixture
def drop(cloud: Cloud, s3: "S3Client", landlord: str) -> Callable[[str, bytes], None]:
    """Drops a file of the landlord's, as in `drop("bank/2026-11-10.xml", content)`."""

    def put(path: str, content: bytes) -> None:
        s3.put_object(Bucket=cloud.outputs["DropBucketName"], Key=f"{landlord}/{path}", Body=content)

    return put


@pytest.fixture
def idle(cloud: Cloud) -> Callable[[], None]:
    """Waits until nothing is left to do."""
    return lambda: wait_until_idle(cloud.place, cloud.outputs, IDLE_SECONDS)


@pytest.fixture
def local() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`scripts/local` as a person runs it."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cloud", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    return run
