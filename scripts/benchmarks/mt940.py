"""MT940: over splitting the file into lines, growth, memory, and the package mt-940."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._line_files import write_mt940
from benchmarks._measure import LARGE, SMALL, Figure, growth, memory, over_floor
from benchmarks._peers import beside_peers
from benchmarks._readers import mt940, split_lines


def run() -> Iterator[Figure]:
    """Time per movement with sub-fields, proved, over the floor."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.sta", Path(folder) / "large.sta"
        write_mt940(small, SMALL)
        write_mt940(large, LARGE)
        yield over_floor("mt940.ratio_to_splitting_lines", small, split_lines, mt940, SMALL)
        yield growth("mt940", small, large, mt940)
        for path, count in ((small, SMALL), (large, LARGE)):
            yield memory("mt940", path, "quitus.banking.mt940.read_mt940", count)
        yield from beside_peers("mt-940", small, SMALL)
