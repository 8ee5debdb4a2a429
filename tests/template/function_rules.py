"""Rules on functions, layers and their roles. Each returns its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from quitus.banking.recognition import MAX_BYTES

from .model import Statement, Template, Tree, target
from .reach import reached_by

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
LAYERS = {
    "IntakeFileFunction": ["DependenciesLayer", "QuitusLayer", "PgpLayer"],
    "WriteDocumentsFunction": ["DependenciesLayer", "QuitusLayer", "DocumentsLayer"],
}
"""Layers of functions that do not have the two that all have, only."""
READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
LEDGER = READ | {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"}
RECEIVE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"}
SECRETS = {
    "PushErpRole": ":secret:quitus/${AWS::StackName}/erp/*",
    "IntakeFileRole": ":secret:quitus/${AWS::StackName}/pgp/*",
    "PayPageRole": ":secret:quitus/${AWS::StackName}/cards/*",
}
SECRET = {"secretsmanager:GetSecretValue"}
KEYS = tuple({"Fn::GetAtt": [f"{name}Secret", "Id"]} for name in ("Numbering", "Payers", "Links"))
"""Secrets that have names of their own in the template."""
STREAM = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
KEPT_ELSEWHERE = {
    "SftpUserRole": {"s3:PutObject"},
    "ApiGatewayLogsRole": LOGS
    | {
        "logs:CreateLogGroup",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
    },
}
"""What the roles may that no function has."""
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
FOLDERS = {
    "s3:GetObjectVersion": {"IntakeFileRole": {"${DropBucket.Arn}/*"}},
    "s3:GetObject": {
        "IntakeFileRole": {"${DropBucket.Arn}/*", "${RawBucket.Arn}/raw/*"},
        "StaffApiRole": {"${ExportBucket.Arn}/*/exports/*", "${ExportBucket.Arn}/*/documents/*"},
    },
    "s3:PutObject": {
        "IntakeFileRole": {"${RawBucket.Arn}/raw/*", "${ExportBucket.Arn}/*/acks/*"},
        "PostMovementsRole": {"${RawBucket.Arn}/actions/*"},
        "ApplyErpFileRole": {"${ExportBucket.Arn}/*/acks/*"},
        "ForwardChangesRole": {"${LostChangesBucket.Arn}/*"},
        "LogRowsRole": {"${LostChangesBucket.Arn}/*", "${RawBucket.Arn}/actions/*"},
        "PayPageRole": {"${RawBucket.Arn}/actions/*/checkouts/*", "${RawBucket.Arn}/actions/*/webhooks/*"},
        "PushErpRole": {"${ExportBucket.Arn}/*/erp/*"},
        "CloseDaysRole": {"${RawBucket.Arn}/actions/*"},
        "WriteExportRole": {"${ExportBucket.Arn}/*/exports/*"},
        "WriteDocumentsRole": {"${ExportBucket.Arn}/*/documents/*", "${RawBucket.Arn}/actions/*"},
        "StaffApiRole": {"${RawBucket.Arn}/actions/*"},
        "SendMailingsRole": {"${RawBucket.Arn}/actions/*"},
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


def roles_may_what_their_code_does(template: Template) -> list[str]:
    """Both ways: nothing that the code does is missing, nothing that it does not do is allowed."""
    findings = []
    for name, function in template.functions().items():
        role = target(function.get("Role"))
        allowed, used = set(_allowed(template, role)), _used(template, function) | set(_delivered(template, name))
        findings += [f"{role} may {action} on {on}, which nothing does" for action, on in sorted(allowed - used)]
        findings += [f"{role} may not {action} on {on}, which it does" for action, on in sorted(used - allowed)]
    return findings


def roles_without_a_function_may_little(template: Template) -> list[str]:
    owners = {target(function.get("Role")) for function in template.functions().values()}
    others = template.of("IAM::Role").keys() - owners
    findings = [f"{name} is a role that nobody designed" for name in sorted(others - KEPT_ELSEWHERE.keys())]
    for statement in template.role_statements():
        if statement.owner in KEPT_ELSEWHERE:
            beyond = {one for one in statement.actions if not one.startswith("kms:")} - KEPT_ELSEWHERE[statement.owner]
            findings += [f"{statement.owner} may {action}" for action in sorted(beyond)]
        if "NotAction" in statement.body or "NotResource" in statement.body:
            findings.append(f"{statement.owner} may everything but something")
    return findings


def _allowed(template: Template, role: str) -> Iterator[tuple[str, str]]:
    """What a role may, each action with what it is on; logs and keys have rules of their own."""
    for statement in template.role_statements():
        if statement.owner == role and statement.allows:
            for action in statement.actions:
                if not action.startswith(("kms:", "logs:")):
                    yield from ((action, _subject(one)) for one in statement.resources)


def _used(template: Template, function: Tree) -> set[tuple[str, str]]:
    """What the code does, each action with what its setting stands for."""
    settings = function.get("Environment", {}).get("Variables", {})
    used = set()
    for action, setting in reached_by(function["CodeUri"]).rights:
        if action == "sns:Publish":
            used.add((action, "*"))
            continue
        name, _, index = setting.partition("/")
        used.add((action, "/".join(filter(None, (_subject(settings.get(name)), index)))))
    return used


def _delivered(template: Template, name: str) -> Iterator[tuple[str, str]]:
    """What the service does with the function's role: receive what triggers it, keep what failed."""
    function = template.functions()[name]
    for owner, _, source in template.events("SQS"):
        if owner == name:
            yield from ((action, _subject(source["Queue"])) for action in RECEIVE)
    for owner, _, source in template.events("DynamoDB"):
        if owner == name:
            yield from ((action, "Table/stream") for action in STREAM)
            bucket = _subject(source["DestinationConfig"]["OnFailure"]["Destination"])
            yield from (("s3:PutObject", bucket), ("s3:ListBucket", bucket))
    failure = function.get("EventInvokeConfig", {}).get("DestinationConfig", {}).get("OnFailure", {})
    if failure:
        yield "sqs:SendMessage", _subject(failure["Destination"])


def _subject(resource: Any) -> str:
    """What a resource or a setting stands for, whatever folder of it."""
    match resource:
        case {"Fn::GetAtt": [str(name), "StreamArn"]}:
            return f"{name}/stream"
        case {"Fn::Sub": str(text)} if "/index/" in text:
            return f"{target(resource)}/index/{text.rpartition('/')[2]}"
        case {"Fn::Sub": str(text)} if ":ses:" in text:  # whatever sender, under this configuration
            return "MailEvents"
        case {"Fn::Sub": str(text)} if not target(resource):
            return text.rpartition(":secret:")[2].rpartition(":parameter")[2].rstrip("*")
    return target(resource) or str(resource)


def settings_are_those_that_the_code_reads(template: Template) -> list[str]:
    findings = []
    for name, function in template.functions().items():
        given = set(function.get("Environment", {}).get("Variables", {}))
        read = reached_by(function["CodeUri"]).settings
        findings += [f"{name} is given {one}, which it never reads" for one in sorted(given - read)]
        findings += [f"{name} is not given {one}, which it reads" for one in sorted(read - given)]
    return findings


def large_files_fit_on_the_disk(template: Template) -> list[str]:
    """A dropped file, what it decrypts to and what that unpacks to lie there at once."""
    megabytes = template.functions()["IntakeFileFunction"].get("EphemeralStorage", {}).get("Size", 512)
    wanted = 3 * MAX_BYTES >> 20
    return [f"IntakeFileFunction has {megabytes} MB of disk for {wanted} MB"] if megabytes <= wanted else []


def no_permission_is_a_wildcard(template: Template) -> list[str]:
    findings = []
    for statement in template.role_statements():
        findings += [f"{statement.owner} may {action}" for action in statement.actions if "*" in action]
        if "*" in statement.resources and not _publishes_to_phones_only(template, statement):
            findings.append(f"{statement.owner} may on everything: {statement.sid}")
    return findings


def _publishes_to_phones_only(template: Template, statement: Statement) -> bool:
    """A telephone number is no resource: who sends SMS may publish on everything, and on no topic."""
    denied = {"Effect": "Deny", "Action": "sns:Publish", "Resource": {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}}
    others = [one.body for one in template.role_statements() if one.owner == statement.owner]
    return statement.actions == ["sns:Publish"] and any(denied.items() <= body.items() for body in others)


def nothing_is_ever_deleted(template: Template) -> list[str]:
    return [
        f"{statement.owner} may {action}"
        for statement in template.role_statements()
        if statement.allows
        for action in statement.actions
        if action in NEVER or (":Delete" in action and action != "sqs:DeleteMessage")
    ]


def ledger_rights_name_the_table(template: Template) -> list[str]:
    table, listings = {"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::Sub": "${Table.Arn}/index/GSI1"}
    findings = []
    for statement in template.role_statements():
        rows = {one for one in statement.actions if one.startswith("dynamodb:")} & (LEDGER | NEVER)
        if rows and any(
            one != table and (one != listings or rows != {"dynamodb:Query"}) for one in statement.resources
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
        if action in FOLDERS
        for resource in statement.resources
        if resource.get("Fn::Sub") not in FOLDERS[action].get(statement.owner, set())
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
        if one not in KEYS and not str(one.get("Fn::Sub", "")).endswith(SECRETS.get(statement.owner, "no secret"))
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
        wanted = LAYERS.get(name, ["DependenciesLayer", "QuitusLayer"])
        if [target(layer) for layer in function.get("Layers", [])] != wanted:
            findings.append(f"{name} does not have {', '.join(wanted)}")
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
        for key, value in function.get("Environment", {}).get("Variables", {}).items()
        if not (isinstance(value, dict) and value.keys() <= known)
    ]


RULES = (
    each_function_has_its_role,
    roles_hold_no_managed_policy,
    roles_may_what_their_code_does,
    roles_without_a_function_may_little,
    settings_are_those_that_the_code_reads,
    large_files_fit_on_the_disk,
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
