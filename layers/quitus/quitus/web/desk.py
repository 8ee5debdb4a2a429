"""The use cases that the API offers; made when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from quitus.services.audit import AuditDesk
    from quitus.services.close_days import DayCloser
    from quitus.services.dashboard import DashboardDesk
    from quitus.services.decide_files import FileDecisionDesk
    from quitus.services.decide_lists import BeneficiaryDesk, ListDesk
    from quitus.services.decide_payments import DecisionDesk
    from quitus.services.decide_returns import ReturnDesk
    from quitus.services.exports import ExportDesk
    from quitus.services.idempotent_requests import Once
    from quitus.services.landlord_settings import LandlordDesk
    from quitus.services.lease_requests import LeaseRequests
    from quitus.services.manual_receipts import ReceiptDesk
    from quitus.services.plans import PlanDesk
    from quitus.services.ports import Clock, Landlords
    from quitus.services.proof import ProofDesk
    from quitus.services.read_alerts import AlertDesk
    from quitus.services.read_entries import JournalDesk
    from quitus.services.read_files import FileDesk
    from quitus.services.read_leases import LeaseDesk
    from quitus.services.read_payments import PaymentDesk
    from quitus.services.read_shares import ShareDesk
    from quitus.services.refunds import RefundDesk
    from quitus.services.spread_dues import SpreadDesk
    from quitus.services.suggestions import Suggester


class Desk(Protocol):
    """Everything that a route may ask for."""

    @property
    def loopback_erp(self) -> bool: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def once(self) -> Once: ...
    @property
    def landlords(self) -> Landlords: ...
    @property
    def settings(self) -> LandlordDesk: ...
    @property
    def leases(self) -> LeaseDesk: ...
    @property
    def lease_requests(self) -> LeaseRequests: ...
    @property
    def shares(self) -> ShareDesk: ...
    @property
    def spreads(self) -> SpreadDesk: ...
    @property
    def plans(self) -> PlanDesk: ...
    @property
    def journals(self) -> JournalDesk: ...
    @property
    def payments(self) -> PaymentDesk: ...
    @property
    def suggestions(self) -> Suggester: ...
    @property
    def receipts(self) -> ReceiptDesk: ...
    @property
    def decisions(self) -> DecisionDesk: ...
    @property
    def returns(self) -> ReturnDesk: ...
    @property
    def lists(self) -> ListDesk: ...
    @property
    def beneficiaries(self) -> BeneficiaryDesk: ...
    @property
    def refunds(self) -> RefundDesk: ...
    @property
    def files(self) -> FileDesk: ...
    @property
    def file_decisions(self) -> FileDecisionDesk: ...
    @property
    def alerts(self) -> AlertDesk: ...
    @property
    def dashboard(self) -> DashboardDesk: ...
    @property
    def proof(self) -> ProofDesk: ...
    @property
    def closings(self) -> DayCloser: ...
    @property
    def audit(self) -> AuditDesk: ...
    @property
    def exports(self) -> ExportDesk: ...
