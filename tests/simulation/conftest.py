"""A deployment for each module of the simulation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from simulation.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield World(monkeypatch)
