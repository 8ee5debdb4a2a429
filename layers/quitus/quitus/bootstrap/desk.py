"""The desk behind the API on one table; each use case is loaded and put together when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from quitus.services.attribution import KnownPayers
    from quitus.services.audit import AuditDesk
    from quitus.services.close_days import DayCloser
    from quitus.services.contacts import ContactDesk
    from quitus.services.dashboard import DashboardDesk
    from quitus.services.decide_clearing import ClearingDesk
    from quitus.services.decide_files import FileDecisionDesk
    from quitus.services.decide_lists import BeneficiaryDesk, ListDesk
    from quitus.services.decide_payments import DecisionDesk
    from quitus.services.decide_returns import ReturnDesk
    from quitus.services.documents import DocumentDesk, DocumentLinks
    from quitus.services.exports import ExportDesk, ExportLinks
    from quitus.services.idempotent_requests import Once
    from quitus.services.landlord_settings import LandlordDesk
    from quitus.services.lease_changes import LeaseChanges
    from quitus.services.lease_requests import LeaseRequests
    from quitus.services.letter_settings import LetterTextDesk
    from quitus.services.mailings import MailingDesk
    from quitus.services.manual_receipts import ReceiptDesk
    from quitus.services.payment_links import Addresses, LinkDesk, LinkTokens
    from quitus.services.plans import PlanDesk
    from quitus.services.ports import ActionLog, Clock, Queue
    from quitus.services.proof import ProofDesk
    from quitus.services.read_alerts import AlertDesk
    from quitus.services.read_entries import JournalDesk
    from quitus.services.read_files import FileDesk
    from quitus.services.read_leases import LeaseDesk
    from quitus.services.read_payments import PaymentDesk
    from quitus.services.read_shares import ShareDesk
    from quitus.services.refunds import RefundDesk
    from quitus.services.revoke_links import LinkRevoker
    from quitus.services.spread_dues import SpreadDesk
    from quitus.services.suggestions import Suggester
    from quitus.services.table import Table


class Outside(Protocol):
    """What the desk needs besides the table; asked for when first used."""

    @property
    def loopback_erp(self) -> bool:
        """Whether an ERP may be on this machine (the local cloud)."""
        ...

    @property
    def action_log(self) -> ActionLog: ...
    @property
    def known_payers(self) -> KnownPayers: ...
    @property
    def lease_changes(self) -> LeaseChanges: ...
    @property
    def link_tokens(self) -> LinkTokens: ...
    @property
    def addresses(self) -> Addresses: ...
    @property
    def export_links(self) -> ExportLinks: ...
    @property
    def export_queue(self) -> Queue: ...
    @property
    def mailings_queue(self) -> Queue: ...
    @property
    def revoked_links_queue(self) -> Queue: ...
    @property
    def document_links(self) -> DocumentLinks: ...
    @property
    def document_queue(self) -> Queue: ...
    @property
    def intake_queue(self) -> Queue: ...


class StaffDesk:
    """`web.desk.Desk` on a table."""

    def __init__(self, table: Table, clock: Clock, outside: Outside) -> None:
        from quitus.adapters.landlord_rows import LandlordRows
        from quitus.adapters.ledger_rows import LedgerRows
        from quitus.adapters.view_rows import ViewRows

        self.clock = clock
        self._table = table
        self._outside = outside
        self._ledger = LedgerRows(table)
        self._views = ViewRows(table)
        self.landlords = LandlordRows(table)

    @property
    def loopback_erp(self) -> bool:
        return self._outside.loopback_erp

    @cached_property
    def once(self) -> Once:
        from quitus.adapters.request_rows import RequestRows
        from quitus.services.idempotent_requests import Once

        return Once(RequestRows(self._table), self.clock)

    @cached_property
    def settings(self) -> LandlordDesk:
        from quitus.services.landlord_settings import LandlordDesk

        return LandlordDesk(self.landlords, self._outside.action_log)

    @cached_property
    def leases(self) -> LeaseDesk:
        from quitus.adapters.lease_rows import LeaseRows
        from quitus.services.read_leases import LeaseDesk

        return LeaseDesk(LeaseRows(self._table), self._ledger, self._views, self.landlords, self.clock)

    @cached_property
    def lease_requests(self) -> LeaseRequests:
        from quitus.services.lease_requests import LeaseRequests

        return LeaseRequests(self._outside.lease_changes, self.landlords, self._outside.action_log, self.clock)

    @cached_property
    def shares(self) -> ShareDesk:
        from quitus.services.read_shares import ShareDesk

        return ShareDesk(self.leases, self._views, self.clock)

    @cached_property
    def spreads(self) -> SpreadDesk:
        from quitus.adapters.due_rows import DueRows
        from quitus.services.spend_credits import CreditSpender
        from quitus.services.spread_dues import SpreadDesk

        dues, log = DueRows(self._table), self._outside.action_log
        spender = CreditSpender(self._ledger, dues, self.clock)
        return SpreadDesk(self._ledger, dues, self.landlords, log, self.clock, spender)

    @cached_property
    def plans(self) -> PlanDesk:
        from quitus.adapters.alert_rows import AlertRows
        from quitus.adapters.due_rows import DueRows
        from quitus.adapters.plan_rows import PlanRows
        from quitus.services.plans import PlanDesk
        from quitus.services.spend_credits import CreditSpender

        alerts, log = AlertRows(self._table), self._outside.action_log
        spender = CreditSpender(self._ledger, DueRows(self._table), self.clock)
        return PlanDesk(PlanRows(self._table), self._ledger, alerts, log, self.clock, self.landlords, spender)

    @cached_property
    def links(self) -> LinkDesk:
        from quitus.adapters.link_rows import LinkRows
        from quitus.services.payment_links import LinkDesk

        outside = self._outside
        rows, log = LinkRows(self._table), outside.action_log
        return LinkDesk(rows, self._ledger, outside.link_tokens, outside.addresses, log, self.clock)

    @cached_property
    def link_revoker(self) -> LinkRevoker:
        from quitus.adapters.link_rows import LinkRows
        from quitus.services.revoke_links import LinkRevoker

        queue, log = self._outside.revoked_links_queue, self._outside.action_log
        return LinkRevoker(LinkRows(self._table), queue, log, self.clock)

    @cached_property
    def contacts(self) -> ContactDesk:
        from quitus.adapters.contact_rows import ContactRows
        from quitus.services.contacts import ContactDesk

        return ContactDesk(ContactRows(self._table), self._ledger, self._outside.action_log)

    @cached_property
    def mailings(self) -> MailingDesk:
        from quitus.adapters.mailing_rows import MailingRows
        from quitus.adapters.sender_rows import SenderRows
        from quitus.services.mailings import MailingDesk

        queue, log, rows = self._outside.mailings_queue, self._outside.action_log, MailingRows(self._table)
        return MailingDesk(rows, self.landlords, self._ledger, SenderRows(self._table), queue, log)

    @cached_property
    def journals(self) -> JournalDesk:
        from quitus.services.read_entries import JournalDesk

        return JournalDesk(self._views, self._ledger)

    @cached_property
    def payments(self) -> PaymentDesk:
        from quitus.services.read_payments import PaymentDesk

        return PaymentDesk(self._ledger, self._views)

    @cached_property
    def suggestions(self) -> Suggester:
        from quitus.adapters.lease_rows import LeaseRows
        from quitus.adapters.name_rows import NameRows
        from quitus.services.attribution import Attributor
        from quitus.services.suggestions import Suggester

        attributor = Attributor(self._ledger, self._outside.known_payers, NameRows(self._table))
        return Suggester(LeaseRows(self._table), self._ledger, attributor)

    @cached_property
    def receipts(self) -> ReceiptDesk:
        from quitus.services.manual_receipts import ReceiptDesk

        return ReceiptDesk(self._ledger, self.landlords, self._outside.action_log, self.clock)

    @cached_property
    def decisions(self) -> DecisionDesk:
        from quitus.adapters.alert_rows import AlertRows
        from quitus.adapters.beneficiary_rows import BeneficiaryRows
        from quitus.adapters.decision_rows import DecisionRows
        from quitus.adapters.due_rows import DueRows
        from quitus.adapters.recovery_rows import RecoveryRows
        from quitus.services.assign_lines import ListedMoney
        from quitus.services.decide_payments import DecisionDesk
        from quitus.services.spend_credits import CreditSpender

        made, alerts = DecisionRows(self._table), AlertRows(self._table)
        spender = CreditSpender(self._ledger, DueRows(self._table), self.clock)
        log, payers = self._outside.action_log, self._outside.known_payers
        lines = ListedMoney(BeneficiaryRows(self._table), RecoveryRows(self._table))
        return DecisionDesk(self._ledger, made, self.landlords, alerts, log, self.clock, spender, payers, lines)

    @cached_property
    def lists(self) -> ListDesk:
        from quitus.adapters.alert_rows import AlertRows
        from quitus.adapters.list_rows import ListRows
        from quitus.services.decide_lists import ListDesk
        from quitus.services.give_lists import ListGiver

        lists, alerts, log = ListRows(self._table), AlertRows(self._table), self._outside.action_log
        giver = ListGiver(self._ledger, lists, alerts, self.clock)
        return ListDesk(lists, self._ledger, self._views, giver, self.decisions, alerts, log, self.clock)

    @cached_property
    def beneficiaries(self) -> BeneficiaryDesk:
        from quitus.adapters.beneficiary_rows import BeneficiaryRows
        from quitus.services.decide_lists import BeneficiaryDesk

        rows, log = BeneficiaryRows(self._table), self._outside.action_log
        return BeneficiaryDesk(rows, self.landlords, self._ledger, log, self.clock)

    @cached_property
    def refunds(self) -> RefundDesk:
        from quitus.adapters.alert_rows import AlertRows
        from quitus.adapters.due_rows import DueRows
        from quitus.adapters.refund_rows import RefundRows
        from quitus.services.refunds import RefundDesk
        from quitus.services.settle_refunds import RefundPayer
        from quitus.services.spend_credits import CreditSpender

        refunds, alerts = RefundRows(self._table), AlertRows(self._table)
        spender = CreditSpender(self._ledger, DueRows(self._table), self.clock)
        payer, log = RefundPayer(self._ledger, refunds, alerts), self._outside.action_log
        return RefundDesk(refunds, self._ledger, self.landlords, spender, payer, alerts, log, self.clock)

    @cached_property
    def clearing(self) -> ClearingDesk:
        from quitus.services.decide_clearing import ClearingDesk

        return ClearingDesk(self.decisions, self._ledger, self.landlords)

    @cached_property
    def returns(self) -> ReturnDesk:
        from quitus.adapters.file_rows import FileRows
        from quitus.adapters.list_rows import ListRows
        from quitus.services.decide_returns import ReturnDesk
        from quitus.services.left_out import LeftOut
        from quitus.services.list_returns import ListReverser

        left_out = LeftOut(self.proof, FileRows(self._table))
        lists = ListReverser(self._ledger, ListRows(self._table), self.clock)
        return ReturnDesk(self.decisions, self._ledger, self.landlords, self.clock, left_out, lists)

    @cached_property
    def files(self) -> FileDesk:
        from quitus.adapters.file_rows import FileRows
        from quitus.services.read_files import FileDesk

        return FileDesk(FileRows(self._table))

    @cached_property
    def file_decisions(self) -> FileDecisionDesk:
        from quitus.adapters.alert_rows import AlertRows
        from quitus.adapters.file_decision_rows import FileDecisionRows
        from quitus.services.decide_files import FileDecisionDesk

        made, alerts = FileDecisionRows(self._table), AlertRows(self._table)
        return FileDecisionDesk(made, alerts, self._outside.action_log, self._outside.intake_queue, self.clock)

    @cached_property
    def alerts(self) -> AlertDesk:
        from quitus.adapters.alert_rows import AlertRows
        from quitus.services.read_alerts import AlertDesk

        return AlertDesk(self._views, AlertRows(self._table), self._outside.action_log)

    @cached_property
    def dashboard(self) -> DashboardDesk:
        from quitus.services.dashboard import DashboardDesk

        return DashboardDesk(self._views, self._views)

    @cached_property
    def proof(self) -> ProofDesk:
        from quitus.adapters.statement_rows import StatementRows
        from quitus.services.proof import ProofDesk

        return ProofDesk(self.landlords, StatementRows(self._table), self._views)

    @cached_property
    def audit(self) -> AuditDesk:
        from quitus.adapters.audit_rows import AuditRows
        from quitus.services.audit import AuditDesk

        return AuditDesk(AuditRows(self._table))

    @cached_property
    def documents(self) -> DocumentDesk:
        from quitus.adapters.document_rows import DocumentRows
        from quitus.services.documents import DocumentDesk

        links, queue = self._outside.document_links, self._outside.document_queue
        rows = DocumentRows(self._table, self.clock)
        return DocumentDesk(rows, links, queue, self._ledger, self._outside.action_log)

    @cached_property
    def letter_texts(self) -> LetterTextDesk:
        from quitus.adapters.text_rows import LetterTextRows
        from quitus.services.letter_settings import LetterTextDesk

        return LetterTextDesk(LetterTextRows(self._table), self._outside.action_log)

    @cached_property
    def exports(self) -> ExportDesk:
        from quitus.adapters.closing_rows import ClosingRows
        from quitus.adapters.export_rows import ExportRows
        from quitus.services.exports import ExportDesk

        exports, pieces, log = ExportRows(self._table), ClosingRows(self._table), self._outside.action_log
        links, queue = self._outside.export_links, self._outside.export_queue
        return ExportDesk(exports, links, queue, self.landlords, self.proof, self.closings, pieces, log)

    @cached_property
    def closings(self) -> DayCloser:
        from quitus.adapters.closing_rows import ClosingRows
        from quitus.services.close_days import DayCloser
        from quitus.services.number_entries import Numberer

        store, log = ClosingRows(self._table), self._outside.action_log
        return DayCloser(store, self._views, self.proof, Numberer(store, self.clock), log, self.clock)
