"""The senders of a landlord: an operator's word that an address of mail, or a name of SMS, is its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import boto3

from access.stack import arguments, granted, outputs, say, stop
from quitus.adapters.dynamo import DynamoTable
from quitus.adapters.sender_rows import SenderRows
from quitus.domain.mailing import Channel
from quitus.services.table import Table

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


def confirm(table: Table, mail: SESV2Client, landlord_id: str, channel: Channel, name: str) -> bool:
    """Let a landlord write under a name, and have SES confirm an address; False if it is another landlord's."""
    if not SenderRows(table).give(landlord_id, channel, name):
        return False
    if channel is Channel.EMAIL:
        with suppress(mail.exceptions.AlreadyExistsException):
            mail.create_email_identity(EmailIdentity=name)
    return True


def main() -> None:
    """Confirm the senders that are given."""
    parser = arguments("Lets a landlord write to tenants under a name that it proved to be its own.")
    parser.add_argument("--email", help="the address under which it writes mail")
    parser.add_argument("--sms-name", help="the name under which it writes SMS")
    asked = parser.parse_args()
    landlord_id, stack = granted(asked.landlord, "admin").landlord_id, outputs(asked.stack)
    table = DynamoTable(boto3.client("dynamodb"), stack["TableName"])
    wanted = {Channel.EMAIL: asked.email, Channel.SMS: asked.sms_name}
    if not any(wanted.values()):
        stop("An address or a name is needed: --email or --sms-name.")
    for channel, name in wanted.items():
        if name and not confirm(table, boto3.client("sesv2"), landlord_id, channel, name):
            stop(f"{name} is another landlord's.")
    say({"landlord": landlord_id, **{channel.value: name for channel, name in wanted.items()}})


if __name__ == "__main__":
    main()
