"""No handler reaches a real queue."""

from __future__ import annotations

import pytest
from queues import Queues

from quitus import bootstrap


@pytest.fixture(autouse=True)
def queues(monkeypatch: pytest.MonkeyPatch) -> Queues:
    queues = Queues()
    monkeypatch.setattr(bootstrap, "sqs", lambda: queues)
    return queues
