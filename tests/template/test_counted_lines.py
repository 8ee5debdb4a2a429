"""The lines that the metric filters count are the lines that the code writes."""

from __future__ import annotations

import logging

import pytest

from quitus.adapters.alert_rows import announce
from quitus.domain.alert import Alert, AlertKind


def test_an_announced_alert_says_its_severity_and_its_landlord(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.Logger, "handle", lambda _, line: lines.append(line))
    announce("semiga", Alert(AlertKind.FILE_QUARANTINED, "file-1"))
    announce("-", Alert(AlertKind.EVENT_REJECTED, "event-1"))
    fields = [(vars(line)["severity"], vars(line)["landlord_id"]) for line in lines]
    assert fields == [("critical", "semiga"), ("warning", "-")]
