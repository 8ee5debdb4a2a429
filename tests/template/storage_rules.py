"""Rules on keys, the table and the buckets. Each returns its findings."""

from __future__ import annotations

from typing import Any

from .model import Template, Tree, target

RETAINED = ("DynamoDB::Table", "S3::Bucket", "KMS::Key", "SecretsManager::Secret", "Cognito::UserPool")
LOG_BUCKET = "AccessLogsBucket"
BLOCKED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
UNION = {"eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"}
DELIVERERS = {
    "DataKey": {"s3.amazonaws.com", "events.amazonaws.com"},
    "LogsKey": {"logs.${AWS::Region}.amazonaws.com", "cloudwatch.amazonaws.com"},
}


def data_outlives_the_stack(template: Template) -> list[str]:
    return [
        f"{name} has no {policy}: Retain"
        for name, body in template.of(*RETAINED).items()
        for policy in ("DeletionPolicy", "UpdateReplacePolicy")
        if body.get(policy) != "Retain"
    ]


def table_comes_back_to_any_second(template: Template) -> list[str]:
    wanted: dict[str, Any] = {
        "DeletionProtectionEnabled": True,
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    }
    findings = []
    for name, table in template.props("DynamoDB::Table").items():
        findings += [f"{name}: {key} is {table.get(key)}" for key, value in wanted.items() if table.get(key) != value]
        if not table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            findings.append(f"{name} has no point in time recovery")
    return findings


def table_never_forgets_a_row(template: Template) -> list[str]:
    return [
        f"{name} has a time to live"
        for name, table in template.props("DynamoDB::Table").items()
        if "TimeToLiveSpecification" in table
    ]


def each_data_class_has_its_key(template: Template) -> list[str]:
    findings = [
        f"{name} is encrypted with {key}, not {wanted}" for name, key, wanted in _keys(template) if key != wanted
    ]
    for name, bucket in template.props("S3::Bucket").items():
        if name != LOG_BUCKET and not _bucket_rule(bucket).get("BucketKeyEnabled"):
            findings.append(f"{name} has no bucket key")
    return findings


def _keys(template: Template) -> list[tuple[str, str, str]]:
    uses = [
        (name, target(table.get("SSESpecification", {}).get("KMSMasterKeyId")), "DataKey")
        for name, table in template.props("DynamoDB::Table").items()
    ]
    for kind, attribute, key in (
        ("SQS::Queue", "KmsMasterKeyId", "DataKey"),
        ("SecretsManager::Secret", "KmsKeyId", "DataKey"),
        ("Logs::LogGroup", "KmsKeyId", "LogsKey"),
        ("SNS::Topic", "KmsMasterKeyId", "LogsKey"),
    ):
        uses += [(name, target(body.get(attribute)), key) for name, body in template.props(kind).items()]
    for name, bucket in template.props("S3::Bucket").items():
        default = _bucket_rule(bucket).get("ServerSideEncryptionByDefault", {})
        key = target(default.get("KMSMasterKeyID")) or default.get("SSEAlgorithm", "")
        uses.append((name, key, "AES256" if name == LOG_BUCKET else "FilesKey"))
    return uses


def _bucket_rule(bucket: Tree) -> Tree:
    rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])
    return dict(rules[0])


def keys_rotate(template: Template) -> list[str]:
    return [
        f"{name} does not rotate"
        for name, key in template.props("KMS::Key").items()
        if not key.get("EnableKeyRotation")
    ]


def keys_open_for_deliveries(template: Template) -> list[str]:
    findings = []
    for key, services in DELIVERERS.items():
        named = {
            service.get("Fn::Sub") if isinstance(service, dict) else service
            for statement in template.resource_statements()
            if statement.owner == key and "kms:Decrypt" in statement.actions
            for service in statement.principals
        }
        findings += [f"{key} does not let {service} encrypt" for service in sorted(services - named)]
    return findings


def strangers_are_allowed_nothing(template: Template) -> list[str]:
    findings = []
    for statement in template.resource_statements():
        if statement.allows and "*" in statement.principals:
            findings.append(f"{statement.owner} allows everyone {statement.actions}")
        service = any(isinstance(one, str) and one.endswith(".amazonaws.com") for one in statement.principals)
        if statement.allows and service and not statement.condition:
            findings.append(f"{statement.owner} allows a service on behalf of any account")
        if statement.allows and any(action.endswith(":*") or action == "*" for action in statement.actions):
            findings.append(f"{statement.owner} allows every action")
    return findings


def buckets_are_private(template: Template) -> list[str]:
    findings = []
    for name, bucket in template.props("S3::Bucket").items():
        block = bucket.get("PublicAccessBlockConfiguration", {})
        findings += [f"{name} does not {setting}" for setting in BLOCKED if block.get(setting) is not True]
        rules = bucket.get("OwnershipControls", {}).get("Rules", [])
        if rules != [{"ObjectOwnership": "BucketOwnerEnforced"}]:
            findings.append(f"{name} honours access control lists")
    return findings


def buckets_keep_versions(template: Template) -> list[str]:
    return [
        f"{name} is not versioned"
        for name, bucket in template.props("S3::Bucket").items()
        if bucket.get("VersioningConfiguration", {}).get("Status") != "Enabled"
    ]


def buckets_log_who_came(template: Template) -> list[str]:
    return [
        f"{name} has no access logs"
        for name, bucket in template.props("S3::Bucket").items()
        if name != LOG_BUCKET
        and target(bucket.get("LoggingConfiguration", {}).get("DestinationBucketName")) != LOG_BUCKET
    ]


def buckets_forget_broken_uploads(template: Template) -> list[str]:
    return [
        f"{name} keeps broken uploads"
        for name, bucket in template.props("S3::Bucket").items()
        if not any("AbortIncompleteMultipartUpload" in rule for rule in bucket["LifecycleConfiguration"]["Rules"])
    ]


def raw_files_are_locked(template: Template) -> list[str]:
    raw = template.props("S3::Bucket")["RawBucket"]
    retention = raw.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
    findings = []
    if raw.get("ObjectLockEnabled") is not True or not retention:
        findings.append("RawBucket has no lock")
    elif retention.get("Mode") != {"Ref": "ObjectLockMode"} or retention.get("Days") != {"Ref": "RawRetentionDays"}:
        findings.append("RawBucket's lock is not that of the parameters")
    if any("ExpirationInDays" in rule for rule in raw["LifecycleConfiguration"]["Rules"]):
        findings.append("RawBucket forgets")
    if "ObjectLockConfiguration" in template.props("S3::Bucket")[LOG_BUCKET]:
        findings.append(f"{LOG_BUCKET} is locked: log delivery fails")
    return findings


def compliance_lock_is_for_prod(template: Template) -> list[str]:
    findings = []
    if template.tree["Parameters"]["ObjectLockMode"]["Default"] != "GOVERNANCE":
        findings.append("a lock that nobody can undo is the default")
    rule = template.tree.get("Rules", {}).get("ComplianceOnlyInProd", {})
    if [one.get("Assert") for one in rule.get("Assertions", [])] != [{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}]:
        findings.append("a lock that nobody can undo is accepted outside prod")
    if template.tree["Parameters"]["RawRetentionDays"]["Default"] < 3650:
        findings.append("raw files are kept less than ten years")
    return findings


def stack_stays_in_the_union(template: Template) -> list[str]:
    regions = set(template.tree.get("Mappings", {}).get("Residency", {}))
    findings = [f"{region} is outside the Union" for region in sorted(regions - UNION)]
    looked_up = "{'Fn::FindInMap': ['Residency', {'Ref': 'AWS::Region'}, 'Country']}"
    if looked_up not in str(template.props("DynamoDB::Table")):
        findings.append("no resource asks where the stack is")
    return findings


RULES = (
    data_outlives_the_stack,
    table_comes_back_to_any_second,
    table_never_forgets_a_row,
    each_data_class_has_its_key,
    keys_rotate,
    keys_open_for_deliveries,
    strangers_are_allowed_nothing,
    buckets_are_private,
    buckets_keep_versions,
    buckets_log_who_came,
    buckets_forget_broken_uploads,
    raw_files_are_locked,
    compliance_lock_is_for_prod,
    stack_stays_in_the_union,
)
