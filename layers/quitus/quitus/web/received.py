"""A request as the gateway hands it over. Nothing here needs the models of the API: the public page loads it too."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quitus.domain.errors import Invalid, Malformed, QuitusError

LARGEST_BODY = 256 * 1024
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class TooLarge(QuitusError):
    """The body is larger than any request of this API."""

    status = 413


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
    return Received(
        method=event["httpMethod"],
        path=event["path"],
        query={name: value for name, value in (event.get("queryStringParameters") or {}).items() if value},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=_body(event),
        claims=claims_of(event),
    )


def claims_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims of the token that the gateway verified; none where it asks for no token."""
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    return authorizer.get("claims") or {}


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except (binascii.Error, ValueError) as error:
        raise Malformed("malformed_request", "The body cannot be read.") from error
    if len(body) > LARGEST_BODY:
        raise TooLarge("payload_too_large", "The body is too large.", limit_bytes=LARGEST_BODY)
    return body
