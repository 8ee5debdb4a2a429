"""What goes wrong with a request, for the log: failures that nobody foresaw, by an id, and told apart by whether the
same call may succeed a little later; and who asked for what is not theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.exceptions import ConnectionError as NoConnection

from quitus.adapters.log import logger
from quitus.domain.errors import QuitusError
from quitus.services.failures import told

_SLOW_DOWN = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def note(error: Exception, error_id: str) -> bool:
    """Log it, never its text; whether it passes by itself."""
    logger().error("A request broke down", extra={"error_id": error_id, **told(error)})
    return passes(error)


def note_refused(error: QuitusError, claims: Mapping[str, Any]) -> None:
    """Log which token (its landlord, and its opaque `sub`) asked for what is not there for it, or not for its role."""
    caller = {"landlord_id": claims.get("landlord"), "subject": claims.get("sub") or claims.get("client_id")}
    logger().warning("A request was refused", extra={**caller, "code": error.code, "asked": dict(error.detail)})


def passes(error: Exception) -> bool:
    """Whether a service did not answer, broke down itself, or asked to slow down."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or error.response["Error"]["Code"] in _SLOW_DOWN
    return isinstance(error, NoConnection | ConnectionClosedError | ReadTimeoutError)
