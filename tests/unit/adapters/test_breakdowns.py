"""Which failures of AWS are worth another try."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from quitus.adapters.breakdowns import passes

ENDPOINT = "https://dynamodb.eu-west-3.amazonaws.com"


def a_refusal(code: str, status: int) -> ClientError:
    told: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "GetItem")


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=ENDPOINT),
        ConnectTimeoutError(endpoint_url=ENDPOINT),
        ReadTimeoutError(endpoint_url=ENDPOINT),
        a_refusal("InternalServerError", 500),
        a_refusal("SlowDown", 503),
        a_refusal("ThrottlingException", 400),
        a_refusal("ProvisionedThroughputExceededException", 400),
    ],
    ids=str,
)
def test_what_is_away_or_asks_to_slow_down_passes(error: Exception) -> None:
    assert passes(error)


@pytest.mark.parametrize(
    "error",
    [
        a_refusal("AccessDeniedException", 400),
        a_refusal("ResourceNotFoundException", 400),
        NoCredentialsError(),
        KeyError("TABLE_NAME"),
    ],
    ids=str,
)
def test_what_is_wrong_stays_wrong(error: Exception) -> None:
    assert not passes(error)
