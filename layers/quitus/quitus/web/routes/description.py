"""`GET /v1/openapi.json`: the description of the API, public."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from quitus.web.desk import Desk
from quitus.web.models import Nothing
from quitus.web.replies import Reply
from quitus.web.requests import Call
from quitus.web.routing import Route


class Description(BaseModel):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow", defer_build=True)


def describe(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    from quitus.web.openapi import description_text  # noqa: PLC0415 - asked for rarely, and it needs every route

    return Reply(200, description_text())


ROUTES = (Route("GET", "/v1/openapi.json", describe, {200: Description}, "This description"),)
