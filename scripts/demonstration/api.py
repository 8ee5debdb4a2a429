"""The HTTP API as an ERP or a program of the landlord calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import urllib3
from urllib3.util import Retry

_PAGE: Final = 500


_AGAIN: Final = Retry(
    total=5,
    connect=0,
    read=1,
    status_forcelist=[429, 503],
    allowed_methods=None,
    backoff_factor=0.5,
    raise_on_status=False,
)
"""What asks to be tried again is: a PUT replaces and every POST carries a key, so nothing is done twice."""


class Refused(Exception):
    """The API answered with an error."""

    def __init__(self, status: int, code: str, message: str, detail: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {code}: {message} {dict(detail)}")
        self.status = status
        self.code = code


class Api:
    """One role's view of one landlord."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=60), retries=_AGAIN)

    def get(self, path: str, **query: str | int) -> Any:
        """The answer to a GET of `/v1{path}`. Raises Refused."""
        return self._call("GET", path, query)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a PUT. Raises Refused."""
        return self._call("PUT", path, {}, body)

    def post(self, path: str, body: Mapping[str, Any], key: str) -> Any:
        """The answer to a POST, under an idempotency key. Raises Refused."""
        return self._call("POST", path, {}, body, {"Idempotency-Key": key})

    def items(self, path: str, **query: str | int) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page. Raises Refused."""
        cursor: str | None = None
        while True:
            page = self.get(path, limit=_PAGE, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def download(self, url: str) -> bytes:
        """The file behind a signed URL: no token goes there."""
        return self._http.request("GET", url).data

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Mapping[str, Any] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Any:
        asked = f"?{urlencode(query)}" if query else ""
        answer = self._http.request(
            method,
            f"{self._url}/v1{quote(path)}{asked}",
            body=json.dumps(body) if body is not None else None,
            headers={
                **self._headers,
                **({"Content-Type": "application/json"} if body is not None else {}),
                **(more or {}),
            },
        )
        said = json.loads(answer.data) if answer.data else None
        if answer.status >= 400:
            error = said.get("error", {}) if isinstance(said, dict) else {}
            message = error.get("message", answer.data.decode()[:200])
            raise Refused(answer.status, error.get("code", "no_code"), message, error.get("detail", {}))
        return said
