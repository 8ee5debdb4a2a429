"""The landlord's ERP: the stand-in on a port of this machine, asked what it holds."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import urllib3

from demonstration.cloud import SCRIPTS, CommandFailed
from demonstration.proof import Entry


class Erp:
    """The running stand-in."""

    def __init__(self) -> None:
        command = [str(SCRIPTS / "erp-stand-in")]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._http = urllib3.PoolManager(timeout=10.0)
        said = self._process.stdout.readline() if self._process.stdout else ""
        if not said.startswith("http"):
            raise CommandFailed("scripts/erp-stand-in did not start")
        self.url = said.strip()

    def summary(self) -> Mapping[str, Any]:
        """Counts, and sums per account."""
        found: Mapping[str, Any] = self._get("/summary")
        return found

    def entries(self) -> list[Entry]:
        """Every entry in the order of its arrival."""
        return [_entry(entry) for entry in self._get("/journal")["entries"]]

    def fail_once_after_applying(self) -> None:
        """Book the next batch but answer 500, as a server does that dies on its way back."""
        body = json.dumps({"mode": "error_after_applying", "times": 1})
        self._http.request("POST", f"{self.url}/mode", body=body)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()

    def _get(self, path: str) -> Any:
        return json.loads(self._http.request("GET", self.url + path).data)


def _entry(entry: Mapping[str, Any]) -> Entry:
    lines = entry["lines"]
    amounts = tuple((line["account"], line["debit_cents"] - line["credit_cents"]) for line in lines)
    return Entry(entry["entry_id"], entry["lease_id"] or "", entry["sequence"], amounts)
