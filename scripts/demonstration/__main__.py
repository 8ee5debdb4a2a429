"""scripts/demo: from an empty cloud to books that equal the bank and the ERP."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from demonstration.api import Api, Refused
from demonstration.card import CardRefused
from demonstration.cloud import Cloud, free_port
from demonstration.commands import CommandFailed, PortTaken
from demonstration.days import PARIS, latest_month
from demonstration.dues import called
from demonstration.erp import Erp
from demonstration.estate import FEWEST_LEASES, estate
from demonstration.findings import Findings, find
from demonstration.payers import payments
from demonstration.progress import Progress
from demonstration.report import report
from demonstration.story import LANDLORD, Cast, Story, StoryFailed

_LEASES: Final = 2900
_PORT: Final = 4570
_SEED: Final = 1
_STOPS: Final = (CommandFailed, StoryFailed, Refused, CardRefused, HTTPError, BotoCoreError, ClientError)


def main(arguments: Sequence[str]) -> int:
    """Play the demonstration; 0 only if bank, ledger and ERP are equal."""
    given = _parser().parse_args(arguments)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    progress = Progress()
    try:
        with _stage(given.port, progress) as (cloud, erp):
            equal = _play(cloud, erp, progress, given)
            if not equal:
                _say_where_to_look(cloud, progress)
            if given.serve:
                _serve(cloud, erp)
    except _STOPS as error:
        progress.note(f"scripts/demo stopped: {error}")
        return 1
    except KeyboardInterrupt:
        progress.note("interrupted")
        return 130
    return 0 if equal else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Plays a month of a synthetic landlord on the local cloud: ERP files, virtual IBANs, bank files, "
        "payment events, a link paid by card, an ERP that takes the entries. Exits 0 only if bank, ledger and ERP are "
        "equal to the cent.",
    )
    parser.add_argument("--leases", type=_leases, default=_LEASES, metavar="N", help=f"how many leases ({_LEASES})")
    parser.add_argument(
        "--serve", action="store_true", help="keep the cloud and the ERP up and print how to reach them"
    )
    parser.add_argument("--port", type=_port, metavar="P", help=f"the local cloud's port ({_PORT}, or a free one)")
    parser.add_argument(
        "--seed", type=int, default=_SEED, metavar="S", help=f"another seed invents another landlord ({_SEED})"
    )
    return parser


def _leases(text: str) -> int:
    if not text.isdecimal() or int(text) < FEWEST_LEASES:
        raise argparse.ArgumentTypeError(f"{text} is no number, or too small: at least {FEWEST_LEASES}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 1 to 65535")
    return int(text)


@contextmanager
def _stage(port: int | None, progress: Progress) -> Iterator[tuple[Cloud, Erp]]:
    """A clean cloud of our own and an ERP, both gone at the end; what goes wrong says where its logs are."""
    cloud = _cloud(port, progress)
    try:
        erp = Erp()
        try:
            yield cloud, erp
        except Exception:
            _say_where_to_look(cloud, progress)
            raise
        finally:
            erp.stop()
    finally:
        cloud.down()


def _cloud(port: int | None, progress: Progress) -> Cloud:
    """A new cloud on this port; where none is named, on the usual one or else on any that is free."""
    for another in [port] if port else [_PORT, free_port(), free_port()]:
        cloud = Cloud(another)
        try:
            with progress.stage(f"Local cloud on port {another}") as stage:
                cloud.up(stage.tell)
        except PortTaken as error:
            if port:
                raise
            progress.note(f"Not there: {error}")
        else:
            return cloud
    raise PortTaken("every port that was tried was taken meanwhile")


def _say_where_to_look(cloud: Cloud, progress: Progress) -> None:
    for line in cloud.errors():
        progress.note(line)


def _play(cloud: Cloud, erp: Erp, progress: Progress, given: argparse.Namespace) -> bool:
    month = latest_month(datetime.now(PARIS).date())
    held = estate(given.seed, given.leases, month.due_date)
    asked = called(given.seed, held, month)
    cast = Cast(held, asked, payments(given.seed, held, asked))
    api = Api(cloud.outputs["ApiUrl"], cloud.token(LANDLORD, "admin"))
    story = Story(cloud, api, progress, cast)
    story.onboard(erp.url)
    erp.fail_once_after_applying()
    story.announce()
    story.collect()
    story.decide()
    story.pay_by_card()
    found = find(story, erp)
    print(_title(cast, found, progress), report(found), sep="\n\n", end="", flush=True)
    return found.proof.is_equal


def _title(cast: Cast, found: Findings, progress: Progress) -> str:
    towns = {residence.commune for residence in cast.estate.residences}
    return (
        f"Vidourle Habitat, {cast.called.month.period}: {len(found.leases)} leases, {len(cast.estate.residences)} "
        f"residences, {len(towns)} communes, {len(found.payments)} payments, in {progress.elapsed:.0f} s"
    )


def _serve(cloud: Cloud, erp: Erp) -> None:
    address, port = cloud.outputs["ApiUrl"], cloud.port
    print(
        f"""
STILL UP · until Ctrl-C
  API     {address}/v1
  ERP     {erp.url}/summary and {erp.url}/journal
  Cards   {cloud.outputs["DemoProviderUrl"]} (the hosted pages of payment links lead there)
  Cloud   {cloud.outputs["endpoint"]} (scripts/local outputs --port {port})

  TOKEN=$(scripts/local token --port {port} --landlord {LANDLORD} --role viewer)
  curl -H "Authorization: Bearer $TOKEN" "{address}/v1/leases?limit=1"
""",
        flush=True,
    )
    with suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
