"""The words of the pay page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quitus.domain.payment_link import PageState
from quitus.domain.wording import Language


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of the page in one language; `{…}` stand for amounts and days."""

    title: str
    lease: str
    languages: str
    headlines: Mapping[PageState, str]
    notices: Mapping[str, str]
    reload: str
    what_is_due: str
    due: str
    due_by: str
    left: str
    total: str
    asked_part: str
    by_card: str
    card_how: str
    how_much: str
    all: str
    part: str
    amount: str
    bounds: str
    pay_by_card: str
    by_transfer: str
    transfer_how: str
    transfer_pays_first: str
    account: str
    account_how: str
    iban: str
    bic: str
    payee: str
    reference: str
    sum: str
    payee_name_how: str
    chosen_by_card_only: str
    qr_title: str
    page_qr_title: str
    qr_how: str
    copy: str
    copied: str
    contact: str
    expires: str
    keep_to_yourself: str


FRENCH = Texts(
    title="Payer mon loyer",
    lease="Bail",
    languages="Langue",
    headlines={
        PageState.DUE: "{rest} à payer",
        PageState.PARTLY_PAID: "Encore {rest} à payer",
        PageState.PAID: "C’est payé. Merci\u00a0!",
        PageState.NOTHING_DUE: "Rien à payer pour le moment",
    },
    notices={
        "failed": "Le paiement n’a pas abouti. Rien n’a été débité\u00a0: vous pouvez réessayer, ou payer autrement.",
        "in_progress": "Votre paiement est en cours. Cette page se met à jour dès qu’il est enregistré.",
        "amount": "Ce montant ne convient pas. Indiquez un montant dans les limites données ci-dessous.",
        "card_away": "Le paiement par carte ne répond pas. Rien n’a été débité\u00a0: réessayez, ou payez par "
        "virement.",
    },
    reload="Mettre à jour la page",
    what_is_due="Ce qui est dû",
    due="Échéance",
    due_by="à payer le {day} au plus tard",
    left="Reste dû",
    total="Total",
    asked_part="Montant demandé par ce lien",
    by_card="Payer par carte",
    card_how="Vous êtes dirigé vers la page sécurisée du prestataire de paiement. Votre bailleur ne voit pas les "
    "données de votre carte.",
    how_much="Combien voulez-vous payer\u00a0?",
    all="Tout\u00a0:",
    part="Un autre montant",
    amount="Montant en euros",
    bounds="De {least} à {rest}, par exemple {sample}",
    pay_by_card="Payer par carte",
    by_transfer="Payer par virement",
    transfer_how="Ce compte n’appartient qu’à votre bail\u00a0: votre virement arrive sans autre précision. Un "
    "virement instantané est enregistré en quelques secondes.",
    transfer_pays_first="Un virement paie d’abord ce qui est à payer avant cela\u00a0; le reste vient ici. Pour régler "
    "d’abord ce que demande ce lien, adressez-vous à votre bailleur.",
    account="Le compte de votre bail",
    account_how="C’est sur ce compte, qui n’appartient qu’à votre bail, que se font vos virements.",
    iban="IBAN",
    bic="BIC",
    payee="Nom du bénéficiaire",
    reference="Référence",
    sum="Montant",
    payee_name_how="Recopiez le nom du bénéficiaire tel quel\u00a0: votre banque le compare à celui du compte.",
    chosen_by_card_only="Un virement paierait d’abord ce qui est dû depuis plus longtemps\u00a0: ces échéances se "
    "paient par carte, ou auprès de votre bailleur.",
    qr_title="Code QR du virement, pour les applications bancaires qui le lisent",
    page_qr_title="Code QR de la page de paiement",
    qr_how="Si votre application bancaire lit ce code, elle remplit le virement pour vous.",
    copy="Copier",
    copied="Copié",
    contact="Une question\u00a0?",
    expires="Lien valable jusqu’au {day}.",
    keep_to_yourself="Ce lien est personnel\u00a0: qui l’a voit ce qui est dû.",
)

ENGLISH = Texts(
    title="Pay my rent",
    lease="Lease",
    languages="Language",
    headlines={
        PageState.DUE: "{rest} to pay",
        PageState.PARTLY_PAID: "{rest} left to pay",
        PageState.PAID: "Paid. Thank you!",
        PageState.NOTHING_DUE: "Nothing to pay for now",
    },
    notices={
        "failed": "The payment did not go through. Nothing was taken: you may try again, or pay another way.",
        "in_progress": "Your payment is on its way. This page changes as soon as it is recorded.",
        "amount": "This amount cannot be paid. Enter an amount within the limits given below.",
        "card_away": "Card payment does not answer. Nothing was taken: try again, or pay by bank transfer.",
    },
    reload="Update the page",
    what_is_due="What is due",
    due="For",
    due_by="due by {day}",
    left="Left to pay",
    total="Total",
    asked_part="Amount this link asks for",
    by_card="Pay by card",
    card_how="You go to the secure page of the payment provider. Your landlord does not see your card.",
    how_much="How much do you want to pay?",
    all="All of it:",
    part="Another amount",
    amount="Amount in euros",
    bounds="From {least} to {rest}, for example {sample}",
    pay_by_card="Pay by card",
    by_transfer="Pay by bank transfer",
    transfer_how="This account belongs to your lease alone: your transfer arrives without any further detail. An "
    "instant transfer is recorded within seconds.",
    transfer_pays_first="A bank transfer pays first what is owed before this, and the rest comes here. To settle what "
    "this link asks for first, ask your landlord.",
    account="The account of your lease",
    account_how="Bank transfers go to this account, which belongs to your lease alone.",
    iban="IBAN",
    bic="BIC",
    payee="Payee name",
    reference="Reference",
    sum="Amount",
    payee_name_how="Enter the payee name exactly as shown: your bank compares it with that of the account.",
    chosen_by_card_only="A bank transfer would pay what has been due for longer first: these are paid by "
    "card, or with your landlord.",
    qr_title="QR code of the transfer, for banking apps that read it",
    page_qr_title="QR code of the pay page",
    qr_how="If your banking app reads this code, it fills in the transfer for you.",
    copy="Copy",
    copied="Copied",
    contact="A question?",
    expires="This link is valid until {day}.",
    keep_to_yourself="This link is personal: whoever has it sees what is due.",
)

TEXTS: Mapping[Language, Texts] = {Language.FR: FRENCH, Language.EN: ENGLISH}
