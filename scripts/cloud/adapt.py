"""A translated template → one that the emulator deploys, and what of it has to be set and checked afterwards.

Only what the emulator cannot do changes, and each change is told. The template itself is never edited for it.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

type Tree = dict[str, Any]

WANTED_OUTPUT = "LocalCloudWanted"
METHODS = ("delete", "get", "head", "options", "patch", "post", "put")
ANY_METHOD = "x-amazon-apigateway-any-method"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
BINARY_TYPES = "x-amazon-apigateway-binary-media-types"
POLICIES = {"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"}
NO_TLS = "TlsOnly"
SEND_MAIL = "ses:SendEmail"
SEND, SEND_BATCH = "sqs:SendMessage", "sqs:SendMessageBatch"


@dataclass(frozen=True, slots=True)
class Adapted:
    """The template for the emulator, and what was left out of it, in words."""

    template: Tree
    dropped: list[str]


def adapt(translated: Tree, known_types: Iterable[str], workers: int) -> Adapted:
    """The template without what the emulator refuses, with what it ignores made explicit; no event source has more
    `workers` than that, since each is a process of this machine.
    """
    template = copy.deepcopy(translated)
    dropped = [*drop_unknown_types(template, frozenset(known_types)), *drop_tls_statements(template)]
    grant_batches(template)
    grant_mail(template)
    run_functions_under_their_own_runtime(template)
    bound_workers(template, workers)
    for name, api in of_type(template, "AWS::ApiGateway::RestApi"):
        expand_any_methods(api["Body"])
        escape_binary_types(api)
        emit_gateway_responses(template, name, api["Body"])
    template["Transform"] = "AWS::LanguageExtensions"  # for Fn::ToJsonString
    template["Outputs"][WANTED_OUTPUT] = {"Value": {"Fn::ToJsonString": wanted(template)}}
    return Adapted(template, dropped)


def of_type(template: Tree, kind: str) -> Iterator[tuple[str, Tree]]:
    """Names and properties of the resources of a type."""
    for name, resource in list(template["Resources"].items()):
        if resource["Type"] == kind:
            yield name, resource.setdefault("Properties", {})


def drop_unknown_types(template: Tree, known: frozenset[str]) -> list[str]:
    """Takes out resources of types that the emulator refuses, and the outputs that name them."""
    unknown = {name: each["Type"] for name, each in template["Resources"].items() if each["Type"] not in known}
    for name in unknown:
        del template["Resources"][name]
    for name, output in list(template["Outputs"].items()):
        if any(mentions(output, gone) for gone in unknown):
            del template["Outputs"][name]
    return [f"{name} ({kind})" for name, kind in unknown.items()]


def mentions(tree: Any, name: str) -> bool:
    """Whether a `Ref` or `Fn::GetAtt` in the tree names the resource."""
    if isinstance(tree, list):
        return any(mentions(each, name) for each in tree)
    if not isinstance(tree, dict):
        return False
    attribute = tree.get("Fn::GetAtt")
    head = attribute.split(".")[0] if isinstance(attribute, str) else (attribute or [None])[0]
    return tree.get("Ref") == name or head == name or any(mentions(each, name) for each in tree.values())


def drop_tls_statements(template: Tree) -> list[str]:
    """Takes out the statements that refuse plain HTTP, which is all that the emulator speaks."""
    touched = []
    for name, resource in list(template["Resources"].items()):
        if resource["Type"] not in POLICIES:
            continue
        document = resource["Properties"]["PolicyDocument"]
        kept = [each for each in document["Statement"] if each.get("Sid") != NO_TLS]
        if len(kept) < len(document["Statement"]):
            touched.append(f"{NO_TLS} of {name}")
        document["Statement"] = kept
        if not kept:
            remove(template, name)
    return touched


def grant_batches(tree: Any) -> None:
    """Whoever may send a message may send ten: AWS has no action of its own for batches, the emulator wants one."""
    if isinstance(tree, list):
        for each in tree:
            grant_batches(each)
    elif isinstance(tree, dict):
        action = tree.get("Action")
        actions = [action] if isinstance(action, str) else action
        if isinstance(actions, list) and SEND in actions:
            tree["Action"] = [*actions, SEND_BATCH]
        for each in tree.values():
            grant_batches(each)


def grant_mail(template: Tree) -> None:
    """Whoever may send mail under some identity may send any: the emulator looks for no sender in a request."""
    for _, role in of_type(template, "AWS::IAM::Role"):
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement.get("Action") == SEND_MAIL:
                    statement["Resource"] = "*"


def remove(template: Tree, name: str) -> None:
    """Takes a resource out, and the orders that wait for it."""
    del template["Resources"][name]
    for resource in template["Resources"].values():
        waits = resource.get("DependsOn", [])
        left = [each for each in ([waits] if isinstance(waits, str) else waits) if each != name]
        resource["DependsOn"] = left


def run_functions_under_their_own_runtime(template: Tree) -> None:
    """Functions run under the real runtime client that their archive's `bootstrap` starts."""
    for _, function in of_type(template, "AWS::Lambda::Function"):
        function["Runtime"] = "provided.al2023"
        function.pop("Layers", None)


def bound_workers(template: Tree, workers: int) -> None:
    """More processes than processors only start one after the other."""
    for _, mapping in of_type(template, "AWS::Lambda::EventSourceMapping"):
        if scaling := mapping.get("ScalingConfig"):
            mapping["ScalingConfig"] = {"MaximumConcurrency": min(scaling["MaximumConcurrency"], workers)}


def expand_any_methods(body: Tree) -> None:
    """ANY is refused on every call: each method is said."""
    for methods in body["paths"].values():
        if operation := methods.pop(ANY_METHOD, None):
            for method in METHODS:
                methods.setdefault(method, copy.deepcopy(operation))


def escape_binary_types(api: Tree) -> None:
    for holder, key in ((api, "BinaryMediaTypes"), (api["Body"], BINARY_TYPES)):
        if key in holder:
            holder[key] = [each.replace("~1", "/") for each in holder[key]]


def emit_gateway_responses(template: Tree, api: str, body: Tree) -> None:
    """Gateway responses in the body are ignored: each becomes a resource that the deployment waits for."""
    names = []
    for kind, response in body.pop(GATEWAY_RESPONSES, {}).items():
        name = f"{api}{kind.title().replace('_', '')}Response"
        template["Resources"][name] = {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {"RestApiId": {"Ref": api}, "ResponseType": kind, **capitalised(response)},
        }
        names.append(name)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::ApiGateway::Deployment" and resource["Properties"]["RestApiId"] == {"Ref": api}:
            resource["DependsOn"] = names


def capitalised(response: Tree) -> Tree:
    return {f"{key[0].upper()}{key[1:]}": value for key, value in response.items()}


def wanted(template: Tree) -> Tree:
    """What the deployed stack has to show, with names that the emulator itself resolves."""
    return {
        kind: [pick(name, properties) for name, properties in of_type(template, resource)]
        for kind, resource, pick in WANTED
    }


def picked(*keys: str) -> Callable[[str, Tree], Tree]:
    """The resource's physical name and those of its properties."""

    def pick(name: str, properties: Tree) -> Tree:
        return {"Name": {"Ref": name}} | {key: properties[key] for key in keys if key in properties}

    return pick


def gateway_response(name: str, properties: Tree) -> Tree:
    return {key: properties[key] for key in ("RestApiId", "ResponseType")}


def api_scopes(name: str, properties: Tree) -> Tree:
    """The scopes of every operation of an API."""
    operations = [
        {"Path": path, "Method": method.upper(), "Scopes": sorted(scopes_of(operation))}
        for path, methods in properties["Body"]["paths"].items()
        for method, operation in methods.items()
    ]
    return {"Name": {"Ref": name}, "Operations": operations}


def scopes_of(operation: Tree) -> list[str]:
    return [scope for scheme in operation.get("security", []) for scopes in scheme.values() for scope in scopes]


WANTED: tuple[tuple[str, str, Callable[[str, Tree], Tree]], ...] = (
    ("buckets", "AWS::S3::Bucket", picked("BucketEncryption", "ObjectLockConfiguration", "NotificationConfiguration")),
    (
        "tables",
        "AWS::DynamoDB::Table",
        picked("PointInTimeRecoverySpecification", "SSESpecification", "TimeToLiveSpecification"),
    ),
    ("functions", "AWS::Lambda::Function", picked("Role", "ReservedConcurrentExecutions")),
    (
        "mappings",
        "AWS::Lambda::EventSourceMapping",
        picked("FunctionName", "EventSourceArn", "BatchSize", "FunctionResponseTypes", "ScalingConfig"),
    ),
    ("gateway_responses", "AWS::ApiGateway::GatewayResponse", gateway_response),
    ("apis", "AWS::ApiGateway::RestApi", api_scopes),
    ("user_pools", "AWS::Cognito::UserPool", picked("LambdaConfig")),
)
