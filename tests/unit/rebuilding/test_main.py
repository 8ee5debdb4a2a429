"""What scripts/rebuild refuses before it reads anything, and what it says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import rebuilding.__main__ as script

STACK = {"TableName": "live", "RawBucketName": "raw", "PgpSecretPrefix": "pgp/"}


class Absent(Exception):
    """There is no such table."""


class Database:
    """Tables by name, each with what it holds; nothing can be written."""

    exceptions = SimpleNamespace(ResourceNotFoundException=Absent)

    def __init__(self, **tables: list[Any]) -> None:
        self._tables = tables

    def describe_table(self, *, TableName: str) -> dict[str, Any]:  # noqa: N803 - as the client names it
        if TableName not in self._tables:
            raise Absent
        return {"Table": {"TableName": TableName}}

    def scan(self, *, TableName: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - as the client names it
        return {"Items": self._tables[TableName]}


def refused(monkeypatch: pytest.MonkeyPatch, database: Database, into: str) -> None:
    def client(service: str) -> Database:
        assert service == "dynamodb"
        return database

    monkeypatch.setattr(script, "_deployment", lambda given: (client, STACK))
    with pytest.raises(SystemExit) as stopped:
        script.main(["--stack", "quitus", "--into", into])
    assert stopped.value.code == script.REFUSED


def test_the_live_table_is_never_written_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(monkeypatch, Database(live=[]), "live")
    assert "live is the live table" in capsys.readouterr().err


def test_a_table_that_holds_anything_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(monkeypatch, Database(live=[], anew=[{"PK": {"S": "l#a"}}]), "anew")
    assert "anew holds rows already: give --into a new name, or delete what was begun." in capsys.readouterr().err


def test_no_table_is_made_unencrypted_when_the_live_one_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(monkeypatch, Database(), "anew")
    assert "make it first, empty" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--stack", "quitus", "--port", "4566"], ["--port", "x"]])
def test_one_deployment_is_named(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        script.main(arguments)
    assert stopped.value.code == script.REFUSED
