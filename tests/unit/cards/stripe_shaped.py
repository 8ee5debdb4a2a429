"""Stripe's API as its reference describes three calls (https://docs.stripe.com/api/checkout/sessions/create, /expire
and /retrieve), on HTTP.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

KNOWN = re.compile(
    r"mode|submit_type|locale|expires_at|success_url|cancel_url|client_reference_id|payment_method_types\[0\]|"
    r"adaptive_pricing\[enabled\]|line_items\[0\]\[(quantity|price_data\]\[(currency|unit_amount|product_data\]\[name))\]|"
    r"payment_intent_data\[(description|metadata\]\[\w+)\]|metadata\[\w+\]"
)
REQUIRED = {"mode", "success_url", "line_items[0][price_data][unit_amount]", "line_items[0][quantity]"}


class StripeShaped(ThreadingHTTPServer):
    """Keeps sessions by their idempotency key; `answers` go first, as (status, body)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sessions: dict[str, tuple[Mapping[str, str], Mapping[str, Any]]] = {}
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[Mapping[str, str]] = []
        self.statuses: dict[str, str] = {}
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stands(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer what is about one session."""
        session_id, _, wanted = path.removeprefix("/v1/checkout/sessions/").partition("/")
        if headers["authorization"] != "Bearer sk_test_semiga":
            return _error(401, "api_key_invalid")
        if session_id not in self.statuses:
            return _error(404, "resource_missing")
        if (method, wanted) == ("POST", "expire"):
            if self.statuses[session_id] != "open":
                return _error(400, "")
            self.statuses[session_id] = "expired"
        return 200, json.dumps({"id": session_id, "status": self.statuses[session_id]}).encode()

    def answer(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, bytes]:
        self.asked.append(headers)
        if self.answers:
            return self.answers.pop(0)
        fields, key = dict(parse_qsl(body, strict_parsing=True)), headers["idempotency-key"]
        if path != "/v1/checkout/sessions" or not re.fullmatch(r"\d{4}-\d\d-\d\d\.\w+", headers["stripe-version"]):
            return _error(404, "resource_missing")
        if headers["authorization"] != "Bearer sk_test_semiga":
            return _error(401, "api_key_invalid")
        if REQUIRED - fields.keys() or any(not KNOWN.fullmatch(name) for name in fields):
            return _error(400, "parameter_unknown")
        if not 1800 <= int(fields["expires_at"]) - time.time() <= 86400:
            return _error(400, "expires_at_invalid")
        with self.lock:
            first, session = self.sessions.setdefault(key, (fields, self._session(fields)))
        return _error(400, "idempotency_error") if first != fields else (200, json.dumps(session).encode())

    def _session(self, fields: Mapping[str, str]) -> Mapping[str, Any]:
        session_id = f"cs_test_{len(self.sessions) + 1}"
        self.statuses.setdefault(session_id, "open")
        url = f"https://checkout.stripe.com/c/pay/{session_id}"
        return {"id": session_id, "object": "checkout.session", "url": url, "status": "open"}


def _error(status: int, code: str) -> tuple[int, bytes]:
    return status, json.dumps({"error": {"code": code, "type": "invalid_request_error", "message": "No."}}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: StripeShaped
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        about_one = self.path.startswith("/v1/checkout/sessions/")
        server = self.server
        self._send(
            *(server.stands("POST", self.path, headers) if about_one else server.answer(self.path, headers, body))
        )

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(*self.server.stands("GET", self.path, headers))

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass
