"""Nothing is guessed: thousands of payments without a reference, and not one on a lease that it is not for."""

from __future__ import annotations

import logging
from collections import Counter
from itertools import batched

import pytest
from builders import a_credit, a_landlord, a_poster, reported
from unit.attribution.crowd_of_tenants import Town

from quitus.domain.posting import Posted


def posted(town: Town, at_once: int = 100) -> list[tuple[str, str | None, Posted]]:
    """Post payments in batches: the story, the true lease, and what became of each."""
    table = town.table()
    poster = a_poster(table)
    poster.ledger.add_channel("semiga", reported(a_credit(1)).bucket.account, "camt.053")
    told = []
    for number, some in enumerate(batched(town.payments(), at_once, strict=False)):
        batch = [
            reported(
                a_credit(one.cents, None, debtor_name=one.payer, debtor_iban=one.iban, position=str(place)),
                message=f"S{number}",
            )
            for place, one in enumerate(some)
        ]
        rows = [placed.posted for placed in poster.post(a_landlord(), batch)]
        told += [(one.story, one.truth, row) for one, row in zip(some, rows, strict=True)]
    return told


@pytest.mark.parametrize(("size", "seed"), [(3000, 1), (400, 2), (60, 3)])
def test_none_of_thousands_of_homonyms_families_and_companies_is_put_on_a_wrong_lease(size: int, seed: int) -> None:
    told = posted(Town(size, seed))
    matched = [(story, truth, row) for story, truth, row in told if row.lease_id is not None]
    assert [(story, truth, row.lease_id) for story, truth, row in matched if row.lease_id != truth] == []
    by_story, all_told = Counter(story for story, _, _ in matched), Counter(story for story, _, _ in told)
    shares = {story: round(by_story[story] / count, 3) for story, count in all_told.items()}
    logging.getLogger(__name__).info("matched without a reference, by who pays: %s", shares)
    assert shares["tenant"] > 0.3, shares
    assert shares["company"] == 0
