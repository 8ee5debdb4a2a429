"""Everything under /v1: a request of the gateway → the API's answer."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.web.api import answer


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer a request."""
    request_id = getattr(context, "aws_request_id", "-")
    return answer(bootstrap.staff_desk, bootstrap.note, bootstrap.note_refused, event, request_id)
