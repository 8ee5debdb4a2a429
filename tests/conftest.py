"""Sockets are off but for the tests of the local cloud, which run one after the other. Every run plays the same
examples: new ones are searched for by scripts/simulate and scripts/fuzz, never by a run that must be green.
"""

import os
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
    """Tells how many stories were played, and which tests want a browser that is not there."""
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
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "Chromium" in str(report.longrepr)]
    if skipped:
        files = sorted({report.nodeid.partition("::")[0] for report in skipped})
        terminalreporter.write_line(f"{len(skipped)} tests skipped for want of Chromium: {', '.join(files)}")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: packed ones hold the time, and every worker must see the same names."""
    return argname if isinstance(val, bytes) else None
