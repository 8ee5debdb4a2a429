"""Posting as a decision: what a batch of reports makes of rows, claims and accounts, whole, to the last field."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import DAY, a_credit, a_virtual_iban, an_account, an_open_due, reported

from quitus.domain.allocation import Allocation, AllocationRule
from quitus.domain.household import Household, Households
from quitus.domain.identity import reference_tag
from quitus.domain.incoming import Incoming
from quitus.domain.lease import Account, CreditLot, DueKind, LeaseStatus, Recent
from quitus.domain.ledger import Chart, Entry, EntryKind, Role, seal
from quitus.domain.matching import REVERSES, Match, MatchRule, SuspenseReason
from quitus.domain.movement import Means, Nature, Status
from quitus.domain.pairing import Pairing, Register, Verdict
from quitus.domain.posting import (
    Claim,
    Flag,
    Plan,
    Posted,
    Poster,
    person_match,
    receipt_flags,
    told_another_amount,
    with_recent,
)

AT, CHART, IBAN = "2026-11-05T09:30:00.000+00:00", Chart(), a_virtual_iban(1)
NOBODY = Match(None, None, {}, SuspenseReason.NO_EVIDENCE)
RENT = an_open_due("nov", 45000)
LEASE = replace(an_account(RENT), sequence=3, last_hash="aa", version=7)


def on(lease_id: str) -> Match:
    return Match(lease_id, MatchRule.VIRTUAL_IBAN, {"virtual_iban": IBAN, "path": "p"})


def decide(
    *told: tuple[Incoming, Match],
    accounts: tuple[Account, ...] = (LEASE,),
    register: Register | None = None,
    **how: Any,
) -> Plan:
    groups: dict[str, dict[str, bool]] = {}
    for account in accounts:
        if account.group:
            groups.setdefault(account.group, {})[account.lease_id] = account.lease_id.startswith("P")
    households = Households({account.lease_id: account for account in accounts}, groups)
    matches = [match for _, match in told]
    return Poster(CHART, matches, households, register or Register(), AT, **how).decide([one for one, _ in told])


def entry_id(incoming: Incoming, ordinal: int = 1) -> str:
    return f"{incoming.bucket.payment_id(ordinal)}-1"


def aside(incoming: Incoming, kind: EntryKind, *lines: Any) -> Entry:
    return seal(Entry(entry_id(incoming), None, 1, kind, DAY, lines, None))


def test_a_receipt_on_a_lease_is_a_row_an_entry_and_the_account_after_it() -> None:
    incoming = reported(a_credit(46000, IBAN, bank_reference="REFERENCE-1"))
    plan = decide((incoming, on("L1")))
    lines = (
        CHART.debit(Role.BANK, 46000),
        CHART.credit(Role.TENANTS, 45000, "L1"),
        CHART.credit(Role.CREDITS, 1000, "L1"),
    )
    entry = seal(Entry(entry_id(incoming), "L1", 4, EntryKind.RECEIPT, DAY, lines, "aa"))
    paid = (Allocation("L1", "nov", 45000, AllocationRule.OLDEST_DUE),)
    assert plan.posted == (
        Posted(incoming.bucket, 1, incoming, on("L1"), paid, 1000, (entry,), (), AT, household="L1"),
    )
    recent = (Recent(DAY, 46000, f"{reference_tag('REFERENCE-1')}@camt.053"),)
    assert plan.accounts == {
        "L1": replace(
            LEASE, version=8, sequence=4, last_hash=entry.hash, open_dues=(), recent=recent,
            credits=(CreditLot(incoming.bucket.payment_id(1), 1000),),
        )
    }  # fmt: skip
    assert plan.pairings == (Pairing(Verdict.NEW, incoming.bucket, 1),)
    assert (plan.claims, plan.told_receipts) == ((), [*plan.posted])
    (row,) = plan.posted
    assert (row.lease_id, row.is_receipt, row.touched, row.reverses) == ("L1", True, frozenset({"L1"}), None)
    assert row.payment_id == incoming.bucket.payment_id(1)


def test_two_payments_of_a_lease_follow_one_another_and_raise_its_version_once() -> None:
    first, second = (reported(a_credit(cents, IBAN, position=f"1.{cents}")) for cents in (20000, 30000))
    plan = decide((first, on("L1")), (second, on("L1")))
    assert [row.entries[0].sequence for row in plan.posted] == [4, 5]
    assert plan.posted[1].entries[0].previous_hash == plan.posted[0].entries[0].hash
    after = plan.accounts["L1"]
    assert (after.version, after.sequence, after.credit_cents, after.open_dues) == (8, 5, 5000, ())
    assert after.last_hash == plan.posted[1].entries[0].hash
    assert [held.cents for held in after.recent] == [20000, 30000]


def test_a_household_has_an_entry_for_each_lease_that_gets_something() -> None:
    home = an_account(RENT, group="G1", sequence=1, last_hash="aa")
    parking = an_account(an_open_due("park", 4500), lease_id="P1", group="G1", sequence=5, last_hash="bb")
    shop = an_account(lease_id="S1", group="G1")
    incoming = reported(a_credit(49500, IBAN))
    plan = decide((incoming, on("P1")), accounts=(home, parking, shop))
    (row,) = plan.posted
    assert [(entry.lease_id, entry.entry_id, entry.sequence) for entry in row.entries] == [
        ("P1", entry_id(incoming), 6),
        ("L1", f"{entry_id(incoming)}-2", 2),
    ]
    assert (row.household, row.touched, row.credit_cents) == ("group G1", frozenset({"L1", "P1"}), 0)
    assert {name: account.version for name, account in plan.accounts.items()} == {"L1": 2, "P1": 2}
    assert [len(plan.accounts[name].recent) for name in ("P1", "L1")] == [1, 0]


def test_a_payment_that_meets_nothing_of_its_own_lease_is_among_its_receipts_all_the_same() -> None:
    home, parking = an_account(RENT, group="G1"), an_account(lease_id="P1", group="G1")
    plan = decide((reported(a_credit(45000, IBAN)), on("P1")), accounts=(home, parking))
    assert [entry.lease_id for entry in plan.posted[0].entries] == ["L1"]
    assert [held.cents for held in plan.accounts["P1"].recent] == [45000]
    assert plan.posted[0].touched == {"L1", "P1"}


def test_money_of_nobody_is_in_suspense() -> None:
    for match, flags in (
        (NOBODY, ()),
        (replace(NOBODY, reason=SuspenseReason.UNKNOWN_VIRTUAL_IBAN), (Flag.UNASSIGNED_VIRTUAL_IBAN,)),
    ):
        incoming = reported(a_credit(27500, IBAN))
        lines = (CHART.debit(Role.BANK, 27500), CHART.credit(Role.SUSPENSE, 27500))
        entry = aside(incoming, EntryKind.RECEIPT, *lines)
        plan = decide((incoming, match))
        assert plan.posted == (
            Posted(incoming.bucket, 1, incoming, match, entries=(entry,), flags=flags, posted_at=AT),
        )
        assert (plan.accounts, plan.told_receipts) == ({}, [])


def test_a_return_of_an_unknown_payment_takes_it_from_suspense_and_waits() -> None:
    incoming = reported(a_credit(-45000, nature=Nature.RETURN, bank_reference="REFERENCE-1"))
    lines = (CHART.debit(Role.SUSPENSE, 45000), CHART.credit(Role.BANK, 45000))
    entry = aside(incoming, EntryKind.REVERSAL, *lines)
    plan = decide((incoming, on("L1")))
    assert plan.posted == (
        Posted(
            incoming.bucket,
            1,
            incoming,
            on("L1"),
            entries=(entry,),
            flags=(Flag.RETURN_WITHOUT_ORIGINAL,),
            posted_at=AT,
        ),
    )
    assert (plan.accounts, plan.told_receipts) == ({}, [])


@pytest.mark.parametrize(("instructed", "fee"), [(None, 0), (44000, 0), (45000, 1000), (43000, 0)])
def test_what_brings_cheques_clears_the_collection_and_pays_the_banks_fee(instructed: int | None, fee: int) -> None:
    movement = a_credit(44000, nature=Nature.CLEARING, means=Means.CHEQUE, instructed_cents=instructed)
    incoming = reported(movement)
    fees = (CHART.debit(Role.FEES, fee),) if fee else ()
    lines = (CHART.debit(Role.BANK, 44000), *fees, CHART.credit(Role.COLLECTION, 44000 + fee))
    entry = aside(incoming, EntryKind.ALLOCATION, *lines)
    plan = decide((incoming, NOBODY))
    assert plan.posted == (Posted(incoming.bucket, 1, incoming, None, entries=(entry,), posted_at=AT),)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": -1250, "nature": Nature.OTHER},
        {"amount_cents": -1250},
        {"amount_cents": 0},
        {"amount_cents": 0, "nature": Nature.RETURN},
        {"status": Status.PENDING},
        {"awaiting_details": True},
    ],
)
def test_what_is_no_payment_of_ours_yet_is_a_row_without_an_entry(changes: dict[str, Any]) -> None:
    incoming = reported(replace(a_credit(45000, IBAN), **changes))
    plan = decide((incoming, on("L1")))
    assert plan.posted == (Posted(incoming.bucket, 1, incoming, None, posted_at=AT),)
    assert plan.accounts == {}


def test_what_the_bank_charges_beside_its_values_is_a_fee_and_no_receipt_whatever_it_names() -> None:
    incoming = reported(a_credit(-700, IBAN, nature=Nature.CLEARING, means=Means.CARD))
    plan = decide((incoming, on("L1")))
    entry = aside(incoming, EntryKind.ALLOCATION, CHART.debit(Role.FEES, 700), CHART.credit(Role.BANK, 700))
    assert plan.posted == (Posted(incoming.bucket, 1, incoming, None, entries=(entry,), posted_at=AT),)
    assert plan.accounts == {}


def test_one_cent_is_a_receipt() -> None:
    plan = decide((reported(a_credit(1, IBAN)), on("L1")))
    assert [row.household for row in plan.posted] == ["L1"]
    assert plan.accounts["L1"].open_dues == (RENT.less(1),)


def test_what_moves_no_money_is_on_no_lease_and_written_in_the_order_told() -> None:
    plan = decide(
        (reported(a_credit(0, IBAN, position="1.1")), on("L1")), (reported(a_credit(0, position="1.2")), NOBODY)
    )
    assert [row.ordinal for row in plan.posted] == [1, 2]


def test_another_channels_report_is_a_claim_and_the_same_again_nothing() -> None:
    register = Register()
    told, again = reported(a_credit(45000, IBAN)), reported(a_credit(45000, IBAN), channel="camt.054")
    told, again = (replace(one, lease_iban=IBAN) for one in (told, again))
    decide((told, on("L1")), register=register)
    plan = decide((again, on("L1")), register=register)
    assert (plan.posted, plan.claims, plan.accounts) == ((), (Claim(told.bucket, 1, again),), {})
    assert plan.pairings[0].verdict is Verdict.SAME
    replay = decide((again, on("L1")), register=register)
    assert (replay.posted, replay.claims, replay.pairings[0].verdict) == ((), (), Verdict.REPLAY)


def seen(register: Register, *told: Incoming) -> None:
    for one in told:
        decide((one, on("L1") if one.lease_iban else NOBODY), register=register)


def naming(iban: str | None, place: int, channel: str = "camt.054") -> Incoming:
    incoming = reported(a_credit(45000, iban, position=f"1.{place}"), channel=channel)
    return replace(incoming, lease_iban=iban)


def test_what_stands_for_its_row_by_count_alone_is_in_suspense_whatever_it_names() -> None:
    register, other = Register(), a_virtual_iban(2)
    seen(register, naming(IBAN, 1, "camt.053"), naming(None, 1))
    counted, another = naming(IBAN, 3), naming(other, 2)
    leases = (LEASE, an_account(RENT, lease_id="L2"))
    plan = decide((another, on("L2")), (counted, on("L1")), accounts=leases, register=register)
    assert [(one.ordinal, one.exchanged) for one in plan.pairings] == [(3, False), (2, True)]
    assert [row.household for row in plan.posted] == ["L2", None]
    lines = (CHART.debit(Role.BANK, 45000), CHART.credit(Role.SUSPENSE, 45000))
    entry = seal(Entry(entry_id(counted, 2), None, 1, EntryKind.RECEIPT, DAY, lines, None))
    told = replace(counted, exchanged=True)
    assert plan.posted[1] == Posted(counted.bucket, 2, told, NOBODY, entries=(entry,), posted_at=AT)
    assert plan.accounts.keys() == {"L2"}


def test_what_is_on_no_lease_is_written_first() -> None:
    mine, nobodys = naming(IBAN, 1), naming(None, 2)
    plan = decide((mine, on("L1")), (nobodys, NOBODY))
    assert [row.ordinal for row in plan.posted] == [2, 1]


def test_dues_that_the_payment_names_come_first_then_the_one_that_a_direct_debit_is_of() -> None:
    account = an_account(RENT, *(an_open_due(name, 100, DAY + timedelta(days=40)) for name in ("dec", "jan")))
    debit = {"means": Means.DIRECT_DEBIT, "end_to_end_id": "dec"}
    for said, first in ((debit, "dec"), (debit | {"due_ids": ("jan",)}, "jan"), ({"due_ids": ("jan",)}, "jan")):
        plan = decide((reported(a_credit(50, IBAN, **said)), on("L1")), accounts=(account,))
        assert plan.posted[0].allocations == (Allocation("L1", first, 50, AllocationRule.TARGET),)


def test_what_the_payer_of_aids_sends_pays_aids() -> None:
    account = an_account(RENT, aid_dues=(an_open_due("apl", 19000, kind=DueKind.AID_APL),))
    plan = decide((reported(a_credit(20000, IBAN, means=Means.CAF)), on("L1")), accounts=(account,))
    after = plan.accounts["L1"]
    assert (after.open_dues, after.aid_dues, [lot.cents for lot in after.aid_credits]) == ((RENT,), (), [1000])
    assert [(line.account, line.auxiliary) for line in plan.posted[0].entries[0].lines] == [
        ("512", None),
        ("467", None),
        ("4197", None),
    ]


def test_flags_say_what_became_of_the_receipt() -> None:
    before = (Recent(DAY, 45000),)
    paid = reported(a_credit(45000, IBAN))
    for accounts, flags in (
        ((an_account(RENT, recent=before),), ()),
        ((an_account(recent=before),), (Flag.DOUBLE_PAYMENT,)),
        (
            (an_account(group="G1"), an_account(RENT, lease_id="P1", group="G1", status=LeaseStatus.ENDED)),
            (Flag.ENDED_LEASE,),
        ),
        ((an_account(RENT, group="G1"), an_account(lease_id="P1", group="G1", status=LeaseStatus.ENDED)), ()),
    ):
        assert decide((paid, on("L1")), accounts=accounts).posted[0].flags == flags


REFERENCE = "REFERENCE-1"
OTHERS = Recent(DAY, 44000, f"{reference_tag(REFERENCE)}@camt.054")


@pytest.mark.parametrize("place", ["account", "elsewhere"])
def test_a_reference_that_told_another_amount_is_posted_by_nobody(place: str) -> None:
    incoming = reported(a_credit(45000, IBAN, bank_reference=REFERENCE))
    account = replace(LEASE, recent=(OTHERS,)) if place == "account" else LEASE
    elsewhere = [OTHERS] if place == "elsewhere" else []
    evidence = {"lease_id": "L1", "bank_reference": REFERENCE}
    refused = Match(None, None, evidence, SuspenseReason.IDENTITY_CONFLICT)
    plan = decide((incoming, on("L1")), accounts=(account,), elsewhere=elsewhere)
    assert plan.posted == (
        Posted(incoming.bucket, 1, incoming, refused, flags=(Flag.IDENTITY_CONFLICT,), posted_at=AT, household="L1"),
    )
    assert (plan.accounts, plan.told_receipts) == ({}, [])


def test_a_reference_of_nobodys_money_that_told_another_amount_is_refused_too() -> None:
    incoming = reported(a_credit(45000, uetr=REFERENCE))
    plan = decide((incoming, NOBODY), elsewhere=[OTHERS])
    refused = Match(None, None, {"bank_reference": ""}, SuspenseReason.IDENTITY_CONFLICT)
    assert plan.posted == (
        Posted(incoming.bucket, 1, incoming, refused, flags=(Flag.IDENTITY_CONFLICT,), posted_at=AT),
    )


def test_what_contradicts_a_reference_told_before() -> None:
    def told(cents: int = 45000, days: int = 0, **changes: Any) -> bool:
        day = DAY + timedelta(days=days)
        incoming = reported(a_credit(cents, booking_date=day, bank_reference=REFERENCE), **changes)
        return told_another_amount([OTHERS], incoming)

    assert told()
    assert [told(days=days) for days in (-2, -1, 0, 1, 2)] == [False, True, True, True, False]
    assert not told(cents=44000)
    assert not told(channel="camt.054")
    assert not told_another_amount([], reported(a_credit(45000, bank_reference=REFERENCE)))
    assert not told_another_amount([OTHERS], reported(a_credit(45000, bank_reference="REFERENCE-2")))
    assert not told_another_amount([Recent(DAY, 44000)], reported(a_credit(45000)))
    assert told(channel="event:a@b")
    by_another = Recent(DAY, 44000, f"{reference_tag(REFERENCE)}@event:a@b")
    assert told_another_amount([by_another], reported(a_credit(45000, bank_reference=REFERENCE)))
    assert not told_another_amount([by_another], reported(a_credit(45000, bank_reference=REFERENCE), "event:a@b"))


def test_receipts_are_remembered_ten_days_and_the_month_that_a_statement_may_be_late() -> None:
    held = tuple(Recent(DAY - timedelta(days=days), days) for days in (42, 41, 0))
    account = replace(LEASE, recent=held)
    kept = with_recent(account, reported(a_credit(45000)))
    assert kept == (*held[1:], Recent(DAY, 45000, ""))


@pytest.mark.parametrize(("days", "cents", "is_double"), [(10, 45000, True), (11, 45000, False), (0, 45001, False)])
def test_an_equal_receipt_of_the_last_days_that_meets_nothing_is_a_double(
    days: int, cents: int, is_double: bool
) -> None:
    for day in (DAY - timedelta(days=days), DAY + timedelta(days=days)):
        household = Household.alone(an_account(recent=(Recent(day, cents),)))
        flags = receipt_flags(household, a_credit(45000), is_on_ended_lease=False, meets_a_due=False)
        assert flags == ((Flag.DOUBLE_PAYMENT,) if is_double else ())
        assert receipt_flags(household, a_credit(45000), is_on_ended_lease=False, meets_a_due=True) == ()


def test_a_receipt_of_an_ended_lease_or_on_one_is_flagged() -> None:
    ended, active = (Household.alone(an_account(status=status)) for status in (LeaseStatus.ENDED, LeaseStatus.ACTIVE))
    assert receipt_flags(ended, a_credit(1), is_on_ended_lease=False, meets_a_due=True) == (Flag.ENDED_LEASE,)
    assert receipt_flags(active, a_credit(1), is_on_ended_lease=True, meets_a_due=True) == (Flag.ENDED_LEASE,)
    assert receipt_flags(active, a_credit(1), is_on_ended_lease=False, meets_a_due=True) == ()


def test_the_evidence_of_a_person_is_the_reason_and_whose_wish_it_was() -> None:
    assert person_match("seen", None) == Match(None, MatchRule.PERSON, {"reason": "seen"})
    told = person_match("seen", "the tenant")
    assert told == Match(None, MatchRule.PERSON, {"reason": "seen", "requested_by": "the tenant"})


def test_a_row_of_a_return_names_what_it_takes_back() -> None:
    incoming = reported(a_credit(-1, nature=Nature.RETURN))
    row = Posted(incoming.bucket, 2, incoming, Match(None, None, {REVERSES: "p-1"}))
    assert (row.reverses, row.payment_id) == ("p-1", incoming.bucket.payment_id(2))
    assert (replace(row, match=None).reverses, replace(row, match=None).lease_id, row.touched) == (
        None,
        None,
        frozenset(),
    )


@pytest.mark.parametrize(
    ("nature", "exchanged", "booked", "reverses", "plain"),
    [
        (Nature.RETURN, True, False, False, True),
        (Nature.RETURN, True, True, False, False),
        (Nature.RETURN, True, False, True, False),
        (Nature.RETURN, False, False, False, False),
        (Nature.OTHER, True, False, False, False),
    ],
)
def test_a_debit_that_began_by_count_is_no_return_while_nothing_of_it_is_booked(
    nature: Nature, exchanged: bool, booked: bool, reverses: bool, plain: bool
) -> None:
    incoming = replace(reported(a_credit(-45000, nature=nature)), exchanged=exchanged)
    lines = (CHART.debit(Role.SUSPENSE, 45000), CHART.credit(Role.BANK, 45000))
    entries = (aside(incoming, EntryKind.REVERSAL, *lines),) if booked else ()
    row = Posted(incoming.bucket, 1, incoming, Match(None, None, {REVERSES: "p"} if reverses else {}), entries=entries)
    assert (row.is_plain, row.is_return) == (plain, nature is Nature.RETURN and not plain)


@pytest.mark.parametrize(("status", "turned"), [(Status.BOOKED, 1), (Status.PENDING, None)])
def test_a_plain_debit_turns_once_a_return_of_it_is_booked(status: Status, turned: int | None) -> None:
    register = Register()
    told = (a_credit(-45000, nature=nature, status=status) for nature in (Nature.OTHER, Nature.RETURN))
    plain, back = (reported(one, channel) for one, channel in zip(told, ("mt940", "camt.054"), strict=True))
    decide((plain, NOBODY), register=register)
    (claim,) = decide((back, NOBODY), register=register).claims
    assert (claim.turned, claim.turned_id) == (turned, turned and back.bucket.payment_id(1))


@pytest.mark.parametrize(
    ("exchanged", "match", "by_count"), [(True, NOBODY, True), (False, NOBODY, False), (True, on("L1"), False)]
)
def test_a_row_stands_for_a_number_alone_while_it_is_on_no_lease(exchanged: bool, match: Match, by_count: bool) -> None:
    incoming = replace(reported(a_credit(45000)), exchanged=exchanged)
    assert Posted(incoming.bucket, 1, incoming, match).is_by_count == by_count
