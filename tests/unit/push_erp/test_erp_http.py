"""The push over real HTTP, to the stand-in on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from unit.push_erp.scenes import a_chain, an_entry

from erp_stand_in import Reply, StandIn
from quitus.adapters.erp_http import HttpErp
from quitus.domain.erp_batch import Answer, Feed, Item, Outcome, entry_item

pytestmark = pytest.mark.enable_socket
ITEMS = [entry_item(("p", "s"), an_entry("A"), "P1")]


@pytest.fixture
def erp() -> Iterator[StandIn]:
    with StandIn(token="secret") as server:
        worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        worker.start()
        yield server
        server.shutdown()
        worker.join()


def connected(url: str, secret: str | None = '{"authorization": "Bearer secret"}') -> HttpErp:
    return HttpErp(url, lambda: secret, loopback=True)


def send(erp: HttpErp, items: list[Item] | None = None, name: str = "B1") -> Answer:
    return erp.send(Feed.ENTRIES, name, items or ITEMS)


def test_a_batch_arrives_with_its_key_and_credentials(erp: StandIn) -> None:
    client = connected(f"{erp.url}/")
    assert send(client) == Answer(Outcome.ACCEPTED, "http_200")
    assert send(client) == Answer(Outcome.ACCEPTED, "http_200")
    assert (len(erp.journal.entries), erp.journal.duplicates, erp.journal.errors) == (1, 1, [])


def test_a_wrong_or_missing_credential_is_refused_by_the_erp(erp: StandIn) -> None:
    assert send(connected(erp.url, None)) == Answer(Outcome.REFUSED, "http_401")
    assert send(connected(erp.url, "{}")) == Answer(Outcome.REFUSED, "http_401")


@pytest.mark.parametrize("secret", ["not json", '{"authorization": 5}', '{"authorization": "Bearer\\r\\nX: y"}'])
def test_a_secret_that_is_no_header_never_travels(erp: StandIn, secret: str) -> None:
    assert send(connected(erp.url, secret)) == Answer(Outcome.REFUSED, "erp_credentials_malformed")


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("down", Outcome.FAILED),
        ("error_before", Outcome.FAILED),
        ("error_after_applying", Outcome.FAILED),
        ("garbage", Outcome.FAILED),
        ("reset", Outcome.FAILED),
        ("refuse", Outcome.REFUSED),
    ],
)
def test_whatever_the_erp_does_is_an_answer(erp: StandIn, mode: str, outcome: Outcome) -> None:
    client = connected(erp.url)
    erp.journal.set_mode({"mode": mode, "times": 1})
    assert send(client).outcome is outcome
    assert send(client).outcome is Outcome.ACCEPTED
    assert (len(erp.journal.entries), erp.journal.errors) == (1, [])


def test_an_erp_that_is_not_there_failed() -> None:
    with StandIn() as server:
        url = server.url
    assert send(connected(url)).outcome is Outcome.FAILED


def test_a_redirect_is_not_followed(erp: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erp.journal, "answer", lambda *request: Reply(307, {"location": "http://127.0.0.1/"}))
    assert send(connected(erp.url)) == Answer(Outcome.REFUSED, "http_307")


def test_the_machine_itself_is_refused_where_it_may_not_be_called(erp: StandIn) -> None:
    refused = Answer(Outcome.REFUSED, "erp_address_refused")
    assert send(HttpErp(erp.url, lambda: None, loopback=False)) == refused
    https = erp.url.replace("http://", "https://")
    assert send(HttpErp(https, lambda: None, loopback=False)) == refused


def test_a_name_that_turns_into_a_private_address_is_refused(erp: StandIn) -> None:
    inside = HttpErp("https://erp.example.org", lambda: None, loopback=False, resolve=lambda *_: ["10.0.0.7"])
    assert send(inside) == Answer(Outcome.REFUSED, "erp_address_refused")


def test_the_name_is_resolved_once_and_the_checked_address_is_used(erp: StandIn) -> None:
    answers = iter([["10.0.0.7", "127.0.0.1"]])
    port = erp.url.rpartition(":")[2]
    client = HttpErp(f"http://erp.internal:{port}", lambda: None, loopback=True, resolve=lambda *_: next(answers))
    assert send(client).reason == "http_401"
    assert send(client).reason == "http_401"


def test_batches_follow_each_other_on_one_connection(erp: StandIn) -> None:
    client = connected(erp.url)
    for sequence, entry in enumerate(a_chain("A", 3)):
        assert send(client, [entry_item(("p", "s"), entry, "P")], f"B{sequence}").outcome is Outcome.ACCEPTED
    assert [entry["sequence"] for entry in erp.journal.entries] == [1, 2, 3]
