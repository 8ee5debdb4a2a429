"""An ERP and the functions that take its files, without a cloud: files go in, results come out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from builders import FixedClock, a_landlord

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.beneficiary_rows import BeneficiaryRows
from quitus.adapters.drop_store import acknowledgement
from quitus.adapters.due_rows import DueRows
from quitus.adapters.file_rows import FileRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.lease_rows import LeaseRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.memory import MemoryTable
from quitus.adapters.numbering import Numbering
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Lease
from quitus.services.apply_erp import ErpApplier, RowWorker
from quitus.services.charge_leases import Charger
from quitus.services.erp_files import batches, parse
from quitus.services.issue_accounts import AccountIssuer
from quitus.services.lease_changes import LeaseChanges
from quitus.services.messages import ErpBatch
from quitus.services.put_leases import LeaseWriter
from quitus.services.put_parties import PartyWriter
from quitus.services.registry import Area, DroppedFile, RowResult
from quitus.services.table import Table

LANDLORD = "semiga"
LEASE_HEADER = (
    "lease_id;status;start_date;end_date;unit_id;unit_kind;residence_id;residence_name;street;postal_code;commune;"
    "account_group;holder_name;holder_email;holder_phone;language;e_receipt_consent"
)
DUE_HEADER = "due_id;lease_id;kind;period;due_date;amount;label"


def a_lease_line(lease_id: str, **changes: str) -> str:
    cells = {
        "status": "active",
        "start_date": "2020-01-01",
        "end_date": "",
        "unit_id": f"U-{lease_id}",
        "unit_kind": "dwelling",
        "residence_id": "R1",
        "residence_name": "Les Micocouliers",
        "street": "1 rue des Arènes",
        "postal_code": "30900",
        "commune": "Nîmes",
        "account_group": "",
        "holder_name": "Camille Roux",
        "holder_email": "camille@example.org",
        "holder_phone": "",
        "language": "fr",
        "e_receipt_consent": "oui",
    }
    return ";".join([lease_id, *(cells | changes).values()])


def a_file(kind: str, header: str, lines: Sequence[str], sequence: int = 1, control: str = "0.00") -> bytes:
    return "\n".join([f"#quitus;{kind};1;{sequence}", header, *lines, f"#end;{len(lines)};{control}", ""]).encode()


@dataclass
class Notebook:
    """Keeps actions and acknowledgements."""

    actions: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)

    def record(self, landlord_id: str, kind: str, name: str, body: Mapping[str, Any], at: datetime) -> None:
        self.actions.setdefault(f"{kind}/{name}", json.loads(json.dumps(body)))

    def write(self, landlord_id: str, name: str, results: Iterable[RowResult]) -> None:
        self.acknowledged[name] = acknowledgement(results)


class Office:
    """The landlord's table with everything that applies ERP rows to it."""

    def __init__(self, landlord: Landlord | None = None, table: Table | None = None) -> None:
        self.landlord = landlord or a_landlord()
        self.memory = table if isinstance(table, MemoryTable) else MemoryTable()
        self.table: Table = table or self.memory
        self.clock = FixedClock()
        self.notebook = Notebook()
        LandlordRows(self.memory).put(self.landlord)

    def applier(self, table: Table | None = None) -> ErpApplier:
        held = table or self.table
        alerts, leases, numbers = AlertRows(held), LeaseRows(held), Numbering(held, lambda: b"secret")
        issuer = AccountIssuer(numbers, alerts, self.clock)
        writer = LeaseWriter(leases, issuer, self.clock)
        parties = PartyWriter(leases, LedgerRows(held), issuer, self.clock)
        charger = Charger(LedgerRows(held), DueRows(held), self.clock)
        worker = RowWorker(
            writer, parties, charger, leases, LedgerRows(held), numbers, alerts, self.clock, BeneficiaryRows(held)
        )
        files, book = FileRows(held), self.notebook
        return ErpApplier(worker, LandlordRows(held), files, book, self.clock)

    def changes(self) -> LeaseChanges:
        worker = self.applier().worker
        return LeaseChanges(worker.lease_writer, worker.charger)

    def messages(self, content: bytes, file_id: str) -> list[ErpBatch]:
        """Register a file as intake would; its messages."""
        file = parse(content)
        rows = list(batches(file))
        name = f"{file_id}.csv"
        files = FileRows(self.memory)
        files.register(DroppedFile(LANDLORD, file_id, Area.ERP, name, "2026-11-05T09:00:00.000+00:00"))
        files.update(LANDLORD, file_id, batches=len(rows), kind=f"erp.{file.kind}")
        return [
            ErpBatch(LANDLORD, file_id, number, file.kind, some, file.sequence) for number, some in enumerate(rows, 1)
        ]

    def load(self, content: bytes, file_id: str = "F1") -> dict[str, tuple[str, str]]:
        """Apply a file; status and reason by key."""
        for message in self.messages(content, file_id):
            self.applier().apply(message)
        return self.results(file_id)

    def results(self, file_id: str) -> dict[str, tuple[str, str]]:
        lines = self.notebook.acknowledged[f"{file_id}.csv"].splitlines()[1:]
        return {key: (status, reason) for _, key, status, reason in (line.split(";") for line in lines)}

    def leases(self, *lease_ids: str, **changes: str) -> dict[str, tuple[str, str]]:
        return self.load(a_file("leases", LEASE_HEADER, [a_lease_line(name, **changes) for name in lease_ids]), "L")

    def lease(self, lease_id: str = "L1") -> Lease:
        return LeaseRows(self.memory).lease(LANDLORD, lease_id)

    def account(self, lease_id: str = "L1") -> Account:
        return LedgerRows(self.memory).accounts(LANDLORD, [lease_id])[lease_id]

    def alerts(self) -> list[tuple[str, str]]:
        rows = (row for key, row in self.memory.rows.items() if key.pk == f"{LANDLORD}#alerts")
        return sorted((row["kind"], row["subject"]) for row in rows if "closed_at" not in row)

    def state(self, *, without: Callable[[str], bool] = lambda pk: False) -> dict[str, Any]:
        """Everything in the table but instants."""
        return {f"{key.pk}|{key.sk}": row for key, row in sorted(self.memory.rows.items()) if not without(key.pk)}
