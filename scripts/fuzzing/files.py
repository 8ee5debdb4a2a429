"""Numbered spoiled files, examined on every core and taken in without a cloud."""

from __future__ import annotations

import logging
import signal
import sys
from contextlib import suppress
from functools import partial
from itertools import batched
from multiprocessing import Pool
from types import FrameType
from typing import Final

from hostile.campaign import Spoiled, Tally, run
from hostile.good_files import good_files
from hostile.oracle import Verdict
from hostile.through_intake import examined_and_taken_in

_AT_ONCE: Final = 250
_LONGEST_SECONDS: Final = 60


class TooSlow(Exception):
    """A file took longer than any file of its size may."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow(f"more than {_LONGEST_SECONDS} s")


def _thoroughly(file: Spoiled) -> Verdict:
    """Judge a file and drop it; nothing may hang."""
    signal.alarm(_LONGEST_SECONDS)
    try:
        return examined_and_taken_in(file)
    finally:
        signal.alarm(0)


def _begin() -> None:
    logging.disable(logging.CRITICAL)  # an alert per quarantined file is what must happen, and nobody reads it here
    signal.signal(signal.SIGALRM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops, and tells what came of the files until then


def _some(seed: int, numbers: tuple[int, ...]) -> Tally:
    return run(good_files(), seed, numbers, _thoroughly)


def examine_files(seed: int, numbers: range) -> Tally:
    """What came of the files of these numbers; of fewer when it is interrupted."""
    tally = Tally()
    with Pool(initializer=_begin) as pool, suppress(KeyboardInterrupt):
        for some in pool.imap(partial(_some, seed), batched(numbers, _AT_ONCE, strict=False)):
            tally.merge(some)
            told = f"\r{tally.files} of {len(numbers)} files, {len(tally.failures)} failures"
            print(told, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tally
