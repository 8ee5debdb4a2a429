"""How things are measured: two works in turn in one process (A B A B), medians; growth; memory over the interpreter.

Times are the processor's, of this process alone: what else the machine does hardly changes them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any, BinaryIO

type Work = Callable[[BinaryIO], object]
type Figure = dict[str, Any]

SMALL, LARGE = 10_000, 100_000
_ROUNDS, _TURNS = 11, 5


@dataclass(frozen=True)
class Pair:
    """Median seconds of two works, and the median of the other's time over that of the one right before and after."""

    one: float
    other: float
    ratio: float


def paired(path: Path, one: Work, other: Work, rounds: int = _ROUNDS) -> Pair:
    """Two works on a file, done in turn."""
    ones, others = [seconds(one, path)], []
    for _ in range(rounds):
        others.append(seconds(other, path))
        ones.append(seconds(one, path))
    ratios = [other / statistics.mean(around) for other, around in zip(others, pairwise(ones), strict=True)]
    return Pair(statistics.median(ones), statistics.median(others), statistics.median(ratios))


def over_floor(name: str, path: Path, floor: Work, ours: Work, movements: int) -> Figure:
    """Our time over that of the floor."""
    pair = paired(path, floor, ours)
    return {
        "name": name,
        "ratio": round(pair.ratio, 2),
        "microseconds": round(pair.other / movements * 1e6, 1),
        "floor_microseconds": round(pair.one / movements * 1e6, 2),
    }


def times_faster(name: str, path: Path, peer: Work, ours: Work, movements: int, rounds: int = _ROUNDS) -> Figure:
    """The peer's time over ours."""
    pair = paired(path, ours, peer, rounds)
    return {
        "name": name,
        "ratio": round(pair.ratio, 1),
        "microseconds": round(pair.one / movements * 1e6, 1),
        "peer_microseconds": round(pair.other / movements * 1e6, 1),
    }


def growth(name: str, small: Path, large: Path, ours: Work) -> Figure:
    """The time of the tenfold file over that of the small one, in turn; each the least, for what disturbs only adds."""
    turns = [(seconds(ours, small), seconds(ours, large)) for _ in range(_TURNS)]
    least, most = map(min, zip(*turns, strict=True))
    return {"name": f"{name}.time_{LARGE}_over_{SMALL}", "ratio": round(most / least, 2)}


def memory(name: str, path: Path, reader: str, movements: int) -> Figure:
    """Peak resident memory of a process that reads the file, less that of one that does nothing; `reader` is a module
    and its function.
    """
    module, _, function = reader.rpartition(".")
    read = f"from {module} import {function}\nfor _ in {function}(open({str(path)!r}, 'rb')): pass"
    over = (_peak(read) - _peak("pass")) / 1024
    return {"name": f"{name}.{movements}.megabytes_over_the_interpreter", "value": round(over, 1)}


def seconds(work: Work, path: Path) -> float:
    """One run, the opening of the file left out."""
    with path.open("rb") as stream:
        began = process_time()
        work(stream)
        return process_time() - began


def _peak(code: str) -> int:
    script = f"{code}\nprint(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    return int(status.partition("VmHWM:")[2].split()[0])
