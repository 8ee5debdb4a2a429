"""Makes mutants, plays them against the unit tests, and says which of them nothing notices."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "quitus"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
GROUPS: Mapping[str, Sequence[str]] = {
    "posting": ("quitus.domain.posting", "quitus.domain.household"),
    "allocation": ("quitus.domain.allocation",),
    "attribution": ("quitus.domain.matching", "quitus.services.attribution"),
}
GOALS = {"posting": 1.0, "allocation": 0.9, "attribution": 0.9}
"""Of the mutants that are not equivalent, how many must be noticed."""
TESTS = ("tests/unit/domain", "tests/unit/services", "tests/unit/attribution", "tests/acceptance")

type Change = tuple[str, str, str]
"""A function (module and name), what a line was, and what it is."""


def main() -> int:
    """0 when every group reaches its goal, else 1; 2 when the tests fail without any mutant."""
    parser = argparse.ArgumentParser(prog="scripts/mutate")
    parser.add_argument("python", type=Path, help="the interpreter that has mutmut")
    parser.add_argument("--only", choices=GROUPS)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    groups = {name: GROUPS[name] for name in ([options.only] if options.only else GROUPS)}
    with tempfile.TemporaryDirectory() as folder:
        mutants, fates = Path(folder) / "mutants.jsonl", Path(folder) / "fates.jsonl"
        _make(options.python, [module for modules in groups.values() for module in modules], mutants)
        played = _play(mutants, fates, options.jobs)
        if played:
            return 2
        told = [json.loads(line) for line in fates.read_text(encoding="utf-8").splitlines()]
    reasons = _reasons()
    reached = [_tell(name, [one for one in told if one["module"] in groups[name]], reasons) for name in groups]
    return int(not all(reached))


def _make(python: Path, modules: Sequence[str], mutants: Path) -> None:
    script = Path(__file__).with_name("mutants.py")
    with mutants.open("w", encoding="utf-8") as written:
        subprocess.run([python, script, LAYER, *modules], check=True, stdout=written)


def _play(mutants: Path, fates: Path, jobs: int) -> int:
    plugin = ["-p", "no:cacheprovider", "-p", "mutation.plugin", "--jobs", str(jobs)]
    command = [sys.executable, "-m", "pytest", "-q", *plugin, "--mutants", str(mutants), "--fates", str(fates), *TESTS]
    return subprocess.run(command, cwd=ROOT, check=False, stdout=sys.stderr).returncode


def _reasons() -> dict[Change, str]:
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", [])
    return {(one["function"], one["was"], one["is"]): one["reason"] for one in listed}


def _tell(name: str, told: Sequence[dict[str, Any]], reasons: Mapping[Change, str]) -> bool:
    """Print what became of a group's mutants; whether it reaches its goal."""
    left = [one for one in told if one["fate"] != "noticed"]
    for one in left:
        reason = reasons.get(_change(one))
        place = f"{one['module']}.{one['function']}:{one['line']}"
        print(f"{'equivalent' if reason else one['fate']}  {place}\n  - {one['was']}\n  + {one['is']}")
        if reason:
            print(f"  {reason}")
    counted = Counter("equivalent" if _change(one) in reasons else one["fate"] for one in left)
    real = len(told) - counted["equivalent"]
    share = 1 - (counted["survived"] + counted["no_test"]) / real if real else 1.0
    figures = {"mutants": len(told), "noticed": len(told) - len(left), **counted}
    print(json.dumps({"name": f"mutants.{name}", **figures, "share": round(share, 4), "goal": GOALS[name]}), flush=True)
    return share >= GOALS[name]


def _change(one: Mapping[str, Any]) -> Change:
    return f"{one['module']}.{one['function']}", one["was"], one["is"]


if __name__ == "__main__":
    sys.exit(main())
