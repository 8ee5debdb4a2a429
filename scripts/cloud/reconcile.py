"""Sets through the API what the emulator ignores in a template."""

from typing import Any

from cloud.clients import client
from cloud.places import Place


def reconcile(place: Place, wanted: dict[str, Any]) -> None:
    for bucket in wanted["buckets"]:
        set_bucket(place, bucket)
    for table in wanted["tables"]:
        set_table(place, table)
    for function in wanted["functions"]:
        set_concurrency(place, function)


def set_bucket(place: Place, bucket: dict[str, Any]) -> None:
    s3 = client(place, "s3")
    if encryption := encryption_of(bucket):
        s3.put_bucket_encryption(Bucket=bucket["Name"], ServerSideEncryptionConfiguration=encryption)
    if lock := lock_of(bucket):
        s3.put_object_lock_configuration(Bucket=bucket["Name"], ObjectLockConfiguration=lock)


def encryption_of(bucket: dict[str, Any]) -> Any:
    """A bucket's encryption as S3 spells it."""
    rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    spelt = [
        {
            "ApplyServerSideEncryptionByDefault" if key == "ServerSideEncryptionByDefault" else key: rule[key]
            for key in rule
        }
        for rule in rules
    ]
    return {"Rules": spelt} if spelt else None


def lock_of(bucket: dict[str, Any]) -> Any:
    """A bucket's object lock with numbers where the stack has texts."""
    if "ObjectLockConfiguration" not in bucket:
        return None
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    numbers = {unit: int(retention[unit]) for unit in retention.keys() & {"Days", "Years"}}
    return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention | numbers}}


def set_table(place: Place, table: dict[str, Any]) -> None:
    dynamodb = client(place, "dynamodb")
    if recovery := table.get("PointInTimeRecoverySpecification"):
        dynamodb.update_continuous_backups(TableName=table["Name"], PointInTimeRecoverySpecification=recovery)
    if encryption := table.get("SSESpecification"):
        settings: Any = {
            "Enabled": encryption["SSEEnabled"],
            "SSEType": encryption["SSEType"],
            "KMSMasterKeyId": encryption["KMSMasterKeyId"],
        }
        dynamodb.update_table(TableName=table["Name"], SSESpecification=settings)
    if expiry := table.get("TimeToLiveSpecification"):
        dynamodb.update_time_to_live(TableName=table["Name"], TimeToLiveSpecification=expiry)


def set_concurrency(place: Place, function: dict[str, Any]) -> None:
    if (limit := function.get("ReservedConcurrentExecutions")) is not None:
        client(place, "lambda").put_function_concurrency(
            FunctionName=function["Name"], ReservedConcurrentExecutions=int(limit)
        )
