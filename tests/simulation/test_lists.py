"""A transfer and its list with a fault at every call, whichever comes first: every line once, bank and books equal.

scripts/test plays a sample; `scripts/simulate --faults` plays all faults at all calls. The parts of a list are made
small here, so that a few lines take several transactions and steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest
from builders import BANK_ACCOUNT
from simulation.interleaving import Step
from simulation.invariants import payments_of, the_erp_has_the_books
from simulation.pairs import Work, meeting
from simulation.single_faults import SLICES, play_with_faults
from simulation.story import DAY, OPENING, STRANGER, TRANSFER, a_rebuild_is_the_table, let, the_log_is_the_table
from simulation.world import LANDLORD, SETTINGS, Saved, World

from demonstration.bank import BIC
from demonstration.camt import Detail, Entry, Party, Statement, notice_file, statement_file
from quitus.adapters import list_rows
from quitus.services import list_intake, post_lists

SAMPLE = 60
LINES = (("1", 19_000), ("1", 19_000), ("2", 21_000), ("9", 18_530), ("2", -5_600), ("3", 4_400), ("8", -1_000))
"""Numbers of beneficiaries (3 has left, 8 and 9 are nobody's) and cents."""
TOTAL = sum(cents for _, cents in LINES)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for module in (list_rows, list_intake):
            monkeypatch.setattr(module, "LINES_AT_ONCE", 2)
        monkeypatch.setattr(post_lists, "PARTS_AT_ONCE", 1)
        yield World(monkeypatch)


@pytest.fixture(scope="module")
def morning(world: World) -> Saved:
    """Three leases whose tenants the CAF knows: two with an aid, one that ended."""
    assert world.ask("PUT", f"/v1/landlords/{LANDLORD}", SETTINGS).status == 201
    for number in (1, 2, 3):
        let(world, f"L{number}", number, **({"status": "ended"} if number == 3 else {}))
        assert world.ask("PUT", f"/v1/payers/caf/beneficiaries/{number}", {"lease_id": f"L{number}"}).status == 201
    for lease_id in ("L1", "L2"):
        for kind, cents in (("rent", 50_000), ("aid_apl", -20_000)):
            due = {"kind": kind, "period": "2026-10", "due_date": "2026-10-10", "amount_cents": cents}
            assert world.ask("PUT", f"/v1/leases/{lease_id}/dues/{kind}-{lease_id}", due).status == 201
    world.settle()
    return world.saved()


def told() -> bytes:
    rows = [f"{number};M. {number};{cents / 100:.2f};".replace(".", ",") for number, cents in LINES]
    return "\n".join(["Allocataire;Nom;Montant;Mois", *rows]).replace("M,", "M.").encode()


def bank_says() -> Statement:
    detail = Detail(TOTAL, Party("CAF DU GARD", STRANGER, "BNPAFRPP"), None, "APL")
    entry = Entry(TOTAL, DAY, "BANKREF-CAF", TRANSFER, (detail,))
    return Statement("S1", 1, BANK_ACCOUNT, "SEMIGA", BIC, DAY, OPENING, (entry,))


def drop_list(world: World) -> None:
    world.drop(f"{LANDLORD}/lists/caf/bordereau.csv", told())


def drop_copy(world: World) -> None:
    world.drop(f"{LANDLORD}/lists/caf/encore.csv", told().replace(b"\n", b"\r\n"))


def drop_notice(world: World) -> None:
    world.drop(f"{LANDLORD}/bank/avis.xml", notice_file(bank_says()))


def drop_statement(world: World) -> None:
    world.drop(f"{LANDLORD}/bank/releve.xml", statement_file(bank_says()))


ORDERS: dict[str, Sequence[Callable[[World], None]]] = {
    "list first": (drop_list, drop_notice, drop_copy, drop_statement),
    "transfer first": (drop_notice, drop_statement, drop_list, drop_copy),
}


def play(world: World, order: str) -> None:
    for act in ORDERS[order]:
        act(world)
        world.drain()
    world.settle()


def check(world: World) -> None:
    """Every line has one row, each lease what is its, 471 what is apart, the proof no difference."""
    (held,) = world.ask("GET", "/v1/lists").body["items"]
    assert (held["status"], held["total_cents"]) == ("posted", TOTAL)
    counts = {name: count for name, count in held["counts"].items() if not name.endswith("_cents")}
    assert counts == {"lines": 7, "posted": 3, "recovered": 1, "unknown": 2, "departed": 1}
    posted = payments_of(world)
    lines = Counter(one.amount_cents for one in posted if one.list_id is None)
    assert lines == Counter(cents for _, cents in LINES)
    aids = {f"L{n}": world.ask("GET", f"/v1/leases/L{n}").body for n in (1, 2, 3)}
    assert {name: lease["aid_open_cents"] for name, lease in aids.items()} == {"L1": -18_000, "L2": -1_000, "L3": 0}
    assert {name: lease["balance_cents"] for name, lease in aids.items()} == {"L1": 30_000, "L2": 35_600, "L3": 0}
    sides = [line for one in posted for entry in one.entries for line in entry.lines if line.account == "471"]
    apart = 18_530 + 4_400 - 1_000
    assert sum(line.credit_cents - line.debit_cents for line in sides) == apart
    (account,) = world.ask("GET", f"/v1/proof?date={DAY.isoformat()}").body["accounts"]
    assert (account["status"], account["difference_cents"], account["receipts_cents"]) == ("proved", 0, TOTAL)
    the_erp_has_the_books(world, posted)
    assert (world.table.broken, world.buckets.overwritten) == ([], []), "what is written once was written again"
    the_log_is_the_table(world)


@pytest.mark.parametrize("order", ORDERS)
def test_without_a_fault(world: World, morning: Saved, order: str) -> None:
    world.forget_and_become(morning)
    play(world, order)
    check(world)
    a_rebuild_is_the_table(world)


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("order", ORDERS)
def test_a_single_fault_changes_nothing(world: World, morning: Saved, order: str, part: int) -> None:
    play_with_faults(world, morning, partial(play, order=order), check, SAMPLE, part)


PENDING = "PENDING_QUEUE_URL"


@pytest.fixture(scope="module")
def noon(world: World, morning: Saved) -> Saved:
    """The list and its transfer are there; what was told of them waits to be settled."""
    world.forget_and_become(morning)
    drop_list(world)
    drop_notice(world)
    world.work_off("DROPS_QUEUE_URL", "MOVEMENTS_QUEUE_URL")
    while world.table.stream:
        world.stream()
    world.work_off("VIEWS_QUEUE_URL")
    return world.saved()


def settle(world: World) -> Step:
    (place, *_) = [place for place, waiting in enumerate(world.queues.waiting) if waiting.queue == PENDING]
    return partial(world.deliver, place)


def call_again(world: World) -> Step:
    """The ERP raises a rent: it is called as before in the end."""
    return partial(call_rent, world, 51_000)


def withdraw(world: World) -> Step:
    """A person withdraws the list: either that, or it is posted."""
    (held,) = world.ask("GET", "/v1/lists").body["items"]
    path = f"/v1/lists/{held['list_id']}/withdraw"
    return partial(world.ask, "POST", path, {"reason": "doublon"}, "withdraw", "accountant")


def call_rent(world: World, cents: int) -> None:
    due = {"kind": "rent", "period": "2026-10", "due_date": "2026-10-10", "amount_cents": cents}
    assert world.ask("PUT", "/v1/leases/L1/dues/rent-L1", due).status == 200


@pytest.mark.parametrize("other", [settle, call_again], ids=["settled twice", "rent raised"])
def test_two_at_once_post_each_line_once(world: World, noon: Saved, other: Work) -> None:
    schedules = meeting(world, noon, settle, other)
    for schedule in schedules.some():
        call_rent(world, 50_000)
        drop_statement(world)
        world.settle()
        try:
            check(world)
        except AssertionError as error:
            raise AssertionError(f"schedule {schedule}") from error
    assert schedules.played


@pytest.mark.parametrize("pair", [(settle, withdraw), (withdraw, settle)], ids=["settled first", "withdrawn first"])
def test_a_list_that_is_withdrawn_as_it_is_settled_is_whole_or_not_at_all(
    world: World, noon: Saved, pair: tuple[Work, Work]
) -> None:
    ends = set[str]()
    for schedule in meeting(world, noon, *pair).some():
        drop_statement(world)
        world.settle()
        (held,) = world.ask("GET", "/v1/lists").body["items"]
        ends.add(held["status"])
        if held["status"] == "posted":
            check(world)
        else:
            assert [one.amount_cents for one in payments_of(world)] == [TOTAL], f"schedule {schedule}"
    assert ends == {"posted", "withdrawn"}
