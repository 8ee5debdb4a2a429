"""The codes of refusals: stable, each with its status and its meaning. A test holds every route against this list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Code(NamedTuple):
    """What a refusal says."""

    status: int
    meaning: str


CODES: Mapping[str, Code] = {
    "malformed_request": Code(400, "The request cannot be read."),
    "malformed_json": Code(400, "The body is not JSON."),
    "unauthorized": Code(401, "The token is missing, or names no landlord and role."),
    "bad_signature": Code(401, "Nothing proves that the card provider sent this now."),
    "forbidden": Code(403, "The role of the token does not allow it, or the firewall refused the request."),
    "route_not_found": Code(404, "There is no such route."),
    "landlord_not_found": Code(404, "No such landlord, or another one than the token's."),
    "lease_not_found": Code(404, "No such lease."),
    "payment_not_found": Code(404, "No such payment."),
    "alert_not_found": Code(404, "No such alert."),
    "file_not_found": Code(404, "No such file."),
    "mailing_not_found": Code(404, "No such mailing."),
    "provider_not_found": Code(404, "No such provider of card payments."),
    "payment_link_not_found": Code(404, "No such payment link."),
    "document_not_found": Code(404, "There are no documents with this id."),
    "text_not_found": Code(404, "No letter is of this kind."),
    "export_not_found": Code(404, "No such export."),
    "refund_not_found": Code(404, "No such refund."),
    "list_not_found": Code(404, "No such list of beneficiaries."),
    "payer_not_found": Code(404, "No such payer of lists, or not a number that a beneficiary can have."),
    "due_not_found": Code(404, "The lease has no such due."),
    "plan_not_found": Code(404, "The lease never had an instalment plan."),
    "idempotency_key_reused": Code(409, "The idempotency key came with another request."),
    "range_taken": Code(409, "Another landlord holds a range of virtual IBANs that overlaps this one."),
    "virtual_iban_exhausted": Code(409, "There is no virtual IBAN left for a new lease."),
    "account_group_full": Code(409, "The account group has twenty leases already."),
    "due_of_other_lease": Code(409, "The due belongs to another lease."),
    "due_is_a_line": Code(409, "The due is a line of one that was spread: change that one."),
    "due_of_refund": Code(409, "The due is that of a refund, as its id begins with `refund-`: cancel the refund."),
    "due_not_spreadable": Code(409, "Only an adjustment that the tenant is to pay can be spread."),
    "due_in_plan": Code(409, "A plan covers the due, or a line of it."),
    "due_id_taken": Code(409, "The id of a line is that of another due."),
    "payment_not_in_suspense": Code(409, "Only a payment in suspense can be assigned."),
    "payment_not_on_bank": Code(409, "Only what the bank brought and is in suspense can bring what is in collection."),
    "payment_not_clearing": Code(409, "It is no line that brings what waits in collection."),
    "payment_clears_already": Code(409, "The line brings what waits in collection already, less this fee."),
    "payment_not_posted": Code(409, "Only a payment on a lease can be unassigned."),
    "split_leaves_credit": Code(409, "Only the first lease of a split may be left with a credit."),
    "payment_changed": Code(
        409, "Something was decided on the payment since it was read; `detail.version` is the present one."
    ),
    "payment_on_other_lease": Code(409, "The payment is on another lease than the one named."),
    "payment_is_return": Code(409, "A return takes money back: it is no payment, and is not reversed itself."),
    "payment_not_reversible": Code(409, "Only a payment that is posted or in suspense can be taken back."),
    "payment_not_in_collection": Code(
        409, "Neither does it wait in collection, nor did the closing statement of its day leave it out, whole."
    ),
    "reversal_exceeds_payment": Code(409, "More would be taken back than is left of the payment."),
    "list_not_reversible": Code(
        409, "Not every line of the transfer's list can be taken back, or not all of the transfer went back."
    ),
    "return_not_waiting": Code(
        409, "The return took a payment back, and no statement left it out; or it was dismissed: name its payment then."
    ),
    "payment_is_refund": Code(409, "A refund is cancelled, not unassigned."),
    "refund_exceeds_credit": Code(
        409, "More than the tenant's free credit, aids and what is due by now left out; `detail` gives that."
    ),
    "refund_needs_second_person": Code(409, "A refund is decided by another person than asked for it."),
    "refund_changed": Code(409, "Something was decided on the refund since; `detail.version` is the present one."),
    "refund_decided": Code(
        409, "This cannot be decided on the refund any more; `detail` names it and says where it is."
    ),
    "refund_not_this_line": Code(
        409, "Only a debit of what the refunds add up to, of which nothing else is known, paid them; `detail` has both."
    ),
    "iban_not_verified": Code(409, "The credit is not known to have come from the account: say how it was checked."),
    "payment_is_recovery": Code(409, "A payer took it back: the tenant owes it until its due is changed."),
    "decided_by_person": Code(409, "A person said that the payer's number is another lease's: ask an accountant."),
    "list_not_waiting": Code(409, "The list has its transfer already, or was withdrawn."),
    "list_lines_differ": Code(409, "The kept lines of the list are not its sum; `detail` gives both."),
    "list_total_mismatch": Code(409, "The list does not add up to the transfer; `detail` gives both."),
    "alert_closes_itself": Code(409, "The alert closes by itself, once what it tells of is no more; see its kind."),
    "file_not_quarantined": Code(409, "Only a quarantined file can be released or rejected."),
    "file_not_releasable": Code(409, "Nobody may answer for this file; `detail.advice` says what to do."),
    "file_decided_meanwhile": Code(409, "Someone else decided on the file since it was read."),
    "contact_changed": Code(409, "Something else was noted of the contact; `detail.version` is the present one."),
    "plan_changed": Code(409, "Someone else decided on the plan; `detail.version` is the present one."),
    "plan_not_running": Code(409, "The plan was ended, kept or broken before."),
    "day_not_closed": Code(
        409, "A day is to come, or not proved: it cannot be closed. `detail` says which, on which account, and why."
    ),
    "day_not_proved": Code(
        409,
        "Bank and books differ on a day, or no statement tells of its late entries; `detail` says which and why.",
    ),
    "no_sender": Code(409, "The landlord's settings name no sender for the channel of the mailing."),
    "sender_not_confirmed": Code(409, "The sender of the landlord's settings is not confirmed as its own."),
    "payload_too_large": Code(413, "The body is too large."),
    "invalid_request": Code(422, "Fields are missing, unknown or not as they must be; `detail.fields` names them."),
    "invalid_event": Code(422, "What a card provider tells cannot be read."),
    "invalid_text": Code(
        422, "A letter's text has unknown or missing placeholders, or active content; `detail` names them."
    ),
    "invalid_cursor": Code(422, "The cursor is not of this list and these filters."),
    "invalid_idempotency_key": Code(422, "The key is not 1 to 128 visible ASCII characters."),
    "invalid_id": Code(422, "An id has 1 to 64 letters, digits, dots, dashes and underscores."),
    "reserved_landlord_id": Code(422, "No landlord can have this id: the deployment uses it itself."),
    "invalid_iban": Code(422, "An account number's check is wrong."),
    "refund_twice": Code(422, "A refund is named twice."),
    "iban_of_landlord": Code(422, "The account is the landlord's own, or a virtual one."),
    "invalid_range": Code(422, "Days out of order, or more than 366 days, both counted."),
    "invalid_date": Code(422, "A date before another that it follows."),
    "bank_account_twice": Code(422, "The same bank account is given twice."),
    "unknown_profile": Code(422, "A bank account names a profile that there is not; `detail.known` lists those."),
    "bulk_payer_twice": Code(422, "Two payers of lists share an id, account or name; `detail.payer_ids` names them."),
    "no_virtual_iban_source": Code(422, "A landlord has a range or a pool of virtual IBANs, and not both."),
    "erp_address_refused": Code(422, "The ERP's address must be https and public."),
    "id_mismatch": Code(422, "The body names another id than the path."),
    "aid_not_negative": Code(422, "An aid lowers what the tenant owes."),
    "received_in_future": Code(422, "Money cannot be received in the future."),
    "received_long_ago": Code(422, "The day of a receipt is more than ten years ago."),
    "reversed_in_future": Code(422, "Money cannot come back in the future."),
    "split_amount_mismatch": Code(422, "The parts of a split do not add up to the payment."),
    "due_not_of_lease": Code(422, "A target is no due of the lease."),
    "first_line_past": Code(422, "No line is due before today."),
    "plan_covers_too_many": Code(422, "A plan covers 90 dues at most."),
    "due_not_open": Code(422, "Nothing is open of a due that a plan or a payment link is to cover."),
    "amount_above_due": Code(422, "A payment link asks for more than is open of its dues; `detail` gives that."),
    "min_above_amount": Code(422, "The least that may be paid is more than the payment link asks for."),
    "plan_amount_mismatch": Code(422, "The instalments do not add up to what is open of the dues."),
    "too_many_requests": Code(429, "Slow down and try again."),
    "internal_error": Code(500, "Something unforeseen; `detail.error_id` finds it in the logs."),
    "backend_unavailable": Code(
        503, "A service that Quitus rests on did not answer; `detail.error_id` finds it in the logs."
    ),
    "lease_busy": Code(503, "Others kept writing to the lease: try again."),
    "rows_busy": Code(503, "Others kept writing to the same rows: try again."),
    "pool_busy": Code(503, "Others kept taking virtual IBANs: try again."),
}

GATEWAY_CODES: Mapping[str, Code] = {
    "bad_request": Code(400, "Another request that the gateway cannot take; the status may be another 4xx."),
    "unsupported_media_type": Code(415, "The body must be JSON."),
    "unavailable": Code(502, "The request was not served: try again."),
    "timeout": Code(504, "The request took too long: try again."),
}
"""What only the gateway answers, before a route or after it gave up; its other refusals have the codes above."""
