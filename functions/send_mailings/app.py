"""Carries out mailings: divides the chosen leases, sends each its payment link."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.bootstrap import tenants
from quitus.services.messages import MailingStep, from_json


def carry_out(message: Message) -> None:
    """Carry out one step of a mailing."""
    tenants.mailing_sender().carry_out(from_json(message.body, MailingStep))


def handler(event: dict[str, Any], context: object) -> Failed:
    """Carry out each step; those that fail come again alone."""
    return each_message(event, carry_out, bootstrap.sqs)
