"""Keys of card providers in Secrets Manager: what asks a provider, and what proves that a webhook is the provider's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from quitus.domain.errors import ProviderRefusal

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT: Final = timedelta(minutes=1)
"""How long keys, or that there are none, are kept in memory: a rotation holds from then on."""


class ProviderKeys(msgspec.Struct, frozen=True):
    """A provider's secret (docs/api.md, Card payments): the key of its API, and one or two that sign its webhooks."""

    api_key: str
    webhook_keys: tuple[str, ...]


@dataclass(slots=True)
class CardKeys:
    """Reads secrets below a prefix, each once a minute; names are those of landlords and providers that exist, so
    strangers neither fill the memory nor cause a look-up each.
    """

    secrets: Callable[[], SecretsManagerClient]
    prefix: str
    _held: dict[str, tuple[datetime, ProviderKeys | None]] = field(default_factory=dict)

    def find(self, name: str, now: datetime) -> ProviderKeys | None:
        """The keys of a secret; None where there is none. Raises ProviderRefusal: it is not what it should be."""
        read_at, keys = self._held.get(name, (None, None))
        if read_at is None or not timedelta(0) <= now - read_at < KEPT:
            keys = self._read(name)
            self._held[name] = (now, keys)
        return keys

    def _read(self, name: str) -> ProviderKeys | None:
        secrets = self.secrets()
        try:
            text = secrets.get_secret_value(SecretId=f"{self.prefix}{name}")["SecretString"]
        except secrets.exceptions.ResourceNotFoundException:
            return None
        try:
            return msgspec.json.decode(text, type=ProviderKeys)
        except msgspec.MsgspecError as error:
            raise ProviderRefusal(
                "card_keys_malformed", "The provider's secret is not the JSON it should be."
            ) from error
