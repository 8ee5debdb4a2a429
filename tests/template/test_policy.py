"""The template keeps every rule, and every rule is able to fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from . import api_rules, function_rules, queue_rules, storage_rules
from .model import Template
from .reach import reached_by
from .weakenings import WEAKENINGS, Weakening

type Rule = Callable[[Template], list[str]]
RULES: tuple[Rule, ...] = (*storage_rules.RULES, *queue_rules.RULES, *function_rules.RULES, *api_rules.RULES)


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.load()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_template_keeps_the_rule(rule: Rule, template: Template) -> None:
    assert rule(template) == []


@pytest.mark.parametrize("weaken", WEAKENINGS, ids=lambda weaken: weaken.__name__)
def test_the_weakening_is_caught(weaken: Weakening, template: Template) -> None:
    weakened = template.copy()
    weaken(weakened.tree)
    assert weakened.tree != template.tree
    assert [finding for rule in RULES for finding in rule(weakened)]


def test_every_rule_catches_a_weakening(template: Template) -> None:
    idle = set(RULES)
    for weaken in WEAKENINGS:
        weakened = template.copy()
        weaken(weakened.tree)
        idle -= {rule for rule in idle if rule(weakened)}
    assert {rule.__name__ for rule in idle} == set()


def test_no_function_calls_a_client_in_a_way_whose_rights_nobody_stated(template: Template) -> None:
    calls = {call for one in template.functions().values() for call in reached_by(one["CodeUri"]).unknown}
    assert calls == set()


def test_there_are_enough_weakenings() -> None:
    assert len(WEAKENINGS) >= 60
