"""Whose a payer's number is, on the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from quitus.adapters import list_keys
from quitus.adapters.origins import origin_columns, origin_of
from quitus.adapters.units import write_units
from quitus.domain.errors import Conflict
from quitus.services.leases import Beneficiary, HeldBeneficiary, Origin
from quitus.services.table import Is, Lacks, Table, Update

_DECIDED_BY, _REVISION = "decided_by", "revision"


class BeneficiaryRows:
    """`payment_lists.Beneficiaries` and `payment_lists.BeneficiaryStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def leases(self, landlord_id: str, payer_id: str, numbers: Iterable[str]) -> Mapping[str, str]:
        """See `Beneficiaries.leases`."""
        wanted = {list_keys.beneficiary(landlord_id, payer_id, number): number for number in numbers}
        return {wanted[key]: row["lease_id"] for key, row in self._table.batch_get(wanted).items()}

    def put(self, landlord_id: str, one: Beneficiary, person: str | None) -> bool:
        """See `Beneficiaries.put`."""
        known = self.held(landlord_id, [one]).get((one.payer_id, one.number))
        if person is None and known is not None and known.decided_by is not None:
            if known.beneficiary != one:
                raise Conflict("decided_by_person", "A person said that the number is another lease's.")
            return False
        said = self.remembered(landlord_id, one, person)
        self._table.write([replace(said, condition=_unchanged(known))])
        return known is None

    def remembered(self, landlord_id: str, one: Beneficiary, person: str | None) -> Update:
        """See `Beneficiaries.remembered`. The row keeps its file: an older one says nothing against it."""
        said = {"lease_id": one.lease_id} | ({_DECIDED_BY: person} if person is not None else {})
        return Update(list_keys.beneficiary(landlord_id, one.payer_id, one.number), set=said, add={_REVISION: 1})

    def held(self, landlord_id: str, wanted: Iterable[Beneficiary]) -> Mapping[tuple[str, str], HeldBeneficiary]:
        """See `BeneficiaryStore.held`."""
        named = {
            list_keys.beneficiary(landlord_id, one.payer_id, one.number): (one.payer_id, one.number) for one in wanted
        }
        return {
            named[key]: HeldBeneficiary(
                Beneficiary(*named[key], row["lease_id"]), origin_of(row), row.get(_DECIDED_BY), row.get(_REVISION, 0)
            )
            for key, row in self._table.batch_get(named).items()
        }

    def write(
        self, landlord_id: str, changes: Sequence[tuple[Beneficiary, HeldBeneficiary | None]], origin: Origin
    ) -> set[Beneficiary]:
        """See `BeneficiaryStore.write`."""
        columns, units = origin_columns(origin), dict[str, list[Update]]()
        for one, known in changes:
            units[_name(one)] = [
                Update(
                    list_keys.beneficiary(landlord_id, one.payer_id, one.number),
                    set={"lease_id": one.lease_id, **columns},
                    add={_REVISION: 1},
                    condition=_unchanged(known),
                )
            ]
        lost = write_units(self._table, units)
        return {one for one, _ in changes if _name(one) in lost}


def _unchanged(known: HeldBeneficiary | None) -> Is | Lacks:
    """Nobody wrote the row since it was read."""
    return Is(_REVISION, known.revision) if known is not None and known.revision else Lacks(_REVISION)


def _name(one: Beneficiary) -> str:
    return f"{one.payer_id}#{one.number}"
