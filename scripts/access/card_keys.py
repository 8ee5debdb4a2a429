"""The keys of a landlord's card provider: one secret per landlord, which only the pay page's function reads."""

from __future__ import annotations

import getpass
import json
import sys
from typing import TYPE_CHECKING

import boto3
import msgspec

from access.stack import arguments, granted, outputs, say, stop
from quitus.adapters.card_keys import ProviderKeys
from quitus.adapters.stripe import EVENTS, VERSION
from quitus.domain.webhook_signature import MOST_KEYS

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def keep(client: SecretsManagerClient, name: str, kms_key: str, api_key: str, webhook_key: str) -> ProviderKeys:
    """Keep keys, an empty one as it was. A new webhook key comes first, and the one before it holds beside it: webhooks
    that are under way are believed. Raises ValueError: a key is given to nobody yet.
    """
    held = _held(client, name)
    older = held.webhook_keys if held else ()
    webhook_keys = tuple(dict.fromkeys(filter(None, (webhook_key, *older))))[:MOST_KEYS]
    keys = ProviderKeys(api_key or (held.api_key if held else ""), webhook_keys)
    if not keys.api_key or not webhook_keys:
        raise ValueError("both keys are needed the first time")
    secret = json.dumps(msgspec.to_builtins(keys))
    if held is None:
        client.create_secret(Name=name, KmsKeyId=kms_key, SecretString=secret)
    else:
        client.put_secret_value(SecretId=name, SecretString=secret)
    return keys


def _held(client: SecretsManagerClient, name: str) -> ProviderKeys | None:
    try:
        return msgspec.json.decode(client.get_secret_value(SecretId=name)["SecretString"], type=ProviderKeys)
    except client.exceptions.ResourceNotFoundException:
        return None


def main() -> None:
    """Keep the keys that are typed, or come on standard input: that of the API, then that of the webhooks."""
    asked = arguments("Keeps the keys of a landlord's Stripe account; an empty one stays as it was.").parse_args()
    landlord_id, stack = granted(asked.landlord, "admin").landlord_id, outputs(asked.stack)
    api_key, webhook_key = (_typed(f"{name} key: ") for name in ("API", "Webhook signing"))
    client, name = boto3.client("secretsmanager"), f"{stack['CardsSecretPrefix']}{landlord_id}/stripe"
    try:
        keys = keep(client, name, f"alias/{asked.stack}-data", api_key, webhook_key)
    except ValueError as error:
        stop(f"Nothing was kept: {error}.")
    url = f"{stack['ApiUrl']}/v1/psp/stripe/events?landlord={landlord_id}"
    say({"webhook_url": url, "api_version": VERSION, "events": sorted(EVENTS), "webhook_keys": len(keys.webhook_keys)})


def _typed(prompt: str) -> str:
    """A line that no terminal shows."""
    return (getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()


if __name__ == "__main__":
    main()
