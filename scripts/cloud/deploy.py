"""Puts the template on the emulator: archives, stack, what the emulator ignores, checks, outputs."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from cloud.adapt import WANTED_OUTPUT, Adapted, adapt
from cloud.build import architecture
from cloud.clients import client
from cloud.errors import CannotDeploy
from cloud.places import CLOUD_PYTHON, REGION, ROOT, STACK, Place

ARTIFACTS = "quitus-artifacts"
TRANSLATE = ROOT / "scripts" / "cloud" / "translate.py"
DEPLOY_SECONDS = 60
FEWEST_WORKERS = 2
"""Below two nothing ever happens at the same time; AWS takes no less either."""


def parameters() -> dict[str, str]:
    """The template's parameters on the local cloud."""
    return {"Stage": "local", "Architecture": architecture(), "RequireMfa": "false", "EnableSftp": "false"}


def translate() -> dict[str, Any]:
    """The template without SAM."""
    assignments = [f"{name}={value}" for name, value in parameters().items()]
    command: list[str | Path] = [CLOUD_PYTHON, "-I", TRANSLATE, ROOT / "template.yaml", REGION, ARTIFACTS, *assignments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotDeploy(f"the template cannot be translated: {done.stderr.strip().splitlines()[-1]}")
    translated: dict[str, Any] = json.loads(done.stdout)
    return translated


def adapted(place: Place, translated: dict[str, Any]) -> Adapted:
    with urlopen(f"{place.endpoint}/_local/types", timeout=30) as answer:
        return adapt(translated, json.load(answer), max(FEWEST_WORKERS, os.cpu_count() or 0))


def upload(place: Place, archives: Mapping[str, bytes]) -> None:
    s3 = client(place, "s3")
    s3.create_bucket(Bucket=ARTIFACTS, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, content in archives.items():
        s3.put_object(Bucket=ARTIFACTS, Key=name, Body=content)


def create_stack(place: Place, template: dict[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Creates the stack, with parameters beside the usual ones, and returns its outputs."""
    assigned = parameters() | dict(given)
    client(place, "s3").put_object(Bucket=ARTIFACTS, Key="template.json", Body=json.dumps(template).encode())
    cloudformation = client(place, "cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{place.endpoint}/{ARTIFACTS}/template.json",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in assigned.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    deadline = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        if stack["StackStatus"] != "CREATE_IN_PROGRESS":
            raise CannotDeploy(f"the stack is {stack['StackStatus']}: {'; '.join(failures(place))}")
        time.sleep(0.1)
    raise CannotDeploy(f"the stack was not complete within {DEPLOY_SECONDS} s")


def failures(place: Place) -> list[str]:
    events = client(place, "cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    return [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'failed')}"
        for event in events
        if event.get("ResourceStatus", "").endswith("FAILED")
    ]


def take_wanted(outputs: dict[str, str]) -> dict[str, Any]:
    """What the stack has to show, taken out of its outputs."""
    wanted: dict[str, Any] = json.loads(outputs.pop(WANTED_OUTPUT))
    return wanted
