"""What the local cloud changes in a translated template, and what it leaves alone."""

import copy
from typing import Any

import pytest

from cloud.adapt import ANY_METHOD, BINARY_TYPES, GATEWAY_RESPONSES, WANTED_OUTPUT, adapt, mentions

KNOWN = (
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::RestApi",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
)


WORKERS = 4


def a_template(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources, "Outputs": {}}


def an_api(**body: Any) -> dict[str, Any]:
    return {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"paths": {}} | body}}


def a_policy(*sids: str) -> dict[str, Any]:
    statements = [{"Sid": sid} for sid in sids]
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": {"Statement": statements}}}


def test_a_type_that_the_emulator_refuses_is_left_out_and_told_with_its_outputs() -> None:
    template = a_template(Server={"Type": "AWS::Transfer::Server"}, Bucket={"Type": "AWS::S3::Bucket"})
    template["Outputs"] = {
        "Id": {"Value": {"Fn::GetAtt": ["Server", "ServerId"]}},
        "Name": {"Value": {"Ref": "Bucket"}},
    }
    adapted = adapt(template, KNOWN, WORKERS)
    assert adapted.dropped == ["Server (AWS::Transfer::Server)"]
    assert adapted.template["Resources"].keys() == {"Bucket"}
    assert adapted.template["Outputs"].keys() == {"Name", WANTED_OUTPUT}


def test_the_translated_template_itself_is_not_changed() -> None:
    template = a_template(Function={"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13"}})
    before = copy.deepcopy(template)
    adapt(template, KNOWN, WORKERS)
    assert template == before


@pytest.mark.parametrize(("asked", "given"), [(2, 2), (4, 4), (50, 4)])
def test_an_event_source_has_no_more_workers_than_the_machine(asked: int, given: int) -> None:
    scaling = {"ScalingConfig": {"MaximumConcurrency": asked}}
    template = a_template(Source={"Type": "AWS::Lambda::EventSourceMapping", "Properties": scaling})
    adapted = adapt(template, KNOWN, WORKERS).template["Resources"]["Source"]["Properties"]
    assert adapted["ScalingConfig"] == {"MaximumConcurrency": given}


def test_statements_for_tls_go_and_others_stay() -> None:
    adapted = adapt(a_template(Policy=a_policy("TlsOnly", "Deliveries")), KNOWN, WORKERS)
    document = adapted.template["Resources"]["Policy"]["Properties"]["PolicyDocument"]
    assert document["Statement"] == [{"Sid": "Deliveries"}]
    assert adapted.dropped == ["TlsOnly of Policy"]


def test_a_policy_without_a_statement_left_goes_and_nothing_waits_for_it() -> None:
    bucket = {"Type": "AWS::S3::Bucket", "DependsOn": ["Policy", "Other"]}
    adapted = adapt(a_template(Policy=a_policy("TlsOnly"), Bucket=bucket), KNOWN, WORKERS)
    assert adapted.template["Resources"].keys() == {"Bucket"}
    assert adapted.template["Resources"]["Bucket"]["DependsOn"] == ["Other"]


def test_functions_run_under_the_real_runtime_client() -> None:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "python3.13", "Layers": ["x"], "Timeout": 15},
    }
    adapted = adapt(a_template(Function=function), KNOWN, WORKERS)
    assert adapted.template["Resources"]["Function"]["Properties"] == {"Runtime": "provided.al2023", "Timeout": 15}


def test_any_is_every_method_but_those_that_are_said() -> None:
    paths = {"/p": {ANY_METHOD: {"x": 1}, "get": {"x": 2}}}
    body = adapt(a_template(Api=an_api(paths=paths)), KNOWN, WORKERS).template["Resources"]["Api"]["Properties"]["Body"]
    methods = body["paths"]["/p"]
    assert methods.keys() == {"delete", "get", "head", "options", "patch", "post", "put"}
    assert (methods["get"], methods["post"]) == ({"x": 2}, {"x": 1})


def test_binary_types_are_spelt_with_a_slash() -> None:
    api = an_api(**{BINARY_TYPES: ["image~1png"]})
    body = adapt(a_template(Api=api), KNOWN, WORKERS).template["Resources"]["Api"]["Properties"]["Body"]
    assert body[BINARY_TYPES] == ["image/png"]


def test_a_deployment_waits_for_the_gateway_responses_of_its_api() -> None:
    api = an_api(**{GATEWAY_RESPONSES: {"ACCESS_DENIED": {"statusCode": "403"}}})
    deployment = {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}}
    resources = adapt(a_template(Api=api, Deployment=deployment), KNOWN, WORKERS).template["Resources"]
    assert resources["ApiAccessDeniedResponse"]["Properties"] == {
        "RestApiId": {"Ref": "Api"},
        "ResponseType": "ACCESS_DENIED",
        "StatusCode": "403",
    }
    assert resources["Deployment"]["DependsOn"] == ["ApiAccessDeniedResponse"]


def test_what_has_to_be_set_and_checked_is_an_output_that_the_emulator_resolves() -> None:
    lock = {"Rule": {"DefaultRetention": {"Mode": {"Ref": "Mode"}}}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"ObjectLockConfiguration": lock}}
    value = adapt(a_template(Raw=bucket), KNOWN, WORKERS).template["Outputs"][WANTED_OUTPUT]["Value"][
        "Fn::ToJsonString"
    ]
    assert value["buckets"] == [{"Name": {"Ref": "Raw"}, "ObjectLockConfiguration": lock}]


@pytest.mark.parametrize(
    "tree", [{"Ref": "A"}, {"Fn::GetAtt": "A.Arn"}, [{"Fn::GetAtt": ["A", "Arn"]}], {"Fn::If": ["C", {"Ref": "A"}, 1]}]
)
def test_references_are_found_wherever_they_stand(tree: object) -> None:
    assert mentions(tree, "A")
    assert not mentions(tree, "B")
