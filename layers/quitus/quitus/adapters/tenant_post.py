"""Messages to tenants: mail by SES, SMS by SNS, under the landlord's own sender."""

from __future__ import annotations

from email.utils import formataddr
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from quitus.domain.landlord import Landlord, Sender
from quitus.domain.mailing import Channel, Letter
from quitus.services.send_mailings import NotSent, NotTaken

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

_REFUSED = frozenset(
    {
        "AccountSuspendedException",
        "AuthorizationError",
        "BadRequestException",
        "InvalidParameter",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "NotFoundException",
        "ParameterValueInvalid",
    }
)
"""What the services say to a message, or a sender, that they will never take."""
_NOT_TAKEN = frozenset(
    {
        "LimitExceededException",
        "SendingPausedException",
        "Throttled",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""What they say when they take no more for now: a rate, a day's quota, a month's spending."""


class TenantPost:
    """`send_mailings.Post` on SES and SNS."""

    def __init__(
        self, mail_client: Callable[[], SESV2Client], sms_client: Callable[[], SNSClient], events: str
    ) -> None:
        self._mail_client = mail_client
        self._sms_client = sms_client
        self._events = events

    def send(self, landlord: Landlord, channel: Channel, letter: Letter) -> str:
        """See `Post.send`."""
        sender = landlord.sender or Sender()
        try:
            if channel is Channel.EMAIL:
                return self._mail(landlord.name, sender.email or "", letter)
            return self._sms(sender.sms_name or "", letter)
        except ClientError as error:
            if error.response["Error"]["Code"] in _REFUSED:
                raise NotSent("not_sent", "The message was refused.") from error
            if error.response["Error"]["Code"] in _NOT_TAKEN:
                raise NotTaken("not_taken", "No message is taken for now.") from error
            raise

    def _mail(self, name: str, address: str, letter: Letter) -> str:
        mail_client = self._mail_client()
        sent = mail_client.send_email(
            FromEmailAddress=formataddr((name, address)),
            Destination={"ToAddresses": [letter.address]},
            Content={
                "Simple": {
                    "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": letter.text, "Charset": "UTF-8"}},
                }
            },
            ConfigurationSetName=self._events,
        )
        return sent["MessageId"]

    def _sms(self, name: str, letter: Letter) -> str:
        sms_client = self._sms_client()
        sent = sms_client.publish(
            PhoneNumber=letter.address,
            Message=letter.text,
            MessageAttributes={
                "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": name},
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            },
        )
        return sent["MessageId"]
