"""The hosted page, as plain HTML: it works without scripts, and asks for no card."""

from __future__ import annotations

from html import escape

from card_provider.books import Session

TEXTS = {
    "fr": {
        "title": "Paiement par carte (démonstration)",
        "pay": "Payer {amount} à {payee}",
        "nothing": "Aucun argent ne bouge, aucune carte n’est demandée. Choisissez ce que fait votre banque.",
        "success": "La carte est acceptée",
        "challenge": "La banque demande une confirmation (3-D Secure)",
        "declined": "La carte est refusée",
        "leave": "Revenir sans payer",
        "was_declined": "La carte a été refusée. Essayez-en une autre, ou revenez sans payer.",
        "bank": "Votre banque : confirmez-vous ce paiement ?",
        "yes": "Je confirme",
        "no": "Ce n’est pas moi",
        "over": "Ce paiement n’attend plus rien.",
        "back": "Revenir à la page du bailleur",
    },
    "en": {
        "title": "Card payment (demonstration)",
        "pay": "Pay {amount} to {payee}",
        "nothing": "No money moves, no card is asked for. Choose what your bank does.",
        "success": "The card is accepted",
        "challenge": "The bank asks for a confirmation (3-D Secure)",
        "declined": "The card is declined",
        "leave": "Go back without paying",
        "was_declined": "The card was declined. Try another one, or go back without paying.",
        "bank": "Your bank: do you confirm this payment?",
        "yes": "I confirm",
        "no": "It is not me",
        "over": "Nothing more is to be paid here.",
        "back": "Back to the landlord's page",
    },
}
_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}"
    "button{font:inherit;min-height:2.75rem;width:100%;margin:.25rem 0;padding:.5rem}[role=alert]{color:#8c1c13}"
)


def choice_page(session: Session, *, declined: bool = False) -> str:
    """What the tenant's bank is to do."""
    texts = _texts(session)
    alert = f'<p role="alert">{texts["was_declined"]}</p>' if declined else ""
    buttons = "".join(
        f'<button name="outcome" value="{outcome}">{texts[outcome]}</button>'
        for outcome in ("success", "challenge", "declined", "leave")
    )
    return _page(session, f'{alert}<p>{texts["nothing"]}</p><form method="post">{buttons}</form>')


def challenge_page(session: Session) -> str:
    """The bank's own page, on which its customer says that it is they (3-D Secure)."""
    texts = _texts(session)
    buttons = "".join(f'<button name="answer" value="{name}">{texts[name]}</button>' for name in ("yes", "no"))
    form = f'<form method="post" action="/pay/{session.session_id}/challenge">{buttons}</form>'
    return _page(session, f"<p>{texts['bank']}</p>{form}")


def over_page(session: Session) -> str:
    """A session that was paid, failed or expired."""
    texts, back = _texts(session), escape(str(session.order["success_url"]))
    return _page(session, f'<p>{texts["over"]}</p><p><a href="{back}">{texts["back"]}</a></p>')


def _texts(session: Session) -> dict[str, str]:
    return TEXTS["en" if session.order.get("language") == "en" else "fr"]


def _page(session: Session, body: str) -> str:
    order, texts = session.order, _texts(session)
    amount = f"{order['amount_cents'] // 100},{order['amount_cents'] % 100:02d} {order['currency']}"
    heading = texts["pay"].format(amount=amount, payee=escape(str(order["payee"])))
    language = "en" if texts is TEXTS["en"] else "fr"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{texts["title"]}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{heading}</h1>{body}</main></body></html>"
    )
