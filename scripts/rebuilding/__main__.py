"""scripts/rebuild: the table anew from the action log, held against the raw files and against the live table."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, NoReturn

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from access.stack import outputs as outputs_on_aws
from cloud.clients import client as client_here
from cloud.errors import NotUp
from cloud.outputs import read_outputs
from cloud.places import Place
from demonstration.progress import Progress
from quitus.adapters.pgp_envelopes import PgpEnvelopes
from rebuilding.objects import LockedBucket, LockedFiles
from rebuilding.run import Report, Sources, Sums, rebuild
from rebuilding.tables import NotWritten, WholeTable

DIFFERENT, REFUSED = 1, 2
EPILOG = """
Nothing is written but the new table: neither the live one, nor a bucket. Without --into nothing is written at all: the
live table is compared with what a rebuild would make of it. What changed within the last seconds may not be in the log
yet: compare when nothing comes in, or run it again.

The answer (JSON on stdout): rows and SHA-256 digests, of what decides and of the views apart, of the log, of the new
table and of the live one; how many raw files and bank lines were read again; what was found wrong.

  scripts/rebuild --stack quitus                       is the live table what its log says?
  scripts/rebuild --stack quitus --into quitus-anew    makes quitus-anew, or fills it when it is there and empty
  scripts/rebuild --port 4566 --into anew              the same on the local cloud

Exit codes: 0 the digests are the same and nothing is wrong, 1 they are not (the reasons are on stderr), 2 refused or
wrong usage. What to do then, and after it: docs/decisions/0027-the-table-is-rebuilt-from-its-log.md
"""


def main(arguments: Sequence[str]) -> int:
    """Rebuild or compare; 0 only if all is the same."""
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = Progress()
    try:
        report = _rebuilt(given, progress)
    except (BotoCoreError, ClientError, NotUp, NotWritten) as error:
        progress.note(f"scripts/rebuild stopped: {error}")
        progress.note("The live table is untouched. A new table that was begun is worth nothing: delete it, run again.")
        return DIFFERENT
    except KeyboardInterrupt:
        progress.note("interrupted; a new table that was begun is worth nothing: delete it, run again")
        return 130
    print(json.dumps(_answer(report), indent=2))
    for sentence in _reasons(report):
        progress.note(sentence)
    return 0 if report.is_clean else DIFFERENT


def _rebuilt(given: argparse.Namespace, progress: Progress) -> Report:
    client, stack = _deployment(given)
    live, target = WholeTable(client("dynamodb"), stack["TableName"]), None
    described = live.described()
    if given.into is not None:
        target = _target(WholeTable(client("dynamodb"), given.into), live, described, progress)
    bucket = stack["RawBucketName"]
    sources = Sources(
        LockedBucket(client("s3"), bucket),
        LockedFiles(client("s3"), bucket),
        PgpEnvelopes(client("secretsmanager"), stack["PgpSecretPrefix"]),
        None if given.shuffle is None else random.Random(given.shuffle),  # noqa: S311 - an order, no secret
    )
    return rebuild(sources, live if described else None, target, progress)


def _deployment(given: argparse.Namespace) -> tuple[Callable[[Any], Any], dict[str, str]]:
    """What makes clients, and the outputs of the stack."""
    if given.port is not None:
        place = Place(given.port)
        return lambda service: client_here(place, service), read_outputs(place)
    return boto3.client, outputs_on_aws(given.stack)


def _target(target: WholeTable, live: WholeTable, described: Any, progress: Progress) -> WholeTable:
    """The new table: made, or there and empty. Never the live one."""
    if target.name == live.name:
        _refuse(f"{live.name} is the live table, and is never written to: give --into another name.")
    if target.described() is None:
        if described is None:
            _refuse(f"{live.name} is gone, so nothing says how {target.name} is to be encrypted: make it first, empty.")
        with progress.stage(f"Making the table {target.name}"):
            target.make(described)
    elif not target.is_empty():
        _refuse(f"{target.name} holds rows already: give --into a new name, or delete what was begun.")
    return target


def _refuse(sentence: str) -> NoReturn:
    print(f"scripts/rebuild: {sentence}", file=sys.stderr)
    raise SystemExit(REFUSED)


def _answer(report: Report) -> dict[str, Any]:
    return {
        "same": report.is_clean,
        "actions": report.actions,
        "entries": report.entries,
        "log": _sums(report.log),
        "new_table": _sums(report.rebuilt),
        "live_table": _sums(report.live),
        "raw_files": asdict(report.reread),
        "wrong": {wrong.value: count for wrong, count in sorted(report.findings.counts.items())},
    }


def _sums(sums: Sums | None) -> dict[str, Any] | None:
    if sums is None:
        return None
    canonical, views = sums.canonical, sums.views
    return {
        "rows": canonical.rows,
        "digest": canonical.sha256,
        "view_rows": views.rows,
        "view_digest": views.sha256,
    }


def _reasons(report: Report) -> list[str]:
    """Why it is not the same, and what to do, a sentence each."""
    said = list(report.findings.told)
    said += [f"unlike in the live table ({one.is_in}): {one.key.pk} {one.key.sk}" for one in report.unlike]
    if report.rebuilt is not None and report.rebuilt.canonical != report.log.canonical:
        said.append("The new table does not hold what was written to it: delete it, run again.")
    if report.unlike:
        said.append("If anything came in meanwhile, run again; else the live table was changed by something else.")
    if report.findings.counts:
        said.append("Do not put the new table to work before each of these is understood (docs/decisions, 0027).")
    return said


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/rebuild",
        description="Recreates the table from the raw files and the action log in a new table, and compares it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--stack", metavar="NAME", help="the deployed stack, in the account of the AWS environment")
    where.add_argument("--port", type=int, metavar="P", help="the local cloud on this port")
    parser.add_argument("--into", metavar="TABLE", help="the new table; only compares without it")
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="read files and log in an order of chance")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
