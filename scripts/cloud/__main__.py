"""scripts/local: up, down, status, outputs, token, idle, logs, sender, outbox."""

import argparse
import contextlib
import fcntl
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from cloud import process
from cloud.errors import LocalCloudError, NotUp, PortTaken
from cloud.idle import wait_until_idle
from cloud.journal import logged
from cloud.outputs import read_outputs
from cloud.places import DEFAULT_PORT, Place
from cloud.post import let_write, outbox
from cloud.tokens import token
from cloud.up import say, up, up_anew
from quitus.domain.access import Role
from quitus.domain.mailing import Channel

PORT_TAKEN = 3
ATTEND_SECONDS = 0.5
EPILOG = f"""
Several run side by side, each on its own --port ({DEFAULT_PORT} unless told). To try one:

  scripts/local up
  scripts/local outputs                                  addresses, names and keys
  TOKEN=$(scripts/local token --landlord l1 --role admin)
  scripts/local logs --errors                            what went wrong in a function
  scripts/local down

Exit codes: 0 done, 1 not done (the reason is on stderr), 2 wrong usage, {PORT_TAKEN} the port is taken.
"""


def main() -> int:
    given = parser().parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    place = Place(given.port)
    try:
        given.run(place, given)
    except (LocalCloudError, BotoCoreError, ClientError) as error:
        say(f"scripts/local {given.command}: {error}")
        return PORT_TAKEN if isinstance(error, PortTaken) else 1
    except KeyboardInterrupt:
        return 130
    return 0


def run_up(place: Place, given: argparse.Namespace) -> None:
    state = given.state.resolve() if given.state else None
    if given.attached:
        attend(place, state)
        return
    with alone(place):
        up(place, state)
    print(place.endpoint)


def attend(place: Place, state: Path | None) -> None:
    """A cloud of the caller's own: it lives as long as standard input is open, or until somebody takes it down."""
    with alone(place, wait=False):
        emulator = up_anew(place, state)
    try:
        print(place.endpoint, flush=True)
        while emulator.poll() is None:
            readable, _, _ = select.select([sys.stdin], [], [], ATTEND_SECONDS)
            if readable and not os.read(sys.stdin.fileno(), 1024):
                return
    finally:
        process.stop(place)


def run_down(place: Place, given: argparse.Namespace) -> None:
    with alone(place):
        stopped = process.stop(place)
    say(f"Stopped; its logs stay in {place.folder}" if stopped else f"Nothing was up on port {place.port}")


def run_status(place: Place, given: argparse.Namespace) -> None:
    outputs = read_outputs(place)
    if not process.is_answering(place):
        raise NotUp(f"the local cloud on port {place.port} runs but does not answer: see {place.log}")
    print(f"up at {outputs['endpoint']}")


def run_outputs(place: Place, given: argparse.Namespace) -> None:
    print(json.dumps(read_outputs(place), indent=2))


def run_token(place: Place, given: argparse.Namespace) -> None:
    print(token(place, read_outputs(place), given.landlord, given.role))


def run_idle(place: Place, given: argparse.Namespace) -> None:
    wait_until_idle(place, read_outputs(place), given.timeout)


def run_sender(place: Place, given: argparse.Namespace) -> None:
    names = {Channel.EMAIL: given.email, Channel.SMS: given.sms_name}
    for channel, name in names.items():
        if name:
            let_write(place, read_outputs(place), given.landlord, channel, name)


def run_outbox(place: Place, given: argparse.Namespace) -> None:
    read_outputs(place)
    print(json.dumps(outbox(place), indent=2, ensure_ascii=False))


def run_logs(place: Place, given: argparse.Namespace) -> None:
    for line in logged(place, given.function, errors=given.errors):
        print(line)


@contextlib.contextmanager
def alone(place: Place, *, wait: bool = True) -> Iterator[None]:
    """Lets one process at a time change the cloud of a port. Raises PortTaken if one does and there is no `wait`."""
    place.lock.parent.mkdir(parents=True, exist_ok=True)
    with place.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PortTaken(f"a local cloud is just being started or stopped on port {place.port}") from error
        yield


def a_port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 1 to 65535")
    return int(text)


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--port", type=a_port, default=DEFAULT_PORT, metavar="P", help=f"{DEFAULT_PORT} unless told")
    whole = argparse.ArgumentParser(
        prog="scripts/local",
        description="The local cloud with the stack deployed on it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[Place, argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[common], help=text, description=f"{text[0].upper()}{text[1:]}.")
        made.set_defaults(run=run)
        return made

    start = command("up", run_up, "deploy on a clean emulator, unless the same is up already, and print its address")
    start.add_argument(
        "--state", type=Path, metavar="FOLDER", help="where the emulator keeps its state on a clean stop"
    )
    start.add_argument(
        "--attached",
        action="store_true",
        help="refuse if one is up on this port; stay, and take it down when standard input ends",
    )
    command("down", run_down, "stop it, with all that it holds; its logs stay")
    command("status", run_status, "say whether it is up (exit code 0) or not (1)")
    command("outputs", run_outputs, "print addresses, names and the keys of an outside identity, as JSON")
    bearer = command("token", run_token, "print a bearer token for the API; the landlord need not exist yet")
    bearer.add_argument("--landlord", required=True, metavar="ID")
    bearer.add_argument("--role", required=True, choices=sorted(role.value for role in Role))
    idle = command("idle", run_idle, "wait until nothing is left to do: files, queues, stream")
    idle.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="60 unless told")
    sender = command(
        "sender", run_sender, "let a landlord write to tenants under a name, as scripts/sender does on AWS"
    )
    sender.add_argument("--landlord", required=True, metavar="ID")
    sender.add_argument("--email", metavar="ADDRESS", help="the address under which it writes mail")
    sender.add_argument("--sms-name", metavar="NAME", help="the name under which it writes SMS")
    command("outbox", run_outbox, "print the mails and SMS that were sent to tenants, as JSON")
    logs = command("logs", run_logs, "print what the functions logged (FUNCTION REQUEST LINE), also after down")
    logs.add_argument("--function", metavar="NAME", help="of one function only, such as staff-api")
    logs.add_argument("--errors", action="store_true", help="errors only")
    return whole


if __name__ == "__main__":
    sys.exit(main())
