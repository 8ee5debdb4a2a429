"""Rules on queues, deliveries and alarms. Each returns its findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .model import Template, Tree, target
from .reach import ANNOUNCE, reached_by

FOURTEEN_DAYS = 14 * 24 * 3600
TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}


def queues_have_their_own_dead_letters(template: Template) -> list[str]:
    findings = [
        f"{name} is worked off without dead letters"
        for name in sorted(
            {target(event["Queue"]) for _, _, event in template.events("SQS")} - set(template.source_queues())
        )
    ]
    used: set[str] = set()
    for name, queue in template.source_queues().items():
        dead = target(queue["RedrivePolicy"].get("deadLetterTargetArn"))
        if dead not in template.dead_letters():
            findings.append(f"{name} has no dead letters")
        if dead in used:
            findings.append(f"{name} shares its dead letters")
        used.add(dead)
    return findings


def dead_letters_outlive_their_queue(template: Template) -> list[str]:
    longest = max(queue.get("MessageRetentionPeriod", 345600) for queue in template.source_queues().values())
    return [
        f"{name} keeps letters for {queue.get('MessageRetentionPeriod')} seconds"
        for name, queue in template.dead_letters().items()
        if queue.get("MessageRetentionPeriod") != FOURTEEN_DAYS or longest >= FOURTEEN_DAYS
    ]


def work_is_hidden_long_enough(template: Template) -> list[str]:
    findings = []
    for function, event, source in template.events("SQS"):
        queue = template.props("SQS::Queue")[target(source["Queue"])]
        timeout = template.functions()[function]["Timeout"]
        if queue.get("VisibilityTimeout", 30) < 6 * timeout:
            findings.append(f"{event} reappears while {function} may still work on it")
    return findings


def work_is_retried_a_few_times(template: Template) -> list[str]:
    return [
        f"{name} gives up after {queue['RedrivePolicy'].get('maxReceiveCount')} tries"
        for name, queue in template.source_queues().items()
        if not 3 <= queue["RedrivePolicy"].get("maxReceiveCount", 0) <= 10
    ]


def one_bad_message_fails_alone(template: Template) -> list[str]:
    return [
        f"{function}/{event} fails whole batches"
        for function, event, source in template.events("SQS")
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]
    ]


def queues_bound_their_workers(template: Template) -> list[str]:
    return [
        f"{function}/{event} has no bound on its workers"
        for function, event, source in template.events("SQS")
        if not 2 <= source.get("ScalingConfig", {}).get("MaximumConcurrency", 0) <= 10
    ]


def everything_travels_encrypted(template: Template) -> list[str]:
    held = _tls_only(template)
    kept = {
        *template.props("S3::Bucket"),
        *template.props("SQS::Queue"),
        *template.props("SNS::Topic"),
    }
    return [f"{name} accepts requests without TLS" for name in sorted(kept - held)]


def _tls_only(template: Template) -> set[str]:
    held: set[str] = set()
    for policy in template.props("S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy").values():
        if any(_denies_plain(statement) for statement in policy["PolicyDocument"]["Statement"]):
            subjects = policy.get("Queues") or policy.get("Topics") or [policy.get("Bucket")]
            held |= {target(subject) for subject in subjects}
    return held


def _denies_plain(statement: Tree) -> bool:
    whole = statement.get("Action") in ("s3:*", "sqs:*", "sns:Publish") and statement.get("Principal") == "*"
    return statement.get("Effect") == "Deny" and whole and statement.get("Condition") == TLS_ONLY


def drops_reach_their_queue(template: Template) -> list[str]:
    events = (
        template.props("S3::Bucket")["DropBucket"].get("NotificationConfiguration", {}).get("QueueConfigurations", [])
    )
    whole = [event for event in events if event["Event"] == "s3:ObjectCreated:*" and "Filter" not in event]
    if [target(event["Queue"]) for event in whole] != ["DropsQueue"]:
        return ["DropBucket does not announce every file to DropsQueue"]
    return []


def outsiders_send_payment_events_only(template: Template) -> list[str]:
    outside = {"Ref": "PaymentEventsPrincipal"}
    findings = []
    for statement in template.resource_statements():
        if outside in statement.principals and statement.owner not in ("PaymentEventsQueuePolicy", "DataKey"):
            findings.append(f"{statement.owner} is open to the outside")
        opened = statement.owner == "PaymentEventsQueuePolicy" and statement.allows
        if opened and (statement.actions != ["sqs:SendMessage"] or statement.principals != [outside]):
            findings.append("PaymentEventsQueue is open to others, or for more than sending")
    return findings


def failed_runs_are_kept(template: Template) -> list[str]:
    findings = []
    for function, event, schedule in template.events("Schedule"):
        if target(schedule.get("DeadLetterConfig", {}).get("Arn")) not in template.dead_letters():
            findings.append(f"{function}/{event} is lost when it cannot be delivered")
        failure = (
            template.functions()[function]
            .get("EventInvokeConfig", {})
            .get("DestinationConfig", {})
            .get("OnFailure", {})
        )
        if target(failure.get("Destination")) not in template.dead_letters():
            findings.append(f"{function} loses runs that failed")
    return findings


def lost_changes_are_kept_whole(template: Template) -> list[str]:
    findings = []
    for function, event, stream in template.events("DynamoDB"):
        failure = stream.get("DestinationConfig", {}).get("OnFailure", {})
        if failure.get("Type") != "S3" or target(failure.get("Destination")) not in template.props("S3::Bucket"):
            findings.append(f"{function}/{event} keeps no records that failed: queues get their metadata only")
        if stream.get("BisectBatchOnFunctionError") is not True or stream.get("MaximumRetryAttempts", -1) < 1:
            findings.append(f"{function}/{event} retries for ever or not at all")
        if stream.get("StartingPosition") != "TRIM_HORIZON":
            findings.append(f"{function}/{event} skips what changed before it was deployed")
    return findings


def _alarms(template: Template, metric: str) -> Iterator[tuple[str, Tree]]:
    for alarm in template.props("CloudWatch::Alarm").values():
        if alarm["MetricName"] == metric and [target(one) for one in alarm.get("AlarmActions", [])] == ["AlarmsTopic"]:
            for dimension in alarm.get("Dimensions", [{}]):
                yield target(dimension.get("Value")), alarm


def _unwatched(template: Template, metric: str, wanted: Iterable[str], highest: float) -> list[str]:
    watched = {name for name, alarm in _alarms(template, metric) if alarm["Threshold"] <= highest}
    return [f"nobody is told of {metric} on {name}" for name in sorted(set(wanted) - watched)]


def dead_letters_raise_an_alarm(template: Template) -> list[str]:
    return _unwatched(template, "ApproximateNumberOfMessagesVisible", template.dead_letters(), 0)


def waiting_work_raises_an_alarm(template: Template) -> list[str]:
    late = _unwatched(template, "ApproximateAgeOfOldestMessage", template.source_queues(), 3600)
    streamed = [function for function, _, _ in template.events("DynamoDB")]
    return late + _unwatched(template, "IteratorAge", streamed, 3_600_000)


def failing_functions_raise_an_alarm(template: Template) -> list[str]:
    functions = template.functions()
    return _unwatched(template, "Errors", functions, 0) + _unwatched(template, "Throttles", functions, 0)


def broken_promises_raise_an_alarm(template: Template) -> list[str]:
    """Critical alerts of every function that raises any, and what is of no landlord, whose alert no landlord sees."""
    raising = [name for name, one in template.functions().items() if ANNOUNCE in reached_by(one["CodeUri"]).units]
    return _uncounted(template, "CriticalAlerts", '{ ($.severity = "critical") || ($.landlord_id = "-") }', raising)


def failed_messages_raise_an_alarm(template: Template) -> list[str]:
    """A batch with failed messages is no error of its function."""
    working = {function for function, _, _ in template.events("SQS")}
    return _uncounted(template, "FailedRecords", "{ $.failed_record IS TRUE }", working)


def _uncounted(template: Template, metric: str, pattern: str, functions: Iterable[str]) -> list[str]:
    counted = {
        target(one.get("LogGroupName"))
        for one in template.props("Logs::MetricFilter").values()
        if one["FilterPattern"] == pattern
        and [(to["MetricName"], to["MetricValue"]) for to in one["MetricTransformations"]] == [(metric, "1")]
    }
    told = any(alarm["Threshold"] == 0 and alarm["Statistic"] == "Sum" for _, alarm in _alarms(template, metric))
    logs = {name: target(one["LoggingConfig"]["LogGroup"]) for name, one in template.functions().items()}
    findings = [f"nothing counts {metric} of {name}" for name in sorted(functions) if logs[name] not in counted]
    return findings if told else [*findings, f"nobody is told of {metric}"]


def lost_changes_raise_an_alarm(template: Template) -> list[str]:
    """Those that were put aside are counted by their mapping, if it is asked to; those that could not be, otherwise."""
    sources = {f"{function}{event}": source for function, event, source in template.events("DynamoDB")}
    silent = [
        f"{name} does not count what it gives up"
        for name, source in sources.items()
        if source.get("MetricsConfig") != {"Metrics": ["EventCount"]}
    ]
    functions = {function for function, _, _ in template.events("DynamoDB")}
    put_aside = _unwatched(template, "OnFailureDestinationDeliveredEventCount", sources, 0)
    return silent + put_aside + _unwatched(template, "DestinationDeliveryFailures", functions, 0)


def alarms_are_heard(template: Template) -> list[str]:
    return [
        f"{name} is silent"
        for name, alarm in template.props("CloudWatch::Alarm").items()
        if alarm.get("ActionsEnabled") is False
        or [target(one) for one in alarm.get("AlarmActions", [])] != ["AlarmsTopic"]
        or alarm.get("ComparisonOperator") != "GreaterThanThreshold"
    ]


RULES = (
    queues_have_their_own_dead_letters,
    dead_letters_outlive_their_queue,
    work_is_hidden_long_enough,
    work_is_retried_a_few_times,
    one_bad_message_fails_alone,
    queues_bound_their_workers,
    everything_travels_encrypted,
    drops_reach_their_queue,
    outsiders_send_payment_events_only,
    failed_runs_are_kept,
    lost_changes_are_kept_whole,
    dead_letters_raise_an_alarm,
    waiting_work_raises_an_alarm,
    failing_functions_raise_an_alarm,
    broken_promises_raise_an_alarm,
    failed_messages_raise_an_alarm,
    lost_changes_raise_an_alarm,
    alarms_are_heard,
)
