"""The provider on a port of this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from card_provider.books import Books, Refused, Session
from card_provider.deliveries import Deliveries, Mode
from card_provider.pages import challenge_page, choice_page, over_page

_LARGEST_BODY = 2**20


@dataclass(frozen=True)
class Reply:
    """An HTTP answer: JSON, a page, or the way elsewhere."""

    status: int
    body: str = ""
    kind: str = "application/json"
    location: str = ""


class CardProvider(ThreadingHTTPServer):
    """The provider; port 0 takes a free one, `listening` one that is open already."""

    daemon_threads = True

    def __init__(self, port: int = 0, api_key: str = "", listening: socket.socket | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler, bind_and_activate=listening is None)
        if listening is not None:
            self.socket.close()
            self.socket = listening
            self.server_address = listening.getsockname()
        self.api_key = api_key
        self.deliveries = Deliveries()
        self.books = Books(self.deliveries.tell)
        self.deliveries.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request; `headers` have lower-case names."""
        words = path.partition("?")[0].strip("/").split("/")
        try:
            if words[0] == "pay":
                return self._browse(method, words[1:], body)
            told = json.loads(body or b"{}")
            if (method, words) == ("POST", ["configure"]) and not self.api_key:
                return self._configure(told)
            if not self.api_key or headers.get("authorization") != f"Bearer {self.api_key}":
                return _json(401, {"error": "bad_api_key"})
            return _json(*self._serve(method, words, told, headers.get("idempotency-key", "")))
        except Refused as refused:
            return _json(refused.status, {"error": refused.code})
        except (ValueError, KeyError, TypeError, AttributeError):
            return _json(400, {"error": "malformed"})

    def _serve(self, method: str, words: list[str], told: Any, key: str) -> tuple[int, Mapping[str, Any]]:
        if words[0] == "sessions":
            return self._serve_sessions(method, words[1:], told, key)
        orders: Mapping[tuple[str, ...], Callable[[Any], tuple[int, Mapping[str, Any]]]] = {
            ("POST", "refunds"): self._refund,
            ("POST", "chargebacks"): self._charge_back,
            ("POST", "webhook"): self._set_webhook,
            ("POST", "mode"): self._set_mode,
            ("GET", "summary"): lambda _: (200, {**self.books.summary(), "deliveries": self.deliveries.summary()}),
        }
        if (method, *words) not in orders:
            raise Refused(404, "no_such_route")
        return orders[method, *words](told)

    def _serve_sessions(self, method: str, words: list[str], told: Any, key: str) -> tuple[int, Mapping[str, Any]]:
        match method, words:
            case "POST", []:
                return 201, self._shown(self.books.open(key, told))
            case "GET", [session_id]:
                return 200, self._shown(self.books.find(session_id))
            case "POST", [session_id, "expire"]:
                return 200, self._shown(self.books.fail(session_id, "expired"))
        raise Refused(404, "no_such_route")

    def _refund(self, told: Any) -> tuple[int, Mapping[str, Any]]:
        cents = told.get("amount_cents")
        return 201, {"refund": self.books.take_back("return", told["payment"], cents, "requested_by_customer")}

    def _charge_back(self, told: Any) -> tuple[int, Mapping[str, Any]]:
        reason = told.get("reason", "fraudulent")
        return 201, {"dispute": self.books.take_back("chargeback", told["payment"], None, reason)}

    def _set_webhook(self, told: Any) -> tuple[int, Mapping[str, Any]]:
        self.deliveries.url, self.deliveries.keys = told["url"], tuple(told["keys"])
        return 200, {"url": told["url"]}

    def _set_mode(self, told: Any) -> tuple[int, Mapping[str, Any]]:
        self.deliveries.mode = Mode(**told)
        return 200, told

    def _configure(self, told: Any) -> Reply:
        self.api_key = told["api_key"]
        self.deliveries.url, self.deliveries.keys = told["url"], tuple(told["keys"])
        return _json(200, {"url": self.url})

    def _browse(self, method: str, words: list[str], body: bytes) -> Reply:
        session = self.books.find(words[0] if words else "")
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if session.status != "open" or session.is_late:
            return _page(over_page(session))
        if method == "GET":
            return _page(choice_page(session))
        if words[1:] == ["challenge"]:
            return self._confirmed(session) if fields.get("answer") == "yes" else self._denied(session)
        steps: Mapping[str, Callable[[Session], Reply]] = {
            "success": self._confirmed,
            "challenge": lambda one: _page(challenge_page(one)),
            "declined": lambda one: _page(choice_page(one, declined=True)),
            "leave": lambda one: _away(one.order["cancel_url"]),
        }
        return steps[fields["outcome"]](session)

    def _confirmed(self, session: Session) -> Reply:
        return _away(self.books.pay(session.session_id).order["success_url"])

    def _denied(self, session: Session) -> Reply:
        return _away(self.books.fail(session.session_id).order["cancel_url"])

    def _shown(self, session: Session) -> Mapping[str, Any]:
        return {
            "session_id": session.session_id,
            "url": f"{self.url}/pay/{session.session_id}",
            "status": session.status,
            "payment": session.payment,
            "amount_cents": session.order["amount_cents"],
            "checkout_id": session.order["checkout_id"],
        }


class _Handler(BaseHTTPRequestHandler):
    server: CardProvider
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":
            self._send(Reply(204))
            return
        self._answer(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > _LARGEST_BODY:
            self.close_connection = True
            self._send(_json(413, {"error": "too_large"}))
            return
        self._answer(self.rfile.read(length))

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.answer(self.command, self.path, headers, body))

    def _send(self, reply: Reply) -> None:
        text = reply.body.encode()
        self.send_response(reply.status, HTTPStatus(reply.status).phrase)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


def _json(status: int, body: Mapping[str, Any]) -> Reply:
    return Reply(status, json.dumps(body))


def _page(text: str) -> Reply:
    return Reply(200, text, "text/html; charset=utf-8")


def _away(location: str) -> Reply:
    return Reply(303, location=location)
