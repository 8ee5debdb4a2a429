"""What left the local cloud for tenants, and who may write to them."""

import json
from typing import Any
from urllib.request import urlopen

from access.sender import confirm
from cloud.clients import client
from cloud.errors import LocalCloudError
from cloud.places import Place
from quitus.adapters.dynamo import DynamoTable
from quitus.domain.mailing import Channel


def outbox(place: Place) -> dict[str, list[dict[str, Any]]]:
    """Every mail and SMS that was sent, oldest first."""
    mails = _told(place, "ses/messages")["messages"]
    texts = _told(place, "sns/sms-messages")["sms_messages"]
    return {
        "mails": [
            {
                "message_id": mail["MessageId"],
                "from": mail["Source"],
                "to": mail["To"],
                "subject": mail["Subject"],
                "text": mail["BodyText"],
            }
            for sent in mails.values()
            for mail in sent
        ],
        "sms": [{"to": number, "text": text["Message"]} for number, sent in texts.items() for text in sent],
    }


def let_write(place: Place, stack: dict[str, str], landlord_id: str, channel: Channel, name: str) -> None:
    """What `scripts/sender` does on AWS."""
    table = DynamoTable(client(place, "dynamodb"), stack["TableName"])
    if not confirm(table, client(place, "sesv2"), landlord_id, channel, name):
        raise LocalCloudError(f"{name} is another landlord's")


def _told(place: Place, path: str) -> Any:
    with urlopen(f"{place.endpoint}/_ministack/{path}", timeout=30) as answer:
        return json.load(answer)
