"""camt.053: over expat without handlers, growth, memory, and the readers that PyPI has."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._camt_files import write_camt, write_mixed_camt
from benchmarks._measure import LARGE, SMALL, Figure, growth, memory, over_floor
from benchmarks._peers import beside_peers
from benchmarks._readers import bare_expat, camt

_FEW = 1_000


def run() -> Iterator[Figure]:
    """Time per entry over the floor for both families of versions, and for entries of all kinds; then the rest for
    .08.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = {count: Path(folder) / f"{count}.xml" for count in (_FEW, SMALL, LARGE)}
        for version in ("02", "08"):
            size = write_camt(paths[SMALL], SMALL, version)
            yield {"name": f"camt.053.{version}.bytes_per_entry", "value": round(size / SMALL)}
            yield over_floor(f"camt.053.{version}.ratio_to_bare_expat", paths[SMALL], bare_expat, camt, SMALL)
        write_mixed_camt(paths[SMALL], SMALL, "08")
        yield over_floor("camt.053.mixed.ratio_to_bare_expat", paths[SMALL], bare_expat, camt, SMALL)
        for count in (_FEW, SMALL, LARGE):
            write_camt(paths[count], count, "08")
        yield growth("camt.053", paths[SMALL], paths[LARGE], camt)
        for count in (SMALL, LARGE):
            yield memory("camt.053", paths[count], "quitus.banking.camt.messages.read_camt", count)
        yield from beside_peers("bankstatementparser", paths[SMALL], SMALL)
        yield from beside_peers("pycamt", paths[_FEW], _FEW)
