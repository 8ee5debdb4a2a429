"""One way to log: JSON lines on standard output. A sentence says what happened; `extra` says to what, by ids only.

Modules that may not know Powertools log to `logging.getLogger(__name__)`: whatever `quitus` says comes out here.
"""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """The logger of the whole package."""
    return Logger(service="quitus")
