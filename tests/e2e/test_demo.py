"""`scripts/demo` as a person runs it."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from cloud.places import ROOT
from demonstration.estate import FEWEST_LEASES

LONGEST_SECONDS = 900
"""A machine that is crowded plays slowly, and as rightly."""
pytestmark = pytest.mark.timeout(LONGEST_SECONDS + 60)


def demo(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demonstration", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS)


@pytest.fixture(scope="module")
def played() -> subprocess.CompletedProcess[str]:
    return demo(["--leases", str(FEWEST_LEASES), "--seed", "7"])


def test_the_demo_ends_with_bank_ledger_and_erp_equal(played: subprocess.CompletedProcess[str]) -> None:
    assert played.returncode == 0, played.stderr
    assert "Bank = ledger = ERP" in played.stdout
    assert "≠" not in played.stdout


def test_the_demo_shows_what_a_person_would_look_at(played: subprocess.CompletedProcess[str]) -> None:
    for shown in (
        "coupe.xml: quarantined (truncated)",
        "renvoi.xml: duplicate",
        "× unassigned_virtual_iban",
        "× double_payment",
        "× payment_on_ended_lease",
        "1 came again, and nothing was booked twice",
    ):
        assert shown in played.stdout


def test_the_demo_pays_a_link_by_card(played: subprocess.CompletedProcess[str]) -> None:
    assert "The link paid by card" in played.stderr
    (line,) = [line for line in played.stdout.splitlines() if line.strip().startswith("by payment link, by card")]
    assert line.split()[5] == "1"
    assert any(line.strip().startswith("carte ") for line in played.stdout.splitlines())


def test_progress_goes_to_stderr_in_plain_lines(played: subprocess.CompletedProcess[str]) -> None:
    assert "Leases loaded" in played.stderr
    assert "Leases loaded" not in played.stdout
    assert "\x1b" not in played.stderr


def test_a_wrong_size_is_refused_before_anything_starts() -> None:
    refused = demo(["--leases", "1"])
    assert refused.returncode == 2
    assert "at least" in refused.stderr
