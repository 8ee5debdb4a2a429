"""Settles pending payments, payers' lists and refunds that a change may have settled; on a schedule reviews all these,
the days' proofs and the instalment plans.
"""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.each_landlord import each_landlord
from quitus.adapters.log import logger
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.bootstrap import settling
from quitus.services.messages import PendingCheck, from_json


def settle(message: Message) -> None:
    """Settle what one change may have settled."""
    check = from_json(message.body, PendingCheck)
    settling.pending_settler().settle(check)
    settling.list_settler().settle(check)
    settling.refund_settler().settle(check)


def review(landlord_id: str) -> None:
    """Look at everything of a landlord that only time changes."""
    replaced = settling.pending_settler().review(landlord_id)
    lists = settling.list_settler().review(landlord_id)
    refunds = settling.refund_settler().review(landlord_id)
    differing = settling.proof_watch().review(landlord_id)
    plans = settling.plan_watch().review(landlord_id)
    found = {"replaced": replaced, "lists": lists, "refunds": refunds, "differing": differing, "plans": plans}
    logger().info("What waits was reviewed", extra={"landlord_id": landlord_id, **found})


def handler(event: dict[str, Any], context: object) -> Failed | None:
    """Settle for each message; the schedule reviews every landlord."""
    if "Records" in event:
        return each_message(event, settle, bootstrap.sqs)
    each_landlord(bootstrap.landlords().all(), review)
    return None
