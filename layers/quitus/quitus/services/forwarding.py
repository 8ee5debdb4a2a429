"""Which rows changed, for those who keep views.

The table's stream carries keys only. Those of movements, accounts, leases and virtual IBANs go on; rows that are views
themselves do not, so that nothing runs in a circle. Nobody may rely on the order or on a key coming once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

from quitus.services.messages import Changes
from quitus.services.ports import Queue
from quitus.services.table import Key

KEYS_PER_MESSAGE = 100
_LEASE_ROWS = frozenset({"lease", "account"})


def forward(records: Iterable[Mapping[str, Any]], queue: Queue) -> None:
    """Send on the keys that matter, each once. Raises what the queue raises, so that the stream repeats the batch."""
    queue.send(messages(changed(records)))


def changed(records: Iterable[Mapping[str, Any]]) -> list[Key]:
    """The keys that matter, each once, in the order of their first change."""
    keys = (_key(record["dynamodb"]["Keys"]) for record in records)
    return list(dict.fromkeys(key for key in keys if matters(key)))


def matters(key: Key) -> bool:
    """Whether a view is made from this row."""
    _, family, *_ = [*key.pk.split("#"), ""]
    match family:
        case "movement" | "virtual-iban":
            return True
        case "lease":
            return key.sk in _LEASE_ROWS
    return False


def messages(keys: Iterable[Key]) -> Iterator[Changes]:
    """The keys in messages of at most KEYS_PER_MESSAGE."""
    pairs = ((key.pk, key.sk) for key in keys)
    return (Changes(some) for some in batched(pairs, KEYS_PER_MESSAGE, strict=False))


def _key(image: Mapping[str, Any]) -> Key:
    return Key(image["PK"]["S"], image["SK"]["S"])
