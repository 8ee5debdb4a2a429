"""What a cold start costs: each function's imports and clients against one boto3 client, process by process, A B A
B, in processor time, which other programs on the machine disturb least.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ROUNDS = 5
_FUNCTIONS = Path(__file__).parents[2] / "functions"
_BARE = "pass"
_ONE_CLIENT = "import boto3; boto3.client('dynamodb')"
_SETTINGS = {"AWS_DEFAULT_REGION": "eu-west-3", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}


def run() -> Iterator[dict[str, Any]]:
    """The processor time of importing each handler and making its DynamoDB client, over that of one boto3 client."""
    for function in sorted(path.parent for path in _FUNCTIONS.glob("*/app.py")):
        ours, floor = [], []
        for _ in range(_ROUNDS):
            ours.append(_seconds("import app; from quitus import bootstrap; bootstrap.dynamodb()", function))
            floor.append(_seconds(_ONE_CLIENT, function))
        bare = statistics.median(_seconds(_BARE, function) for _ in range(_ROUNDS))
        ratio = (statistics.median(ours) - bare) / (statistics.median(floor) - bare)
        yield {"name": f"imports.{function.name}", "ratio_to_one_boto3_client": round(ratio, 2)}


def _seconds(code: str, folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=os.environ | _SETTINGS, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
