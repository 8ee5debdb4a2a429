"""A deployed stack, by its outputs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import boto3

from quitus.domain.access import Role
from quitus.services.claims import Grant, grant


def outputs(stack: str) -> dict[str, str]:
    """The outputs of a deployed stack by name."""
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def arguments(description: str) -> argparse.ArgumentParser:
    """The arguments that all these scripts take."""
    script = Path(sys.argv[0]).stem.replace("_", "-")
    parser = argparse.ArgumentParser(prog=f"scripts/{script}", description=description)
    parser.add_argument("--stack", default="quitus", help="name of the deployed stack")
    parser.add_argument("--landlord", required=True, help="id of the landlord")
    return parser


def granted(landlord_id: str, role: str) -> Grant:
    """The grant, or the end of the script."""
    return grant(landlord_id, role) or stop(f"A landlord id and one of {', '.join(sorted(Role))} are needed.")


def stop(sentence: str) -> NoReturn:
    """End the script with one sentence."""
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


def say(answer: Mapping[str, Any]) -> None:
    """The script's answer, on stdout."""
    print(json.dumps(answer, indent=2))
