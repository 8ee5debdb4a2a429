"""What each function does on AWS, read from its code: which units (functions and methods) its handler can reach.

A call `x.name(…)` reaches the methods of that name of every class that reached code makes or names, so the answer errs
on the side of too much. A method of the table is reached from a receiver called `table` only: others have a `get` or an
`add` too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "quitus"
STORE = "quitus.services.table"
ANNOUNCE = ("quitus.adapters.alert_rows", "announce")
TABLES = frozenset({"table", "_table"})
CLIENTS = frozenset({"client", "_client", "s3", "sqs", "secrets", "ssm", "dynamodb", "mail_client", "sms_client"})
ON_THE_TABLE = {
    "get": {("dynamodb:GetItem", "TABLE_NAME")},
    "batch_get": {("dynamodb:BatchGetItem", "TABLE_NAME")},
    "query": {("dynamodb:Query", "TABLE_NAME")},
    "query_listing": {("dynamodb:Query", "TABLE_NAME/index/GSI1"), ("dynamodb:GetItem", "TABLE_NAME")},
    "add": {("dynamodb:UpdateItem", "TABLE_NAME")},
    "write": set(),
}
"""What the table's methods do; what `write` does hangs on what it is given."""
KNOWN_AS = {"S3Drops": frozenset({"drops"})}
"""Classes with methods whose names others have too, and what they are called wherever they are used."""
AS_WRITTEN = {"Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem", "Check": "dynamodb:ConditionCheckItem"}
BY_CLIENTS = {
    "get_object": ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),  # the last: else what is gone is "denied"
    "download_fileobj": ("s3:GetObject",),  # what is asked for is always there
    "generate_presigned_url": ("s3:GetObject",),
    "put_object": ("s3:PutObject",),
    "upload_fileobj": ("s3:PutObject",),
    "list_object_versions": ("s3:ListBucketVersions",),
    "get_secret_value": ("secretsmanager:GetSecretValue",),
    "get_parameter": ("ssm:GetParameter",),
    "send_email": ("ses:SendEmail",),
    "publish": ("sns:Publish",),
    "send_message_batch": (),  # told by the queue that is asked for
    "change_message_visibility_batch": (),  # of the queue that invokes: goes with receiving
}
OF_SETTINGS = {
    "s3:": ("_BUCKET",),
    "secretsmanager:": ("_SECRET_ARN", "_SECRET_PREFIX"),
    "ssm:": ("_PARAMETER",),
    "ses:": ("MAIL_EVENTS",),
    "sns:": ("MAIL_EVENTS",),
}

type Unit = tuple[str, str]
"""A module and the dotted name of a function, class, method or variable in it."""
type Right = tuple[str, str]
"""An action and the setting that names what it is done on."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module's definitions by dotted name, and what its imports name."""

    defined: Mapping[str, ast.AST]
    imported: Mapping[str, Unit]

    @classmethod
    def of(cls, name: str) -> Module | None:
        """A module of the layer by its dotted name, or a handler by its folder."""
        path = LAYER.joinpath(*name.split("."))
        for file in (path.with_suffix(".py"), path / "__init__.py", ROOT / name / "app.py"):
            if file.is_file():
                return cls.parsed(file)
        return None

    @classmethod
    def parsed(cls, file: Path) -> Module:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        return cls(dict(_definitions(tree.body)), imported)


def _definitions(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        match node:
            case ast.FunctionDef():
                yield f"{within}{node.name}", node
            case ast.ClassDef():
                yield f"{within}{node.name}", node
                yield from _definitions(node.body, f"{within}{node.name}.")
            case ast.Assign():
                yield from ((f"{within}{one.id}", node.value) for one in node.targets if isinstance(one, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.AST() as value):
                yield f"{within}{name}", value


@cache
def _module(name: str) -> Module | None:
    return Module.of(name)


@dataclass(slots=True)
class Reach:
    """What a handler reaches, found step by step."""

    units: set[Unit] = field(default_factory=set)
    classes: set[Unit] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)
    """Names of attributes, each with the names of what they are asked of."""
    settings: set[str] = field(default_factory=set)
    rights: set[Right] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    """Calls of a client that nobody said the rights of."""
    _given: dict[Unit, set[str]] = field(default_factory=dict)
    _made_by: dict[Unit, set[Unit]] = field(default_factory=dict)
    """Who makes or calls it without naming a setting."""
    _calls: set[tuple[Unit, str]] = field(default_factory=set)
    _waiting: list[tuple[str, Unit, ast.AST]] = field(default_factory=list)

    def follow(self, module: str, name: str) -> None:
        """Everything that a definition leads to."""
        self._name(module, name)
        while self._waiting:
            self._visit(*self._waiting.pop())
        for owner, call in self._calls:
            actions = BY_CLIENTS[call]
            self.rights |= {(action, name) for action in actions for name in self._subjects(owner, action)}

    def _subjects(self, owner: Unit, action: str) -> set[str]:
        ends = next(ends for service, ends in OF_SETTINGS.items() if action.startswith(service))
        return {name for name in self._settings_of(owner, set()) if name.endswith(ends)}

    def _settings_of(self, unit: Unit, seen: set[Unit]) -> set[str]:
        """What a unit was given, or else what those were given that use it."""
        seen.add(unit)
        users = self._made_by.get(unit, set()) - seen
        return self._given.get(unit, set()).union(*(self._settings_of(user, seen) for user in users))

    def _visit(self, module: str, owner: Unit, code: ast.AST) -> None:
        for node in _executed(code):
            match node:
                case ast.Call():
                    self._call(module, owner, node)
                case ast.Attribute(value=receiver, attr=name):
                    self._attribute(module, receiver, name)
                case ast.Name(id=name):
                    self._name(module, name)

    def _call(self, module: str, owner: Unit, call: ast.Call) -> None:
        name, receiver = _called(call.func)
        match (name, call.args):
            case ("env", [ast.Constant(value=str(setting))]):
                self.settings.add(setting)
            case ("queue", [ast.Constant(value=str(setting))]):
                self.settings.add(setting)
                self.rights.add(("sqs:SendMessage", setting))
        if (made := self._resolved(module, name)) and made[0] == STORE and made[1] in AS_WRITTEN:
            self.rights.add((AS_WRITTEN[made[1]], "TABLE_NAME"))
        elif made:
            given = _settings_in(call)
            self._given.setdefault(made, set()).update(given)
            if not given:
                self._made_by.setdefault(made, set()).add(owner)
        if receiver in CLIENTS and module.startswith("quitus.adapters."):
            if name in BY_CLIENTS:
                self._calls.add((owner, name))
            else:
                self.unknown.add(f"{module}: {receiver}.{name}")

    def _attribute(self, module: str, receiver: ast.expr, name: str) -> None:
        called, _ = _called(receiver.func if isinstance(receiver, ast.Call) else receiver)
        named = self._resolved(module, called) if isinstance(receiver, ast.Name) else None
        if named and _module(".".join(named)):
            self._name(".".join(named), name)
            return
        if called in TABLES and name in ON_THE_TABLE:
            self.rights |= ON_THE_TABLE[name]
        if called not in self.names.setdefault(name, set()):
            self.names[name].add(called)
            for one in tuple(self.classes):
                self._method(one, name)

    def _name(self, module: str, name: str) -> None:
        found = self._resolved(module, name)
        known = _module(found[0]) if found else None
        if found is None or known is None or found in self.units or found[0] == "quitus.adapters.dynamo":
            return
        self.units.add(found)
        match known.defined.get(found[1]):
            case None:
                return
            case ast.ClassDef() as made:
                self.classes.add(found)
                for base in made.bases:
                    self._name(found[0], ast.unparse(base).partition("[")[0])
                for dotted in known.defined:
                    owner, _, method = dotted.rpartition(".")
                    if owner == found[1] and (method.startswith("__") or method in self.names):
                        self._method(found, method)
            case code:
                self._waiting.append((found[0], found, code))

    def _method(self, owner: Unit, name: str) -> None:
        module, dotted = _module(owner[0]), f"{owner[1]}.{name}"
        known_as = KNOWN_AS.get(owner[1])
        if known_as and known_as.isdisjoint(self.names.get(name, known_as)):
            return
        if module and dotted in module.defined and (owner[0], dotted) not in self.units:
            self.units.add((owner[0], dotted))
            self._waiting.append((owner[0], owner, module.defined[dotted]))

    def _resolved(self, module: str, name: str) -> Unit | None:
        """Where a name is defined, through imports."""
        held = _module(module)
        while held and name not in held.defined and name in held.imported:
            module, name = held.imported[name]
            if _module(f"{module}.{name}"):
                return module, name
            held = _module(module)
        return (module, name) if held and name in held.defined else None


def _executed(code: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run: no annotations, no patterns."""
    waiting = [code]
    while waiting:
        node = waiting.pop()
        yield node
        for label, value in ast.iter_fields(node):
            if label in {"annotation", "returns", "cls", "type_params"}:
                continue
            waiting += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST)]


def _called(func: ast.expr) -> tuple[str, str]:
    """The name of what is called and the last name of its receiver."""
    match func:
        case ast.Name(id=name):
            return name, ""
        case ast.Attribute(value=ast.Name(id=receiver) | ast.Attribute(attr=receiver), attr=name):
            return name, receiver
        case ast.Attribute(attr=name):
            return name, ""
    return "", ""


def _settings_in(call: ast.Call) -> set[str]:
    """The settings among what a call is given."""
    found = set()
    for inner in (inner for given in call.args for inner in ast.walk(given)):
        match inner:
            case ast.Call(func=func, args=[ast.Constant(value=str(setting))]) if _called(func)[0] == "env":
                found.add(setting)
    return found


@cache
def reached_by(folder: str) -> Reach:
    """What the handler in a folder of the repository reaches."""
    reach = Reach()
    reach.follow(folder, "handler")
    return reach
