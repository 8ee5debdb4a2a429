"""scripts/local: up, down, status, outputs, token, idle."""

import argparse
import contextlib
import fcntl
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from cloud import process
from cloud.errors import LocalCloudError, NotUp
from cloud.idle import wait_until_idle
from cloud.outputs import read_outputs
from cloud.places import DEFAULT_PORT, Place
from cloud.tokens import token
from cloud.up import up


def main() -> int:
    given = parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    place = Place(given.port)
    try:
        given.run(place, given)
    except (LocalCloudError, BotoCoreError, ClientError) as error:
        print(f"scripts/local {given.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run_up(place: Place, given: argparse.Namespace) -> None:
    with alone(place):
        up(place, given.state.resolve() if given.state else None)
    print(place.endpoint)


def run_down(place: Place, given: argparse.Namespace) -> None:
    with alone(place):
        process.stop(place)


def run_status(place: Place, given: argparse.Namespace) -> None:
    outputs = read_outputs(place)
    if not process.is_answering(place):
        raise NotUp(f"the local cloud on port {place.port} does not answer")
    print(f"up at {outputs['endpoint']}")


def run_outputs(place: Place, given: argparse.Namespace) -> None:
    print(json.dumps(read_outputs(place), indent=2))


def run_token(place: Place, given: argparse.Namespace) -> None:
    print(token(place, read_outputs(place), given.landlord, given.role))


def run_idle(place: Place, given: argparse.Namespace) -> None:
    wait_until_idle(place, read_outputs(place), given.timeout)


@contextlib.contextmanager
def alone(place: Place) -> Iterator[None]:
    """Lets one process at a time change the cloud of a port."""
    place.lock.parent.mkdir(parents=True, exist_ok=True)
    with place.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--port", type=int, default=DEFAULT_PORT)
    whole = argparse.ArgumentParser(prog="scripts/local", description="The local cloud with the stack deployed on it.")
    commands = whole.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", parents=[common], help="deploy, unless the same is already up")
    start.add_argument("--state", type=Path, help="folder that keeps the emulator's state on a clean stop")
    start.set_defaults(run=run_up)
    for name, run, text in (
        ("down", run_down, "stop"),
        ("status", run_status, "whether it is up"),
        ("outputs", run_outputs, "addresses, names and an outside identity, as JSON"),
    ):
        commands.add_parser(name, parents=[common], help=text).set_defaults(run=run)
    bearer = commands.add_parser("token", parents=[common], help="a bearer token for the API")
    bearer.add_argument("--landlord", required=True)
    bearer.add_argument("--role", required=True)
    bearer.set_defaults(run=run_token)
    idle = commands.add_parser("idle", parents=[common], help="wait until nothing is left to do")
    idle.add_argument("--timeout", type=float, default=60, help="seconds")
    idle.set_defaults(run=run_idle)
    return whole


if __name__ == "__main__":
    sys.exit(main())
