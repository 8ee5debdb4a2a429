"""Spoils files by number, then has atheris feed the readers; prints what came of it as JSON lines."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from secrets import randbelow

from hostile.harnesses import HARNESSES

from fuzzing.files import examine_files
from fuzzing.readers import fuzz_reader
from fuzzing.tokens import guess


def main() -> int:
    """0 when everything was read rightly or refused with a reason, else 1."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz")
    parser.add_argument("python", type=Path, help="the interpreter that has atheris")
    parser.add_argument("--count", type=int, default=100_000, help="how many spoiled files")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, default=randbelow(1 << 32), help="the same seed makes the same files")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader; 0: none")
    parser.add_argument("--reader", choices=sorted(HARNESSES), help="only this reader, and no files")
    parser.add_argument("--tokens", type=int, help="only guess so many tokens of payment links")
    options = parser.parse_args()
    if options.tokens:
        guesses = guess(options.seed, options.tokens)
        print(json.dumps({"seed": options.seed, **guesses.told()}), flush=True)
        return int(guesses.failed)
    failed = False
    if options.reader is None and options.count:
        tally = examine_files(options.seed, range(options.first, options.first + options.count))
        print(json.dumps({"seed": options.seed, "files": tally.files, **tally.told()}, ensure_ascii=False), flush=True)
        failed = bool(tally.failures)
    for name in [options.reader] if options.reader else sorted(HARNESSES):
        if options.seconds:
            told = fuzz_reader(options.python, name, options.seconds, options.seed)
            print(json.dumps(told, ensure_ascii=False), flush=True)
            failed = failed or bool(told["failure"])
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
