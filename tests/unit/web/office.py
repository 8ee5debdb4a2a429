"""A landlord's office in front of the API: what people ask and what it answers, held against the description."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from builders import BANK_ACCOUNT, FixedClock, a_credit, a_poster, known_payers, reported
from jsonschema import Draft202012Validator
from unit.views.estate import keeper

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.audit_rows import AuditedLog
from quitus.adapters.breakdowns import note, note_refused
from quitus.adapters.changes import changed, matters
from quitus.adapters.closing_rows import ClosingRows
from quitus.adapters.due_rows import DueRows
from quitus.adapters.export_rows import ExportRows
from quitus.adapters.file_rows import FileRows
from quitus.adapters.lease_rows import LeaseRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.link_tokens import HmacTokens
from quitus.adapters.list_rows import ListRows
from quitus.adapters.memory import MemoryTable
from quitus.adapters.numbering import Numbering
from quitus.adapters.payer_rows import PayerRows
from quitus.adapters.statement_rows import StatementRows
from quitus.adapters.view_rows import ViewRows
from quitus.bootstrap.desk import StaffDesk
from quitus.domain.errors import UnreadableFile
from quitus.domain.fec import COLUMNS
from quitus.domain.incoming import Incoming
from quitus.domain.movement import Means
from quitus.domain.payment_list import ListLine, ListWait, PaymentList
from quitus.services.charge_leases import Charger
from quitus.services.exports import Export
from quitus.services.issue_accounts import AccountIssuer
from quitus.services.lease_changes import LeaseChanges
from quitus.services.messages import ExportOrder, PendingCheck
from quitus.services.put_leases import LeaseWriter
from quitus.services.quarantine import Quarantine
from quitus.services.registry import Area, DroppedFile, FileStatus, StatementRecord
from quitus.services.write_exports import ExportFiles, ExportWriter
from quitus.web.api import answer
from quitus.web.codes import CODES
from quitus.web.openapi import description
from quitus.web.routes import routes_for
from quitus.web.routing import find

NOW = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
CAF: dict[str, Any] = {
    "payer_id": "caf",
    "name": "CAF du Gard",
    "means": "caf",
    "ibans": [],
    "names": ["CAF DU GARD"],
    "layout": {
        "columns": {
            "amount": "Montant",
            "beneficiary": "Allocataire",
            "lease": None,
            "name": "Nom",
            "period": "Mois",
            "reference": None,
        },
        "separator": ";",
        "encoding": "utf-8",
        "amounts": "comma",
        "skipped_lines": 0,
        "total_label": None,
    },
}
LANDLORD: dict[str, Any] = {
    "name": "SEMIGA",
    "siren": "123456782",
    "creditor_identifier": "FR72ZZZ123456",
    "tolerance_cents": 500,
    "bank_accounts": [{"iban": BANK_ACCOUNT, "bic": "AGRIFRPP", "profile": "default"}],
    "virtual_iban_range": {
        "bank_code": "17328",
        "branch_code": "89900",
        "account_prefix": "4",
        "bic": "SWNBFR22XXX",
        "payee_name": "SEMIGA",
    },
    "virtual_iban_per": "lease",
    "allocation_mode": "quitus",
    "erp": {"kind": "rest", "url": "https://erp.example.org/quitus", "accounts": {}},
    "bulk_payers": [CAF],
    "sender": {"email": "loyers@semiga.example", "sms_name": "SEMIGA"},
    "contact": {
        "phone": "04 66 00 00 00",
        "email": "accueil@semiga.example",
        "address": "6 avenue du Général Leclerc\n30000 Nîmes",
        "hours": "Du lundi au vendredi, de 9 h à 17 h",
    },
    "card_provider": "stripe",
    "card_account_iban": None,
}
LEASE: dict[str, Any] = {
    "status": "active",
    "start_date": "2020-01-01",
    "unit_id": "U1",
    "unit_kind": "dwelling",
    "residence_id": "R1",
    "residence_name": "Les Micocouliers",
    "commune": "Nîmes",
    "holder_name": "Camille Roux",
}
RENT: dict[str, Any] = {"kind": "rent", "period": "2026-11", "due_date": "2026-11-10", "amount_cents": 45000}
CHEQUE: dict[str, Any] = {
    "lease_id": "L1",
    "amount_cents": 45000,
    "means": "cheque",
    "received_on": "2026-11-05",
    "reference": "0001234",
}


@dataclass(frozen=True)
class Answered:
    """A status and what the body says."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class Notebook:
    """Keeps actions, as the locked bucket does: the same name again changes nothing."""

    def __init__(self) -> None:
        self.actions: dict[tuple[str, str, str], Mapping[str, Any]] = {}

    def record(self, landlord_id: str, kind: str, name: str, body: Mapping[str, Any], at: datetime) -> None:
        json.dumps(body)
        self.actions.setdefault((landlord_id, kind, name), body)


class AuditedNotebook(AuditedLog):
    """The action log as the API has it: what people did is listed too."""

    def __init__(self, table: Any) -> None:
        self.notebook = Notebook()
        super().__init__(self.notebook, table)

    @property
    def actions(self) -> dict[tuple[str, str, str], Mapping[str, Any]]:
        return self.notebook.actions


class Orders:
    """A queue that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.delays: list[int] = []

    def send(self, messages: Any, delay_seconds: int = 0) -> None:
        self.sent += messages
        self.delays.append(delay_seconds)


class Shelf:
    """Keeps written files by landlord and export."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], str] = {}

    @contextmanager
    def writing(self, landlord_id: str, export: Export) -> Iterator[io.StringIO]:
        text = io.StringIO(newline="")
        yield text
        self.files[landlord_id, export.export_id] = text.getvalue()


class Links:
    """Links that say what they are to."""

    def url(self, landlord_id: str, export: Export, name: str, seconds: int) -> str:
        return f"https://exports.example.org/{landlord_id}/{export.export_id}?as={name}&for={seconds}"


class DocumentUrls:
    """Links that say what they are to."""

    def url(self, landlord_id: str, document_id: str, name: str, seconds: int) -> str:
        return f"https://exports.example.org/{landlord_id}/{document_id}/{name}?for={seconds}"


class Addresses:
    """Where the API is."""

    def public_url(self) -> str:
        return "https://pay.example.org"


@dataclass
class Outside:
    """What the desk has besides the table."""

    lease_changes: LeaseChanges
    known_payers: PayerRows
    action_log: AuditedNotebook
    loopback_erp: bool = False
    link_tokens: HmacTokens = field(default_factory=lambda: HmacTokens(lambda: b"secret"))
    addresses: Addresses = field(default_factory=Addresses)
    export_links: Links = field(default_factory=Links)
    export_queue: Orders = field(default_factory=Orders)
    document_links: DocumentUrls = field(default_factory=DocumentUrls)
    document_queue: Orders = field(default_factory=Orders)
    intake_queue: Orders = field(default_factory=Orders)
    mailings_queue: Orders = field(default_factory=Orders)
    revoked_links_queue: Orders = field(default_factory=Orders)


class Office:
    """One deployment; `landlord` and `role` say who asks."""

    def __init__(self, table: Any = None, clock: FixedClock | None = None) -> None:
        self.table: Any = table or MemoryTable()
        self.clock = clock or FixedClock(NOW)
        ledger, log = LedgerRows(self.table), AuditedNotebook(self.table)
        issuer = AccountIssuer(Numbering(self.table, lambda: b"secret"), AlertRows(self.table), self.clock)
        writer = LeaseWriter(LeaseRows(self.table), issuer, self.clock)
        changes = LeaseChanges(writer, Charger(ledger, DueRows(self.table), self.clock))
        self.outside = Outside(changes, known_payers(self.table), log)
        self.desk = StaffDesk(self.table, self.clock, self.outside)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        landlord: str = "semiga",
        role: str = "admin",
        query: Mapping[str, str] | None = None,
        key: str | None = None,
        claims: Mapping[str, Any] | None = None,
        raw: str | None = None,
    ) -> Answered:
        """Ask; the answer is held against the description of the API."""
        told = {"landlord": landlord, "role": role, "scope": "quitus/api", "sub": f"sub-{role}"}
        event = {
            "httpMethod": method,
            "path": path,
            "headers": {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {}),
            "queryStringParameters": dict(query) if query else None,
            "body": raw if raw is not None else None if body is None else json.dumps(body),
            "isBase64Encoded": False,
            "requestContext": {"authorizer": {"claims": told if claims is None else dict(claims)}},
        }
        given = answer(lambda: self.desk, note, note_refused, event, "request-1")
        answered = Answered(given["statusCode"], json.loads(given["body"]) if given["body"] else None)
        hold_against_description(method, path, answered)
        return answered

    def get(self, path: str, **named: Any) -> Any:
        """The body of a good answer."""
        answered = self.ask("GET", path, **named)
        assert answered.status == 200, answered
        return answered.body

    def settle_in(self, landlord: str = "semiga") -> Office:
        """A landlord with two leases in two residences, a rent of 450.00 each."""
        mine = LANDLORD if landlord == "semiga" else other_landlord()
        assert self.ask("PUT", f"/v1/landlords/{landlord}", mine, landlord=landlord).status == 201
        far = {"residence_id": "R2", "residence_name": "Le Mas de Ville", "commune": "Alès", "holder_name": "Noé Blanc"}
        assert self.ask("PUT", "/v1/leases/L1", LEASE, landlord=landlord, role="erp").status == 201
        assert self.ask("PUT", "/v1/leases/L2", LEASE | far, landlord=landlord, role="erp").status == 201
        for lease_id in ("L1", "L2"):
            path = f"/v1/leases/{lease_id}/dues/nov-{lease_id}"
            assert self.ask("PUT", path, RENT, landlord=landlord, role="erp").status == 201
        self.follow()
        return self

    def post(self, *batch: Incoming, landlord: str = "semiga") -> str:
        """Post what a bank reported; the id of the first payment."""
        poster = a_poster(self.table, self.clock)
        placed = poster.post(self.desk.landlords.get(landlord), batch)
        self.follow()
        return placed[0].posted.payment_id

    def rent(self, cents: int, lease_id: str = "L1", **changes: Any) -> str:
        """A credit on a lease's virtual IBAN; its payment's id."""
        iban = self.get(f"/v1/leases/{lease_id}")["virtual_iban"]
        return self.post(reported(a_credit(cents, iban, **changes), message=f"S-{lease_id}-{cents}"))

    def follow(self) -> None:
        """Let the views catch up."""
        self.checks()

    def checks(self) -> list[PendingCheck]:
        """The views catch up; what may be settled then."""
        views = keeper(self.table)
        keys = sorted((key.pk, key.sk) for key in self.table.rows if matters(key))
        return [check for one in changed(keys) if (check := views.refresh(one).check) is not None]

    def booked(self, *payment_ids: str) -> dict[str, int]:
        """What all entries of payments, returns and bank lines leave on each account, debits less credits."""
        sums, ledger = dict[str, int](), LedgerRows(self.table)
        for payment in (ledger.payment("semiga", payment_id) for payment_id in payment_ids):
            for line in (line for entry in payment.entries for line in entry.lines):
                sums[line.account] = sums.get(line.account, 0) + line.debit_cents - line.credit_cents
        return sums

    def exported(self, kind: str, first: str, last: str, landlord: str = "semiga") -> str:
        """The text of an export that is ordered and written."""
        return self.export(kind, first, last, landlord)[1]

    def export(self, kind: str, first: str, last: str, landlord: str = "semiga") -> tuple[str, str]:
        """An export that is ordered and written: its id and its text."""
        order = {"kind": kind, "from": first, "to": last}
        ordered = self.ask("POST", "/v1/exports", order, landlord=landlord)
        assert ordered.status == 202, ordered
        shelf, export_id = Shelf(), ordered.body["export_id"]
        self.export_writer(shelf).write(ExportOrder(landlord, export_id))
        assert self.get(f"/v1/exports/{export_id}", landlord=landlord)["status"] == "ready"
        return export_id, shelf.files[landlord, export_id]

    def fec(self, first: str, last: str) -> list[dict[str, str]]:
        """The lines of a FEC that is ordered and written."""
        header, *lines = self.exported("fec", first, last).removesuffix("\r\n").split("\r\n")
        assert header.split("\t") == list(COLUMNS)
        return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]

    def export_writer(self, files: ExportFiles) -> ExportWriter:
        """What writes the exports that were ordered."""
        journals = ClosingRows(self.table)
        return ExportWriter(ExportRows(self.table), ViewRows(self.table), journals, files, self.clock)

    def keep_list(self, list_id: str, *cents: int) -> None:
        """A list of the CAF that waits for its transfer."""
        lines = [ListLine(number, number + 1, amount, number, f"{number}") for number, amount in enumerate(cents, 1)]
        told = PaymentList(
            "semiga", list_id, f"caf/{list_id}.csv", "2026-11-05T08:00:00.000000+00:00", "caf", "CAF du Gard",
            Means.CAF, sum(cents), len(lines), 1, "read", wait=ListWait.NO_TRANSFER,
        )  # fmt: skip
        ListRows(self.table).register(told, lines, list_id)

    def drop(self, file_id: str, **fields: Any) -> None:
        """Register a dropped file."""
        file = DroppedFile("semiga", file_id, Area.BANK, f"{file_id}.xml", f"2026-11-05T08:00:00.{file_id[-1]}00+00:00")
        FileRows(self.table).register(
            DroppedFile(**{name: getattr(file, name) for name in DroppedFile.__dataclass_fields__} | fields)
        )

    def quarantine(self, file_id: str, code: str = "balance_mismatch", *, raw: str | None = "raw") -> None:
        """Drop a file that is kept out."""
        self.drop(file_id)
        files, alerts = FileRows(self.table), AlertRows(self.table)
        if raw is not None:
            files.update("semiga", file_id, raw=raw, size=3)
        refusal = UnreadableFile(code, "One cent apart.", where="statement 1")
        Quarantine(files, alerts, self.clock).keep_out(files.file("semiga", file_id), refusal)

    def state(
        self,
        day: date,
        opening: int,
        plus: int,
        minus: int,
        name: str = "S1",
        channel: str = "camt.053",
        **changes: Any,
    ) -> None:
        """Keep a statement of one day."""
        record = StatementRecord(
            account=BANK_ACCOUNT,
            channel=channel,
            name=name,
            statement_id=name,
            from_date=day,
            to_date=day,
            fingerprint=name,
            file_id="F1",
            opening_cents=opening,
            closing_cents=opening + plus - minus,
            credits_cents=plus,
            debits_cents=minus,
            days=((day, plus, minus),),
        )
        StatementRows(self.table).keep("semiga", [replace(record, **changes)], {})


def other_landlord() -> dict[str, Any]:
    other_range = LANDLORD["virtual_iban_range"] | {"account_prefix": "5", "payee_name": "HABITAT"}
    other_account = {"iban": "FR7630004000031234567890143", "bic": "BNPAFRPP", "profile": "default"}
    others = {"bank_accounts": [other_account], "virtual_iban_range": other_range, "bulk_payers": []}
    return LANDLORD | {"name": "HABITAT", **others}


def hold_against_description(method: str, path: str, answered: Answered) -> None:
    """Every answer has the shape that the description gives for its status, every refusal a documented code."""
    if answered.status >= 400:
        assert CODES[answered.code].status == answered.status, answered
    if answered.status == 404 and answered.code == "route_not_found":
        return
    route, _ = find(routes_for(path), method, path)
    operation = description()["paths"][route.path][method.lower()]
    assert str(answered.status) in operation["responses"], (method, path, answered)
    if answered.status == 204:
        assert answered.body is None
        return
    _validator(route.path, method.lower(), str(answered.status)).validate(answered.body)


@cache
def _validator(path: str, method: str, status: str) -> Draft202012Validator:
    schema = description()["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    return Draft202012Validator(schema | {"components": description()["components"]})


def registered(status: FileStatus) -> dict[str, Any]:
    return {"status": status, "kind": "camt.053", "movements": 3, "posted": 2, "suspense": 1}
