"""A tenant is written to, opens the page of the link and pays by instant transfer: on the real wiring."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import urlopen

from cloud.clients import client
from cloud.post import let_write, outbox
from demonstration.ibans import french_iban
from quitus.domain.mailing import Channel

from .api import Api, let
from .conftest import Cloud
from .days import TODAY

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ACCOUNT = french_iban("17328", "89966", "20000000001")
SENDER = "loyers@liens.example"
GUESSES = 2_000


def a_landlord() -> dict[str, Any]:
    return {
        "name": "Liens", "siren": "123456782", "creditor_identifier": None, "tolerance_cents": 500,
        "bank_accounts": [{"iban": ACCOUNT, "bic": "SWNBFR22XXX", "profile": "default"}],
        "virtual_iban_range": {"bank_code": "17328", "branch_code": "89966", "account_prefix": "7",
                               "bic": "SWNBFR22XXX", "payee_name": "Liens"},
        "virtual_iban_per": "lease", "allocation_mode": "quitus", "erp": {"kind": "none"},
        "sender": {"email": SENDER, "sms_name": "LIENS"},
    }  # fmt: skip


def reach(api: Api, lease_id: str, email: str | None, phone: str | None) -> None:
    """Say where the holder of a lease is reached."""
    lease = api.get(f"/v1/leases/{lease_id}").body
    described = ("status", "start_date", "unit_id", "unit_kind", "residence_id", "residence_name", "commune")
    told = {name: lease[name] for name in (*described, "holder_name")}
    assert api.put(f"/v1/leases/{lease_id}", told | {"holder_email": email, "holder_phone": phone}).status == 200


def seen(url: str) -> tuple[int, str]:
    """The status of a page, and what it says."""
    try:
        with urlopen(url, timeout=40) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def mails_to(cloud: Cloud, address: str) -> list[dict[str, Any]]:
    """What was mailed to an address."""
    return [mail for mail in outbox(cloud.place)["mails"] if address in mail["to"]]


def link_in(text: str) -> str:
    (url,) = re.findall(r"http\S+/p/[\w-]{32}", text)
    return str(url)


def pay(cloud: Cloud, sqs: SQSClient, landlord: str, iban: str, cents: int, name: str, account: str = ACCOUNT) -> None:
    event = {
        "schema": "quitus.payment-event/1", "event_id": name, "landlord_id": landlord, "source": "instant",
        "kind": "credit", "bank_reference": name, "end_to_end_id": None, "amount_cents": cents, "currency": "EUR",
        "booking_date": TODAY.isoformat(), "account_iban": account, "virtual_iban": iban,
        "debtor": {"name": "A", "iban": None}, "remittance": "", "means": "instant_transfer",
    }  # fmt: skip
    sqs.send_message(QueueUrl=cloud.outputs["PaymentEventsQueueUrl"], MessageBody=json.dumps(event))


def comes_back(cloud: Cloud, message_id: str) -> None:
    """What SES tells of mail whose address does not exist, by a rule that only AWS sets off."""
    mail = {"messageId": message_id, "tags": {"ses:configuration-set": ["quitus-local"]}}
    detail = {"eventType": "Bounce", "mail": mail, "bounce": {"bounceType": "Permanent"}}
    event = {"id": "1", "detail-type": "Email Bounced", "source": "aws.ses", "account": "000000000000", "region": "r",
             "time": "2026-11-26T00:00:00Z", "resources": [], "detail": detail}  # fmt: skip
    events = client(cloud.place, "events")
    (rule,) = (one for one in events.list_rules()["Rules"] if "ReturnedMail" in one["Name"])
    assert events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))["Result"]
    (to,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert to["InputPath"] == "$.detail"
    queue = client(cloud.place, "sqs")
    queue.send_message(QueueUrl=cloud.outputs["MailEventsQueueUrl"], MessageBody=json.dumps(detail))


def test_a_mailed_link_is_opened_and_paid_by_an_instant_transfer(
    cloud: Cloud, api: Api, sqs: SQSClient, landlord: str, idle: Callable[[], None]
) -> None:
    let_write(cloud.place, cloud.outputs, landlord, Channel.EMAIL, SENDER)
    assert api.put(f"/v1/landlords/{landlord}", a_landlord()).status == 201
    iban = let(api, "A", 45000, TODAY - timedelta(days=20))
    let(api, "B", 30000, TODAY + timedelta(days=1))
    reach(api, "A", "a@tenants.example", "06 12 34 56 78")
    reach(api, "B", "b@tenants.example", None)
    idle()

    ordered = api.post("/v1/mailings", {"channel": "email", "min_overdue_cents": 10000}, "collections")
    assert ordered.status == 202
    idle()
    told = api.get(f"/v1/mailings/{ordered.body['mailing_id']}").body
    assert (told["is_done"], told["counts"]) == (True, {"sent": 1, "left_out": 1})
    (letter,) = mails_to(cloud, "a@tenants.example")
    assert not mails_to(cloud, "b@tenants.example")
    url = link_in(letter["text"])
    status, page = seen(url)
    assert (status, "450,00" in page) == (200, True)
    assert seen(f"{url}/qr.svg")[0] == seen(f"{url}/qr.svg?of=page")[0] == 200

    pay(cloud, sqs, landlord, iban, 45000, "I-1")
    idle()
    status, page = seen(url)
    assert (status, "C’est payé" in page) == (200, True)
    (dispatch,) = api.get("/v1/leases/A/dispatches").body["items"]
    assert api.get(f"/v1/payment-links/{dispatch['link_id']}").body["status"] == "paid"

    comes_back(cloud, letter["message_id"])
    idle()
    (dispatch,) = api.get("/v1/leases/A/dispatches").body["items"]
    assert dispatch["status"] == "bounced"


def test_an_sms_brings_the_link_shows_no_amount_and_spares_who_objects(
    cloud: Cloud, api: Api, landlord: str, idle: Callable[[], None]
) -> None:
    settings = a_landlord()
    settings["virtual_iban_range"]["account_prefix"] = "8"
    settings["bank_accounts"][0]["iban"] = french_iban("17328", "89966", "20000000002")
    assert api.put(f"/v1/landlords/{landlord}", settings).status == 201
    settings["sender"] = {"email": None, "sms_name": "LIENSMS"}
    assert api.put(f"/v1/landlords/{landlord}", settings).status == 200
    let_write(cloud.place, cloud.outputs, landlord, Channel.SMS, "LIENSMS")
    let(api, "S", 45000, TODAY)
    reach(api, "S", None, "07 99 98 97 96")
    let(api, "T", 45000, TODAY)
    reach(api, "T", None, "07 99 98 97 95")
    objection = {"email": True, "sms": False, "reason": "asked at the counter", "version": 0}
    assert api.put("/v1/leases/T/contact", objection, "collections").status == 200
    ordered = api.post("/v1/mailings", {"channel": "sms", "lease_ids": ["S", "T"]})
    assert ordered.status == 202
    idle()
    assert api.get(f"/v1/mailings/{ordered.body['mailing_id']}").body["counts"] == {"sent": 1, "skipped": 1}
    assert api.get("/v1/leases/T/dispatches").body["items"][0]["reason"] == "objected"
    sent = outbox(cloud.place)["sms"]
    assert not [sms for sms in sent if sms["to"] == "+33799989795"]
    (text,) = [sms["text"] for sms in sent if sms["to"] == "+33799989796"]
    assert "450" not in text
    assert seen(link_in(text))[0] == 200


def test_a_link_is_revoked_and_guesses_are_answered_like_it(api: Api, landlord: str, cloud: Cloud) -> None:
    settings = a_landlord()
    settings["virtual_iban_range"]["account_prefix"] = "9"
    settings["bank_accounts"][0]["iban"] = french_iban("17328", "89966", "20000000003")
    assert api.put(f"/v1/landlords/{landlord}", settings).status == 201
    let(api, "R", 45000, TODAY)
    made = api.post("/v1/leases/R/payment-links", {"amount_cents": 30000, "min_cents": 5000}, "collections")
    assert made.status == 201
    url = made.body["url"]
    assert seen(url)[0] == 200
    assert api.delete(f"/v1/payment-links/{made.body['link_id']}", "collections").status == 204
    rng, address = Random("guesses"), url[:-32]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    guesses = [f"{address}{''.join(rng.choices(letters, k=32))}" for _ in range(GUESSES)]
    with ThreadPoolExecutor(4) as callers:
        answers = {*callers.map(seen, guesses), seen(url)}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
