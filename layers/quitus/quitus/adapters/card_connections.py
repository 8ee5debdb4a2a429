"""The card providers of a deployment."""

from __future__ import annotations

from dataclasses import dataclass

import urllib3

from quitus.adapters.card_keys import CardKeys
from quitus.adapters.demo_provider import DemoProvider
from quitus.adapters.stripe import StripeProvider
from quitus.domain.landlord import CardProviderName
from quitus.services.card_providers import CardProvider
from quitus.services.ports import Landlords


@dataclass(frozen=True, slots=True)
class CardConnections:
    """`card_providers.CardProviders`; with `demo_url`, where the local cloud's stand-in is, that too."""

    providers: dict[str, CardProvider]

    @classmethod
    def of(cls, keys: CardKeys, landlords: Landlords, demo_url: str) -> CardConnections:
        """The providers that there are."""
        pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED")
        providers: list[CardProvider] = [StripeProvider(landlords, keys, pool)]
        if demo_url:
            providers.append(DemoProvider(keys, pool, demo_url))
        return cls({provider.name: provider for provider in providers})

    def usual(self) -> str | None:
        """See `CardProviders.usual`."""
        demo = CardProviderName.DEMO.value
        return demo if demo in self.providers else None

    def named(self, name: str) -> CardProvider | None:
        """See `CardProviders.named`."""
        return self.providers.get(name)
