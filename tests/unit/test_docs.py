"""Documents that would lie fail the build."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from template.model import Template

from quitus.adapters import keys
from quitus.domain.alert import CLOSED_BY_PERSON, Alert, AlertKind, Severity
from quitus.services.post_events import EventRefusal

ROOT = Path(__file__).parents[2]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
README = (ROOT / "README.md").read_text(encoding="utf-8")
SAM = ".local/sam/bin/sam"
SCRIPTS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and path.stat().st_mode & 0o100)


@cache
def help_of(script: str) -> str:
    told = subprocess.run(
        [ROOT / "scripts" / script, "--help"], capture_output=True, text=True, timeout=60, check=True, cwd="/"
    )
    return told.stdout


def commands_to_copy() -> list[str]:
    """Every line of the README's `sh` blocks."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)).replace("\\\n", " ")
    return [line for line in blocks.splitlines() if line.strip()]


def commands_in_passing() -> list[str]:
    """Every command that the README's text names."""
    return [span for span in re.findall(r"`([^`\n]+)`", README) if re.match(r"scripts/[a-z]", span)]


def test_the_access_pattern_table_is_the_one_of_the_code() -> None:
    shown = ARCHITECTURE.read_text(encoding="utf-8").partition("<!-- keys -->")[2].partition("<!-- /keys -->")[0]
    rows = [line for line in (keys.__doc__ or "").splitlines() if line.startswith("|")]
    assert shown.strip().splitlines() == rows


def test_every_kind_of_alert_is_explained() -> None:
    shown = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([a-z_]+)`", shown, re.MULTILINE)) == sorted(AlertKind)


def test_which_alerts_a_person_closes_and_how_grave_each_is_are_told() -> None:
    shown = " ".join((ROOT / "docs" / "alerts.md").read_text(encoding="utf-8").split())
    closed = shown.partition("is sure to make good:")[2].partition(".")[0]
    assert re.findall(r"`([a-z_]+)`", closed) == sorted(CLOSED_BY_PERSON)
    graver = shown.partition("Severity is `critical` of")[2].partition("`warning` of all others.")[0]
    for severity, told in zip((Severity.CRITICAL, Severity.INFO), graver.split("`info` of"), strict=True):
        kinds = sorted(kind for kind in AlertKind if Alert(kind, "x").severity is severity)
        assert re.findall(r"`([a-z_]+)`", told) == kinds


def test_how_many_requests_pass_is_told() -> None:
    template = Template.load()
    (all_paths, *_) = template.props("Serverless::Api")["Api"]["MethodSettings"]
    (rate, *_) = template.props("WAFv2::WebACL")["WebAcl"]["Rules"]
    limits = all_paths["ThrottlingRateLimit"], rate["Statement"]["RateBasedStatement"]["Limit"]
    shown = " ".join((ROOT / "docs" / "api.md").read_text(encoding="utf-8").split())
    told = re.search(
        r"More than (\d+) requests a second .* more than (\d+) (\d+) of one address in five minutes", shown
    )
    assert told is not None
    assert (int(told[1]), int(told[2] + told[3])) == limits


def test_every_reason_to_refuse_an_event_is_explained() -> None:
    shown = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8").partition("Why an event is refused")[2]
    named = [
        name for line in re.findall(r"^- (.*?):", shown, re.MULTILINE) for name in re.findall(r"`([a-z_]+)`", line)
    ]
    assert sorted(named) == sorted(EventRefusal)


def test_every_acceptance_case_is_listed_with_the_tests_that_tell_it() -> None:
    text = (ROOT / "docs" / "acceptance-cases.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    cases = {int(row[0].split()[0]): row[1:] for row in rows[2:]}
    assert list(cases) == list(range(1, 26))
    told = {int(name) for path in (ROOT / "tests" / "acceptance").glob("test_*.py") for name in _case_numbers(path)}
    assert {number for number, (here, _) in cases.items() if f"`test_case_{number:02d}_*`" in here} == told
    deployed = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "e2e").glob("test_*.py"))
    named = {number: re.findall(r"`(test_\w+)`", there) for number, (_, there) in cases.items()}
    names = [name for some in named.values() for name in some]
    assert all(re.search(rf"def {name}\(|^    \"{name}\",$", deployed, re.MULTILINE) for name in names)
    assert sum(map(bool, named.values())) >= 10


def _case_numbers(path: Path) -> list[str]:
    return re.findall(r"^def test_case_(\d\d)_", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_file_and_script_that_a_document_names_exists() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
        for script in re.findall(r"scripts/[a-z][a-z-]+", text):
            assert (ROOT / script).exists(), f"{document.name}: {script}"


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_answers_help_with_its_own_name(script: str) -> None:
    assert f"scripts/{script}" in help_of(script)


@pytest.mark.parametrize("command", [*commands_to_copy(), *commands_in_passing()])
def test_every_command_of_the_readme_is_one_that_its_script_knows(command: str) -> None:
    program, *words = shlex.split(command, comments=True)
    if program == SAM:
        assert "aws-sam-cli" in (ROOT / "requirements" / "sam.in").read_text(encoding="utf-8").split()
        return
    known = help_of(program.removeprefix("scripts/"))
    for word in words:
        if word.startswith("--") or "|" in word:
            assert all(choice in known for choice in word.split("|")), f"{command}: {word}"


def test_every_parameter_that_the_readme_sets_is_one_of_the_template() -> None:
    named = re.findall(r"\b([A-Z][A-Za-z]+)=\w", README)
    assert len(named) >= 5
    assert set(named) <= Template.load().tree["Parameters"].keys()


def test_every_event_shape_is_read_by_a_test() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for event in (ROOT / "events").glob("*.json"):
        assert re.search(rf'["/]{re.escape(event.name)}"', tests), f"events/{event.name} is read by no test"


def test_the_import_rules_know_every_function() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    layers = next(contract["layers"] for contract in rules["contracts"] if contract.get("layers", [""])[-1] == "quitus")
    assert functions == set(layers[0].split(" | ")) == set(rules["root_packages"]) - {"quitus"}
