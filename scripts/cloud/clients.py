"""Clients of the emulator, as its administrator."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config

from cloud.places import REGION, Place

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

ROOT_KEY = "test"
"""The emulator lets this key do everything."""


@overload
def client(place: Place, service: Literal["apigateway"]) -> "APIGatewayClient": ...
@overload
def client(place: Place, service: Literal["cloudformation"]) -> "CloudFormationClient": ...
@overload
def client(place: Place, service: Literal["cognito-idp"]) -> "CognitoIdentityProviderClient": ...
@overload
def client(place: Place, service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(place: Place, service: Literal["events"]) -> "EventBridgeClient": ...
@overload
def client(place: Place, service: Literal["iam"]) -> "IAMClient": ...
@overload
def client(place: Place, service: Literal["lambda"]) -> "LambdaClient": ...
@overload
def client(place: Place, service: Literal["s3"]) -> "S3Client": ...
@overload
def client(place: Place, service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def client(place: Place, service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def client(place: Place, service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(place: Place, service: Literal["ssm"]) -> "SSMClient": ...
@cache
def client(place: Place, service: Any) -> Any:
    """A client of a service; the caller's own AWS settings play no part."""
    return session().client(
        service,
        endpoint_url=place.endpoint,
        config=Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=5, read_timeout=60),
    )


@cache
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_KEY, region_name=REGION)
