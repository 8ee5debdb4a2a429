"""Tokens of payment links: an HMAC of the link's name under a key of the deployment, so that letters and mails can show
a link again although nothing but its digest is stored.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass

_BYTES = 24
"""192 bits; 32 characters of the URL-safe alphabet."""


@dataclass(frozen=True, slots=True)
class HmacTokens:
    """`payment_links.LinkTokens` under a secret key, which is asked for when first needed."""

    key: Callable[[], bytes]

    def token(self, landlord_id: str, link_id: str) -> str:
        """See `LinkTokens.token`."""
        mac = hmac.digest(self.key(), f"payment-link\n{landlord_id}\n{link_id}".encode(), "sha256")
        return base64.urlsafe_b64encode(mac[:_BYTES]).decode()
