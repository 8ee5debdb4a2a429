"""Runs the benchmarks named on the command line, or all of them."""

from __future__ import annotations

import argparse
import json
import pkgutil
import sys
from importlib import import_module

import benchmarks


def main() -> None:
    """Print one JSON line per figure."""
    names = sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Paired benchmarks, one JSON line per figure.")
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"which of {', '.join(names)} (default: all)")
    wanted = parser.parse_args().name
    if unknown := sorted({*wanted} - {*names}):
        parser.error(f"no benchmark {', '.join(unknown)}: there are {', '.join(names)}")
    for name in wanted or names:
        print(f"{name} …", file=sys.stderr, flush=True)
        for figure in import_module(f"benchmarks.{name}").run():
            print(json.dumps(figure), flush=True)


main()
