"""The public page behind a payment link: a request of the gateway → a page, or a picture. A queue tells of links that
were revoked.
"""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.bootstrap import tenants
from quitus.web.pay.public import answer


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer a request, or end what was begun by links that were revoked."""
    if "Records" in event:
        return tenants.end_revoked(event)
    request_id = getattr(context, "aws_request_id", "-")
    return answer(tenants.public, bootstrap.note, tenants.opened, event, request_id)
