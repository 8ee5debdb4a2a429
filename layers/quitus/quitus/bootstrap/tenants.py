"""What tenants meet: the pay page, card payments, messages, letters. Put together lazily, once per process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from quitus import bootstrap

if TYPE_CHECKING:
    from quitus.adapters.card_connections import CardConnections
    from quitus.services.card_webhooks import CardWebhooks
    from quitus.services.checkouts import CheckoutDesk
    from quitus.services.pay_page import PayView
    from quitus.services.payment_links import LinkDesk
    from quitus.services.returned_mail import ReturnedMail
    from quitus.services.send_mailings import MailingSender
    from quitus.services.write_documents import DocumentWriter
    from quitus.web.pay.public import Public
    from quitus.web.received import Received
    from quitus.web.replies import Reply


@cache
def document_writer() -> DocumentWriter:
    """What writes documents."""
    from quitus.adapters.contact_rows import ContactRows
    from quitus.adapters.document_rows import DocumentRows
    from quitus.adapters.document_store import BucketFiles
    from quitus.adapters.lease_rows import LeaseRows
    from quitus.adapters.press.typesetter import Typesetter
    from quitus.adapters.text_rows import LetterTextRows
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.read_leases import LeaseDesk
    from quitus.services.write_documents import DocumentWriter

    views, leases = ViewRows(bootstrap.table()), LeaseRows(bootstrap.table())
    desk = LeaseDesk(leases, bootstrap.ledger(), views, bootstrap.landlords(), bootstrap.clock())
    documents, texts = DocumentRows(bootstrap.table(), bootstrap.clock()), LetterTextRows(bootstrap.table())
    tasks = bootstrap.queue("DOCUMENTS_QUEUE_URL")
    files = BucketFiles(bootstrap.s3(), bootstrap.env("EXPORT_BUCKET"))
    return DocumentWriter(
        documents,
        desk,
        ContactRows(bootstrap.table()),
        bootstrap.landlords(),
        texts,
        views,
        link_desk(),
        Typesetter(),
        files,
        tasks,
        bootstrap.clock(),
    )


@cache
def link_desk() -> LinkDesk:
    """What makes payment links for workers."""
    from quitus.adapters.link_rows import LinkRows
    from quitus.services.payment_links import LinkDesk

    return LinkDesk(
        LinkRows(bootstrap.table()),
        bootstrap.ledger(),
        bootstrap.link_tokens(),
        bootstrap.public_address(),
        bootstrap.action_log(),
        bootstrap.clock(),
    )


@cache
def mailing_sender() -> MailingSender:
    """What carries mailings out."""
    from quitus.adapters.contact_rows import ContactRows
    from quitus.adapters.dispatch_rows import DispatchRows
    from quitus.adapters.lease_rows import LeaseRows
    from quitus.adapters.mailing_rows import MailingRows
    from quitus.adapters.sender_rows import SenderRows
    from quitus.adapters.tenant_post import TenantPost
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.send_mailings import MailingSender

    return MailingSender(
        MailingRows(bootstrap.table()),
        DispatchRows(bootstrap.table(), bootstrap.links_key()),
        ContactRows(bootstrap.table()),
        SenderRows(bootstrap.table()),
        bootstrap.landlords(),
        LeaseRows(bootstrap.table()),
        ViewRows(bootstrap.table()),
        bootstrap.ledger(),
        link_desk(),
        TenantPost(bootstrap.mail, bootstrap.sms, bootstrap.env("MAIL_EVENTS")),
        bootstrap.queue("MAILINGS_QUEUE_URL"),
        bootstrap.clock(),
    )


@cache
def returned_mail() -> ReturnedMail:
    """What takes note of mail that came back."""
    from quitus.adapters.dispatch_rows import SentRows
    from quitus.services.returned_mail import ReturnedMail

    return ReturnedMail(SentRows(bootstrap.table()), bootstrap.clock())


@cache
def public() -> Public:
    """What the pay page rests on."""
    from quitus.adapters.page_rows import PageRows
    from quitus.services.pay_page import PageDesk
    from quitus.web.pay.public import Public

    return Public(
        PageDesk(PageRows(bootstrap.table()), bootstrap.clock()),
        checkout_desk(),
        webhook,
        bootstrap.public_address(),
    )


@cache
def card_connections() -> CardConnections:
    """The providers of card payments."""
    from quitus.adapters.card_connections import CardConnections
    from quitus.adapters.card_keys import CardKeys

    keys = CardKeys(bootstrap.secrets, bootstrap.env("CARDS_SECRET_PREFIX"))
    return CardConnections.of(keys, bootstrap.landlords(), bootstrap.env("DEMO_PROVIDER_URL"))


@cache
def checkout_desk() -> CheckoutDesk:
    """What begins card payments."""
    from quitus.adapters.checkout_rows import CheckoutRows
    from quitus.adapters.link_rows import LinkRows
    from quitus.adapters.page_rows import PageRows
    from quitus.services.checkouts import CheckoutDesk

    return CheckoutDesk(
        CheckoutRows(bootstrap.table()),
        LinkRows(bootstrap.table()),
        PageRows(bootstrap.table()),
        card_connections(),
        bootstrap.alerts(),
        bootstrap.action_log(),
        bootstrap.clock(),
    )


@cache
def card_webhooks() -> CardWebhooks:
    """What takes what card providers tell."""
    from quitus.adapters.checkout_rows import CardNoteRows, CheckoutRows
    from quitus.services.card_webhooks import CardWebhooks

    checkouts, events = CheckoutRows(bootstrap.table()), bootstrap.queue("PAYMENT_EVENTS_QUEUE_URL")
    notes = CardNoteRows(bootstrap.table())
    return CardWebhooks(
        card_connections(),
        bootstrap.landlords(),
        checkouts,
        notes,
        events,
        bootstrap.alerts(),
        bootstrap.action_log(),
        bootstrap.clock(),
    )


def webhook(provider: str, request: Received) -> Reply:
    """Take what a card provider tells. What that needs is loaded here: no page needs it."""
    from quitus.web.pay.webhooks import take

    return take(card_webhooks(), provider, request)


def end_revoked(event: dict[str, Any]) -> dict[str, Any]:
    """End what was begun on the pages of revoked links. What reads queues is loaded here: no page needs it."""
    from quitus.adapters.sqs_batch import Message, each_message
    from quitus.services.messages import LinkRevoked, from_json

    def end(message: Message) -> None:
        revoked = from_json(message.body, LinkRevoked)
        checkout_desk().end(bootstrap.landlords().get(revoked.landlord_id), revoked.link_id)

    return {**each_message(event, end, bootstrap.sqs)}


def opened(view: PayView) -> None:
    """Keep in mind that a payment page was seen: which, not by whom."""
    from quitus.adapters.log import logger

    told = {"landlord_id": view.landlord.landlord_id, "link_id": view.link.link_id, "state": view.asked.state.value}
    logger().info("A payment page was opened", extra=told)
