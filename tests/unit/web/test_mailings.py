"""Payment links sent to tenants: ordered by people, sent by workers that may die, marked when they come back."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest
from builders import a_landlord
from hostile_names import hostile_names
from pydantic import TypeAdapter, ValidationError

from quitus.adapters.contact_rows import ContactRows
from quitus.adapters.dispatch_rows import DispatchRows, SentRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.lease_rows import LeaseRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.mailing_rows import MailingRows
from quitus.adapters.sender_rows import SenderRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.contact import ContactChoice
from quitus.domain.landlord import Contact, Landlord
from quitus.domain.mail_wording import link_letter
from quitus.domain.mailing import Channel, Letter, mobile_number
from quitus.domain.wording import Language
from quitus.services.messages import MailingStep
from quitus.services.returned_mail import ReturnedMail
from quitus.services.send_mailings import MailingSender, NotSent, NotTaken
from quitus.web.fields import Name

from .office import CHEQUE, LEASE, RENT, Office

SENDER = {"email": "loyers@semiga.example", "sms_name": "SEMIGA"}


@dataclass
class Outbox:
    """Keeps what is sent; fails in the way that it is told."""

    letters: list[tuple[Channel, Letter]] = field(default_factory=list)
    refuses: str = ""
    dies_after: int | None = None
    takes: int = 1_000

    def send(self, landlord: Landlord, channel: Channel, letter: Letter) -> str:
        if letter.address == self.refuses:
            raise NotSent("not_sent", "refused")
        if len(self.letters) == self.takes:
            raise NotTaken("not_taken", "no more for now")
        if self.dies_after == len(self.letters):
            self.dies_after = None
            raise KeyboardInterrupt
        self.letters.append((channel, letter))
        return f"ses-{len(self.letters)}"


class Town:
    """A landlord who writes to its tenants."""

    def __init__(self) -> None:
        self.office = Office().settle_in()
        self.outbox = Outbox()
        table, clock, queue = self.office.table, self.office.clock, self.office.outside.mailings_queue
        self.sender = MailingSender(
            MailingRows(table),
            DispatchRows(table, lambda: b"secret"),
            ContactRows(table),
            SenderRows(table),
            LandlordRows(table),
            LeaseRows(table),
            ViewRows(table),
            LedgerRows(table),
            self.office.desk.links,
            self.outbox,
            queue,
            clock,
        )
        self.returned = ReturnedMail(SentRows(table), clock)
        self.say_sender(SENDER)
        for channel, name in ((Channel.EMAIL, SENDER["email"]), (Channel.SMS, SENDER["sms_name"])):
            assert SenderRows(table).give("semiga", channel, name)
        self.reach("L1", "camille@example.org", "06 12 34 56 78")
        self.reach("L2", "noe@example.org", "04 66 00 00 00", language="en")

    def say_sender(self, sender: dict[str, Any] | None) -> None:
        settings = self.office.get("/v1/landlords/semiga") | {"sender": sender}
        assert self.office.ask("PUT", "/v1/landlords/semiga", settings).status == 200

    def reach(self, lease_id: str, email: str | None, phone: str | None, **changes: Any) -> None:
        told = {"holder_email": email, "holder_phone": phone}
        known = self.office.get(f"/v1/leases/{lease_id}")
        kept = {name: known[name] for name in ("residence_id", "residence_name", "commune", "holder_name")}
        assert self.office.ask("PUT", f"/v1/leases/{lease_id}", LEASE | kept | told | changes).status == 200

    def reach_new(self, lease_id: str, email: str | None) -> None:
        """Another lease, which owes an old rent."""
        told = LEASE | {"holder_email": email, "unit_id": lease_id}
        assert self.office.ask("PUT", f"/v1/leases/{lease_id}", told).status == 201
        old = RENT | {"period": "2026-09", "due_date": "2026-10-10"}
        assert self.office.ask("PUT", f"/v1/leases/{lease_id}/dues/old-{lease_id}", old).status == 201

    def order(self, **body: Any) -> str:
        ordered = self.office.ask("POST", "/v1/mailings", {"channel": "email"} | body, role="collections")
        assert ordered.status == 202, ordered
        mailing_id: str = ordered.body["mailing_id"]
        return mailing_id

    @property
    def queued(self) -> list[MailingStep]:
        """The steps that wait."""
        return cast("list[MailingStep]", self.office.outside.mailings_queue.sent)

    def work(self) -> None:
        """Carry out what is queued, and what that queues."""
        while self.queued:
            self.sender.carry_out(self.queued.pop(0))

    def hold(self, **body: Any) -> tuple[str, MailingStep]:
        """Order a mailing that the service does not take for now; the mailing, and the step that comes again."""
        mailing = self.order(**body)
        self.outbox.takes = 0
        self.sender.carry_out(self.queued.pop(0))
        (step,) = self.queued
        with pytest.raises(NotTaken):
            self.sender.carry_out(step)
        self.outbox.takes = 1
        return mailing, step

    def progress(self, mailing_id: str) -> tuple[dict[str, int], bool]:
        told = self.office.get(f"/v1/mailings/{mailing_id}")
        return told["counts"], told["is_done"]

    def dispatches(self, lease_id: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.office.get(f"/v1/leases/{lease_id}/dispatches")["items"]
        return items

    def comes_back(self, sent_as: str, kind: str = "Bounce", bounce: str = "Permanent") -> None:
        event = {"eventType": kind, "mail": {"messageId": sent_as}, "bounce": {"bounceType": bounce}}
        self.returned.note(json.dumps(event))


@pytest.fixture
def town() -> Town:
    return Town()


def test_every_chosen_holder_gets_a_link_in_their_language(town: Town) -> None:
    mailing = town.order(lease_ids=["L2", "L1"])
    town.work()
    (_, french), (_, english) = town.outbox.letters
    assert (french.address, english.address) == ("camille@example.org", "noe@example.org")
    assert "reste 450,00\u00a0€ à payer" in french.text
    assert "€450.00 is left to pay" in english.text
    assert french.subject == "SEMIGA\u00a0: votre loyer à payer"
    links = [re.search(r"https://pay\.example\.org/p/[\w-]{32}", letter.text) for _, letter in town.outbox.letters]
    assert len({link[0] for link in links if link}) == 2
    assert town.progress(mailing) == ({"sent": 2}, True)


def test_the_whole_landlord_or_a_residence_is_chosen(town: Town) -> None:
    mailing = town.order(residence_id="R2")
    town.work()
    assert [letter.address for _, letter in town.outbox.letters] == ["noe@example.org"]
    assert town.progress(mailing) == ({"sent": 1}, True)


def test_only_who_owes_enough_past_its_day_is_written_to(town: Town) -> None:
    old = RENT | {"period": "2026-09", "due_date": "2026-10-10", "amount_cents": 20_000}
    assert town.office.ask("PUT", "/v1/leases/L2/dues/sep-L2", old).status == 201
    mailing = town.order(lease_ids=["L1", "L2", "nobody"], min_overdue_cents=20_000)
    town.work()
    assert [letter.address for _, letter in town.outbox.letters] == ["noe@example.org"]
    assert town.progress(mailing) == ({"sent": 1, "left_out": 2}, True)


def test_what_cannot_be_sent_says_why(town: Town) -> None:
    town.office.ask("POST", "/v1/payments", CHEQUE)
    town.reach("L2", None, None)
    mailing = town.order(lease_ids=["L1", "L2"])
    town.work()
    assert town.progress(mailing) == ({"skipped": 2}, True)
    assert [town.dispatches(lease)[0]["reason"] for lease in ("L1", "L2")] == ["nothing_due", "no_address"]
    assert not town.outbox.letters


def called(town: Town, due_id: str, cents: int, month: str = "2026-11", lease_id: str = "L1") -> None:
    """The ERP calls a due, or changes one."""
    due = RENT | {"period": month, "due_date": f"{month}-10", "amount_cents": cents}
    assert town.office.ask("PUT", f"/v1/leases/{lease_id}/dues/{due_id}", due).status in (200, 201)


def agreed(town: Town, *instalments: tuple[str, int]) -> None:
    """A plan covers the due `old` of the lease L1."""
    dated = [{"due_date": day, "amount_cents": cents} for day, cents in instalments]
    plan = {"instalments": dated, "due_ids": ["old"], "version": None}
    assert town.office.ask("PUT", "/v1/leases/L1/plan", plan).status == 201


def test_the_least_amount_is_what_the_link_asks_for_if_that_is_less(town: Town) -> None:
    called(town, "old", 40_000, "2020-01")
    called(town, "nov-L1", 5_000)
    mailing = town.order(lease_ids=["L1", "L2"], min_cents=10_000)
    town.work()
    assert town.progress(mailing) == ({"sent": 2}, True)
    (barred,) = town.office.get("/v1/leases/L1/payment-links")["items"]
    assert (barred["rest_cents"], barred["min_cents"]) == (5_000, 5_000)


def test_of_a_plan_the_least_amount_is_that_of_the_instalments_due(town: Town) -> None:
    called(town, "old", 96_000, "2026-06")
    agreed(town, ("2026-11-05", 8_000), ("2027-01-10", 88_000))
    mailing = town.order(lease_ids=["L1", "L2"], min_cents=60_000)
    town.work()
    assert town.progress(mailing) == ({"sent": 2}, True)
    (link,) = town.office.get("/v1/leases/L1/payment-links")["items"]
    assert (link["rest_cents"], link["min_cents"]) == (53_000, 53_000)


@pytest.mark.parametrize("planned", [False, True])
def test_who_owes_nothing_that_is_asked_for_is_not_written_to(town: Town, planned: bool) -> None:
    called(town, "nov-L1", 0)
    called(town, "old", 40_000, "2026-06" if planned else "2020-01")
    if planned:
        agreed(town, ("2026-12-10", 20_000), ("2027-01-10", 20_000))
    mailing = town.order(lease_ids=["L1"])
    town.work()
    assert town.progress(mailing) == ({"skipped": 1}, True)
    assert town.dispatches("L1")[0]["reason"] == "nothing_due"
    assert town.office.get("/v1/leases/L1/payment-links")["items"] == []


def test_one_lease_whose_link_cannot_be_made_does_not_keep_the_others_from_theirs(
    monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    paid = town.order(lease_ids=["L1", "L2"], min_cents=45_000)
    accounts = LedgerRows.accounts

    def then_pays(self: LedgerRows, landlord_id: str, lease_ids: Any) -> Any:
        held = accounts(self, landlord_id, lease_ids)
        monkeypatch.setattr(LedgerRows, "accounts", accounts)
        town.office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 5_000})
        return held

    town.sender.carry_out(town.queued.pop(0))
    monkeypatch.setattr(LedgerRows, "accounts", then_pays)
    town.work()
    assert town.progress(paid) == ({"skipped": 1, "sent": 1}, True)
    assert town.dispatches("L1")[0]["reason"] == "no_link"


def test_a_message_that_was_held_is_not_sent_once_its_link_is_paid(town: Town) -> None:
    mailing, step = town.hold(lease_ids=["L1"])
    town.office.ask("POST", "/v1/payments", CHEQUE)
    called(town, "dec-L1", 45_000, "2026-12")
    town.sender.carry_out(step)
    assert town.progress(mailing) == ({"skipped": 1}, True)
    assert not town.outbox.letters


def test_a_message_that_was_held_is_skipped_once_its_lease_owes_too_little(town: Town) -> None:
    old = RENT | {"period": "2026-09", "due_date": "2026-10-10", "amount_cents": 20_000}
    assert town.office.ask("PUT", "/v1/leases/L1/dues/sep-L1", old).status == 201
    mailing, step = town.hold(lease_ids=["L1"], min_overdue_cents=20_000)
    town.office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 20_000})
    town.sender.carry_out(step)
    assert town.progress(mailing) == ({"skipped": 1}, True)
    (dispatch,) = town.dispatches("L1")
    assert (dispatch["status"], dispatch["reason"], town.outbox.letters) == ("skipped", "nothing_due", [])


def test_two_workers_on_a_message_that_was_held_and_owes_too_little_both_end(
    monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    old = RENT | {"period": "2026-09", "due_date": "2026-10-10", "amount_cents": 20_000}
    assert town.office.ask("PUT", "/v1/leases/L1/dues/sep-L1", old).status == 201
    (mailing, step), kept = town.hold(lease_ids=["L1"], min_overdue_cents=20_000), DispatchRows.resume
    town.office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 20_000})

    def after_another(self: DispatchRows, landlord_id: str, dispatch: Any) -> None:
        monkeypatch.setattr(DispatchRows, "resume", kept)
        kept(self, landlord_id, dispatch)
        kept(self, landlord_id, dispatch)

    monkeypatch.setattr(DispatchRows, "resume", after_another)
    town.sender.carry_out(step)
    assert town.dispatches("L1")[0]["status"] == "skipped"
    assert town.progress(mailing)[1]


def test_a_message_that_was_held_does_not_leave_with_a_link_that_was_revoked(town: Town) -> None:
    mailing, step = town.hold(lease_ids=["L1"])
    (link,) = town.office.get("/v1/leases/L1/payment-links")["items"]
    assert town.office.ask("DELETE", f"/v1/payment-links/{link['link_id']}").status == 204
    town.sender.carry_out(step)
    assert town.progress(mailing) == ({"skipped": 1}, True)
    assert (town.dispatches("L1")[0]["reason"], town.outbox.letters) == ("no_link", [])


def test_mailings_are_listed_newest_first_page_by_page(town: Town) -> None:
    ordered = [town.order(lease_ids=[lease_id]) for lease_id in ("L1", "L2", "L1")]
    first = town.office.get("/v1/mailings", query={"limit": "2"})
    rest = town.office.get("/v1/mailings", query={"limit": "2", "cursor": first["next_cursor"]})
    listed = [item["mailing_id"] for page in (first, rest) for item in page["items"]]
    assert (sorted(listed), rest["next_cursor"]) == (sorted(ordered), None)
    town.office.clock.instant += timedelta(minutes=1)
    last = town.order(lease_ids=["L1"])
    town.office.settle_in("habitat")
    assert town.office.get("/v1/mailings")["items"][0]["mailing_id"] == last
    assert town.office.get("/v1/mailings", landlord="habitat")["items"] == []


def test_an_sms_goes_to_mobiles_only_and_shows_no_amount(town: Town) -> None:
    mailing = town.order(channel="sms", lease_ids=["L1", "L2"])
    town.work()
    ((channel, letter),) = town.outbox.letters
    assert (channel, letter.address, letter.subject) == (Channel.SMS, "+33612345678", "")
    assert "450" not in letter.text
    assert len(letter.text) <= 160
    assert town.progress(mailing) == ({"sent": 1, "skipped": 1}, True)
    assert town.dispatches("L1")[0]["address_told"] == "…78"


def test_without_a_sender_nothing_is_ordered(town: Town) -> None:
    for sender in (None, {"email": None, "sms_name": "SEMIGA"}):
        town.say_sender(sender)
        refused = town.office.ask("POST", "/v1/mailings", {"channel": "email"})
        assert (refused.status, refused.code) == (409, "no_sender")


def test_nobody_writes_under_another_landlords_name(town: Town) -> None:
    rows = SenderRows(town.office.table)
    assert rows.give("habitat", Channel.EMAIL, "loyers@habitat.example")
    assert not rows.give("semiga", Channel.EMAIL, "Loyers@Habitat.example")
    for stolen in ("loyers@habitat.example", "nobodys@nowhere.example"):
        town.say_sender({"email": stolen, "sms_name": None})
        refused = town.office.ask("POST", "/v1/mailings", {"channel": "email"})
        assert (refused.status, refused.code) == (409, "sender_not_confirmed")


def test_a_sender_that_changes_after_the_order_sends_nothing(town: Town) -> None:
    mailing = town.order(lease_ids=["L1"])
    town.say_sender({"email": "loyers@habitat.example", "sms_name": None})
    town.work()
    assert not town.outbox.letters
    assert town.progress(mailing) == ({"skipped": 1}, True)


def test_a_step_that_comes_twice_sends_nothing_twice(town: Town) -> None:
    mailing = town.order(lease_ids=["L1", "L2"])
    town.work()
    for number in (None, 0, 0):
        town.sender.carry_out(MailingStep("semiga", mailing, number))
    town.work()
    assert len(town.outbox.letters) == 2


def test_a_worker_that_dies_sends_nothing_twice_and_hides_nothing(town: Town) -> None:
    mailing = town.order(lease_ids=["L1", "L2"])
    town.outbox.dies_after = 1
    (first,) = town.queued
    town.sender.carry_out(first)
    step = town.queued[-1]
    with pytest.raises(KeyboardInterrupt):
        town.sender.carry_out(step)
    town.sender.carry_out(step)
    assert len(town.outbox.letters) == 1
    assert town.progress(mailing) == ({"sent": 1, "sending": 1}, True)
    assert town.dispatches("L2")[0]["status"] == "sending"


def test_a_division_that_stops_half_way_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    monkeypatch.setattr("quitus.services.send_mailings.LEASES_AT_ONCE", 1)
    mailing = town.order(lease_ids=["L1", "L2"])
    (first,) = town.queued
    kept = MailingRows.divide

    def dies(self: MailingRows, landlord_id: str, mailing_id: str, part: Any) -> None:
        if part.number == 1:
            raise KeyboardInterrupt
        kept(self, landlord_id, mailing_id, part)

    monkeypatch.setattr(MailingRows, "divide", dies)
    with pytest.raises(KeyboardInterrupt):
        town.sender.carry_out(first)
    monkeypatch.setattr(MailingRows, "divide", kept)
    town.work()
    town.sender.carry_out(first)
    town.work()
    assert sorted(letter.address for _, letter in town.outbox.letters) == ["camille@example.org", "noe@example.org"]
    assert town.progress(mailing) == ({"sent": 2}, True)


def test_an_address_that_does_not_exist_is_not_written_to_again(town: Town) -> None:
    town.order(lease_ids=["L1"])
    town.work()
    for _ in range(2):
        town.comes_back("ses-1")
    assert town.dispatches("L1")[0]["status"] == "bounced"
    town.order(lease_ids=["L1"])
    town.work()
    assert {item["reason"] for item in town.dispatches("L1")} == {None, "address_fails"}
    town.reach("L1", "camille.roux@example.org", None)
    town.order(lease_ids=["L1"])
    town.work()
    assert len(town.outbox.letters) == 2


def test_a_full_mailbox_is_tried_again_and_a_complaint_is_not(town: Town) -> None:
    town.order(lease_ids=["L1"])
    town.work()
    town.comes_back("ses-1", bounce="Transient")
    town.order(lease_ids=["L1"])
    town.work()
    assert len(town.outbox.letters) == 2
    town.comes_back("ses-2", kind="Complaint")
    town.order(lease_ids=["L1"])
    town.work()
    assert len(town.outbox.letters) == 2


def test_what_is_told_of_other_mail_says_nothing(town: Town) -> None:
    before = {key: dict(row) for key, row in town.office.table.rows.items()}
    town.comes_back("somebody-elses")
    assert town.office.table.rows == before


def test_a_refused_message_is_told_and_does_not_stop_the_others(town: Town) -> None:
    town.outbox.refuses = "camille@example.org"
    mailing = town.order(lease_ids=["L1", "L2"])
    town.work()
    assert town.progress(mailing) == ({"skipped": 1, "sent": 1}, True)
    assert town.dispatches("L1")[0]["reason"] == "refused"


def test_what_the_service_does_not_take_for_now_is_sent_later(town: Town) -> None:
    mailing = town.order(lease_ids=["L1", "L2"])
    town.outbox.takes = 1
    town.sender.carry_out(town.queued.pop(0))
    (step,) = town.queued
    for _ in range(2):
        with pytest.raises(NotTaken):
            town.sender.carry_out(step)
    assert [town.dispatches(lease)[0]["status"] for lease in ("L1", "L2")] == ["sent", "held"]
    town.outbox.takes = 2
    town.sender.carry_out(step)
    assert [letter.address for _, letter in town.outbox.letters] == ["camille@example.org", "noe@example.org"]
    assert town.progress(mailing) == ({"sent": 2}, True)


def test_no_address_is_kept_with_a_message(town: Town) -> None:
    town.order(lease_ids=["L1"])
    town.work()
    kept = [row for key, row in town.office.table.rows.items() if "dispatch" in key.pk]
    assert kept
    assert "camille@" not in repr(kept)
    assert town.dispatches("L1")[0]["address_told"] == "c…@example.org"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", None),
        ("0033712345678", "+33712345678"),
        ("+33.6.12.34.56.78", "+33612345678"),
        ("04 66 00 00 00", None),
        ("+33466000000", None),
        ("+32 470 12 34 56", "+32470123456"),
        ("", None),
        ("call me", None),
    ],
)
def test_a_mobile_number_is_written_as_networks_want_it(text: str, number: str | None) -> None:
    assert mobile_number(text) == number


def test_who_objects_is_not_written_to_in_that_way(town: Town) -> None:
    said = {"email": False, "sms": True, "reason": "asked on the phone", "version": 0}
    noted = town.office.ask("PUT", "/v1/leases/L1/contact", said, role="collections")
    assert (noted.status, noted.body["email"], noted.body["version"]) == (200, False, 1)
    assert town.office.get("/v1/leases/L1/contact") == noted.body
    by_mail, by_sms = town.order(lease_ids=["L1", "L2"]), town.order(lease_ids=["L1"], channel="sms")
    town.work()
    assert town.progress(by_mail) == ({"skipped": 1, "sent": 1}, True)
    assert town.progress(by_sms) == ({"sent": 1}, True)
    assert {letter.address for _, letter in town.outbox.letters} == {"noe@example.org", "+33612345678"}
    assert {item["reason"] for item in town.dispatches("L1") if item["status"] == "skipped"} == {"objected"}
    links = town.office.get("/v1/leases/L1/payment-links")["items"]
    assert len(links) == 1, "no link is made for a message that does not leave"


def test_an_objection_is_noted_once_and_taken_back(town: Town) -> None:
    office, path = town.office, "/v1/leases/L1/contact"
    assert office.get(path) == {
        "email": True, "sms": True, "version": 0, "reason": None, "said_by": None, "said_at": None,
    }  # fmt: skip
    no = {"email": False, "sms": False, "reason": "letter", "version": 0}
    first = office.ask("PUT", path, no)
    assert office.ask("PUT", path, no).body == first.body, "the same again changes nothing"
    unseen = office.ask("PUT", path, no | {"sms": True})
    assert (unseen.status, unseen.code, unseen.body["error"]["detail"]) == (409, "contact_changed", {"version": 1})
    yes = office.ask("PUT", path, {"email": True, "sms": True, "reason": "changed their mind", "version": 1})
    assert (yes.status, yes.body["version"]) == (200, 2)
    town.order(lease_ids=["L1"])
    town.work()
    assert [letter.address for _, letter in town.outbox.letters] == ["camille@example.org"]
    acts = [act for act in office.get("/v1/audit")["items"] if act["action"] == "contact"]
    assert {act["reason"] for act in acts} == {"changed their mind", "letter"}
    assert all(act["about"] == {"lease_id": "L1"} for act in acts)


def test_the_erp_does_not_override_what_a_holder_said(town: Town) -> None:
    said = {"email": False, "sms": True, "reason": "asked on the phone", "version": 0}
    assert town.office.ask("PUT", "/v1/leases/L1/contact", said).status == 200
    town.reach("L1", "other@example.org", None)
    mailing = town.order(lease_ids=["L1"])
    town.work()
    assert town.progress(mailing) == ({"skipped": 1}, True)
    assert town.outbox.letters == []


def test_a_contact_is_of_a_lease_of_the_landlord(town: Town) -> None:
    said = {"email": False, "sms": True, "reason": "asked", "version": 0}
    nobody = "/v1/leases/L9/contact"
    for asked in (town.office.ask("GET", nobody), town.office.ask("PUT", nobody, said)):
        assert (asked.status, asked.code) == (404, "lease_not_found")
    assert town.office.ask("PUT", "/v1/leases/L1/contact", said, role="viewer").status == 403


def test_what_came_of_each_lease_of_a_mailing_is_listed(town: Town) -> None:
    for number in range(30):
        town.reach_new(f"X{number:02d}", None if number % 3 else f"x{number}@example.org")
    mailing = town.order(min_overdue_cents=1)
    path = f"/v1/mailings/{mailing}/dispatches"
    assert town.office.get(path) == {"items": [], "next_cursor": None}
    town.work()
    whole = town.office.get(path)["items"]
    assert Counter(item["status"] for item in whole) == {"sent": 10, "skipped": 20}
    assert town.progress(mailing) == ({"sent": 10, "skipped": 20, "left_out": 2}, True)
    skipped, pages, cursor = list[str](), 0, None
    while pages == 0 or cursor:
        query = {"status": "skipped", "limit": "7"} | ({"cursor": cursor} if cursor else {})
        page = town.office.get(path, query=query)
        skipped += [item["lease_id"] for item in page["items"]]
        pages, cursor = pages + 1, page["next_cursor"]
    assert skipped == [item["lease_id"] for item in whole if item["status"] == "skipped"]
    assert pages >= 3
    assert town.office.ask("GET", "/v1/mailings/nothing/dispatches").code == "mailing_not_found"


def test_of_two_who_note_at_once_one_is_told_so_and_both_are_logged(
    monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    path, kept = "/v1/leases/L1/contact", ContactRows.keep
    first = {"email": False, "sms": True, "reason": "no mail", "version": 0}

    def after_another(self: ContactRows, landlord_id: str, lease_id: str, contact: ContactChoice) -> None:
        monkeypatch.setattr(ContactRows, "keep", kept)
        assert town.office.ask("PUT", path, first).status == 200
        kept(self, landlord_id, lease_id, contact)

    monkeypatch.setattr(ContactRows, "keep", after_another)
    late = town.office.ask("PUT", path, {"email": True, "sms": False, "reason": "no SMS", "version": 0})
    assert (late.status, late.code, late.body["error"]["detail"]) == (409, "contact_changed", {"version": 1})
    assert town.office.get(path)["reason"] == "no mail"
    acts = [act for act in town.office.get("/v1/audit")["items"] if act["action"] == "contact"]
    assert {act["reason"] for act in acts} == {"no mail", "no SMS"}


def is_taken(known: TypeAdapter[str], name: str) -> bool:
    """Whether the API takes it as a landlord's name."""
    try:
        return bool(known.validate_python(name))
    except ValidationError:
        return False


def test_500_hostile_names_stay_text_in_mail() -> None:
    contact = Contact(phone="04 66 00 00 00", email="locataires@semiga.example")
    names, known = hostile_names(500), TypeAdapter(Name)
    for name in filter(partial(is_taken, known), names):
        landlord = replace(a_landlord(), name=name, contact=contact)
        url = "https://pay.example.org/p/" + "A" * 32
        for language in Language:
            letter = link_letter(landlord, "L1", 45_000, url, "a@example.org", Channel.EMAIL, language)
            assert letter.subject.splitlines() == [letter.subject]
            assert name in letter.text
            assert letter.text.count("https://") == 1 + name.count("https://")
            sms = link_letter(landlord, "L1", 45_000, url, "+33612345678", Channel.SMS, language)
            assert (sms.subject, sms.text.endswith(url)) == ("", True)
            assert "\n" not in sms.text
