"""Rules on functions, layers and their roles. Each returns its findings."""

from __future__ import annotations

from collections import Counter

from .model import Statement, Template, target

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
LEDGER = READ | WRITE | {"dynamodb:ConditionCheckItem"}
RECEIVE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
SEND = {"sqs:SendMessage"}
KEY = {"kms:Decrypt", "kms:GenerateDataKey"}
GET, PUT = {"s3:GetObject"}, {"s3:PutObject"}
SECRET = {"secretsmanager:GetSecretValue"}
STREAM = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
API_GATEWAY_LOGS = {
    "logs:CreateLogGroup",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
}
MAY = {
    "IntakeFileRole": LOGS | RECEIVE | SEND | GET | {"s3:GetObjectVersion"} | PUT | LEDGER | KEY,
    "SweepDropsRole": LOGS
    | SEND
    | {"s3:ListBucket", "s3:ListBucketVersions", "dynamodb:BatchGetItem", "dynamodb:GetItem"}
    | KEY,
    "PostMovementsRole": LOGS | RECEIVE | GET | PUT | LEDGER | KEY,
    "ApplyErpFileRole": LOGS | RECEIVE | GET | PUT | LEDGER | SECRET | KEY,
    "ForwardChangesRole": LOGS | STREAM | SEND | {"s3:ListBucket"} | PUT | KEY,
    "UpdateViewsRole": LOGS | RECEIVE | SEND | LEDGER | KEY,
    "PushErpRole": LOGS | RECEIVE | SEND | READ | WRITE | PUT | SECRET | KEY,
    "WriteExportRole": LOGS | RECEIVE | READ | {"dynamodb:UpdateItem"} | PUT | KEY,
    "StaffApiRole": LOGS | SEND | GET | PUT | LEDGER | SECRET | KEY,
    "IssueClaimsRole": LOGS | {"dynamodb:GetItem", "kms:Decrypt"},
    "SftpUserRole": PUT | KEY,
    "ApiGatewayLogsRole": LOGS | API_GATEWAY_LOGS,
}
NEVER = {
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteTable",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLUpdate",
    "dynamodb:Scan",
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
}
REACH = {
    "s3:GetObjectVersion": {"IntakeFileRole": {"${DropBucket.Arn}/*"}},
    "s3:GetObject": {
        "IntakeFileRole": {"${DropBucket.Arn}/*", "${RawBucket.Arn}/*"},
        "PostMovementsRole": {"${RawBucket.Arn}/actions/*"},
        "ApplyErpFileRole": {"${RawBucket.Arn}/actions/*", "${ExportBucket.Arn}/*/acks/*"},
        "StaffApiRole": {"${ExportBucket.Arn}/*", "${RawBucket.Arn}/actions/*"},
    },
    "s3:PutObject": {
        "IntakeFileRole": {"${RawBucket.Arn}/*", "${ExportBucket.Arn}/*/acks/*"},
        "PostMovementsRole": {"${RawBucket.Arn}/actions/*"},
        "ApplyErpFileRole": {"${RawBucket.Arn}/actions/*", "${ExportBucket.Arn}/*/acks/*"},
        "ForwardChangesRole": {"${LostChangesBucket.Arn}/*"},
        "PushErpRole": {"${ExportBucket.Arn}/*/erp/*"},
        "WriteExportRole": {"${ExportBucket.Arn}/*"},
        "StaffApiRole": {"${RawBucket.Arn}/actions/*"},
        "SftpUserRole": {"${DropBucket.Arn}/*"},
    },
}


def each_function_has_its_role(template: Template) -> list[str]:
    roles = {name: target(function.get("Role")) for name, function in template.functions().items()}
    shared = Counter(roles.values())
    findings = [f"{name} has no role of its own" for name, role in roles.items() if not role or shared[role] > 1]
    return findings + [
        f"{name} has policies beside its role" for name, one in template.functions().items() if "Policies" in one
    ]


def roles_hold_no_managed_policy(template: Template) -> list[str]:
    managed = [name for name, role in template.props("IAM::Role").items() if role.get("ManagedPolicyArns")]
    loose = template.of("IAM::Policy", "IAM::ManagedPolicy", "IAM::User")
    return [f"{name} holds managed or loose policies" for name in [*managed, *loose]]


def roles_may_what_the_design_says(template: Template) -> list[str]:
    findings = [f"{name} is a role that nobody designed" for name in sorted(template.of("IAM::Role").keys() - MAY)]
    for statement in template.role_statements():
        beyond = set(statement.actions) - MAY.get(statement.owner, set())
        if statement.allows and beyond:
            findings.append(f"{statement.owner} may {sorted(beyond)}")
        if "NotAction" in statement.body or "NotResource" in statement.body:
            findings.append(f"{statement.owner} may everything but something")
    return findings


def no_permission_is_a_wildcard(template: Template) -> list[str]:
    findings = []
    for statement in template.role_statements():
        findings += [f"{statement.owner} may {action}" for action in statement.actions if "*" in action]
        if "*" in statement.resources:
            findings.append(f"{statement.owner} may on everything: {statement.sid}")
    return findings


def nothing_is_ever_deleted(template: Template) -> list[str]:
    return [
        f"{statement.owner} may {action}"
        for statement in template.role_statements()
        if statement.allows
        for action in statement.actions
        if action in NEVER or (":Delete" in action and action != "sqs:DeleteMessage")
    ]


def ledger_rights_name_the_table(template: Template) -> list[str]:
    allowed = [{"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::Sub": "${Table.Arn}/index/GSI1"}]
    findings = []
    for statement in template.role_statements():
        rows = set(statement.actions) & (LEDGER | NEVER)
        if any(action.startswith("dynamodb:") for action in rows) and not all(
            one in allowed for one in statement.resources
        ):
            findings.append(f"{statement.owner} reaches beyond the table")
        if set(statement.actions) & STREAM and statement.resources != [{"Fn::GetAtt": ["Table", "StreamArn"]}]:
            findings.append(f"{statement.owner} reaches beyond the stream")
    return findings


def file_rights_name_their_folder(template: Template) -> list[str]:
    return [
        f"{statement.owner} may {action} on {resource}"
        for statement in template.role_statements()
        for action in statement.actions
        if action in REACH
        for resource in statement.resources
        if resource.get("Fn::Sub") not in REACH[action].get(statement.owner, set())
    ]


def keys_are_used_through_services(template: Template) -> list[str]:
    return [
        f"{statement.owner} may use {statement.sid} by itself"
        for statement in template.role_statements()
        if any(action.startswith("kms:") for action in statement.actions)
        and "kms:ViaService" not in statement.condition.get("StringEquals", {})
    ]


def queue_rights_name_their_queue(template: Template) -> list[str]:
    queues = template.props("SQS::Queue")
    findings = []
    for statement in template.role_statements():
        if any(action.startswith("sqs:") for action in statement.actions):
            findings += [f"{statement.owner} reaches {one}" for one in statement.resources if target(one) not in queues]
    for function, event, source in template.events("SQS"):
        if not _receives(template, target(template.functions()[function]["Role"]), target(source["Queue"])):
            findings.append(f"{function} may not receive {event}")
    return findings


def _receives(template: Template, role: str, queue: str) -> bool:
    return any(
        statement.owner == role
        and set(statement.actions) >= RECEIVE
        and [target(one) for one in statement.resources] == [queue]
        for statement in template.role_statements()
    )


def claims_read_clients_only(template: Template) -> list[str]:
    wanted = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["client#*"]}}
    rows = [
        one
        for one in template.role_statements()
        if one.owner == "IssueClaimsRole" and "dynamodb:GetItem" in one.actions
    ]
    return [] if [one.condition for one in rows] == [wanted] else ["IssueClaimsRole reads more than the clients' rows"]


def secrets_are_read_by_name(template: Template) -> list[str]:
    return [
        f"{statement.owner} reads {one}"
        for statement in template.role_statements()
        if set(statement.actions) & SECRET
        for one in statement.resources
        if one != {"Fn::GetAtt": ["NumberingSecret", "Id"]} and not str(one.get("Fn::Sub", "")).endswith("/erp/*")
    ]


def logs_are_kept_a_year(template: Template) -> list[str]:
    days = template.tree["Parameters"]["LogRetentionDays"]
    findings = [f"logs may be kept {kept} days" for kept in [days["Default"], *days["AllowedValues"]] if kept < 365]
    for name, group in template.props("Logs::LogGroup").items():
        if group.get("RetentionInDays") != {"Ref": "LogRetentionDays"}:
            findings.append(f"{name} is not kept as asked")
    return findings


def each_function_has_its_log(template: Template) -> list[str]:
    findings = []
    groups = Counter(target(one.get("LoggingConfig", {}).get("LogGroup")) for one in template.functions().values())
    for name, function in template.functions().items():
        group = target(function.get("LoggingConfig", {}).get("LogGroup"))
        if group not in template.props("Logs::LogGroup") or groups[group] > 1:
            findings.append(f"{name} has no log of its own")
        if not any(_writes(statement, target(function.get("Role")), group) for statement in template.role_statements()):
            findings.append(f"{name} may not write its log, or others too")
    return findings


def _writes(statement: Statement, role: str, group: str) -> bool:
    return (
        statement.owner == role
        and set(statement.actions) == LOGS
        and statement.resources == [{"Fn::GetAtt": [group, "Arn"]}]
    )


def functions_run_as_built(template: Template) -> list[str]:
    findings = []
    for name, function in template.functions().items():
        shape = (function.get("Runtime"), function.get("Handler"), function.get("Architectures"))
        if shape != ("python3.13", "app.handler", [{"Ref": "Architecture"}]):
            findings.append(f"{name} runs as {shape}")
        if [target(layer) for layer in function.get("Layers", [])] != ["DependenciesLayer", "QuitusLayer"]:
            findings.append(f"{name} does not have both layers")
        if not 15 <= function.get("Timeout", 3) <= 900 or "ReservedConcurrentExecutions" in function:
            findings.append(f"{name} is cut short, or takes the account's concurrency")
    for name, layer in template.of("Serverless::LayerVersion").items():
        if layer.get("Metadata") != {"BuildMethod": "python3.13", "BuildArchitecture": {"Ref": "Architecture"}}:
            findings.append(f"{name} is built for another processor")
    return findings


def functions_are_reached_by_their_triggers_only(template: Template) -> list[str]:
    findings = [
        f"{name} has an address of its own" for name, one in template.functions().items() if "FunctionUrlConfig" in one
    ]
    for name, permission in template.props("Lambda::Permission").items():
        if permission.get("Principal") == "*" or not permission.get("SourceArn") or not permission.get("SourceAccount"):
            findings.append(f"{name} lets anyone in")
    return findings + [f"{name} has an address of its own" for name in template.of("Lambda::Url")]


def secrets_stay_out_of_the_environment(template: Template) -> list[str]:
    known = {"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If"}
    return [
        f"{name} has {key} in plain text"
        for name, function in template.functions().items()
        for key, value in function["Environment"]["Variables"].items()
        if not key.startswith("POWERTOOLS_") and not (isinstance(value, dict) and value.keys() <= known)
    ]


RULES = (
    each_function_has_its_role,
    roles_hold_no_managed_policy,
    roles_may_what_the_design_says,
    no_permission_is_a_wildcard,
    nothing_is_ever_deleted,
    ledger_rights_name_the_table,
    file_rights_name_their_folder,
    keys_are_used_through_services,
    queue_rights_name_their_queue,
    claims_read_clients_only,
    secrets_are_read_by_name,
    logs_are_kept_a_year,
    each_function_has_its_log,
    functions_run_as_built,
    functions_are_reached_by_their_triggers_only,
    secrets_stay_out_of_the_environment,
)
