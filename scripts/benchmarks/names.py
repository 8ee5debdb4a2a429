"""A payer's name among the tenants of 80 000 leases: the time of a look-up against rapidfuzz over all of them, in one
run, and how many of those who pay are found, whatever the bank did to their names.
"""

from __future__ import annotations

import random
import statistics
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from demonstration.chance import repeatable
from quitus.domain.name_index import HOLDER, NameIndex

_LEASES = 80_000
_PAYERS = 4_000
_COMPARED = 40
_ROUNDS = 3
_SURNAMES = 60_000
_GIVEN_NAMES = 400
"""The commonest surname is borne by three in a thousand, the commonest given name by three in a hundred."""


def _pool(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BEGIN = _pool(
    """
    Ba Be Bou Bri Ca Cha Che Cor Da De Du Fa Fe Fou Ga Ge Gui Ha Hu Ja Jo La Le Lou Ma Me Mo Na Pa Pe Ri Ro Sa
    """
)
_MIDDLE = _pool(
    """
    bar ber cam chan da der di dou fa gar gne lan lar lé mar mé min nan ni pé ra ri ro sa ti van ver vi
    """
)
_END = _pool(
    """
    bert card chon court dier don dès fort gard geon ier illon in ille land let lier mont nard neau net ot rand ré
    """
)
_FIRST = _pool(
    """
    Jean Marie Pierre Michel André Philippe Nathalie Isabelle Sylvie Catherine Nicolas Stéphane Aurélie Émilie
    Céline Hélène Jérôme Sébastien Mohamed Fatima Ahmed Karim Yasmina Inès Zoé Noémie Loïc Gaëlle Jean-Pierre
    Marie-Christine Anne-Sophie Thérèse Théo Hugo Léa Louise Chloé Manon Camille Claude Paul Vincent Laurent
    Thomas Simon Denis Ibrahima
    """
)


def run() -> Iterator[dict[str, Any]]:
    """Time and recall of look-ups."""
    chance = repeatable("names", 80)
    tenants = [_name(chance) for _ in range(_LEASES)]
    started = time.process_time()
    index = NameIndex()
    for number, (first, last) in enumerate(tenants):
        index.put(str(number), {HOLDER: f"{first} {last}"})
    yield {"name": "names.build", "seconds": round(time.process_time() - started, 2), "leases": _LEASES}
    payers = [(number, _as_told(*tenants[number], chance)) for number in chance.sample(range(_LEASES), _PAYERS)]
    all_names = [_plain(f"{first} {last}") for first, last in tenants]
    ours, floor = [], []
    for _ in range(_ROUNDS):
        ours.append(_each(index.look_up, [text for _, text in payers]))
        some = [_plain(text) for _, text in payers[:_COMPARED]]
        floor.append(_each(lambda text: process.extract(text, all_names, scorer=fuzz.ratio, limit=5), some))
    yield {
        "name": "names.look_up",
        "ms": round(statistics.median(ours) * 1000, 4),
        "rapidfuzz_over_all_ms": round(statistics.median(floor) * 1000, 2),
        "ratio": round(statistics.median(ours) / statistics.median(floor), 4),
    }
    yield {"name": "names.recall", "found": round(_recall(index, payers), 4), "payers": _PAYERS}


def _recall(index: NameIndex, payers: Sequence[tuple[int, str]]) -> float:
    found = 0
    for number, text in payers:
        namesakes = index.look_up(text)
        found += any(one.lease_id == str(number) for one in (*namesakes.same, *namesakes.near))
    return found / len(payers)


def _each(call: Callable[[str], object], texts: Sequence[str]) -> float:
    started = time.process_time()
    for text in texts:
        call(text)
    return (time.process_time() - started) / len(texts)


def _name(chance: random.Random) -> tuple[str, str]:
    """Few surnames are common, most are rare, as in France."""
    own = repeatable("surname", int(40 * (_SURNAMES / 40) ** chance.random()) - 40)
    last = own.choice(_BEGIN) + "".join(own.choice(_MIDDLE) for _ in range(own.choice((0, 1, 1, 2)))) + own.choice(_END)
    given = int(10 * (_GIVEN_NAMES / 10) ** chance.random()) - 10
    return _FIRST[given] if given < len(_FIRST) else _BEGIN[given % 32] + _END[given // 32], last


def _as_told(first: str, last: str, chance: random.Random) -> str:
    """In capitals, in either order, with a title or none, one in ten mistyped, cut at 27."""
    text = _plain(f"{last} {first}" if chance.random() < 0.6 else f"{first} {last}").replace("-", " ")
    if chance.random() < 0.1:
        place = chance.randrange(len(text))
        text = text[:place] + chance.choice(("", "E", "S", text[place] * 2)) + text[place + 1 :]
    return f"{chance.choice(('', 'M ', 'MME ', 'M OU MME '))}{text}"[:27]


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(char))
