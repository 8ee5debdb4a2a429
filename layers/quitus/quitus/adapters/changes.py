"""From the table's stream to what changed.

The keys of rows that views are made from go on, from `forward_changes` to `update_views`, and nothing of what the rows
hold; rows that are views themselves do not, so that nothing runs in a circle. Nobody may rely on the order or on a key
coming once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import batched
from typing import Any

from quitus.adapters import keys
from quitus.domain.name_index import HOLDER
from quitus.services.messages import Changes
from quitus.services.ports import Queue
from quitus.services.table import Key
from quitus.services.update_views import Changed

KEYS_PER_MESSAGE = 100


def forward(records: Iterable[Mapping[str, Any]], queue: Queue) -> None:
    """Send on the keys that matter, each once. Raises what the queue raises, so that the stream repeats the batch."""
    told = dict.fromkeys(key for record in records if matters(key := _key(record["dynamodb"]["Keys"])))
    queue.send(messages(told))


def messages(told: Iterable[Key]) -> Iterator[Changes]:
    """The keys in messages of at most KEYS_PER_MESSAGE."""
    pairs = ((key.pk, key.sk) for key in told)
    return (Changes(some) for some in batched(pairs, KEYS_PER_MESSAGE, strict=False))


def matters(key: Key) -> bool:
    """Whether a view is made from this row."""
    return _change(key) is not None


def changed(told: Iterable[tuple[str, str]]) -> list[Changed]:
    """What changed, by landlord; keys of rows that no view is made from are passed over."""
    found: dict[str, Changed] = {}
    for one in filter(None, (_change(Key(*pair)) for pair in told)):
        held = found.get(one.landlord_id, Changed(one.landlord_id))
        found[one.landlord_id] = replace(
            held,
            payments=held.payments | one.payments,
            lease_ids=held.lease_ids | one.lease_ids,
            virtual_ibans=held.virtual_ibans | one.virtual_ibans,
            named=held.named | one.named,
            lists=held.lists | one.lists,
        )
    return list(found.values())


def _change(key: Key) -> Changed | None:
    """What the change of a row is to the views; None when none is made from it."""
    match keys.parse(key.pk), key.sk:
        case (landlord_id, "movement", names), place:
            payment = keys.bucket_of(names), int(place.partition("#")[0])
            return Changed(landlord_id, payments=frozenset({payment}))
        case (landlord_id, "lease", (lease_id,)), "lease":
            return Changed(landlord_id, lease_ids=frozenset({lease_id}), named=frozenset({(lease_id, HOLDER)}))
        case (landlord_id, "lease", (lease_id,)), place if place.startswith(keys.PARTIES):
            return Changed(landlord_id, named=frozenset({(lease_id, place.removeprefix(keys.PARTIES))}))
        case (landlord_id, "list", (list_id,)), "list":
            return Changed(landlord_id, lists=frozenset({list_id}))
        case (landlord_id, "virtual-iban", (iban,)), "virtual-iban":
            return Changed(landlord_id, virtual_ibans=frozenset({iban}))
    return None


def _key(image: Mapping[str, Any]) -> Key:
    return Key(image["PK"]["S"], image["SK"]["S"])
