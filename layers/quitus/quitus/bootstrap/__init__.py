"""From the environment to adapters: lazily, once per process. The only reader of the environment."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from quitus.adapters.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

    from quitus.adapters.action_log import S3ActionLog
    from quitus.adapters.alert_rows import AlertRows
    from quitus.adapters.audit_rows import AuditedLog
    from quitus.adapters.document_store import BucketLinks
    from quitus.adapters.dynamo import DynamoTable
    from quitus.adapters.export_store import ExportStore
    from quitus.adapters.landlord_rows import LandlordRows
    from quitus.adapters.lease_view_rows import ErpLandlordRows
    from quitus.adapters.ledger_rows import LedgerRows
    from quitus.adapters.link_tokens import HmacTokens
    from quitus.adapters.numbering import Numbering
    from quitus.adapters.payer_rows import PayerRows
    from quitus.adapters.public_address import SsmAddress
    from quitus.adapters.queues import SqsQueue
    from quitus.adapters.secret_keys import SecretKey
    from quitus.bootstrap.desk import StaffDesk
    from quitus.domain.errors import QuitusError
    from quitus.services.apply_erp import ErpApplier
    from quitus.services.attribution import Attributor
    from quitus.services.charge_leases import Charger
    from quitus.services.close_days import DayCloser
    from quitus.services.issue_accounts import AccountIssuer
    from quitus.services.lease_changes import LeaseChanges
    from quitus.services.post_batches import BatchPoster
    from quitus.services.post_events import EventPoster
    from quitus.services.post_movements import MovementPoster
    from quitus.services.proof import ProofDesk
    from quitus.services.push_erp import ErpPusher
    from quitus.services.put_leases import LeaseWriter
    from quitus.services.update_views import ViewKeeper
    from quitus.services.write_exports import ExportWriter


def env(name: str) -> str:
    """A setting of the function."""
    return os.environ[name]


@cache
def _client(service: Any) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "max_attempts": 5},
        connect_timeout=3,
        read_timeout=20,
        parameter_validation=False,
        tcp_keepalive=True,
    )
    return boto3.client(service, config=config)


@cache
def _sending_client(service: Any) -> Any:
    """A client that asks once: what it asks for may be carried out although no answer comes, and would be again."""
    import boto3
    from botocore.config import Config

    once = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=3, read_timeout=20)
    return boto3.client(service, config=once)


def dynamodb() -> DynamoDBClient:
    """The DynamoDB client."""
    client: DynamoDBClient = _client("dynamodb")
    return client


def s3() -> S3Client:
    """The S3 client."""
    client: S3Client = _client("s3")
    return client


def sqs() -> SQSClient:
    """The SQS client."""
    client: SQSClient = _client("sqs")
    return client


def secrets() -> SecretsManagerClient:
    """The Secrets Manager client."""
    client: SecretsManagerClient = _client("secretsmanager")
    return client


def ssm() -> SSMClient:
    """The Systems Manager client."""
    client: SSMClient = _client("ssm")
    return client


def mail() -> SESV2Client:
    """The SES client."""
    client: SESV2Client = _sending_client("sesv2")
    return client


def sms() -> SNSClient:
    """The SNS client."""
    client: SNSClient = _sending_client("sns")
    return client


@cache
def public_address() -> SsmAddress:
    """Where outsiders reach the API."""
    from quitus.adapters.public_address import SsmAddress

    return SsmAddress(ssm, env("PUBLIC_URL_PARAMETER"))


@cache
def table() -> DynamoTable:
    """The table."""
    from quitus.adapters.dynamo import DynamoTable

    return DynamoTable(dynamodb(), env("TABLE_NAME"))


@cache
def clock() -> SystemClock:
    """The clock."""
    return SystemClock()


@cache
def ledger() -> LedgerRows:
    """Accounts and movements."""
    from quitus.adapters.ledger_rows import LedgerRows

    return LedgerRows(table())


@cache
def landlords() -> LandlordRows:
    """Settings of landlords."""
    from quitus.adapters.landlord_rows import LandlordRows

    return LandlordRows(table())


@cache
def alerts() -> AlertRows:
    """Alerts."""
    from quitus.adapters.alert_rows import AlertRows

    return AlertRows(table())


@cache
def action_log() -> S3ActionLog:
    """The action log."""
    from quitus.adapters.action_log import S3ActionLog

    return S3ActionLog(s3(), env("RAW_BUCKET"))


@cache
def queue(name: str) -> SqsQueue:
    """The queue whose URL is in the setting `name`."""
    from quitus.adapters.queues import SqsQueue

    return SqsQueue(sqs(), env(name))


@cache
def batch_poster() -> BatchPoster:
    """What posts batches of bank files."""
    from quitus.adapters.file_rows import FileRows
    from quitus.services.post_batches import BatchPoster

    return BatchPoster(movement_poster(), landlords(), FileRows(table()), clock())


@cache
def event_poster() -> EventPoster:
    """What posts payment events."""
    from quitus.adapters.event_rows import EventRows
    from quitus.adapters.link_rows import LinkRows
    from quitus.services.post_events import EventPoster

    events, links = EventRows(table()), LinkRows(table())
    return EventPoster(movement_poster(), landlords(), events, links, alerts(), action_log(), clock())


@cache
def movement_poster() -> MovementPoster:
    """What posts movements."""
    from quitus.services.post_movements import MovementPoster

    return MovementPoster(ledger(), attributor(), clock())


@cache
def attributor() -> Attributor:
    """What finds the leases of movements."""
    from quitus.adapters.name_rows import NameRows
    from quitus.services.attribution import Attributor

    return Attributor(ledger(), known_payers(), NameRows(table()))


@cache
def known_payers() -> PayerRows:
    """What is remembered of payers."""
    from quitus.adapters.payer_rows import PayerRows
    from quitus.adapters.secret_keys import SecretKey

    return PayerRows(table(), SecretKey(secrets, env("PAYERS_SECRET_ARN")))


@cache
def erp_landlords() -> ErpLandlordRows:
    """The landlords that ever had something to push."""
    from quitus.adapters.lease_view_rows import ErpLandlordRows

    return ErpLandlordRows(table())


@cache
def view_keeper() -> ViewKeeper:
    """What keeps the views."""
    from quitus.adapters.lease_view_rows import LeaseViewRows
    from quitus.adapters.name_rows import NameViewRows
    from quitus.adapters.payment_view_rows import PaymentViewRows
    from quitus.services.learn_payers import PayerTeacher
    from quitus.services.lease_views import LeaseViews
    from quitus.services.name_views import NameViews
    from quitus.services.payment_views import PaymentViews
    from quitus.services.update_views import ViewKeeper

    return ViewKeeper(
        PaymentViews(PaymentViewRows(table()), clock()),
        LeaseViews(LeaseViewRows(table()), clock()),
        NameViews(NameViewRows(table()), clock()),
        PayerTeacher(known_payers(), clock()),
        landlords(),
        erp_landlords(),
        clock(),
    )


@cache
def proofs() -> ProofDesk:
    """What proves days."""
    from quitus.adapters.statement_rows import StatementRows
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.proof import ProofDesk

    return ProofDesk(landlords(), StatementRows(table()), ViewRows(table()))


@cache
def day_closer() -> DayCloser:
    """What closes days."""
    from quitus.adapters.closing_rows import ClosingRows
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.close_days import DayCloser
    from quitus.services.number_entries import Numberer

    store = ClosingRows(table())
    return DayCloser(store, ViewRows(table()), proofs(), Numberer(store, clock()), action_log(), clock())


@cache
def erp_pusher() -> ErpPusher:
    """What pushes to the ERPs."""
    from quitus.adapters.erp_connections import ErpConnections
    from quitus.adapters.erp_outbox import ErpOutboxRows
    from quitus.services.push_erp import ErpPusher

    connections = ErpConnections(
        secrets(), env("ERP_SECRET_PREFIX"), s3(), env("EXPORT_BUCKET"), env("ALLOW_LOOPBACK_ERP") == "true"
    )
    wakes = queue("ERP_WAKE_QUEUE_URL")
    return ErpPusher(ErpOutboxRows(table()), landlords(), alerts(), wakes, clock(), connections.connect)


@cache
def numbering() -> Numbering:
    """Where virtual IBANs come from."""
    from quitus.adapters.numbering import Numbering
    from quitus.adapters.secret_keys import SecretKey

    return Numbering(table(), SecretKey(secrets, env("NUMBERING_SECRET_ARN")))


@cache
def account_issuer() -> AccountIssuer:
    """What issues virtual accounts."""
    from quitus.services.issue_accounts import AccountIssuer

    return AccountIssuer(numbering(), alerts(), clock())


@cache
def lease_writer() -> LeaseWriter:
    """What creates and replaces leases."""
    from quitus.adapters.lease_rows import LeaseRows
    from quitus.services.put_leases import LeaseWriter

    return LeaseWriter(LeaseRows(table()), account_issuer(), clock())


@cache
def charger() -> Charger:
    """What charges leases."""
    from quitus.adapters.due_rows import DueRows
    from quitus.services.charge_leases import Charger

    return Charger(ledger(), DueRows(table()), clock())


@cache
def lease_changes() -> LeaseChanges:
    """What writes single leases and dues over HTTP."""
    from quitus.services.lease_changes import LeaseChanges

    return LeaseChanges(lease_writer(), charger())


@cache
def erp_applier() -> ErpApplier:
    """What applies rows of ERP files."""
    from quitus.adapters.beneficiary_rows import BeneficiaryRows
    from quitus.adapters.drop_store import S3Acknowledgements
    from quitus.adapters.file_rows import FileRows
    from quitus.adapters.lease_rows import LeaseRows
    from quitus.services.apply_erp import ErpApplier, RowWorker
    from quitus.services.put_parties import PartyWriter

    leases, numbers = LeaseRows(table()), BeneficiaryRows(table())
    parties = PartyWriter(leases, ledger(), account_issuer(), clock())
    worker = RowWorker(lease_writer(), parties, charger(), leases, ledger(), numbering(), alerts(), clock(), numbers)
    acknowledgements = S3Acknowledgements(s3(), env("EXPORT_BUCKET"))
    return ErpApplier(worker, landlords(), FileRows(table()), acknowledgements, clock())


@cache
def _signing_s3() -> S3Client:
    """Signs links as AWS asks for encrypted objects: version 4."""
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(signature_version="s3v4", connect_timeout=3, read_timeout=20))


@cache
def export_store() -> ExportStore:
    """Written exports."""
    from quitus.adapters.export_store import ExportStore

    return ExportStore(_signing_s3(), env("EXPORT_BUCKET"))


@cache
def export_writer() -> ExportWriter:
    """What writes exports."""
    from quitus.adapters.closing_rows import ClosingRows
    from quitus.adapters.export_rows import ExportRows
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.write_exports import ExportWriter

    return ExportWriter(ExportRows(table()), ViewRows(table()), ClosingRows(table()), export_store(), clock())


@cache
def links_key() -> SecretKey:
    """The key from which the tokens of payment links are made."""
    from quitus.adapters.secret_keys import SecretKey

    return SecretKey(secrets, env("LINKS_SECRET_ARN"))


@cache
def link_tokens() -> HmacTokens:
    """The tokens of payment links."""
    from quitus.adapters.link_tokens import HmacTokens

    return HmacTokens(links_key())


class _OutsideTheTable:
    """What the API's desk needs besides the table."""

    @property
    def loopback_erp(self) -> bool:
        return env("ALLOW_LOOPBACK_ERP") == "true"

    @property
    def action_log(self) -> AuditedLog:
        from quitus.adapters.audit_rows import AuditedLog

        return AuditedLog(action_log(), table())

    @property
    def known_payers(self) -> PayerRows:
        return known_payers()

    @property
    def lease_changes(self) -> LeaseChanges:
        return lease_changes()

    @property
    def link_tokens(self) -> HmacTokens:
        return link_tokens()

    @property
    def addresses(self) -> SsmAddress:
        return public_address()

    @property
    def export_links(self) -> ExportStore:
        return export_store()

    @property
    def document_links(self) -> BucketLinks:
        from quitus.adapters.document_store import BucketLinks

        return BucketLinks(_signing_s3(), env("EXPORT_BUCKET"))

    @property
    def document_queue(self) -> SqsQueue:
        return queue("DOCUMENTS_QUEUE_URL")

    @property
    def export_queue(self) -> SqsQueue:
        return queue("EXPORTS_QUEUE_URL")

    @property
    def mailings_queue(self) -> SqsQueue:
        return queue("MAILINGS_QUEUE_URL")

    @property
    def revoked_links_queue(self) -> SqsQueue:
        return queue("REVOKED_LINKS_QUEUE_URL")

    @property
    def intake_queue(self) -> SqsQueue:
        return queue("DROPS_QUEUE_URL")


@cache
def staff_desk() -> StaffDesk:
    """The use cases behind the API."""
    from quitus.bootstrap.desk import StaffDesk

    return StaffDesk(table(), clock(), _OutsideTheTable())


def note(error: Exception, error_id: str) -> bool:
    """Log a failure that nobody foresaw; whether it passes by itself."""
    from quitus.adapters import breakdowns

    return breakdowns.note(error, error_id)


def note_refused(error: QuitusError, claims: Mapping[str, Any]) -> None:
    """Log which token asked for what is not there for it, or not for its role."""
    from quitus.adapters import breakdowns

    breakdowns.note_refused(error, claims)
