"""The landlord's ERP: the stand-in on a port of this machine, asked what it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Thread
from typing import Any

import urllib3

from demonstration.proof import Entry
from erp_stand_in import StandIn


class Erp:
    """The running stand-in; it ends with this process at the latest."""

    def __init__(self) -> None:
        self._server = StandIn()
        self._serving = Thread(target=self._server.serve_forever, daemon=True)
        self._serving.start()
        self._http = urllib3.PoolManager(timeout=10.0)
        self.url = self._server.url

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
        self._server.shutdown()
        self._serving.join()
        self._server.server_close()

    def _get(self, path: str) -> Any:
        return json.loads(self._http.request("GET", self.url + path).data)


def _entry(entry: Mapping[str, Any]) -> Entry:
    lines = entry["lines"]
    amounts = tuple((line["account"], line["debit_cents"] - line["credit_cents"]) for line in lines)
    return Entry(entry["entry_id"], entry["lease_id"] or "", entry["sequence"], amounts)
