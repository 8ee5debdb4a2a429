"""The description of the API (OpenAPI 3.1), made from the routes and the models that they check and answer with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from quitus.domain.access import API_SCOPE
from quitus.web.codes import CODES, GATEWAY_CODES
from quitus.web.models import ErrorAnswer, Gone, Nothing
from quitus.web.routes import every_route
from quitus.web.routes.description import Description
from quitus.web.routes.public import ROUTES, PublicRoute
from quitus.web.routing import PARAMETER, Route

_REF = "#/components/schemas/{model}"
_EVERYWHERE = ("invalid_request", "too_many_requests", "internal_error", "backend_unavailable")
_BEHIND_TOKEN = ("unauthorized", "forbidden")
_WITH_BODY = ("malformed_request", "malformed_json", "payload_too_large")
_ON_POST = ("idempotency_key_reused", "invalid_idempotency_key")
_STATUS = {
    400: "Malformed", 401: "Not proven", 403: "Not this role", 404: "Unknown here", 409: "Against what is recorded",
    413: "Too large", 422: "Invalid", 429: "Too many", 500: "Unforeseen", 503: "Try again",
}  # fmt: skip

type Schemas = Mapping[tuple[Any, JsonSchemaMode], dict[str, Any]]


@cache
def description() -> dict[str, Any]:
    """The document as plain values."""
    schemas, components = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in every_route():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    for public in ROUTES:
        paths.setdefault(public.path, {})[public.method.lower()] = _public_operation(public, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Quitus",
            "version": "1",
            "description": "Rent collection. Amounts are integer cents; days are Europe/Paris booking days.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "x-error-codes": {name: code._asdict() for name, code in {**CODES, **GATEWAY_CODES}.items()},
    }


@cache
def description_text() -> str:
    """The document as JSON."""
    return json.dumps(description(), ensure_ascii=False, separators=(",", ":"))


def codes_of(route: Route) -> tuple[str, ...]:
    """The codes of the refusals that a route may answer with."""
    behind = () if route.roles is None else _BEHIND_TOKEN
    with_body = _WITH_BODY if route.body is not Nothing else ()
    on_post = _ON_POST if route.method == "POST" else ()
    return (*behind, *with_body, *on_post, *route.refusals, *_EVERYWHERE)


def _schemas() -> tuple[Schemas, Mapping[str, Any]]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(ErrorAnswer, "serialization"): None}
    for route in every_route():
        wanted |= dict.fromkeys((model, "serialization") for model in route.answers.values())
        wanted |= {(route.body, "validation"): None, (route.query, "validation"): None}
    schemas, definitions = models_json_schema(list(wanted), ref_template=_REF)
    return schemas, definitions.get("$defs", {})


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    name = getattr(route.operation, "__name__", "")
    operation: dict[str, Any] = {
        "operationId": f"{name}_{route.path.removeprefix('/v1/').replace('/', '_')}".replace("{", "").replace("}", ""),
        "summary": route.summary,
        "parameters": list(_parameters(route)),
        "responses": _responses(route, schemas),
        "security": [] if route.roles is None else [{"token": [API_SCOPE]}],
        "x-roles": sorted(route.roles or ()),
    }
    if route.body is not Nothing:
        schema = schemas[route.body, "validation"]
        is_required = route.needs_body or any(field.is_required() for field in route.body.model_fields.values())
        operation["requestBody"] = {"required": is_required, "content": {"application/json": {"schema": schema}}}
    return operation


def _public_operation(route: PublicRoute, schemas: Schemas) -> dict[str, Any]:
    names = PARAMETER.findall(route.path)
    shown = {
        str(status): {"description": answer.what, "content": {answer.kind: {"schema": answer.schema}}}
        for status, answer in route.answers.items()
    }
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{'_'.join(re.findall(r'[a-z0-9]+', route.path))}",
        "summary": route.summary,
        "parameters": [*map(_in_path, names), *(_in_query(name, told) for name, told in route.query.items())],
        "responses": shown | _refused(route.refusals, schemas),
        "security": [],
        "x-roles": [],
    }
    if route.body:
        operation["requestBody"] = {"content": {kind: {"schema": schema} for kind, schema in route.body.items()}}
    return operation


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    yield from map(_in_path, route.parameters)
    if route.query is not Nothing:
        schema = route.query.model_json_schema(ref_template=_REF)
        yield from (_in_query(name, field) for name, field in schema["properties"].items())
    if route.method == "POST":
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key with the same request gets the same answer, for ever.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
        }


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, model in route.answers.items():
        schema = {"type": "object"} if model is Description else schemas[model, "serialization"]
        content = {} if model is Gone else {"content": {"application/json": {"schema": schema}}}
        responses[str(status)] = {"description": "Done", **content}
    return responses | _refused(codes_of(route), schemas)


def _refused(codes: Iterable[str], schemas: Schemas) -> dict[str, Any]:
    """Refusals in the one body that they have, by status."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(CODES[code].status, []).append(code)
    error = {"content": {"application/json": {"schema": schemas[ErrorAnswer, "serialization"]}}}
    return {
        str(status): {"description": f"{_STATUS[status]}: {', '.join(some)}", **error}
        for status, some in sorted(by_status.items())
    }
