"""What goes back to the gateway."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from quitus.domain.errors import QuitusError
from quitus.services.contention import rows_busy
from quitus.services.table import Stale

if TYPE_CHECKING:
    from pydantic import BaseModel

_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_TRY_AGAIN = {"Retry-After": "1"}
"""Seconds; what keeps a request out or a service away is mostly over by then."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and a JSON text, empty where there is nothing to say."""

    status: int
    body: str

    def to_gateway(self) -> dict[str, Any]:
        """The answer of a proxy integration."""
        headers = _HEADERS | _TRY_AGAIN if self.status == HTTPStatus.SERVICE_UNAVAILABLE else dict(_HEADERS)
        return {"statusCode": self.status, "headers": headers, "body": self.body, "isBase64Encoded": False}


def ok(answer: BaseModel, status: int = 200) -> Reply:
    """The answer to a request that was carried out."""
    return Reply(status, answer.model_dump_json(by_alias=True))


def gone() -> Reply:
    """The answer to a DELETE that was carried out."""
    return Reply(204, "")


def refusal(error: QuitusError) -> Reply:
    """The answer to a request that was refused: a stable code, a sentence, a detail for programs. Who lost against
    another writer is asked to try again.
    """
    told = rows_busy() if isinstance(error, Stale) else error
    return _error(told.status, told.code, told.message, told.detail)


def breakdown(error_id: str) -> Reply:
    """The answer when something unforeseen happened; the id finds it in the logs."""
    return _error(500, "internal_error", "The request could not be served.", {"error_id": error_id})


def _error(status: int, code: str, message: str, detail: Mapping[str, Any]) -> Reply:
    return Reply(
        status, json.dumps({"error": {"code": code, "message": message, "detail": detail}}, ensure_ascii=False)
    )
