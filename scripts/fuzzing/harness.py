"""What atheris runs, in an environment of its own: `python -m fuzzing.harness READER CORPUS OPTION…`."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["quitus"], enable_loader_override=False):
    from hostile.harnesses import HARNESSES


def main() -> None:
    """Feed one harness until time is up or something fails."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, HARNESSES[name])
    atheris.Fuzz()


main()
