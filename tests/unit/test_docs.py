"""Documents that would lie fail the build."""

from __future__ import annotations

import re
from pathlib import Path

from quitus.adapters import keys

ROOT = Path(__file__).parents[2]
ARCHITECTURE = ROOT / "docs" / "architecture.md"


def test_the_access_pattern_table_is_the_one_of_the_code() -> None:
    shown = ARCHITECTURE.read_text(encoding="utf-8").partition("<!-- keys -->")[2].partition("<!-- /keys -->")[0]
    rows = [line for line in (keys.__doc__ or "").splitlines() if line.startswith("|")]
    assert shown.strip().splitlines() == rows


def test_every_file_and_script_that_a_document_names_exists() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
        for script in re.findall(r"scripts/[a-z][a-z-]+", text):
            assert (ROOT / script).exists(), f"{document.name}: {script}"


def test_every_event_shape_is_used_by_a_test() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    for event in (ROOT / "events").glob("*.json"):
        assert event.stem in tests, f"events/{event.name} is used by no test"
