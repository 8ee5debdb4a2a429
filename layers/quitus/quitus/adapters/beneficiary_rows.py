"""Whose a payer's number is, on the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from quitus.adapters import keys
from quitus.adapters.origins import older, origin_columns, origin_of
from quitus.adapters.units import write_units
from quitus.services.leases import Beneficiary, HeldBeneficiary, Origin
from quitus.services.table import Table, Update


class BeneficiaryRows:
    """`payment_lists.Beneficiaries` and `payment_lists.BeneficiaryStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def leases(self, landlord_id: str, payer_id: str, numbers: Iterable[str]) -> Mapping[str, str]:
        """See `Beneficiaries.leases`."""
        wanted = {keys.beneficiary(landlord_id, payer_id, number): number for number in numbers}
        return {wanted[key]: row["lease_id"] for key, row in self._table.batch_get(wanted).items()}

    def put(self, landlord_id: str, payer_id: str, number: str, lease_id: str) -> bool:
        """See `Beneficiaries.put`."""
        is_new = not self.leases(landlord_id, payer_id, [number])
        self._table.write([self.remembered(landlord_id, payer_id, number, lease_id)])
        return is_new

    def remembered(self, landlord_id: str, payer_id: str, number: str, lease_id: str) -> Update:
        """See `Beneficiaries.remembered`. The row keeps its file: an older one says nothing against a person."""
        return Update(keys.beneficiary(landlord_id, payer_id, number), set={"lease_id": lease_id})

    def held(self, landlord_id: str, wanted: Iterable[Beneficiary]) -> Mapping[tuple[str, str], HeldBeneficiary]:
        """See `BeneficiaryStore.held`."""
        named = {keys.beneficiary(landlord_id, one.payer_id, one.number): (one.payer_id, one.number) for one in wanted}
        return {
            named[key]: HeldBeneficiary(Beneficiary(*named[key], row["lease_id"]), origin_of(row))
            for key, row in self._table.batch_get(named).items()
        }

    def write(self, landlord_id: str, beneficiaries: Sequence[Beneficiary], origin: Origin) -> None:
        """See `BeneficiaryStore.write`."""
        columns, condition = origin_columns(origin), older(origin.sequence)
        units = {
            f"{one.payer_id}#{one.number}": [
                Update(
                    keys.beneficiary(landlord_id, one.payer_id, one.number),
                    set={"lease_id": one.lease_id, **columns},
                    condition=condition,
                )
            ]
            for one in beneficiaries
        }
        write_units(self._table, units)
