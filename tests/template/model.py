"""The template as the rules read it: plain data, with intrinsic functions in their long form."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
type Tree = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _intrinsic(loader: Any, suffix: str, node: Any) -> Tree:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".") if suffix == "GetAtt" else text}
    return {name: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy, with the resource that carries it."""

    owner: str
    body: Tree

    @property
    def sid(self) -> str:
        return str(self.body.get("Sid", ""))

    @property
    def allows(self) -> bool:
        return bool(self.body["Effect"] == "Allow")

    @property
    def actions(self) -> list[str]:
        return listed(self.body["Action"])

    @property
    def resources(self) -> list[Any]:
        return listed(self.body.get("Resource", []))

    @property
    def condition(self) -> Tree:
        return dict(self.body.get("Condition", {}))

    @property
    def principals(self) -> list[Any]:
        principal = self.body.get("Principal", [])
        return (
            [one for some in principal.values() for one in listed(some)] if isinstance(principal, dict) else [principal]
        )


@dataclass(frozen=True, slots=True)
class Template:
    """Resources by logical id and what the rules ask of them."""

    tree: Tree

    @classmethod
    def load(cls) -> Template:
        """The template of the repository."""
        return cls(yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_Loader))

    def copy(self) -> Template:
        """A template of its own, to be weakened."""
        return Template(copy.deepcopy(self.tree))

    @property
    def resources(self) -> Tree:
        return dict(self.tree["Resources"])

    def of(self, *types: str) -> dict[str, Tree]:
        """The resources of these types (`S3::Bucket`) by logical id."""
        wanted = {f"AWS::{kind}" for kind in types}
        return {name: body for name, body in self.resources.items() if body["Type"] in wanted}

    def props(self, *types: str) -> dict[str, Tree]:
        """Their properties by logical id."""
        return {name: body.get("Properties", {}) for name, body in self.of(*types).items()}

    def role_statements(self) -> Iterator[Statement]:
        """Every statement of every role."""
        for name, role in self.props("IAM::Role").items():
            for policy in role.get("Policies", []):
                yield from statements(name, policy["PolicyDocument"])

    def resource_statements(self) -> Iterator[Statement]:
        """Every statement of every policy that hangs on a bucket, queue, topic or key."""
        for name, body in self.props("S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy").items():
            yield from statements(name, body["PolicyDocument"])
        for name, key in self.props("KMS::Key").items():
            yield from statements(name, key["KeyPolicy"])

    def functions(self) -> dict[str, Tree]:
        """The functions' properties, with those of Globals beneath."""
        shared = self.tree["Globals"]["Function"]
        return {name: merged(shared, own) for name, own in self.props("Serverless::Function").items()}

    def events(self, kind: str) -> Iterator[tuple[str, str, Tree]]:
        """The functions' events of a kind: function, event, properties."""
        for name, function in self.functions().items():
            for event, body in function.get("Events", {}).items():
                if body["Type"] == kind:
                    yield name, event, body["Properties"]

    def source_queues(self) -> dict[str, Tree]:
        """The queues that functions work off."""
        return {name: queue for name, queue in self.props("SQS::Queue").items() if "RedrivePolicy" in queue}

    def dead_letters(self) -> dict[str, Tree]:
        """The queues that nothing works off."""
        return {name: queue for name, queue in self.props("SQS::Queue").items() if "RedrivePolicy" not in queue}


def statements(owner: str, document: Tree) -> Iterator[Statement]:
    """The statements of a policy document, conditional ones as if their condition held."""
    for body in document["Statement"]:
        chosen = body["Fn::If"][1] if "Fn::If" in body else body
        yield Statement(owner, chosen)


def listed(value: Any) -> list[Any]:
    """One or several, as several."""
    return value if isinstance(value, list) else [value]


def merged(under: Tree, over: Tree) -> Tree:
    """Properties over Globals, as SAM merges them."""
    both = {**under, **over}
    for key in under.keys() & over.keys():
        if isinstance(under[key], dict) and isinstance(over[key], dict):
            both[key] = merged(under[key], over[key])
        elif isinstance(under[key], list) and isinstance(over[key], list):
            both[key] = under[key] + over[key]
    return both


def target(value: Any) -> str:
    """The logical id that a Ref, GetAtt or Sub names; empty for anything else."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::Sub": str(text)} if text.startswith("${"):
            return text[2:].partition("}")[0].partition(".")[0]
    return ""
