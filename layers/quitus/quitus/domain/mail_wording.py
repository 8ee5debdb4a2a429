"""What tenants are written when a payment link is sent to them: in mail what is due, in an SMS, which anybody sees on a
locked screen, only that there is something to see.
"""

from __future__ import annotations

from quitus.domain.landlord import Landlord
from quitus.domain.mailing import Channel, Letter
from quitus.domain.money import Cents
from quitus.domain.wording import Language, euros

_SUBJECTS = {Language.FR: "{landlord}\u00a0: votre loyer à payer", Language.EN: "{landlord}: your rent to pay"}
_MAILS = {
    Language.FR: """Bonjour,

Il reste {rest} à payer pour votre bail {lease}.

Vous pouvez payer en une minute sur cette page\u00a0:
{url}

Ce lien est personnel\u00a0: qui l’a voit ce qui est dû. Si vous venez de payer, la page le dit déjà, et ce message est
sans objet.
{contact}
{landlord}
""",
    Language.EN: """Hello,

{rest} is left to pay for your lease {lease}.

You can pay within a minute on this page:
{url}

This link is personal: whoever has it sees what is due. If you have just paid, the page says so already, and you may
ignore this message.
{contact}
{landlord}
""",
}
_SMS = {
    Language.FR: "{landlord} : votre page de paiement est ici {url}",
    Language.EN: "{landlord}: your payment page is here {url}",
}
_CONTACT = {
    Language.FR: "\nUne question\u00a0? Vous ne voulez plus de ces messages\u00a0? {ways}\n",
    Language.EN: "\nA question? No more of these messages? {ways}\n",
}
_LONGEST_NAME = 30
"""An SMS keeps room for the link."""


def link_letter(
    landlord: Landlord, lease_id: str, rest: Cents, url: str, address: str, channel: Channel, language: Language
) -> Letter:
    """The message that brings a payment link."""
    if channel is Channel.SMS:
        return Letter(address, _SMS[language].format(landlord=landlord.name[:_LONGEST_NAME].strip(), url=url))
    contact = landlord.contact
    ways = ", ".join(way for way in (contact.phone, contact.email, contact.hours) if way) if contact else ""
    text = _MAILS[language].format(
        rest=euros(rest, language),
        lease=lease_id,
        url=url,
        landlord=landlord.name,
        contact=_CONTACT[language].format(ways=ways) if ways else "",
    )
    return Letter(address, text, _SUBJECTS[language].format(landlord=landlord.name))
