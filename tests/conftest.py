"""Sockets are off but for the tests of the local cloud, which run one after the other. Every run plays the same
examples: new ones are searched for by scripts/simulate and scripts/fuzz, never by a run that must be green.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

OVER_SOCKETS = {"browser", "contract", "e2e"}
"""Kinds of tests that speak to servers on loopback, each kind in one process."""
TESTS = Path(__file__).parent

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("search" if os.environ.get("QUITUS_MACHINES") else "same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        kind = item.path.relative_to(TESTS).parts[0]
        if kind in OVER_SOCKETS:
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.xdist_group(kind))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells how many stories were played, and for which reasons how many tests were skipped."""
    reports = [report for some in terminalreporter.stats.values() for report in some]
    played = [
        value
        for one in reports
        if getattr(one, "when", "") == "call"
        for name, value in getattr(one, "user_properties", ())
        if name == "stories"
    ]
    if played:
        count, seconds = sum(number for number, _ in played), sum(taken for _, taken in played)
        said = f"{count} small stories played without a violation, {count / seconds:.0f} a second of one processor"
        terminalreporter.write_line(said)
    for reason, count in sorted(Counter(map(_why, terminalreporter.stats.get("skipped", []))).items()):
        terminalreporter.write_line(f"{count} skipped: {reason}")


def _why(skipped: pytest.TestReport | pytest.CollectReport) -> str:
    """The reason of a skip, which its report has last, after file and line."""
    told = skipped.longrepr
    return str(told[-1] if isinstance(told, tuple) else told).removeprefix("Skipped: ")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: packed ones hold the time, and every worker must see the same names."""
    return argname if isinstance(val, bytes) else None
