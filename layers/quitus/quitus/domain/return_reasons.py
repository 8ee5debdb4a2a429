"""What the codes of returns and refunds say, in words for people (ISO 20022 external status and return reasons)."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str]] = {
    "AC01": ("Numéro de compte incorrect", "Incorrect account number"),
    "AC04": ("Compte clos", "Closed account"),
    "AC06": ("Compte bloqué", "Blocked account"),
    "AC13": (
        "Compte de consommateur\u00a0: mandat interentreprises refusé",
        "Consumer account: business mandate refused",
    ),
    "AG01": ("Opération interdite sur ce type de compte", "Transaction forbidden on this type of account"),
    "AG02": ("Code d’opération incorrect", "Invalid bank operation code"),
    "AM04": ("Provision insuffisante", "Insufficient funds"),
    "AM05": ("Opération en double", "Duplicate"),
    "AM09": ("Montant erroné", "Wrong amount"),
    "BE05": ("Créancier non reconnu", "Creditor not recognised"),
    "CNOR": ("Banque du créancier non enregistrée", "Creditor bank not registered"),
    "CUST": ("Demandé par le client", "Requested by the customer"),
    "DNOR": ("Banque du débiteur non enregistrée", "Debtor bank not registered"),
    "DUPL": ("Paiement en double", "Duplicate payment"),
    "ED05": ("Règlement échoué", "Settlement failed"),
    "FF01": ("Format de fichier invalide", "Invalid file format"),
    "FF05": ("Type de prélèvement incorrect", "Invalid direct debit type"),
    "FOCR": ("Retour après demande d’annulation", "Return following a cancellation request"),
    "FRAD": ("Fraude", "Fraud"),
    "MD01": ("Pas de mandat valide", "No valid mandate"),
    "MD02": ("Données du mandat incorrectes", "Mandate data missing or incorrect"),
    "MD06": ("Remboursement demandé par le débiteur", "Refund requested by the debtor"),
    "MD07": ("Débiteur décédé", "Debtor deceased"),
    "MS02": ("Refus du débiteur, sans motif", "Refused by the customer, no reason given"),
    "MS03": ("Motif non précisé par la banque", "Reason not specified by the bank"),
    "NARR": ("Motif en texte libre", "Reason in free text"),
    "RC01": ("Identifiant de banque incorrect", "Incorrect bank identifier"),
    "RR01": ("Réglementation\u00a0: compte du débiteur manquant", "Regulatory: debtor account missing"),
    "RR02": (
        "Réglementation\u00a0: nom ou adresse du débiteur manquants",
        "Regulatory: debtor name or address missing",
    ),
    "RR03": (
        "Réglementation\u00a0: nom ou adresse du créancier manquants",
        "Regulatory: creditor name or address missing",
    ),
    "RR04": ("Motif réglementaire", "Regulatory reason"),
    "SL01": ("Service particulier de la banque du débiteur", "Specific service of the debtor bank"),
    "TECH": ("Problème technique", "Technical problem"),
    "TM01": ("Reçu après l’heure limite", "Received after the cut-off time"),
}


def words_of(reason: str | None) -> dict[str, str] | None:
    """The words of a code, French and English; None for texts and unknown codes, which are shown as they came."""
    found = _WORDS.get((reason or "").partition(":")[0].strip())
    return None if found is None else {"fr": found[0], "en": found[1]}
