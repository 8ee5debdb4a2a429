"""CFONB 120: over splitting the file into lines, growth, memory; no other package reads it right."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._line_files import write_cfonb
from benchmarks._measure import LARGE, SMALL, Figure, growth, memory, over_floor
from benchmarks._readers import cfonb, split_lines


def run() -> Iterator[Figure]:
    """Time per movement of two to four complements, proved, over the floor."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.txt", Path(folder) / "large.txt"
        write_cfonb(small, SMALL)
        write_cfonb(large, LARGE)
        yield over_floor("cfonb120.ratio_to_splitting_lines", small, split_lines, cfonb, SMALL)
        yield growth("cfonb120", small, large, cfonb)
        for path, count in ((small, SMALL), (large, LARGE)):
            yield memory("cfonb120", path, "quitus.banking.cfonb.read_cfonb", count)
