"""A landlord's ERP on HTTP: keeps what is pushed, checks it as an outsider would, and fails when told to.

It knows contract.md ("ERP push") and nothing of Quitus' code: envelope, idempotency key, order per lease, balance of
every entry, hash chain.

    POST /{feed}        a batch; same Idempotency-Key: same answer, applied once
    GET  /journal       every entry in the order of arrival
    GET  /summary       batches, entries, duplicates, errors, sums per account
    POST /mode          {"mode": "ok|down|error_before|error_after_applying|slow|garbage|reset|refuse", "times": n|null}
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FEEDS = ("entries", "virtual_ibans", "receipts", "allocations", "reversals")
MODES = ("ok", "down", "error_before", "error_after_applying", "slow", "garbage", "reset", "refuse")
SLOW_SECONDS = 2.0
_LARGEST_BODY = 16 * 2**20


@dataclass(frozen=True)
class Reply:
    """An HTTP answer; with `broken` the connection says something else, or nothing."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    broken: str = ""


class Refused(Exception):
    """A batch that breaks the contract; the text says how."""


class Journal:
    """What the ERP holds. Every method may be called from several threads."""

    def __init__(self, token: str | None = None) -> None:
        self.entries: list[dict[str, Any]] = []
        self.others: dict[str, list[dict[str, Any]]] = {}
        self.errors: list[str] = []
        self.duplicates = 0
        self._token = token
        self._answers: dict[str, tuple[bytes, Reply]] = {}
        self._last: dict[str, tuple[int, str]] = {}
        self._ids: set[str] = set()
        self._mode = ("ok", 0)
        self._left: int | None = None
        self._lock = threading.RLock()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request; `headers` have lower-case names."""
        route = (method, path.rstrip("/"))
        if route == ("GET", "/journal"):
            return Reply(200, {"entries": list(self.entries), **self.others})
        if route == ("GET", "/summary"):
            return Reply(200, self.summary())
        if route == ("POST", "/mode"):
            return self.set_mode(json.loads(body))
        if method == "POST" and path.strip("/") in FEEDS:
            return self._push(path.strip("/"), headers, body)
        return Reply(404, {"error": "unknown route"})

    def set_mode(self, order: Mapping[str, Any]) -> Reply:
        """Fail in the way of `mode` for the next `times` batches (None: until told otherwise)."""
        mode, times = order.get("mode"), order.get("times")
        if mode not in MODES or not (times is None or (isinstance(times, int) and times > 0)):
            return Reply(422, {"error": "no such mode"})
        with self._lock:
            self._mode, self._left = (mode, 0), times
        return Reply(200, {"mode": mode, "times": times})

    def summary(self) -> dict[str, Any]:
        """Counts and sums over everything applied."""
        with self._lock:
            debited, credited = Counter[str](), Counter[str]()
            for entry in self.entries:
                for line in entry["lines"]:
                    debited[line["account"]] += line["debit_cents"]
                    credited[line["account"]] += line["credit_cents"]
            accounts = sorted(debited.keys() | credited.keys())
            return {
                "batches": len(self._answers),
                "entries": len(self.entries),
                "virtual_ibans": len(self.others.get("virtual_ibans", [])),
                "duplicates": self.duplicates,
                "errors": len(self.errors),
                "error_texts": self.errors[:20],
                "accounts": {name: {"debit_cents": debited[name], "credit_cents": credited[name]} for name in accounts},
                "receipts_cents": sum(_debits(entry) for entry in self.entries if entry["kind"] == "receipt"),
            }

    def _push(self, feed: str, headers: Mapping[str, str], body: bytes) -> Reply:
        mode = self._next_mode()
        if mode == "slow":
            time.sleep(SLOW_SECONDS)
        if mode in ("garbage", "reset"):
            return Reply(0, broken=mode)
        if mode in ("down", "error_before", "refuse"):
            status = {"down": 503, "error_before": 500, "refuse": 422}[mode]
            return Reply(status, {"error": mode})
        if self._token is not None and headers.get("authorization") != f"Bearer {self._token}":
            return Reply(401, {"error": "bad token"})
        with self._lock:
            reply = self._apply_once(feed, headers.get("idempotency-key", ""), body)
        return Reply(500, {"error": mode}) if mode == "error_after_applying" else reply

    def _next_mode(self) -> str:
        with self._lock:
            mode = self._mode[0]
            if self._left is not None:
                self._left -= 1
                if self._left == 0:
                    self._mode, self._left = ("ok", 0), None
            return mode

    def _apply_once(self, feed: str, key: str, body: bytes) -> Reply:
        if key in self._answers:
            return self._again(key, body)
        try:
            items = _items(feed, key, body)
            if feed == "entries":
                self._check_entries(items)
        except (Refused, KeyError, TypeError) as error:
            self.errors.append(f"{type(error).__name__}: {error}")
            return Reply(422, {"error": self.errors[-1]})
        if feed == "entries":
            self._apply_entries(items)
        else:
            self.others.setdefault(feed, []).extend(items)
        reply = Reply(200, {"batch_id": key, "applied": len(items)})
        self._answers[key] = (body, reply)
        return reply

    def _again(self, key: str, body: bytes) -> Reply:
        first, reply = self._answers[key]
        if first != body:
            self.errors.append(f"the key {key} came with another body")
            return Reply(422, {"error": "same key, other body"})
        self.duplicates += 1
        return reply

    def _check_entries(self, entries: Sequence[Mapping[str, Any]]) -> None:
        last = dict(self._last)
        seen = set(self._ids)
        for entry in entries:
            name = str(entry["entry_id"])
            if name in seen:
                raise Refused(f"{name} came in another batch")
            seen.add(name)
            _check_entry(entry)
            sequence, digest = last.get(_chain(entry), (0, None))
            if (entry["sequence"], entry["previous_hash"]) != (sequence + 1, digest):
                raise Refused(f"{name} does not follow {sequence} of its lease")
            last[_chain(entry)] = (entry["sequence"], entry["hash"])

    def _apply_entries(self, entries: Sequence[dict[str, Any]]) -> None:
        for entry in entries:
            self.entries.append(entry)
            self._ids.add(entry["entry_id"])
            self._last[_chain(entry)] = (entry["sequence"], entry["hash"])


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Hex SHA-256 of the RFC 8785 JSON of the entry's hashed fields (contract.md, Hash)."""
    names = ("previous_hash", "entry_id", "lease_id", "sequence", "kind", "booking_date", "lines")
    hashed = {name: entry[name] for name in names}
    text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _items(feed: str, key: str, body: bytes) -> list[dict[str, Any]]:
    try:
        batch = json.loads(body)
    except ValueError as error:
        raise Refused("the body is no JSON") from error
    if not isinstance(batch, dict) or set(batch) != {"batch_id", feed} or not isinstance(batch[feed], list):
        raise Refused(f"the envelope is not batch_id and {feed}")
    if not key or batch["batch_id"] != key:
        raise Refused("the idempotency key is not the batch_id")
    items: list[dict[str, Any]] = batch[feed]
    return items


_FIELDS = frozenset(
    {
        "entry_id",
        "lease_id",
        "sequence",
        "kind",
        "payment_id",
        "booking_date",
        "lines",
        "hash",
        "previous_hash",
    }
)
_KINDS = frozenset({"receipt", "allocation", "reversal", "assignment", "credit_use"})


def _check_entry(entry: Mapping[str, Any]) -> None:
    name = entry["entry_id"]
    if set(entry) != _FIELDS or entry["kind"] not in _KINDS:
        raise Refused(f"{name} has not the fields of an entry")
    if _debits(entry) != sum(line["credit_cents"] for line in entry["lines"]) or _debits(entry) <= 0:
        raise Refused(f"{name} does not balance")
    if entry_hash(entry) != entry["hash"]:
        raise Refused(f"{name} has a wrong hash")


def _chain(entry: Mapping[str, Any]) -> str:
    """A lease's chain; money on no lease is a chain of its own per payment."""
    return f"lease {entry['lease_id']}" if entry["lease_id"] is not None else f"payment {entry['payment_id']}"


def _debits(entry: Mapping[str, Any]) -> int:
    return sum(line["debit_cents"] for line in entry["lines"])


class StandIn(ThreadingHTTPServer):
    """The journal on a port of this machine; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, port: int = 0, token: str | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.journal = Journal(token)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > _LARGEST_BODY:
            self._send(Reply(413, {"error": "too large"}))
            return
        self._answer(self.rfile.read(length))

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.journal.answer(self.command, self.path, headers, body))

    def _send(self, reply: Reply) -> None:
        if reply.broken:
            self._break(reply.broken)
            return
        text = json.dumps(reply.body).encode()
        self.send_response(reply.status, HTTPStatus(reply.status).phrase)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _break(self, how: str) -> None:
        self.close_connection = True
        if how == "garbage":
            self.wfile.write(b"\x00\xff not http at all\r\n\r\n")
        else:
            linger = struct.pack("ii", 1, 0)  # closing sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


def main(arguments: Sequence[str]) -> None:
    """Serve until interrupted; the address is the only line on stdout."""
    parser = argparse.ArgumentParser(
        prog="scripts/erp-stand-in", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", help="the bearer token that pushes must carry")
    options = parser.parse_args(arguments)
    with StandIn(options.port, options.token) as server:
        print(server.url, flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main(sys.argv[1:])
