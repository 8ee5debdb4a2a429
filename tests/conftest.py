"""Sockets are off but for the tests of the local cloud, which run one after the other."""

from pathlib import Path

import pytest

ON_THE_LOCAL_CLOUD = {"contract", "e2e"}
TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        kind = item.path.relative_to(TESTS).parts[0]
        if kind in ON_THE_LOCAL_CLOUD:
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.xdist_group(kind))
