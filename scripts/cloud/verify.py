"""Holds the deployed stack against its template: the emulator says CREATE_COMPLETE whatever it left out."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from cloud.clients import client
from cloud.errors import Differs
from cloud.places import Place
from cloud.reconcile import encryption_of, lock_of

type Wanted = dict[str, Any]


def verify(place: Place, wanted: Wanted) -> None:
    """Raises `Differs` with every difference."""
    found = [difference for check in CHECKS for difference in check(place, wanted)]
    if found:
        raise Differs("deployed otherwise than the template says: " + "; ".join(found))


def buckets(place: Place, wanted: Wanted) -> Iterator[str]:
    for bucket in wanted["buckets"]:
        yield from missing(f"encryption of {bucket['Name']}", encryption_of(bucket), encryption(place, bucket))
        yield from missing(f"lock of {bucket['Name']}", lock_of(bucket), lock(place, bucket))
        queues = bucket.get("NotificationConfiguration", {}).get("QueueConfigurations", [])
        told = client(place, "s3").get_bucket_notification_configuration(Bucket=bucket["Name"])
        listening = [each["QueueArn"] for each in told.get("QueueConfigurations", [])]
        yield from missing(f"notifications of {bucket['Name']}", [each["Queue"] for each in queues], listening)


def encryption(place: Place, bucket: Wanted) -> object:
    try:
        return client(place, "s3").get_bucket_encryption(Bucket=bucket["Name"])["ServerSideEncryptionConfiguration"]
    except ClientError:
        return None


def lock(place: Place, bucket: Wanted) -> object:
    try:
        return client(place, "s3").get_object_lock_configuration(Bucket=bucket["Name"])["ObjectLockConfiguration"]
    except ClientError:
        return None


def tables(place: Place, wanted: Wanted) -> Iterator[str]:
    dynamodb = client(place, "dynamodb")
    for table in wanted["tables"]:
        name = table["Name"]
        if table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
            state = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
            yield from missing(f"recovery of {name}", "ENABLED", state)
        if "SSESpecification" in table:
            key = dynamodb.describe_table(TableName=name)["Table"].get("SSEDescription", {}).get("KMSMasterKeyArn")
            yield from missing(f"encryption of {name}", table["SSESpecification"]["KMSMasterKeyId"], key)
        if expiry := table.get("TimeToLiveSpecification"):
            told = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            yield from missing(f"expiry of {name}", expiry["AttributeName"], told.get("AttributeName"))


def functions(place: Place, wanted: Wanted) -> Iterator[str]:
    deployed = client(place, "lambda").list_functions()["Functions"]
    roles = {each["FunctionName"]: each["Role"] for each in deployed}
    for function in wanted["functions"]:
        yield from missing(f"role of {function['Name']}", function["Role"], roles.get(function["Name"]))
    if len(set(roles.values())) != len(roles):
        yield "two functions share a role"


def mappings(place: Place, wanted: Wanted) -> Iterator[str]:
    deployed: dict[str, Any] = {
        each["UUID"]: each for each in client(place, "lambda").list_event_source_mappings()["EventSourceMappings"]
    }
    for mapping in wanted["mappings"]:
        told = deployed.get(mapping["Name"], {})
        for key in mapping.keys() - {"Name", "FunctionName"}:
            yield from missing(f"{key} of {mapping['FunctionName']}'s source", mapping[key], told.get(key))
        yield from missing(f"state of {mapping['FunctionName']}'s source", "Enabled", told.get("State"))


def gateway_responses(place: Place, wanted: Wanted) -> Iterator[str]:
    gateway = client(place, "apigateway")
    for api in {each["RestApiId"] for each in wanted["gateway_responses"]}:
        told = {each["responseType"]: each for each in gateway.get_gateway_responses(restApiId=api, limit=500)["items"]}
        for response in wanted["gateway_responses"]:
            if response["RestApiId"] == api and told.get(response["ResponseType"], {}).get("defaultResponse", True):
                yield f"gateway response {response['ResponseType']} is not set"


def scopes(place: Place, wanted: Wanted) -> Iterator[str]:
    for api in wanted["apis"]:
        resources = client(place, "apigateway").get_resources(restApiId=api["Name"], limit=500, embed=["methods"])
        told = {
            (resource["path"], method): sorted(details.get("authorizationScopes", []))
            for resource in resources["items"]
            for method, details in resource.get("resourceMethods", {}).items()
        }
        for operation in api["Operations"]:
            where = (operation["Path"], operation["Method"])
            yield from missing(f"scopes of {where[1]} {where[0]}", operation["Scopes"], told.get(where))


def triggers(place: Place, wanted: Wanted) -> Iterator[str]:
    for pool in wanted["user_pools"]:
        told = client(place, "cognito-idp").describe_user_pool(UserPoolId=pool["Name"])["UserPool"]
        yield from missing(f"triggers of {pool['Name']}", pool.get("LambdaConfig"), told.get("LambdaConfig"))


def missing(what: str, wanted: object, told: object) -> Iterator[str]:
    """The difference, in words, when something is wanted and something else is there."""
    if wanted and wanted != told:
        yield f"{what} is {told}, not {wanted}"


CHECKS = (buckets, tables, functions, mappings, gateway_responses, scopes, triggers)
