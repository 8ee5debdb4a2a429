"""A request as the gateway hands it over, and its typed parts once they are checked."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from quitus.domain.errors import Invalid, Malformed, NotFound, QuitusError
from quitus.domain.ids import is_id
from quitus.services.idempotent_requests import Attempt
from quitus.web.access import Caller

LARGEST_BODY = 256 * 1024
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class TooLarge(QuitusError):
    """The body is larger than any request of this API."""

    status = 413


@dataclass(frozen=True, slots=True)
class Call[B: BaseModel, Q: BaseModel]:
    """A request that passed every check: who calls, the ids of the path, the body and the query."""

    caller: Caller
    ids: Mapping[str, str]
    body: B
    query: Q
    listing: str
    """Names the list and its filters."""
    attempt: Attempt

    @property
    def landlord_id(self) -> str:
        """The landlord of the token."""
        return self.caller.landlord_id

    def id_of(self, name: str, code: str, message: str) -> str:
        """An id of the path; one that nothing can have is unknown like any other. Raises NotFound."""
        found = self.ids[name]
        if not is_id(found):
            raise NotFound(code, message, **{name: found})
        return found


@dataclass(frozen=True, slots=True)
class Received:
    """What the gateway handed over."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    claims: Mapping[str, Any]

    @property
    def idempotency_key(self) -> str | None:
        """The key under which the request is made. Raises Invalid."""
        key = self.headers.get("idempotency-key")
        if key is not None and not _KEY.fullmatch(key):
            raise Invalid("invalid_idempotency_key", "An idempotency key has 1 to 128 visible ASCII characters.")
        return key


def received(event: Mapping[str, Any]) -> Received:
    """The request of a REST API proxy event.

    Raises:
        Malformed: a body that is not what its encoding says.
        TooLarge: a body over LARGEST_BODY.
    """
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    return Received(
        method=event["httpMethod"],
        path=event["path"],
        query={name: value for name, value in (event.get("queryStringParameters") or {}).items() if value},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=_body(event),
        claims=authorizer.get("claims") or {},
    )


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except (binascii.Error, ValueError) as error:
        raise Malformed("malformed_request", "The body cannot be read.") from error
    if len(body) > LARGEST_BODY:
        raise TooLarge("payload_too_large", "The body is too large.", limit_bytes=LARGEST_BODY)
    return body


def checked_body[B: BaseModel](model: type[B], body: bytes) -> B:
    """The body as a record.

    Raises:
        Malformed: not JSON.
        Invalid: a field that breaks a rule, with every one named.
    """
    text = body or b"{}"
    try:
        from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("malformed_json", "The body is not JSON.") from error
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise _invalid(error) from error


def checked_query[Q: BaseModel](model: type[Q], query: Mapping[str, str]) -> Q:
    """The parameters after the `?` as a record. Raises Invalid."""
    try:
        return model.model_validate(dict(query))
    except ValidationError as error:
        raise _invalid(error) from error


def _invalid(error: ValidationError) -> Invalid:
    """Names the fields and what is wrong with them, never what they held."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    fields = [
        {
            "field": ".".join(str(part) for part in problem["loc"]) or "body",
            "problem": problem["type"],
            "message": problem["msg"],
        }
        for problem in problems[:20]
    ]
    return Invalid("invalid_request", "Fields are missing, unknown or not as they must be.", fields=fields)
