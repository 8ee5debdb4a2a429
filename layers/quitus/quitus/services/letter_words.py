"""The fixed words of letters, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from quitus.domain.letter_texts import LetterKind
from quitus.domain.movement import Means
from quitus.domain.wording import Language

type Words = Mapping[Language, str]


def _words(french: str, english: str) -> Words:
    return {Language.FR: french, Language.EN: english}


TITLES: Final[Mapping[LetterKind, Words]] = {
    LetterKind.RIB: _words("Relevé d’identité bancaire (RIB)", "Bank details (RIB)"),
    LetterKind.NOTICE: _words("Avis d’échéance", "Rent notice (avis d’échéance)"),
    LetterKind.VIRTUAL_IBAN: _words("Votre numéro de compte pour payer le loyer", "Your account number for the rent"),
    LetterKind.FULL_RECEIPT: _words("Quittance de loyer", "Rent receipt (quittance de loyer)"),
    LetterKind.PART_RECEIPT: _words("Reçu de paiement partiel", "Receipt of a part payment (reçu)"),
}
LINE: Final = _words("Désignation", "Item")
CALLED: Final = _words("Appelé", "Called")
SETTLED: Final = _words("Réglé", "Settled")
OPEN: Final = _words("Reste dû", "Open")
AMOUNT: Final = _words("Montant", "Amount")
TERM_TOTAL: Final = _words("Total de l’échéance", "Total of the month")
ALREADY_SETTLED: Final = _words("Déjà réglé", "Already settled")
USED_ELSEWHERE: Final = _words("Avoir porté sur un reste dû", "Credit used on an earlier debt")
IN_PLAN: Final = _words("Repris dans votre plan d’apurement", "Taken into your payment plan")
EARLIER: Final = _words("Reste dû des mois précédents", "Open of earlier months")
INSTALMENTS: Final = _words("Échéance de votre plan d’apurement", "Instalment of your payment plan")
CREDIT: Final = _words("Avance utilisée", "Credit used")
CREDIT_LEFT: Final = _words("Avance qui reste sur votre compte", "Credit left on your account")
TO_PAY: Final = _words("Total à payer", "Total to pay")
TOTAL: Final = _words("Total", "Total")
TOO_MUCH_AID: Final = _words("Excédent d’aide, porté à votre compte", "Aid left over, put to your account")
NOTHING_TO_PAY: Final = _words(
    "Votre compte couvre cette échéance\u00a0: vous n’avez rien à payer.",
    "Your account covers this month: there is nothing to pay.",
)
LEASE: Final = _words("Bail", "Lease")
RESIDENCE: Final = _words("Résidence", "Residence")
UNIT: Final = _words("Lot", "Unit")
PHONE: Final = _words("Téléphone", "Telephone")
EMAIL: Final = _words("Courriel", "E-mail")
HOURS: Final = _words("Horaires", "Hours")
ACCOUNT: Final = _words("Pour payer par virement", "To pay by transfer")
IBAN: Final = _words("IBAN", "IBAN")
BIC: Final = _words("BIC", "BIC")
PAYEE: Final = _words("Titulaire du compte", "Account holder")
REFERENCE: Final = _words("Référence (facultative)", "Reference (optional)")
DOMESTIC: Final = _words("Banque · guichet · compte · clé", "Bank · branch · account · key")
PAGE_CODE: Final = _words("1. Payer en ligne", "1. Pay online")
PAGE_CAPTION: Final = _words("À scanner avec l’appareil photo du téléphone.", "Scan it with your telephone’s camera.")
PAGE_ALT: Final = _words("Code QR de la page de paiement", "QR code of the payment page")
EPC_CODE: Final = _words("Virement depuis votre application bancaire", "Transfer from your banking app")
EPC_CAPTION: Final = _words(
    "À scanner dans l’application de votre banque, si elle lit ce code.",
    "Scan it in your bank’s app, if it reads this code.",
)
EPC_ALT: Final = _words("Code QR du virement\u00a0: ", "QR code of the transfer: ")
UNLIMITED: Final = _words("montant libre", "any amount")
PAID: Final = _words("Paiements reçus\u00a0:", "Payments received:")
MEANS: Final[Mapping[Means, Words]] = {
    Means.TRANSFER: _words("virement", "transfer"),
    Means.INSTANT_TRANSFER: _words("virement instantané", "instant transfer"),
    Means.DIRECT_DEBIT: _words("prélèvement", "direct debit"),
    Means.CARD: _words("carte", "card"),
    Means.CHEQUE: _words("chèque", "cheque"),
    Means.CASH: _words("espèces", "cash"),
    Means.CAF: _words("CAF", "CAF"),
    Means.OTHER: _words("autre moyen", "other means"),
}
AID_AWAITED: Final = _words(
    "Sous réserve d’encaissement de l’aide au logement attendue, soit {amount}.",
    "Provided that the housing aid awaited is received: {amount}.",
)
ARTICLE_21: Final = (
    "Document délivré gratuitement (article 21 de la loi n° 89-462 du 6 juillet 1989). "
    "Il ne vaut pas reçu pour d’autres périodes."
)
FULL_NOTE: Final = (
    "Cette quittance annule tous les reçus donnés pour un paiement partiel de la même période. " + ARTICLE_21
)
PART_NOTE: Final = (
    "Ce reçu n’est pas une quittance\u00a0: la quittance est donnée quand la période est payée en entier. " + ARTICLE_21
)
