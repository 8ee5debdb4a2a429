"""From the keys of changed rows to what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from quitus.adapters import keys
from quitus.services.table import Key
from quitus.services.update_views import Changed


def changed(changed_keys: Iterable[tuple[str, str]]) -> list[Changed]:
    """What changed, by landlord; keys of rows that no view is made from are passed over."""
    found: dict[str, Changed] = {}
    for one in _each(Key(*key) for key in changed_keys):
        held = found.get(one.landlord_id, Changed(one.landlord_id))
        found[one.landlord_id] = replace(
            held,
            payments=held.payments | one.payments,
            lease_ids=held.lease_ids | one.lease_ids,
            virtual_ibans=held.virtual_ibans | one.virtual_ibans,
        )
    return list(found.values())


def _each(changed_keys: Iterable[Key]) -> Iterator[Changed]:
    for key in changed_keys:
        match [*key.pk.split("#"), key.sk]:
            case [landlord_id, "movement", _, _, _, place]:
                _, bucket = keys.bucket_of(key.pk)
                yield Changed(landlord_id, payments=frozenset({(bucket, int(place.partition("#")[0]))}))
            case [landlord_id, "lease", lease_id, "lease"]:
                yield Changed(landlord_id, lease_ids=frozenset({lease_id}))
            case [landlord_id, "virtual-iban", iban, "virtual-iban"]:
                yield Changed(landlord_id, virtual_ibans=frozenset({iban}))
