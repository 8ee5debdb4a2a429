"""Two returns of the same payment at the same moment: exactly one is accepted. The other waits for its original when
one channel tells of both, and is the same return when another does.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from typing import Any

from builders import BANK_ACCOUNT
from simulation.interleaving import Meeting, race
from simulation.story import DAY, begin, ibans
from simulation.world import EVENTS, LANDLORD, World

from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.identity import Bucket, account_tag
from quitus.domain.payment import Awaiting, Payment, PaymentStatus

PAYMENTS = 500
SEED = 20261125


def cents(number: int) -> int:
    return 10_000 + number


def told(number: int, kind: str, channel: str, **more: Any) -> dict[str, Any]:
    """A payment event about the nth payment."""
    return {
        "schema": "quitus.payment-event/1",
        "event_id": f"evt-{kind}-{channel}-{number}",
        "landlord_id": LANDLORD,
        "source": f"bank:{channel}",
        "kind": kind,
        "amount_cents": cents(number),
        "currency": "EUR",
        "booking_date": DAY.isoformat(),
        "account_iban": BANK_ACCOUNT,
        "means": "transfer",
    } | more


def held(world: World, sign: int) -> list[Payment]:
    """The payments (1), or the returns (-1), as the ledger has them."""
    buckets = [Bucket(account_tag(BANK_ACCOUNT), DAY, sign * cents(number)) for number in range(PAYMENTS)]
    return list(LedgerRows(world.table).payments(LANDLORD, buckets))


def test_of_500_double_reversals_exactly_500_are_accepted(world: World) -> None:
    begin(world)
    address, chance = ibans(world)["L1"], random.Random(SEED)
    before = LedgerRows(world.table).accounts(LANDLORD, ["L1"])["L1"]
    world.turnstile = Meeting(table=world.table)
    for number in range(PAYMENTS):
        world.tell(told(number, "credit", "instant", bank_reference=f"PAID-{number}", virtual_iban=address))
        world.work_off(EVENTS)
        for turn, channel in enumerate(("instant", ("instant", "desk")[number % 2])):
            back = {"event_id": f"evt-{number}-{turn}", "bank_reference": f"BACK-{number}-{turn}"}
            world.tell(told(number, "return", channel, original_reference=f"PAID-{number}", reason="AC04", **back))
        last = len(world.queues.waiting) - 1
        race(partial(world.deliver, last), partial(world.deliver, last - 1), chance)
        world.work_off(EVENTS)
        world.table.stream.clear()
    payments, returns = held(world, 1), held(world, -1)
    assert [payment.status for payment in payments] == [PaymentStatus.REVERSED] * PAYMENTS
    assert [len(payment.reversals) for payment in payments] == [1] * PAYMENTS
    assert Counter((one.status, one.awaiting) for one in returns) == {
        (PaymentStatus.REVERSED, None): PAYMENTS,
        (PaymentStatus.PENDING, Awaiting.ORIGINAL): PAYMENTS // 2,
    }
    after = LedgerRows(world.table).accounts(LANDLORD, ["L1"])["L1"]
    assert (after.balance_cents, after.open_dues) == (before.balance_cents, before.open_dues)
