"""`POST /v1/psp/{provider}/events`: what card providers tell. Answers are JSON, refusals in the body of the API's."""

from __future__ import annotations

from quitus.services.card_providers import Delivery
from quitus.services.card_webhooks import CardWebhooks
from quitus.web.received import Received
from quitus.web.replies import Reply

TAKEN = Reply(200, '{"received": true}')


def take(webhooks: CardWebhooks, provider: str, request: Received) -> Reply:
    """Take a webhook: 200 once nothing of it can be lost, so that the provider need not tell it again."""
    webhooks.take(provider, Delivery(request.body, request.headers, request.query))
    return TAKEN
