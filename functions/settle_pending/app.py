"""Settles pending payments, payers' lists and refunds that a change may have settled; on a schedule reviews all these,
the days' proofs and the instalment plans.
"""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.each_landlord import each_landlord
from quitus.adapters.log import logger
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.services.messages import PendingCheck, from_json


def settle(message: Message) -> None:
    """Settle what one change may have settled."""
    check = from_json(message.body, PendingCheck)
    bootstrap.pending_settler().settle(check)
    bootstrap.list_settler().settle(check)
    bootstrap.refund_settler().settle(check)


def review(landlord_id: str) -> None:
    """Look at everything of a landlord that only time changes."""
    replaced = bootstrap.pending_settler().review(landlord_id)
    lists = bootstrap.list_settler().review(landlord_id)
    refunds = bootstrap.refund_settler().review(landlord_id)
    differing = bootstrap.proof_watch().review(landlord_id)
    plans = bootstrap.plan_watch().review(landlord_id)
    found = {"replaced": replaced, "lists": lists, "refunds": refunds, "differing": differing, "plans": plans}
    logger().info("reviewed", extra={"landlord_id": landlord_id, **found})


def handler(event: dict[str, Any], context: object) -> Failed | None:
    """Settle for each message; the schedule reviews every landlord."""
    if "Records" in event:
        return each_message(event, settle, bootstrap.sqs)
    each_landlord(bootstrap.landlords().all(), review)
    return None
