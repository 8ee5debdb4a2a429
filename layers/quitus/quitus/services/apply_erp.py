"""Apply batches of ERP rows: each row gets its result, the last batch of a file writes the acknowledgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.errors import Invalid
from quitus.domain.ibans import VirtualAccount
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Due, Lease
from quitus.domain.party import Party
from quitus.services.charge_leases import Charger
from quitus.services.contention import until_written
from quitus.services.erp_files import ErpKind, row_key
from quitus.services.erp_rows import ErpRecord, record_of
from quitus.services.leases import (
    BalanceControl,
    Beneficiary,
    Fate,
    HeldBeneficiary,
    LeaseStore,
    Numbers,
    Origin,
    fate_of_known,
    superseded,
)
from quitus.services.messages import ErpBatch, ErpRow
from quitus.services.payment_lists import BeneficiaryStore
from quitus.services.ports import Alerts, Clock, Landlords, Ledger
from quitus.services.put_leases import LeaseWriter
from quitus.services.put_parties import PartyWriter
from quitus.services.refusals import Refusal
from quitus.services.registry import Acknowledgements, FileRegistry, FileStatus, RowResult
from quitus.services.table import Stale


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one record."""

    fate: Fate
    reason: str = ""


UNKNOWN_LEASE = Verdict(Fate.REFUSED, Refusal.UNKNOWN_LEASE)


@dataclass(frozen=True, slots=True)
class RowWorker:
    """Applies the records of a batch; no two of them have the same key."""

    lease_writer: LeaseWriter
    party_writer: PartyWriter
    charger: Charger
    leases: LeaseStore
    ledger: Ledger
    numbers: Numbers
    alerts: Alerts
    clock: Clock
    beneficiaries: BeneficiaryStore

    def work(
        self, landlord: Landlord, kind: ErpKind, records: Mapping[int, ErpRecord], origin: Origin
    ) -> dict[int, Verdict]:
        """The verdicts on records by line."""
        match kind:
            case ErpKind.LEASES:
                return self._leases(landlord, _typed(records, Lease), origin)
            case ErpKind.PARTIES:
                return self._parties(landlord, _typed(records, Party), origin)
            case ErpKind.DUES:
                return self._dues(landlord, _typed(records, Due), origin)
            case ErpKind.BALANCES:
                return self._balances(landlord.landlord_id, _typed(records, BalanceControl), origin)
            case ErpKind.VIRTUAL_IBANS:
                return self._pool(landlord, _typed(records, VirtualAccount), origin)
            case ErpKind.BENEFICIARIES:
                return self._beneficiaries(landlord, _typed(records, Beneficiary), origin)

    def _leases(self, landlord: Landlord, wanted: Mapping[int, Lease], origin: Origin) -> dict[int, Verdict]:
        outcomes = self.lease_writer.put(landlord, list(wanted.values()), origin)
        found = {line: outcomes[lease.lease_id] for line, lease in wanted.items()}
        return {line: Verdict(outcome.fate, outcome.reason or "") for line, outcome in found.items()}

    def _dues(self, landlord: Landlord, wanted: Mapping[int, Due], origin: Origin) -> dict[int, Verdict]:
        outcomes = self.charger.put(landlord, list(wanted.values()), origin)
        found = {line: outcomes[due.due_id] for line, due in wanted.items()}
        return {line: Verdict(outcome.fate, outcome.reason or "") for line, outcome in found.items()}

    def _parties(self, landlord: Landlord, wanted: Mapping[int, Party], origin: Origin) -> dict[int, Verdict]:
        outcomes = self.party_writer.put(landlord, list(wanted.values()), origin)
        found = {line: outcomes[party.key] for line, party in wanted.items()}
        return {line: Verdict(outcome.fate, outcome.reason or "") for line, outcome in found.items()}

    def _balances(self, landlord_id: str, wanted: Mapping[int, BalanceControl], origin: Origin) -> dict[int, Verdict]:
        lease_ids = [control.lease_id for control in wanted.values()]
        accounts = self.ledger.accounts(landlord_id, lease_ids)
        held = self.leases.held_controls(landlord_id, lease_ids)
        verdicts: dict[int, Verdict] = {}
        fresh: list[BalanceControl] = []
        for line, control in wanted.items():
            known = held.get(control.lease_id)
            if control.lease_id not in accounts:
                verdicts[line] = UNKNOWN_LEASE
            elif known is not None and superseded(known.origin, origin):
                verdicts[line] = Verdict(fate_of_known(known.origin, origin))
            else:
                self._compare(landlord_id, control, accounts[control.lease_id].balance_cents)
                fresh.append(control)
                verdicts[line] = Verdict(Fate.ACCEPTED)
        if fresh:
            self.leases.write_controls(landlord_id, fresh, origin)
        return verdicts

    def _compare(self, landlord_id: str, control: BalanceControl, balance_cents: int) -> None:
        at = instant_text(self.clock.now())
        if control.amount_cents == balance_cents:
            self.alerts.close(landlord_id, AlertKind.BALANCE_DIFFERENCE, control.lease_id, at)
            return
        detail: dict[str, str | int] = {
            "as_of": control.as_of.isoformat(),
            "erp_cents": control.amount_cents,
            "balance_cents": balance_cents,
        }
        self.alerts.alert(landlord_id, Alert(AlertKind.BALANCE_DIFFERENCE, control.lease_id, detail), at)

    def _beneficiaries(
        self, landlord: Landlord, wanted: Mapping[int, Beneficiary], origin: Origin
    ) -> dict[int, Verdict]:
        """Whoever writes a row meanwhile is a reason to look at it again: a person's decision stands."""
        landlord_id, left = landlord.landlord_id, dict(wanted)
        accounts = self.ledger.accounts(landlord_id, {one.lease_id for one in wanted.values()})
        verdicts: dict[int, Verdict] = {}

        def attempt() -> None:
            held = self.beneficiaries.held(landlord_id, left.values())
            changes = list[tuple[Beneficiary, HeldBeneficiary | None]]()
            for line, one in left.items():
                known = held.get((one.payer_id, one.number))
                stands = _standing(landlord, one, known, accounts, origin)
                same = known is not None and known.beneficiary == one
                verdicts[line] = stands or Verdict(Fate.UNCHANGED if same else Fate.ACCEPTED)
                changes += [] if stands else [(one, known)]
            lost = self.beneficiaries.write(landlord_id, changes, origin)
            for line in [line for line, one in left.items() if one not in lost]:
                del left[line]
            if left:
                raise Stale

        until_written(attempt, self.clock)
        return verdicts

    def _pool(self, landlord: Landlord, wanted: Mapping[int, VirtualAccount], origin: Origin) -> dict[int, Verdict]:
        added = self.numbers.fill_pool(landlord.landlord_id, list(wanted.values()), origin)
        self.lease_writer.issuer.watch_capacity(landlord)
        return {
            line: Verdict(Fate.ACCEPTED if added[account.iban] else Fate.UNCHANGED) for line, account in wanted.items()
        }


@dataclass(frozen=True, slots=True)
class ErpApplier:
    """Applies batches and closes files."""

    worker: RowWorker
    landlords: Landlords
    files: FileRegistry
    acknowledgements: Acknowledgements
    clock: Clock

    def apply(self, batch: ErpBatch) -> None:
        """Apply a batch; again changes nothing."""
        if self.files.is_worked(batch.landlord_id, batch.file_id, batch.number):
            is_complete = self.files.is_complete(batch.landlord_id, batch.file_id)
        else:
            is_complete = self._work(batch)
        if is_complete:
            self.close(batch.landlord_id, batch.file_id)

    def _work(self, batch: ErpBatch) -> bool:
        """Work and record a batch; True when it was the last one."""
        kind, origin = ErpKind(batch.kind), Origin(batch.sequence, batch.file_id)
        landlord = self.landlords.get(batch.landlord_id)
        verdicts = _read(kind, batch.rows)
        records = {line: record for line, record in verdicts.items() if not isinstance(record, Verdict)}
        worked = self.worker.work(landlord, kind, records, origin) if records else {}
        final = {line: worked.get(line, record) for line, record in verdicts.items()}
        results = [RowResult(row.line, row_key(kind, row), *_said(final[row.line])) for row in batch.rows]
        counts = Counter(result.status.value for result in results)
        at = instant_text(self.clock.now())
        return self.files.record_batch(batch.landlord_id, batch.file_id, batch.number, counts, results, at)

    def close(self, landlord_id: str, file_id: str) -> None:
        """Acknowledge a file whose batches are all worked, then settle it."""
        file = self.files.find(landlord_id, file_id)
        if file is None:
            return
        results = sorted(self.files.results(landlord_id, file_id), key=lambda result: result.line)
        self.acknowledgements.write(landlord_id, file.name, results)
        status = FileStatus.DUPLICATE if file.replayed and not file.accepted else FileStatus.PROCESSED
        self.files.settle(landlord_id, file_id, status, None, instant_text(self.clock.now()))


def _standing(
    landlord: Landlord,
    one: Beneficiary,
    known: HeldBeneficiary | None,
    accounts: Container[str],
    origin: Origin,
) -> Verdict | None:
    """The verdict on a beneficiary that is not written: it cannot be, or what stands is not for this file to change."""
    if landlord.bulk_payer(one.payer_id) is None:
        return Verdict(Fate.REFUSED, Refusal.UNKNOWN_PAYER)
    if one.lease_id not in accounts:
        return UNKNOWN_LEASE
    if known is not None and superseded(known.origin, origin):
        return Verdict(fate_of_known(known.origin, origin))
    if known is not None and known.decided_by is not None:
        agrees = known.beneficiary == one
        return Verdict(Fate.UNCHANGED) if agrees else Verdict(Fate.REFUSED, Refusal.DECIDED_BY_PERSON)
    return None


def _read(kind: ErpKind, rows: Sequence[ErpRow]) -> dict[int, ErpRecord | Verdict]:
    """The record of each row by line, or why it has none; of rows with the same key only the first counts."""
    seen: set[str] = set()
    return {row.line: _record(kind, row, seen) for row in rows}


def _record(kind: ErpKind, row: ErpRow, seen: set[str]) -> ErpRecord | Verdict:
    if row.problem is not None:
        return Verdict(Fate.REFUSED, row.problem)
    try:
        record = record_of(kind, row.cells)
    except Invalid as error:
        return Verdict(Fate.REFUSED, error.code)
    key = row_key(kind, row)
    if key in seen:
        return Verdict(Fate.REFUSED, Refusal.DUPLICATE_ROW)
    seen.add(key)
    return record


def _said(verdict: ErpRecord | Verdict) -> Iterator[Any]:
    """The status and reason of a row."""
    if isinstance(verdict, Verdict):
        yield from (verdict.fate, str(verdict.reason))


def _typed[T](records: Mapping[int, ErpRecord], kind: type[T]) -> dict[int, T]:
    return {line: record for line, record in records.items() if isinstance(record, kind)}
