"""Failures that nobody foresaw: logged by an id, and told apart by whether the same call may succeed a little later."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.exceptions import ConnectionError as NoConnection

from quitus.adapters.log import logger
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


def passes(error: Exception) -> bool:
    """Whether a service did not answer, broke down itself, or asked to slow down."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or error.response["Error"]["Code"] in _SLOW_DOWN
    return isinstance(error, NoConnection | ConnectionClosedError | ReadTimeoutError)
