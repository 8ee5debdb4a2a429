"""What integrators read of the feeds is what the feeds say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders import DAY, a_credit, reported
from unit.views.estate import IBANS, Estate, L

from quitus.adapters.erp_outbox import ErpOutboxRows
from quitus.domain.erp_batch import Feed, IssuedIban, Item, issued_iban_item
from quitus.domain.movement import Nature

DOC = (Path(__file__).parents[3] / "docs" / "erp-push.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \|.*\| (.*?) \|$", DOC, re.MULTILINE)
FIELDS = {feed: re.findall(r"`(\w+)`", cells) for feed, cells in ROWS}


@pytest.fixture(scope="module")
def estate() -> Estate:
    """A payment that came and went back."""
    estate = Estate()
    estate.post(reported(a_credit(45000, IBANS["L1"], end_to_end_id="E1")))
    estate.settle()
    back = a_credit(-45000, None, booking_date=DAY, nature=Nature.RETURN, end_to_end_id="E1", position="2")
    estate.post(reported(back))
    estate.settle()
    return estate


@pytest.mark.parametrize("feed", list(Feed))
def test_every_field_of_a_feed_is_listed(estate: Estate, feed: Feed) -> None:
    issued = [issued_iban_item(("p", "s"), IssuedIban("L1", IBANS["L1"], "SWNBFR22XXX", "SEMIGA", "RF18"))]
    items: list[Item] = issued if feed is Feed.VIRTUAL_IBANS else list(ErpOutboxRows(estate.table).ready(L, feed, 10))
    assert items
    assert FIELDS[feed] == list(items[0].document)
    assert list(FIELDS) == list(Feed)
