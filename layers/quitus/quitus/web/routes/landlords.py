"""`/v1/landlords/{landlord_id}`: a landlord's settings, by its administrator."""

from __future__ import annotations

import msgspec

from quitus.domain.bulk_payers import BulkPayer
from quitus.domain.errors import Invalid
from quitus.domain.ibans import VirtualIbanRange
from quitus.domain.landlord import BankAccount, Contact, Erp, Landlord, Sender
from quitus.domain.payouts import PayoutSender
from quitus.services.landlord_settings import Held
from quitus.web.access import ADMINS, READERS
from quitus.web.answers import LandlordAnswer
from quitus.web.bodies import LandlordBody
from quitus.web.desk import Desk
from quitus.web.erp_url import check_erp_url
from quitus.web.list_models import BulkPayerBody, PayoutSenderBody
from quitus.web.models import Nothing
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


def show(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    return ok(_answer(desk.settings.show(call.landlord_id)))


def replace(desk: Desk, call: Call[LandlordBody, Nothing]) -> Reply:
    if call.body.landlord_id not in (None, call.landlord_id):
        raise Invalid("id_mismatch", "The body names another one than the path.", field="landlord_id")
    if call.body.erp.url is not None:
        check_erp_url(call.body.erp.url, loopback=desk.loopback_erp)
    is_new = desk.settings.replace(_landlord(call.landlord_id, call.body), call.caller.subject, call.attempt.at)
    return ok(_answer(desk.settings.show(call.landlord_id)), 201 if is_new else 200)


def _landlord(landlord_id: str, body: LandlordBody) -> Landlord:
    numbering = body.virtual_iban_range
    return Landlord(
        landlord_id=landlord_id,
        name=body.name,
        siren=body.siren,
        creditor_identifier=body.creditor_identifier,
        tolerance_cents=body.tolerance_cents,
        bank_accounts=tuple(BankAccount(held.iban, held.bic, held.profile) for held in body.bank_accounts),
        virtual_iban_range=VirtualIbanRange(**numbering.model_dump()) if numbering else None,
        virtual_iban_pool=body.virtual_iban_pool,
        virtual_iban_per=body.virtual_iban_per,
        allocation_mode=body.allocation_mode,
        erp=Erp(body.erp.kind, body.erp.url, {role.value: number for role, number in body.erp.accounts.items()}),
        bulk_payers=tuple(map(_payer, body.bulk_payers)),
        contact=Contact(**body.contact.model_dump()) if body.contact else None,
        card_provider=body.card_provider,
        card_account_iban=body.card_account_iban,
        payout_senders=tuple(map(_payout_sender, body.payout_senders)),
        sender=Sender(**body.sender.model_dump()) if body.sender else None,
    )


def _payer(body: BulkPayerBody) -> BulkPayer:
    return msgspec.convert(body.model_dump(mode="json"), BulkPayer)


def _payout_sender(body: PayoutSenderBody) -> PayoutSender:
    return msgspec.convert(body.model_dump(mode="json"), PayoutSender)


def _answer(held: Held) -> LandlordAnswer:
    plain = msgspec.to_builtins(held.landlord) | {"virtual_ibans": {"capacity": held.capacity, "issued": held.issued}}
    return LandlordAnswer.model_validate({name: plain[name] for name in LandlordAnswer.model_fields})


ROUTES = (
    Route(
        "GET", "/v1/landlords/{landlord_id}", show, {200: LandlordAnswer}, "The landlord's settings", READERS,
        refusals=("landlord_not_found",),
    ),
    Route(
        "PUT", "/v1/landlords/{landlord_id}", replace, {201: LandlordAnswer, 200: LandlordAnswer},
        "Create or replace the landlord's settings, whole", ADMINS, LandlordBody,
        refusals=(
            "landlord_not_found", "reserved_landlord_id", "erp_address_refused", "range_taken",
            "invalid_iban", "bank_account_twice", "unknown_profile", "bulk_payer_twice", "no_virtual_iban_source",
            "id_mismatch", "rows_busy",
        ),
    ),
)  # fmt: skip
