"""A client of the API, as small as it can be."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered; `body` is its JSON, None when there is none."""

    status: int
    headers: Message
    body: Any


@dataclass(frozen=True)
class Api:
    """Calls with the token of a role; `role=None` calls without a token."""

    url: str
    token: Callable[[str], str]

    def get(self, path: str, role: str | None = "admin", **query: object) -> Answer:
        return self.call("GET", f"{path}?{urlencode(query)}" if query else path, role)

    def put(self, path: str, body: object, role: str | None = "admin") -> Answer:
        return self.call("PUT", path, role, body)

    def post(self, path: str, body: object, role: str | None = "admin", **headers: str) -> Answer:
        return self.call("POST", path, role, body, headers)

    def delete(self, path: str, role: str | None = "admin") -> Answer:
        return self.call("DELETE", path, role)

    def call(
        self, method: str, path: str, role: str | None, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        said = {"Content-Type": "application/json"} | (headers or {})
        if role:
            said["Authorization"] = f"Bearer {self.token(role)}"
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return answer(Request(f"{self.url}{path}", data=content, headers=said, method=method))


def answer(request: Request) -> Answer:
    try:
        with urlopen(request, timeout=40) as response:
            return Answer(response.status, response.headers, read(response.read()))
    except HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.headers, read(refused.read()))


def read(content: bytes) -> Any:
    return json.loads(content) if content else None


def let(api: Api, lease_id: str, cents: int, due_date: date) -> str:
    """A lease that owes its rent since a day; its virtual IBAN."""
    lease = {"status": "active", "start_date": "2020-01-01", "unit_id": f"U-{lease_id}", "unit_kind": "dwelling",
             "residence_id": "R1", "residence_name": "Les Quais", "street": "1 quai Sud", "postal_code": "30900",
             "commune": "Nîmes", "holder_name": f"Titulaire {lease_id}", "language": "fr"}  # fmt: skip
    assert api.put(f"/v1/leases/{lease_id}", lease).status == 201
    due = {"kind": "rent", "period": f"{due_date:%Y-%m}", "due_date": due_date.isoformat(), "amount_cents": cents}
    assert api.put(f"/v1/leases/{lease_id}/dues/rent-{lease_id}", due).status == 201
    iban: str = api.get(f"/v1/leases/{lease_id}").body["virtual_iban"]
    return iban
