"""Asks the pay page for links that nobody made: random tokens, ones in a row, real ones with a bit or letter turned."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from unittest.mock import patch

from unit.cards.scenes import Cards
from unit.web.office import Office

from pay_page.app import handler
from quitus.bootstrap import tenants
from quitus.services.pay_page import TOKEN_LENGTH

LETTERS = string.ascii_letters + string.digits + "-_"
LINKS = 200


@dataclass(slots=True)
class Guesses:
    """What came of guessing: how many tokens, the statuses, and how many answers there were that differ."""

    statuses: Counter[int] = field(default_factory=Counter)
    answers: set[str] = field(default_factory=set)

    @property
    def failed(self) -> bool:
        """Whether a guess opened a page, or two answers differ."""
        return set(self.statuses) != {404} or len(self.answers) != 1

    def told(self) -> dict[str, object]:
        """As JSON."""
        return {
            "tokens": self.statuses.total(),
            "hits": self.statuses.total() - self.statuses[404],
            "distinct_answers": len(self.answers),
        }


def guess(seed: int, count: int) -> Guesses:
    """Guess so many tokens beside links that are live."""
    office = Office().settle_in()
    public = Cards(office).public
    urls = [office.ask("POST", "/v1/leases/L1/payment-links", {}).body["url"] for _ in range(LINKS)]
    real = [url.rpartition("/")[2] for url in urls]
    told = Guesses()
    with patch.object(tenants, "public", lambda: public):
        for token in _tokens(Random(seed), real, count):  # noqa: S311 - guesses are to be repeatable
            answer = handler({"httpMethod": "GET", "path": f"/p/{token}"}, None)
            told.statuses[answer["statusCode"]] += 1
            told.answers.add(repr(answer))
    return told


def _tokens(rng: Random, real: list[str], count: int) -> Iterator[str]:
    known, number = set(real), rng.getrandbits(6 * TOKEN_LENGTH)
    for place in range(count):
        match place % 4:
            case 0:
                token = "".join(rng.choices(LETTERS, k=TOKEN_LENGTH))
            case 1:
                number += 1
                token = _spelt(number)
            case 2:
                token = _changed(rng, rng.choice(real))
            case _:
                token = "".join(rng.choices(LETTERS, k=rng.randint(1, 64)))
        if token not in known:
            yield token


def _spelt(number: int) -> str:
    return "".join(LETTERS[(number >> (6 * place)) % 64] for place in range(TOKEN_LENGTH))


def _changed(rng: Random, token: str) -> str:
    """The token with one bit of one letter turned, or one letter another."""
    place = rng.randrange(TOKEN_LENGTH)
    turned = LETTERS[LETTERS.index(token[place]) ^ (1 << rng.randrange(6))]
    letter = rng.choice((turned, rng.choice(LETTERS)))
    return f"{token[:place]}{letter}{token[place + 1 :]}"
