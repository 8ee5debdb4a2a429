"""A tenant with a card and a browser: the page of a link, the provider's hosted page, the bank's question, and back."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import urllib3

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_FOUND, _SEE_OTHER = 200, 303


class CardRefused(Exception):
    """A page said something else than it should; the text says which, and what."""


class Browser:
    """Opens pages and sends their forms, one step after the other."""

    def __init__(self) -> None:
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=60), retries=False)

    def pay(self, page: str) -> str:
        """Pay all that a link asks for by a card that the bank has confirmed (3-D Secure); the page to which the
        tenant comes back. Raises CardRefused.
        """
        self.read(page)
        hosted = self._send(f"{page}/checkout", _SEE_OTHER, choice="all")
        self.read(hosted)
        self._send(hosted, _FOUND, outcome="challenge")
        return self._send(f"{hosted}/challenge", _SEE_OTHER, answer="yes")

    def read(self, address: str) -> str:
        """What a page says. Raises CardRefused."""
        answer = self._http.request("GET", address)
        if answer.status != _FOUND:
            raise CardRefused(f"GET {_without_token(address)} answers {answer.status}")
        return answer.data.decode()

    def _send(self, address: str, wanted: int, **form: str) -> str:
        """Send a form; where it leads."""
        answer = self._http.request("POST", address, body=urlencode(form), headers=_FORM, redirect=False)
        if answer.status != wanted:
            raise CardRefused(f"POST {_without_token(address)} answers {answer.status}")
        return answer.headers.get("Location", "")


def _without_token(address: str) -> str:
    """An address that may be shown: whoever has a link may pay by it."""
    return f"{address.partition('/p/')[0]}/p/…" if "/p/" in address else address
