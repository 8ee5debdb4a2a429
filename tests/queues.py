"""The queues that messages come from, as a handler sees them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class Queues:
    """Keeps which messages were asked to come back when."""

    def __init__(self) -> None:
        self.meta = SimpleNamespace(endpoint_url="http://127.0.0.1:4566")
        self.brought_back: list[tuple[str, str, int]] = []

    def change_message_visibility_batch(self, **asked: Any) -> None:
        self.brought_back += [
            (asked["QueueUrl"], entry["ReceiptHandle"], entry["VisibilityTimeout"]) for entry in asked["Entries"]
        ]
