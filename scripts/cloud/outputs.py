"""What outsiders need to reach the local cloud: addresses, names, and an identity with no right but theirs."""

import json
from typing import Any

from cloud.adapt import SEND, SEND_BATCH
from cloud.clients import client
from cloud.errors import NotUp
from cloud.places import REGION, Place, places, write_private
from cloud.process import is_running

OUTSIDER = "outsider"


def outputs_of(place: Place, stack: dict[str, str]) -> dict[str, str]:
    """The stack's outputs with the local address of its API, and the outside identity's keys."""
    key = create_outsider(place, stack)
    api = {"ApiUrl": f"{place.endpoint}/restapis/{stack['ApiId']}/local/_user_request_"}
    connection = {
        "endpoint": place.endpoint,
        "region": REGION,
        "access_key_id": key["AccessKeyId"],
        "secret_access_key": key["SecretAccessKey"],
    }
    return connection | stack | api


def create_outsider(place: Place, stack: dict[str, str]) -> Any:
    """An IAM user that drops files, reads exports and sends payment events; its access key."""
    iam = client(place, "iam")
    iam.create_user(UserName=OUTSIDER)
    policy = {"Version": "2012-10-17", "Statement": statements(place, stack)}
    iam.put_user_policy(UserName=OUTSIDER, PolicyName=OUTSIDER, PolicyDocument=json.dumps(policy))
    return iam.create_access_key(UserName=OUTSIDER)["AccessKey"]


def statements(place: Place, stack: dict[str, str]) -> list[dict[str, object]]:
    queue = client(place, "sqs").get_queue_attributes(
        QueueUrl=stack["PaymentEventsQueueUrl"], AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]
    exports = f"arn:aws:s3:::{stack['ExportBucketName']}"
    return [
        allow("s3:PutObject", f"arn:aws:s3:::{stack['DropBucketName']}/*"),
        allow("s3:ListBucket", exports),
        allow("s3:GetObject", f"{exports}/*"),
        allow(SEND, queue),
        allow(SEND_BATCH, queue),
    ]


def allow(action: str, resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def write_outputs(place: Place, outputs: dict[str, str]) -> None:
    write_private(place.outputs, json.dumps(outputs, indent=2) + "\n")


def read_outputs(place: Place) -> dict[str, str]:
    """The outputs of the cloud that is up here; `NotUp` when none is, or not yet."""
    run = place.run()
    if run is None or not is_running(place):
        others = ", ".join(str(other.port) for other in places() if is_running(other))
        elsewhere = f" (up: {others})" if others else ""
        raise NotUp(f"nothing is up on port {place.port}{elsewhere}: run scripts/local up --port {place.port}")
    if not run.sources:
        raise NotUp(f"the local cloud on port {place.port} is still starting")
    outputs: dict[str, str] = json.loads(place.outputs.read_text())
    return outputs
