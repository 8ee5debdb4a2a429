"""What plays mutants tells those that a test notices from those that none does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from mutation.plugin import function_of
from quitus.domain.household import Household, Part
from quitus.domain.ledger import entry_hash

ROOT = Path(__file__).parents[2]
MONEY = (ROOT / "layers" / "quitus" / "quitus" / "domain" / "money.py").read_text(encoding="utf-8")


def test_functions_are_found_whatever_wraps_them() -> None:
    assert function_of("quitus.domain.ledger", "entry_hash") is entry_hash
    assert function_of("quitus.domain.household", "Part.paid_cents").__code__.co_qualname == "Part.paid_cents"
    assert function_of("quitus.domain.household", "Household.alone") is vars(Household)["alone"].__func__
    assert function_of("quitus.domain.household", "Part.is_booked") is vars(Part)["is_booked"].fget
    assert function_of("quitus.domain.calendar", "years_before").__name__ == "years_before"


def test_a_mutant_is_noticed_survives_or_has_no_test(tmp_path: Path) -> None:
    changes = {
        "noticed": ("parse_euros", "* 100", "* 101"),
        "survived": ("parse_euros", "cents = int(euros) * 100 +", "cents = 100 * int(euros) +"),
        "no_test": ("parse_bank_amount", "100 + int(decimals[:2])", "10 + int(decimals[:2])"),
    }
    mutants, fates = tmp_path / "mutants.jsonl", tmp_path / "fates.jsonl"
    lines = [
        {"module": "quitus.domain.money", "function": name, "line": 1, "was": was, "is": now}
        | {"source": MONEY.replace(was, now, 1)}
        for name, was, now in changes.values()
    ]
    mutants.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    played = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "mutation.plugin"),
            *("--mutants", mutants, "--fates", fates, "-k", "euros_read", "tests/unit/domain/test_money.py"),
        ],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    told = [json.loads(line)["fate"] for line in fates.read_text(encoding="utf-8").splitlines()]
    assert told == list(changes)
