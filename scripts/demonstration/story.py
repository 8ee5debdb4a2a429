"""What happens in the demonstration, step by step; each step goes through the contract and shows how far it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Any, Final

from demonstration.api import Api
from demonstration.bank import BANK_CODE, BIC, BRANCH_CODE, FORMER, RANGE_PREFIX, RENTS, Address, Bank
from demonstration.camt import Statement, notice_file, statement_file
from demonstration.card import Browser
from demonstration.cloud import Cloud
from demonstration.dues import Called
from demonstration.erp_files import dues_file, leases_file, parties_file
from demonstration.estate import Estate
from demonstration.payers import Habit, Payment
from demonstration.progress import Progress, Stage
from demonstration.waiting import found_within, wait_until

LANDLORD: Final = "vidourle"
NAME: Final = "Vidourle Habitat"
_IDLE_SECONDS: Final = 600
VIEWS_FOLLOW_SECONDS: Final = 30
_CARD_SECONDS: Final = 60
_CHEQUE_NUMBER: Final = "CHQ 0004217"
SENDER: Final = "loyers@vidourle-habitat.example"
_LINK: Final = re.compile(r"https?://\S+/p/[\w-]{32}")


class StoryFailed(Exception):
    """The product did something that the demonstration cannot go on from; the text says what."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in it."""

    estate: Estate
    called: Called
    payments: Sequence[Payment]

    @property
    def days(self) -> tuple[date, ...]:
        """The bank days."""
        return self.called.month.bank_days


@dataclass(slots=True)
class Story:
    """The steps, in order; what later steps and the report need is kept on the way."""

    cloud: Cloud
    api: Api
    progress: Progress
    cast: Cast
    addresses: dict[str, Address] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    assigned: str | None = None
    cheque_cents: int = 0

    def onboard(self, erp_url: str) -> None:
        """Settings, leases with their virtual IBANs, parties, and a month of dues."""
        with self.progress.stage("Landlord and its settings"):
            self.api.put(f"/landlords/{LANDLORD}", settings(erp_url))
        held = self.cast.estate
        with self.progress.stage("Leases loaded, virtual IBANs issued", len(held.leases)) as stage:
            self._load({"leases": leases_file(held.leases)}, stage)
        with self.progress.stage("Parties and dues loaded", len(held.parties) + len(self.cast.called.dues)) as stage:
            self._load({"parties": parties_file(held.parties), "dues": dues_file(self.cast.called.dues)}, stage)
        with self.progress.stage("Virtual IBANs read back", len(held.leases)) as stage:
            for lease in self.api.items("/leases"):
                self.addresses[lease["lease_id"]] = Address(lease["virtual_iban"], lease["payment_reference"])
                stage.reached(len(self.addresses))
        self.statements = Bank(NAME, self.cast.days, self.addresses).statements(self.cast.payments)

    def announce(self) -> None:
        """Instant payments as events, and a day's notice (camt.054), before any statement."""
        announced = [payment for payment in self.cast.payments if payment.announced]
        noticed = self.cast.days[1]
        statement = next(one for one in self.statements if (one.account, one.day) == (RENTS.iban, noticed))
        title = f"{len(announced)} instant payments by event, camt.054 of {noticed}"
        with self.progress.stage(title, len(announced) + _details(statement)) as stage:
            self.cloud.send_events([event(payment, self.addresses) for payment in announced])
            self.cloud.put(f"{LANDLORD}/bank/{noticed:%Y%m%d}_avis.xml", notice_file(statement))
            self._settle(stage)

    def collect(self) -> None:
        """The statements of every day and account; one of them arrives broken first."""
        broken = self.statements[2 * 3]
        with self.progress.stage("A statement cut off in the middle"):
            content = statement_file(broken)
            self.cloud.put(f"{LANDLORD}/bank/{broken.day:%Y%m%d}_coupe.xml", content[: len(content) // 2])
        with self.progress.stage(f"{len(self.statements)} camt.053", sum(map(_details, self.statements))) as stage:
            for statement in self.statements:
                self.cloud.put(f"{LANDLORD}/bank/{name_of(statement)}", statement_file(statement))
            self._settle(stage)
        with self.progress.stage("The first statement again, under another name"):
            content = statement_file(self.statements[0])
            self.cloud.put(f"{LANDLORD}/bank/{self.cast.days[0]:%Y%m%d}_renvoi.xml", content)

    def decide(self) -> None:
        """What people do: a cheque recorded, a payment of the suspense account assigned."""
        cheque = next(payment for payment in self.cast.payments if payment.habit is Habit.CHEQUE)
        with self.progress.stage("A cheque recorded by hand"):
            body = {
                "lease_id": cheque.lease_id,
                "amount_cents": cheque.cents,
                "means": "cheque",
                "received_on": cheque.day.isoformat(),
                "reference": _CHEQUE_NUMBER,
            }
            self.api.post("/payments", body, key="cheque-1")
            self.cheque_cents = cheque.cents
        with self.progress.stage("A payment in suspense assigned by an accountant") as stage:
            self.assigned = self._assign()
            self._settle(stage)

    def pay_by_card(self) -> None:
        """A tenant who paid a part finds a link in the mail, and pays the rest by card on the provider's page."""
        lease_id = next(payment.lease_id for payment in self.cast.payments if payment.habit is Habit.PART)
        with self.progress.stage("A payment link mailed to its tenant") as stage:
            self.cloud.let_write(LANDLORD, SENDER)
            self.api.post("/mailings", {"channel": "email", "lease_ids": [lease_id]}, key="mailing-1")
            self._settle(stage)
            url = self._mailed(lease_id)
        with self.progress.stage("The link paid by card, confirmed by 3-D Secure") as stage:
            Browser().pay(url)
            if not wait_until(lambda: self._is_paid(lease_id), _CARD_SECONDS):
                raise StoryFailed(f"the link of {lease_id} is not paid {_CARD_SECONDS} s after its card")
            self._settle(stage)

    def _mailed(self, lease_id: str) -> str:
        """The address of the link in the mail to a lease's holder."""
        address = self.api.get(f"/leases/{lease_id}")["holder_email"]
        found = [link for text in self.cloud.mails(address) for link in _LINK.findall(text)]
        if len(found) != 1:
            raise StoryFailed(f"{len(found)} links were mailed to the tenant of {lease_id}, not one")
        return str(found[0])

    def _is_paid(self, lease_id: str) -> bool:
        return all(link["status"] == "paid" for link in self.api.items(f"/leases/{lease_id}/payment-links"))

    def _assign(self) -> str:
        known = next(payment for payment in self.cast.payments if payment.habit is Habit.NO_EVIDENCE)
        payment_id = found_within(lambda: self._waiting(known), VIEWS_FOLLOW_SECONDS)
        if payment_id is None:
            raise StoryFailed("the transfer that names no lease is not in suspense")
        body = {"lease_id": known.lease_id, "reason": "Le locataire a envoyé son avis d'opération"}
        self.api.post(f"/payments/{payment_id}/assign", body, key="assign-1")
        return payment_id

    def _waiting(self, known: Payment) -> str | None:
        """The id of a payment that is in suspense."""
        waiting = (
            found["payment_id"]
            for found in self.api.items("/payments", status="suspense")
            if (found["amount_cents"], found["booking_date"]) == (known.cents, known.day.isoformat())
        )
        return next(waiting, None)

    def _load(self, files: Mapping[str, bytes], stage: Stage) -> None:
        """Drop ERP files and read how each of their lines was taken."""
        for kind, content in files.items():
            self.cloud.put(f"{LANDLORD}/erp/{kind}.csv", content)
        self._settle(stage)
        accepted = 0
        for kind in files:
            lines = self._acknowledged(kind)
            refused = [line for line in lines if line["status"] == "refused"]
            if refused:
                raise StoryFailed(f"{len(refused)} lines of the {kind} file refused, the first: {dict(refused[0])}")
            accepted += len(lines)
        stage.reached(accepted)

    def _acknowledged(self, kind: str) -> list[dict[str, str]]:
        key = f"{LANDLORD}/acks/{kind}.csv.csv"
        content = self.cloud.export(key)
        if content is None:
            raise StoryFailed(f"no acknowledgement at {key}")
        return list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";"))

    def _settle(self, stage: Stage) -> None:
        """Wait until everything dropped or sent is posted."""
        self.cloud.idle(_IDLE_SECONDS, stage.tell)


def settings(erp_url: str) -> dict[str, Any]:
    """The body of `PUT /v1/landlords/{id}`."""
    return {
        "name": NAME,
        "siren": "123456782",
        "creditor_identifier": "FR72ZZZ123456",
        "tolerance_cents": 500,
        "bank_accounts": [
            {"iban": account.iban, "bic": account.bic, "profile": "default"} for account in (RENTS, FORMER)
        ],
        "virtual_iban_range": {
            "bank_code": BANK_CODE,
            "branch_code": BRANCH_CODE,
            "account_prefix": RANGE_PREFIX,
            "bic": BIC,
            "payee_name": NAME,
        },
        "virtual_iban_per": "lease",
        "allocation_mode": "quitus",
        "erp": {"kind": "rest", "url": erp_url, "accounts": {}},
        "sender": {"email": SENDER, "sms_name": None},
    }


def event(payment: Payment, addresses: Mapping[str, Address]) -> dict[str, Any]:
    """A payment as the bank's instant-payment feed announces it."""
    return {
        "schema": "quitus.payment-event/1",
        "event_id": f"evt-{payment.bank_reference}",
        "landlord_id": LANDLORD,
        "source": "bank:instant",
        "kind": "credit",
        "bank_reference": payment.bank_reference,
        "end_to_end_id": None,
        "amount_cents": payment.cents,
        "currency": "EUR",
        "booking_date": payment.day.isoformat(),
        "account_iban": RENTS.iban,
        "virtual_iban": addresses[payment.lease_id].virtual_iban,
        "debtor": {"name": payment.payer.name, "iban": payment.payer.iban},
        "remittance": payment.text,
        "means": "instant_transfer",
    }


def name_of(statement: Statement) -> str:
    """What the bank calls the file."""
    return f"{statement.day:%Y%m%d}_{statement.account[-6:]}.xml"


def _details(statement: Statement) -> int:
    return sum(len(entry.details) or 1 for entry in statement.entries)
