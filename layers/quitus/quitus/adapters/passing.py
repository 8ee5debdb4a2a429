"""Failures of AWS that pass by themselves: the same call may succeed a little later."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.exceptions import ConnectionError as NoConnection

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


def passes(error: Exception) -> bool:
    """Whether a service did not answer, broke down itself, or asked to slow down."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or error.response["Error"]["Code"] in _SLOW_DOWN
    return isinstance(error, NoConnection | ConnectionClosedError | ReadTimeoutError)
