"""Deliberate weakenings of the template: what a hurried change could do, each to be caught by a rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .model import Tree

type Weakening = Callable[[Tree], None]
WEAKENINGS: list[Weakening] = []


def _named(name: str, weaken: Weakening) -> None:
    weaken.__name__ = name
    WEAKENINGS.append(weaken)


def _place(tree: Tree, path: str) -> tuple[Any, str | int]:
    """The container and last step of a path, from Resources, or from the top when it begins with `/`."""
    steps: list[str | int] = [int(step) if step.isdigit() else step for step in path.strip("/").split("/")]
    here: Any = tree if path.startswith("/") else tree["Resources"]
    for step in steps[:-1]:
        here = here[step]
    return here, steps[-1]


def drop(name: str, path: str) -> None:
    """A weakening that forgets something."""

    def weaken(tree: Tree) -> None:
        holder, last = _place(tree, path)
        del holder[last]

    _named(name, weaken)


def change(name: str, path: str, value: Any) -> None:
    """A weakening that sets something, or appends it when the path ends in `+`."""

    def weaken(tree: Tree) -> None:
        holder, last = _place(tree, path)
        if last == "+":
            holder.append(value)
        else:
            holder[last] = value

    _named(name, weaken)


def _role(name: str) -> str:
    return f"{name}/Properties/Policies/0/PolicyDocument/Statement"


def _allow(action: str, resource: Any) -> Tree:
    return {"Sid": "More", "Effect": "Allow", "Action": action, "Resource": resource}


TABLE_ARN = {"Fn::GetAtt": ["Table", "Arn"]}
LISTINGS = {"Fn::Sub": "${Table.Arn}/index/GSI1"}

drop("table_is_deleted_with_the_stack", "Table/DeletionPolicy")
change("raw_files_go_on_replacement", "RawBucket/UpdateReplacePolicy", "Delete")
drop("table_has_no_point_in_time_recovery", "Table/Properties/PointInTimeRecoverySpecification")
change("table_can_be_deleted", "Table/Properties/DeletionProtectionEnabled", False)
change("rows_expire", "Table/Properties/TimeToLiveSpecification", {"AttributeName": "ttl", "Enabled": True})
drop("table_uses_the_service_key", "Table/Properties/SSESpecification")
change("queue_uses_the_service_key", "MovementsQueue/Properties/KmsMasterKeyId", "alias/aws/sqs")
drop("dead_letters_are_not_encrypted", "ViewsDeadLetters/Properties/KmsMasterKeyId")
drop("raw_files_are_not_encrypted", "RawBucket/Properties/BucketEncryption")
change(
    "files_share_the_data_key",
    "DropBucket/Properties/BucketEncryption/ServerSideEncryptionConfiguration/0/"
    "ServerSideEncryptionByDefault/KMSMasterKeyID",
    {"Fn::GetAtt": ["DataKey", "Arn"]},
)
change("data_key_never_rotates", "DataKey/Properties/EnableKeyRotation", False)
drop("notifications_cannot_be_encrypted", "DataKey/Properties/KeyPolicy/Statement/1")
change("anyone_may_use_the_key", "FilesKey/Properties/KeyPolicy/Statement/0/Principal", {"AWS": "*"})
change("the_key_allows_everything", "FilesKey/Properties/KeyPolicy/Statement/0/Action", "kms:*")
drop("services_act_for_other_accounts", "AccessLogsBucketPolicy/Properties/PolicyDocument/Statement/1/Condition")
change("drops_may_be_public", "DropBucket/Properties/PublicAccessBlockConfiguration/RestrictPublicBuckets", False)
drop("exports_may_be_public", "ExportBucket/Properties/PublicAccessBlockConfiguration")
drop("lists_grant_access", "RawBucket/Properties/OwnershipControls")
change("drops_are_overwritten", "DropBucket/Properties/VersioningConfiguration/Status", "Suspended")
drop("nobody_knows_who_read_exports", "ExportBucket/Properties/LoggingConfiguration")
drop("broken_uploads_stay", "RawBucket/Properties/LifecycleConfiguration/Rules/0/AbortIncompleteMultipartUpload")
drop("raw_files_are_not_locked", "RawBucket/Properties/ObjectLockConfiguration")
change("raw_files_are_locked_for_a_day", "RawBucket/Properties/ObjectLockConfiguration/Rule/DefaultRetention/Days", 1)
change("raw_files_expire", "RawBucket/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays", 30)
change("compliance_lock_is_the_default", "/Parameters/ObjectLockMode/Default", "COMPLIANCE")
drop("compliance_lock_goes_anywhere", "/Rules/ComplianceOnlyInProd")
change("raw_files_are_kept_a_year", "/Parameters/RawRetentionDays/Default", 365)
change("stack_leaves_the_union", "/Mappings/Residency/us-east-1", {"Country": "US"})
drop("bucket_accepts_plain_requests", "RawBucketPolicy")
drop("queue_accepts_plain_requests", "InnerQueuesPolicy/Properties/Queues/0")
drop("sms_may_go_to_topics", "SendMailingsRole/Properties/Policies/0/PolicyDocument/Statement/7")
change("plain_requests_are_allowed", "AlarmsTopicPolicy/Properties/PolicyDocument/Statement/0/Effect", "Allow")
drop("queue_has_no_dead_letters", "MovementsQueue/Properties/RedrivePolicy")
change(
    "queues_share_dead_letters",
    "ViewsQueue/Properties/RedrivePolicy/deadLetterTargetArn",
    {"Fn::GetAtt": ["MovementsDeadLetters", "Arn"]},
)
change("dead_letters_go_after_a_day", "MovementsDeadLetters/Properties/MessageRetentionPeriod", 86400)
change("work_is_done_twice_at_once", "PostMovementsFunction/Properties/Timeout", 300)
change("money_is_tried_once", "MovementsQueue/Properties/RedrivePolicy/maxReceiveCount", 1)
drop("one_bad_movement_fails_ten", "PostMovementsFunction/Properties/Events/Movements/Properties/FunctionResponseTypes")
drop("workers_are_unbounded", "IntakeFileFunction/Properties/Events/Drops/Properties/ScalingConfig")
change(
    "only_csv_files_are_announced",
    "DropBucket/Properties/NotificationConfiguration/QueueConfigurations/0/Filter",
    {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".csv"}]}},
)
change(
    "outsiders_read_payment_events",
    "PaymentEventsQueuePolicy/Properties/PolicyDocument/Statement/1/Fn::If/1/Action",
    ["sqs:SendMessage", "sqs:ReceiveMessage"],
)
change(
    "anyone_sends_payment_events",
    "PaymentEventsQueuePolicy/Properties/PolicyDocument/Statement/1/Fn::If/1/Principal",
    "*",
)
drop("failed_sweeps_are_lost", "SweepDropsFunction/Properties/EventInvokeConfig")
drop("undelivered_sweeps_are_lost", "SweepDropsFunction/Properties/Events/EveryQuarter/Properties/DeadLetterConfig")
change(
    "lost_changes_go_to_a_queue",
    "ForwardChangesFunction/Properties/Events/Changes/Properties/DestinationConfig",
    {"OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["ViewsDeadLetters", "Arn"]}}},
)
drop(
    "one_bad_record_stops_the_stream",
    "ForwardChangesFunction/Properties/Events/Changes/Properties/BisectBatchOnFunctionError",
)
drop("the_action_log_is_behind_and_silent", "ActionLogAgeAlarm")
drop("what_the_action_log_gave_up_is_silent", "LostRowsAlarm")
drop("dead_letters_are_silent", "MovementsDeadLettersAlarm")
drop("waiting_work_is_silent", "ErpRowsAgeAlarm")
drop("failing_functions_are_silent", "PushErpErrorsAlarm")
drop("throttled_functions_are_silent", "StaffApiThrottlesAlarm")
drop("critical_alerts_are_silent", "CriticalAlertsAlarm")
drop("critical_alerts_of_the_api_are_not_counted", "StaffApiCriticalFilter")
change(
    "files_of_nobody_are_not_counted",
    "IntakeFileCriticalFilter/Properties/FilterPattern",
    '{ $.severity = "critical" }',
)
drop("failed_messages_are_silent", "FailedRecordsAlarm")
change("failed_messages_are_not_counted", "PushErpFailedRecordFilter/Properties/FilterPattern", "nothing")
drop("lost_changes_are_not_counted", "ForwardChangesFunction/Properties/Events/Changes/Properties/MetricsConfig")
change(
    "lost_changes_are_mistaken_for_others",
    "LostChangesAlarm/Properties/MetricName",
    "DestinationDeliveryFailures",
)
drop("unkept_changes_are_silent", "UnkeptChangesAlarm")
change("alarms_have_no_action", "ViewsAgeAlarm/Properties/AlarmActions", [])
change("alarms_are_switched_off", "DropsAgeAlarm/Properties/ActionsEnabled", False)
change("functions_share_a_role", "WriteExportFunction/Properties/Role", {"Fn::GetAtt": ["StaffApiRole", "Arn"]})
change(
    "a_role_is_managed", "UpdateViewsRole/Properties/ManagedPolicyArns", ["arn:aws:iam::aws:policy/AdministratorAccess"]
)
change("ledger_rows_are_deleted", f"{_role('UpdateViewsRole')}/+", _allow("dynamodb:DeleteItem", TABLE_ARN))
change(
    "ledger_rows_are_deleted_in_batches",
    f"{_role('PostMovementsRole')}/+",
    _allow("dynamodb:BatchWriteItem", TABLE_ARN),
)
change(
    "raw_files_are_unlocked",
    f"{_role('IntakeFileRole')}/+",
    _allow("s3:BypassGovernanceRetention", {"Fn::Sub": "${RawBucket.Arn}/*"}),
)
change("a_function_may_everything", f"{_role('StaffApiRole')}/+", _allow("*", "*"))
change(
    "a_function_may_all_of_a_service",
    f"{_role('WriteExportRole')}/+",
    _allow("s3:*", {"Fn::Sub": "${ExportBucket.Arn}/*"}),
)
change("a_function_reaches_other_tables", f"{_role('StaffApiRole')}/+", _allow("dynamodb:GetItem", "*"))
change(
    "exports_are_written_anywhere",
    f"{_role('PushErpRole')}/+",
    _allow("s3:PutObject", {"Fn::Sub": "${ExportBucket.Arn}/*"}),
)
change(
    "keys_are_used_directly", f"{_role('StaffApiRole')}/+", _allow("kms:Decrypt", {"Fn::GetAtt": ["DataKey", "Arn"]})
)
change(
    "a_function_sends_anywhere",
    f"{_role('UpdateViewsRole')}/+",
    _allow("sqs:SendMessage", {"Fn::Sub": "arn:aws:sqs:*"}),
)
change("claims_read_the_ledger", f"{_role('IssueClaimsRole')}/1/Condition", {})
change(
    "every_secret_is_read",
    f"{_role('PushErpRole')}/+",
    _allow("secretsmanager:GetSecretValue", {"Fn::Sub": "arn:aws:*"}),
)
change("logs_are_kept_a_week", "/Parameters/LogRetentionDays/Default", 7)
change("a_role_keeps_a_right_that_nothing_uses", f"{_role('UpdateViewsRole')}/+", _allow("dynamodb:Query", LISTINGS))
change(
    "the_action_log_is_read",
    f"{_role('PostMovementsRole')}/+",
    _allow("s3:GetObject", {"Fn::Sub": "${RawBucket.Arn}/actions/*"}),
)
change("vanished_drops_are_denied", f"{_role('IntakeFileRole')}/4/Action", "s3:ListBucketVersions")
change("messages_cannot_be_given_back", f"{_role('UpdateViewsRole')}/1/Action", ["sqs:ReceiveMessage"])
change("banks_list_drops", f"{_role('SftpUserRole')}/+", _allow("s3:ListBucket", {"Fn::GetAtt": ["DropBucket", "Arn"]}))
drop("large_files_fill_the_disk", "IntakeFileFunction/Properties/EphemeralStorage")
change(
    "a_setting_is_never_read", "StaffApiFunction/Properties/Environment/Variables/DROP_BUCKET", {"Ref": "DropBucket"}
)
drop("a_setting_is_missing", "StaffApiFunction/Properties/Environment/Variables/EXPORT_BUCKET")
drop("logs_are_kept_for_ever", "StaffApiLogs/Properties/RetentionInDays")
drop("logs_are_not_encrypted", "ApiAccessLogs/Properties/KmsKeyId")
change("functions_share_a_log", "StaffApiFunction/Properties/LoggingConfig/LogGroup", {"Ref": "PushErpLogs"})
drop("layers_are_built_for_the_builder", "DependenciesLayer/Metadata/BuildArchitecture")
change("a_function_takes_the_concurrency", "StaffApiFunction/Properties/ReservedConcurrentExecutions", 100)
change("a_function_has_an_address", "StaffApiFunction/Properties/FunctionUrlConfig", {"AuthType": "NONE"})
drop("any_pool_asks_for_claims", "IssueClaimsPermission/Properties/SourceArn")
change("a_secret_is_in_the_environment", "StaffApiFunction/Properties/Environment/Variables/NUMBERING_KEY", "s3cr3t")
drop("routes_are_open", "Api/Properties/Auth/DefaultAuthorizer")
drop("id_tokens_pass", "Api/Properties/Auth/Authorizers/Staff/AuthorizationScopes")
change(
    "reading_needs_no_token", "StaffApiFunction/Properties/Events/ListLeases/Properties/Auth", {"Authorizer": "NONE"}
)
change("any_method_is_taken", "StaffApiFunction/Properties/Events/ListLeases/Properties/Method", "ANY")
change("any_path_is_taken", "StaffApiFunction/Properties/Events/ListLeases/Properties/Path", "/v1/{proxy+}")
drop("a_route_does_not_reach_the_code", "StaffApiFunction/Properties/Events/CreateExport")
change("a_route_is_on_another_api", "StaffApiFunction/Properties/Events/ReadProof/Properties/RestApiId", "other")
change("other_sites_call_the_api", "Api/Properties/Cors", "'*'")
drop("the_gateway_answers_by_itself", "Api/Properties/GatewayResponses/THROTTLED")
drop("throttled_for_ever", "Api/Properties/GatewayResponses/THROTTLED/ResponseParameters/Headers/Retry-After")
change("unknown_routes_are_forbidden", "Api/Properties/GatewayResponses/MISSING_AUTHENTICATION_TOKEN/StatusCode", 403)
drop("callers_are_not_throttled", "Api/Properties/MethodSettings/0/ThrottlingRateLimit")
change("paths_are_logged", "Api/Properties/AccessLogSetting/Format", "$context.path $context.resourcePath")
change("requests_are_traced", "Api/Properties/MethodSettings/0/DataTraceEnabled", True)
drop("no_firewall", "WebAclAssociation")
change("firewall_keeps_samples", "WebAcl/Properties/VisibilityConfig/SampledRequestsEnabled", True)
change("firewall_counts_only", "WebAcl/Properties/Rules/0/Action", {"Count": {}})
change("anyone_signs_up", "UserPool/Properties/AdminCreateUserConfig/AllowAdminCreateUserOnly", False)
change("no_second_factor", "UserPool/Properties/MfaConfiguration", "OFF")
change("the_stand_in_is_the_default", "/Parameters/DemoProviderUrl/Default", "http://127.0.0.1:80")
drop("the_stand_in_may_be_anywhere", "/Parameters/DemoProviderUrl/AllowedPattern")
drop("the_stand_in_is_in_prod_too", "/Rules/DemoProviderIsLocal")
change(
    "the_page_reads_every_secret",
    f"{_role('PayPageRole')}/+",
    _allow("secretsmanager:GetSecretValue", {"Fn::Sub": "arn:aws:secretsmanager:*:*:secret:*"}),
)
change(
    "the_page_posts_by_itself",
    f"{_role('PayPageRole')}/+",
    _allow("sqs:SendMessage", {"Fn::GetAtt": ["MovementsQueue", "Arn"]}),
)
change("webhooks_are_not_throttled", "Api/Properties/MethodSettings/5/ThrottlingRateLimit", 5000)
change("second_factor_is_not_the_default", "/Parameters/RequireMfa/Default", "false")
change("claims_come_from_nowhere", "UserPool/Properties/LambdaConfig", {})
change("machines_get_no_claims", "UserPool/Properties/LambdaConfig/PreTokenGenerationConfig/LambdaVersion", "V2_0")
change("people_choose_their_landlord", "StaffClient/Properties/WriteAttributes/+", "custom:landlord")
drop("people_choose_everything", "StaffClient/Properties/WriteAttributes")
change("passwords_are_sent", "StaffClient/Properties/ExplicitAuthFlows/+", "ALLOW_USER_PASSWORD_AUTH")
change("tokens_live_a_day", "StaffClient/Properties/AccessTokenValidity", 1440)
drop("sftp_is_always_billed", "SftpServer/Condition")
change("banks_read_drops", f"{_role('SftpUserRole')}/0/Action", ["s3:PutObject", "s3:GetObject"])
