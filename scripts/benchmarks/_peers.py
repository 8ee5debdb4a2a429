"""The readers that PyPI has, beside ours in one process, in an environment of their own (`requirements/bench.in`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from benchmarks import _readers
from benchmarks._measure import Figure, Work, times_faster

_ROOT = Path(__file__).parents[2]
_PYTHON = _ROOT / ".local" / "bench" / "bin" / "python"


def beside_peers(peer: str, path: Path, movements: int) -> Iterator[Figure]:
    """How many times faster than the peer we are on a file that both read whole."""
    yield figure_beside_peers("benchmarks._peers", peer, str(path), str(movements))


def figure_beside_peers(module: str, *arguments: str) -> Figure:
    """The figure that a module prints when it runs in the environment of the peers."""
    paths = os.pathsep.join(str(_ROOT / folder) for folder in ("layers/quitus", "scripts"))
    environment = os.environ | {"PYTHONPATH": paths}
    command = [str(_PYTHON), "-m", module, *arguments]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    figure: Figure = json.loads(said.stdout)
    return figure


def _bankstatementparser(stream: BinaryIO) -> int:
    parser = import_module("bankstatementparser").CamtParser(stream.name, lazy=True)
    return sum(1 for _ in parser.parse_streaming())


def _pycamt(stream: BinaryIO) -> int:
    return len(import_module("pycamt.parser").Camt053Parser.from_file(stream.name).get_transactions())


def _mt_940(stream: BinaryIO) -> int:
    """`parse_statements`: `parse` makes one statement of them all."""
    statements = import_module("mt940").parse_statements(stream.read().decode("latin-1"))
    return sum(len(statement.transactions) for statement in statements)


_PEERS: dict[str, tuple[str, Work, Work]] = {
    "bankstatementparser": ("camt.053.times_faster_than_bankstatementparser", _bankstatementparser, _readers.camt),
    "pycamt": ("camt.053.times_faster_than_pycamt", _pycamt, _readers.camt),
    "mt-940": ("mt940.times_faster_than_mt_940", _mt_940, _readers.mt940),
}


def main(peer: str, path: Path, movements: int) -> None:
    """Print the figure, once both have read every movement."""
    name, theirs, ours = _PEERS[peer]
    with path.open("rb") as stream:
        read = theirs(stream)
    if read != movements:
        raise AssertionError(f"{peer} read {read} of {movements} movements")
    print(json.dumps(times_faster(f"{name}_at_{movements}", path, theirs, ours, movements, rounds=5)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
