"""What `scripts/local` promises to outsiders."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from cloud import process
from cloud.clients import client
from cloud.errors import NotIdle
from cloud.idle import wait_until_idle
from cloud.places import ROOT, Place
from cloud.verify import buckets

from .api import Api
from .conftest import Cloud, a_free_port

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

type Local = Callable[..., subprocess.CompletedProcess[str]]


def test_outsiders_get_what_they_need_and_the_api_has_a_local_address(cloud: Cloud, local: Local) -> None:
    told = json.loads(local("outputs", "--port", str(cloud.place.port)).stdout)
    promised = {"endpoint", "region", "access_key_id", "secret_access_key", "ApiUrl", "DropBucketName"}
    promised |= {"ExportBucketName", "PaymentEventsQueueUrl", "TableName"}
    assert promised <= told.keys()
    assert told["ApiUrl"].startswith(cloud.place.endpoint)
    assert not told["ApiUrl"].endswith("/")


def test_the_api_refuses_a_call_without_a_token_in_its_own_words(api: Api) -> None:
    refused = api.get("/v1/leases", role=None)
    assert (refused.status, refused.body["error"]["code"]) == (401, "unauthorized")


def test_an_unknown_route_is_answered_in_our_words(api: Api) -> None:
    unknown = api.get("/v2/anything", role=None)
    assert (unknown.status, unknown.body["error"]["code"]) == (404, "route_not_found")


@pytest.mark.parametrize("role", ["admin", "erp"])
def test_a_token_of_people_and_of_machines_passes_the_gateway(api: Api, role: str) -> None:
    assert api.get("/v1/leases/unknown", role=role).status == 404


def test_an_outsider_may_drop_and_nothing_more(
    cloud: Cloud, s3: "S3Client", drop: Callable[[str, bytes], None]
) -> None:
    drop("elsewhere/note.txt", b"not for Quitus")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=cloud.outputs["DropBucketName"], Key="any")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=cloud.outputs["ExportBucketName"], Key="any", Body=b"")
    assert "Contents" not in s3.list_objects_v2(Bucket=cloud.outputs["ExportBucketName"], Prefix="nobody/")


def test_an_outsider_reads_no_queue(cloud: Cloud, sqs: "SQSClient") -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.receive_message(QueueUrl=cloud.outputs["PaymentEventsQueueUrl"])


def test_a_function_can_do_what_its_role_says_and_nothing_else(cloud: Cloud) -> None:
    """A function reads the table through its own role: without its policy the same token is refused."""
    iam = client(cloud.place, "iam")
    role = next(each["RoleName"] for each in iam.list_roles()["Roles"] if "IssueClaims" in each["RoleName"])
    policy = iam.get_role_policy(RoleName=role, PolicyName="issue-claims")["PolicyDocument"]
    assert cloud.token("least-privilege", "erp")
    iam.delete_role_policy(RoleName=role, PolicyName="issue-claims")
    try:
        with pytest.raises(OSError, match="500"):
            cloud.token("least-privilege", "erp")
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="issue-claims", PolicyDocument=json.dumps(policy))


def test_a_missing_lock_is_found_after_deploying(cloud: Cloud) -> None:
    unlocked = {"Name": cloud.outputs["DropBucketName"]}
    locked = unlocked | {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": "1"}}}}
    assert not list(buckets(cloud.place, {"buckets": [unlocked]}))
    assert any("lock of" in difference for difference in buckets(cloud.place, {"buckets": [locked]}))


@pytest.fixture
def other_place(local: Local) -> Iterator[Place]:
    place = Place(a_free_port())
    yield place
    local("down", "--port", str(place.port))
    forget(place)


def forget(place: Place) -> None:
    """Leaves nothing of a port that no test comes back to."""
    shutil.rmtree(place.folder, ignore_errors=True)
    place.lock.unlink(missing_ok=True)


def test_several_run_side_by_side_and_each_down_stops_its_own(
    cloud: Cloud, other_place: Place, local: Local, tmp_path: Path
) -> None:
    port = ("--port", str(other_place.port))
    assert local("status", *port).returncode == 1
    assert local("up", *port, "--state", str(tmp_path / "state")).stdout.strip() == other_place.endpoint
    first = other_place.run()
    assert local("up", *port).returncode == 0
    assert other_place.run() == first
    assert local("down", *port).returncode == 0
    assert not process.is_answering(other_place)
    assert process.is_answering(cloud.place)


def test_an_attached_one_shares_a_port_with_nobody(cloud: Cloud, local: Local) -> None:
    refused = local("up", "--attached", "--port", str(cloud.place.port))
    assert (refused.returncode, refused.stdout) == (3, "")
    assert process.is_answering(cloud.place)


def test_an_attached_one_ends_with_whoever_started_it_however_that_ends(other_place: Place) -> None:
    command = [sys.executable, "-m", "cloud", "up", "--attached", "--port", str(other_place.port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as attached:
        assert attached.stdin is not None
        assert attached.stdout is not None
        assert attached.stdout.readline().strip() == other_place.endpoint
        assert process.is_running(other_place)
        attached.stdin.close()
    assert attached.returncode == 0
    assert not process.is_running(other_place)
    assert other_place.log.exists()


def test_a_port_of_another_program_is_left_to_it(local: Local) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = local("up", "--port", str(port))
        assert (refused.returncode, refused.stdout) == (3, "")
        assert f"port {port} is taken by another program" in refused.stderr
        assert "nothing is up" in local("status", "--port", str(port)).stderr
    forget(Place(port))


def test_what_functions_log_is_read_back(cloud: Cloud, api: Api, local: Local) -> None:
    api.get("/v1/leases/unknown", role="admin")
    shown = local("logs", "--port", str(cloud.place.port), "--function", "staff-api").stdout.splitlines()
    assert shown
    assert all(line.startswith("staff-api ") for line in shown)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_start_that_is_killed_half_way_leaves_nothing_running(other_place: Place, number: int) -> None:
    command = [sys.executable, "-m", "cloud", "up", "--port", str(other_place.port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as starting:
        assert starting.stderr is not None
        starting.stderr.readline()
        while (run := other_place.run()) is None:
            time.sleep(0.02)
        starting.send_signal(number)
    deadline = time.monotonic() + 10
    while process.is_ours(other_place, run) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not process.is_ours(other_place, run)


def test_a_folder_of_something_else_is_never_emptied(other_place: Place, local: Local, tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    refused = local("up", "--port", str(other_place.port), "--state", str(tmp_path))
    assert refused.returncode == 1
    assert (tmp_path / "precious").exists()


def test_idle_waits_for_work_and_says_what_is_left(cloud: Cloud, local: Local) -> None:
    announcement = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})
    queue = cloud.outputs["DropsQueueUrl"]
    client(cloud.place, "sqs").send_message(QueueUrl=queue, MessageBody=announcement, DelaySeconds=4)
    with pytest.raises(NotIdle, match="messages in DropsQueue"):
        wait_until_idle(cloud.place, cloud.outputs, timeout=0)
    assert local("idle", "--port", str(cloud.place.port), "--timeout", "60").returncode == 0


def test_idle_waits_neither_for_dead_letters_nor_for_appointments_with_an_erp(cloud: Cloud, local: Local) -> None:
    sqs = client(cloud.place, "sqs")
    sqs.send_message(QueueUrl=cloud.outputs["ExportsDeadLettersUrl"], MessageBody="late")
    sqs.send_message(QueueUrl=cloud.outputs["ErpWakeQueueUrl"], MessageBody="{}", DelaySeconds=900)
    assert local("idle", "--port", str(cloud.place.port), "--timeout", "30").returncode == 0
