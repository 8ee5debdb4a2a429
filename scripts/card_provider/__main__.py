"""scripts/card-provider: serves until interrupted, or until its standard input ends."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
from collections.abc import Sequence

from card_provider.server import CardProvider


def main(arguments: Sequence[str]) -> None:
    """Serve; the address is the only line on stdout."""
    options = parser().parse_args(arguments)
    listening = None if options.fd is None else socket.socket(fileno=options.fd)
    with CardProvider(options.port, options.api_key, listening) as server:
        server.deliveries.url, server.deliveries.keys = options.webhook_url, tuple(options.webhook_key)
        print(server.url, flush=True)
        if options.attached:
            threading.Thread(target=_until_let_go, args=[server], daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def parser() -> argparse.ArgumentParser:
    text = "A provider of card payments with a hosted page: no money moves."
    made = argparse.ArgumentParser(prog="scripts/card-provider", description=text)
    made.add_argument("--port", type=int, default=0, help="0 takes a free one")
    made.add_argument("--api-key", default="", help="what its API asks for; empty: it is configured later")
    made.add_argument("--webhook-url", default="", help="where events go")
    made.add_argument("--webhook-key", action="append", default=[], help="what signs them; several while rotating")
    made.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    made.add_argument("--attached", action="store_true", help="end when standard input does")
    return made


def _until_let_go(server: CardProvider) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
