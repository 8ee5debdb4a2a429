"""The provider of card payments beside the local cloud: its keys, and where it tells what became of payments."""

import json
import secrets
import socket
import urllib.request

from cloud.clients import client
from cloud.places import Place


def address(listening: socket.socket) -> str:
    """Where the provider that serves a port answers."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def connect(place: Place, outputs: dict[str, str], url: str) -> dict[str, str]:
    """Gives the functions and the provider keys of their own; what outsiders need of it."""
    api_key, webhook_key = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
    secret = json.dumps({"api_key": api_key, "webhook_keys": [webhook_key]})
    client(place, "secretsmanager").create_secret(Name=f"{outputs['CardsSecretPrefix']}demo", SecretString=secret)
    told = {"api_key": api_key, "url": f"{outputs['ApiUrl']}/v1/psp/demo/events", "keys": [webhook_key]}
    request = urllib.request.Request(f"{url}/configure", json.dumps(told).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=30):
        pass
    return {
        "DemoProviderUrl": url,
        "DemoProviderApiKey": api_key,
        "DemoProviderWebhookSecret": webhook_key,
        "psp_webhook_secret": webhook_key,
    }
