"""Every reason of an acknowledgement is explained to people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quitus.services.erp_files import ErpKind
from quitus.services.leases import Fate
from quitus.services.refusals import FileRefusal, Refusal

DOCUMENT = (Path(__file__).parents[3] / "docs" / "erp-refusals.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "codes"),
    [("# Refusals of ERP files", Fate), ("## Files refused whole", FileRefusal), ("## Rows refused alone", Refusal)],
)
def test_every_code_has_its_line_and_no_line_is_of_another(
    title: str, codes: type[Fate | FileRefusal | Refusal]
) -> None:
    section = DOCUMENT.partition(f"{title}\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)
    assert sorted(explained) == sorted(code.value for code in codes)


def test_every_kind_of_file_is_named() -> None:
    assert all(f"`{kind.value}`" in DOCUMENT for kind in ErpKind)
