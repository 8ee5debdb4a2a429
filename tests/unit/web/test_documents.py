"""Letters that people ask for: planned once, written file by file whatever dies meanwhile, told in an index."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from acceptance.case import Case
from faults import FaultyTable, InterruptedTable, Killed
from hostile_names import HOSTILE
from letters import seen, text_of
from qr_readers import read_by_zxing
from unit.web.office import LEASE, RENT, Office

from quitus.adapters.contact_rows import ContactRows
from quitus.adapters.document_rows import DocumentRows
from quitus.adapters.press.typesetter import Typesetter
from quitus.adapters.text_rows import LetterTextRows
from quitus.adapters.view_rows import ViewRows
from quitus.services import write_documents
from quitus.services.messages import DocumentTask
from quitus.services.payment_links import LinkDesk
from quitus.services.write_documents import DocumentWriter

NOTICES = {"kind": "notice", "period": "2026-11", "all": True}


class Files:
    """Keeps written files."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def keep(self, landlord_id: str, document_id: str, name: str, content: bytes) -> None:
        self.kept[document_id, name] = content


class Works:
    """The function's queue and bucket, and the writer between them."""

    def __init__(self, office: Office) -> None:
        self.office, self.files, self.queue = office, Files(), office.outside.document_queue

    def writer(self, table: Any = None) -> DocumentWriter:
        desk = self.office.desk
        rows = DocumentRows(table or self.office.table, self.office.clock)
        texts, files, queue = LetterTextRows(self.office.table), self.files, self.queue
        return DocumentWriter(
            rows,
            desk.leases,
            ContactRows(self.office.table),
            desk.landlords,
            texts,
            ViewRows(self.office.table),
            desk.links,
            Typesetter(),
            files,
            queue,
            self.office.clock,
        )

    def order(self, **body: Any) -> str:
        ordered = self.office.ask("POST", "/v1/documents", body)
        assert (ordered.status, ordered.body["status"]) == (202, "pending"), ordered
        return str(ordered.body["document_id"])

    def run(self) -> None:
        while self.queue.sent:
            task = self.queue.sent.pop(0)
            assert isinstance(task, DocumentTask)
            self.writer().work(task)

    def written(self, **body: Any) -> tuple[dict[str, Any], list[dict[str, str]]]:
        """Order, write; how it stands, and the index."""
        document_id = self.order(**body)
        self.run()
        return self.office.get(f"/v1/documents/{document_id}"), self.index(document_id)

    def index(self, document_id: str) -> list[dict[str, str]]:
        text = self.files.kept[document_id, "index.csv"].decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.fixture
def works() -> Works:
    return Works(Office().settle_in())


def test_all_notices_are_a_file_for_each_residence_and_an_index(works: Works) -> None:
    document, index = works.written(**NOTICES)
    assert document["status"] == "ready"
    assert document["progress"] == {"files": 2, "files_done": 2, "letters": 2, "skipped": 0}
    assert [(line["lease_id"], line["file"], line["page"], line["letter"]) for line in index] == [
        ("L1", "notice-2026-11-R1.pdf", "1", "notice"),
        ("L2", "notice-2026-11-R2.pdf", "1", "notice"),
    ]
    (one, other) = works.office.get(f"/v1/documents/{document['document_id']}/files")["items"]
    assert (one["name"], one["residence_id"], one["letters"]) == ("notice-2026-11-R1.pdf", "R1", 1)
    assert other["url"].endswith("/notice-2026-11-R2.pdf?for=300")
    assert document["index_url"].endswith("/index.csv?for=300")
    assert document["url"] is None


def test_one_lease_is_one_file_with_its_own_link(works: Works) -> None:
    document, _ = works.written(kind="rib", lease_ids=["L1", "L1"])
    assert document["url"].endswith("/rib-R1.pdf?for=300")
    pdf = works.files.kept[document["document_id"], "rib-R1.pdf"]
    iban = works.office.get("/v1/leases/L1")["virtual_iban"]
    assert iban in "".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_notices_with_payment_links_lead_to_a_page_each_made_once(works: Works) -> None:
    document_id = works.order(**NOTICES)
    works.writer().work(DocumentTask("semiga", document_id))
    with pytest.raises(Killed):
        works.writer(FaultyTable(works.office.table, 3, after=False)).work(DocumentTask("semiga", document_id, 1))
    works.run()
    (link,) = works.office.get("/v1/leases/L1/payment-links")["items"]
    assert (link["rest_cents"], link["status"]) == (45000, "open")
    url = works.office.desk.links.url("semiga", works.office.desk.links.one("semiga", link["link_id"]).link)
    assert url.encode() in read_by_zxing(seen(works.files.kept[document_id, "notice-2026-11-R1.pdf"]))


def test_letters_of_those_only_who_owe_enough_past_its_day(works: Works) -> None:
    old = RENT | {"period": "2026-09", "due_date": "2026-10-10", "amount_cents": 20_000}
    assert works.office.ask("PUT", "/v1/leases/L2/dues/sep-L2", old).status == 201
    document, index = works.written(**NOTICES, min_overdue_cents=20_000)
    assert [(line["lease_id"], line["letter"]) for line in index] == [("L2", "notice")]
    assert document["progress"]["letters"] == 1
    nobody, index = works.written(**NOTICES, min_overdue_cents=20_001)
    assert (nobody["status"], nobody["progress"]["letters"], index) == ("ready", 0, [])


def test_a_notice_leads_to_a_page_unless_told_otherwise(works: Works) -> None:
    works.written(**NOTICES, payment_links=False)
    assert works.office.get("/v1/leases/L1/payment-links")["items"] == []
    document, index = works.written(**NOTICES)
    (link,) = works.office.get("/v1/leases/L1/payment-links")["items"]
    assert link["rest_cents"] == 45000
    codes = read_by_zxing(seen(works.files.kept[document["document_id"], "notice-2026-11-R1.pdf"]))
    assert len(codes) == 2
    assert [line["reason"] for line in index] == ["", ""]


def test_the_page_of_a_notice_asks_for_what_the_law_lets_it(works: Works) -> None:
    old = RENT | {"period": "2020-01", "due_date": "2020-01-10", "amount_cents": 40_000}
    assert works.office.ask("PUT", "/v1/leases/L1/dues/old", old).status == 201
    document, _ = works.written(**NOTICES)
    (link,) = works.office.get("/v1/leases/L1/payment-links")["items"]
    assert link["rest_cents"] == 45000
    codes = read_by_zxing(seen(works.files.kept[document["document_id"], "notice-2026-11-R1.pdf"]))
    assert any(b"EUR450.00" in code for code in codes)


def test_a_notice_that_lacks_its_page_says_so_in_the_index(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    made = LinkDesk.make

    def then_pays(self: LinkDesk, *asked: Any) -> Any:
        works.office.rent(10_000, asked[1].lease_id)
        return made(self, *asked)

    monkeypatch.setattr(LinkDesk, "make", then_pays)
    document, index = works.written(kind="notice", period="2026-11", lease_ids=["L1"])
    assert [(line["letter"], line["page"], line["reason"]) for line in index] == [("notice", "1", "amount_above_due")]
    assert document["progress"]["letters"] == 1


def test_nothing_can_be_fetched_before_it_is_written(works: Works) -> None:
    document_id = works.order(**NOTICES)
    waiting = works.office.get(f"/v1/documents/{document_id}")
    assert (waiting["status"], waiting["url"], waiting["index_url"]) == ("pending", None, None)
    assert works.office.get(f"/v1/documents/{document_id}/files")["items"] == []


def test_receipts_are_quittances_or_recus_or_nothing_as_the_account_says(works: Works) -> None:
    office = works.office
    office.rent(45000, "L1")
    office.rent(20000, "L2")
    consent = LEASE | {"e_receipt_consent": True, "holder_email": "noe@example.org", "residence_id": "R2"}
    assert office.ask("PUT", "/v1/leases/L2", consent | {"residence_name": "Le Mas de Ville"}).status == 200
    assert office.ask("PUT", "/v1/leases/L3", LEASE | {"holder_email": "c@example.org"}).status == 201
    assert office.ask("PUT", "/v1/leases/L3/dues/nov-L3", RENT).status == 201
    office.follow()
    document, index = works.written(kind="receipt", period="2026-11", all=True)
    assert {line["lease_id"]: (line["letter"], line["electronic"], line["reason"]) for line in index} == {
        "L1": ("full_receipt", "no", ""),
        "L2": ("part_receipt", "yes", ""),
        "L3": ("", "", "nothing_paid"),
    }
    assert document["progress"]["skipped"] == 1
    pdf = works.files.kept[document["document_id"], "receipt-2026-11-R1.pdf"]
    assert "Paiements reçus : 450,00 € – 5 novembre 2026, virement." in text_of(pdf)


def test_who_objects_to_mail_gets_everything_by_post(works: Works) -> None:
    changed = LEASE | {"e_receipt_consent": True, "holder_email": "camille@example.org"}
    assert works.office.ask("PUT", "/v1/leases/L1", changed).status == 200
    works.office.rent(45000, "L1")
    works.office.follow()
    receipts = {"kind": "receipt", "period": "2026-11", "lease_ids": ["L1"]}
    assert [line["electronic"] for line in works.written(**receipts)[1]] == ["yes"]
    said = {"email": False, "sms": True, "reason": "letter of 2 November", "version": 0}
    assert works.office.ask("PUT", "/v1/leases/L1/contact", said).status == 200
    assert [line["electronic"] for line in works.written(**receipts)[1]] == ["no"]


def test_case_1_three_co_tenants_have_three_recus_then_one_quittance() -> None:
    case = Case()
    case.let()
    case.parties(("A", "40"), ("B", "35"), ("C", "25"))
    case.call("nov", "rent", "2026-11-10", "900.00")
    for euros, name in (("360.00", "A"), ("300.00", "B"), ("225.00", "C")):
        case.receive(euros, debtor_name=name)
    case.office.follow()
    works, receipts = Works(case.office), {"kind": "receipt", "period": "2026-11", "lease_ids": ["L1"]}
    document, index = works.written(**receipts)
    assert [(line["holder_name"], line["letter"], line["page"]) for line in index] == [
        ("A", "part_receipt", "1"), ("B", "part_receipt", "2"), ("C", "part_receipt", "3"),
    ]  # fmt: skip
    pdf = works.files.kept[document["document_id"], "receipt-2026-11-R1.pdf"]
    assert "avoir reçu de B la somme de 300,00 €" in text_of(pdf)
    assert text_of(pdf).count("Il reste 15,00 € à payer") == 3
    case.receive("15.00", debtor_name="B")
    case.office.follow()
    _, (line,) = works.written(**receipts)
    assert (line["holder_name"], line["letter"]) == ("Camille Roux", "full_receipt")


def test_a_quittance_names_the_tenants_of_its_month_whoever_lives_there_now() -> None:
    case = Case(today="2026-10-06")
    case.let(holder_name="A")
    case.parties(("A", "40"), ("B", "35"), ("C", "25"))
    case.call("oct", "rent", "2026-10-10", "801.00")
    case.receive("801.00", "2026-10-06")
    case.parties(("C", "25"), to_date="2026-10-31")
    case.parties(("D", "25"), from_date="2026-11-01")
    case.today_is("2026-11-02")
    works = Works(case.office)
    document, (line,) = works.written(kind="receipt", period="2026-10", lease_ids=["L1"])
    text = " ".join(text_of(works.files.kept[document["document_id"], line["file"]]).split())
    assert (line["letter"], "avoir reçu de A, B, C la somme de 801,00 €" in text) == ("full_receipt", True)


def test_case_7_a_month_whose_debit_came_back_has_no_receipt_any_more() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "612.40")
    paid = case.receive("612.40", "2026-11-05", means="direct_debit")
    works, receipts = Works(case.office), {"kind": "receipt", "period": "2026-11", "lease_ids": ["L1"]}
    document, (line,) = works.written(**receipts)
    assert (line["letter"], line["reason"], document["progress"]["letters"]) == ("full_receipt", "", 1)
    case.today_is("2026-11-08")
    case.take_back(paid, "2026-11-08", "612.40", "AM04")
    document, (line,) = works.written(**receipts)
    assert (line["letter"], line["reason"], line["file"]) == ("", "nothing_paid", "")
    assert (document["progress"]["letters"], document["progress"]["skipped"]) == (0, 1)


def test_account_numbers_are_told_to_all_who_still_live_there(works: Works) -> None:
    ended = LEASE | {"status": "ended", "end_date": "2026-10-31"}
    assert works.office.ask("PUT", "/v1/leases/L1", ended).status == 200
    works.office.follow()
    _, index = works.written(kind="virtual_iban", all=True)
    assert [line["lease_id"] for line in index] == ["L2"]
    _, index = works.written(kind="virtual_iban", lease_ids=["L1"])
    assert [line["lease_id"] for line in index] == ["L1"]


def test_a_residence_beyond_the_largest_file_has_several(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_documents, "MOST_IN_A_FILE", 2)
    for number in range(3, 6):
        assert works.office.ask("PUT", f"/v1/leases/L{number}", LEASE).status == 201
    works.office.follow()
    _, index = works.written(kind="rib", residence="R1")
    assert [(line["lease_id"], line["file"]) for line in index] == [
        ("L1", "rib-R1-1.pdf"), ("L3", "rib-R1-1.pdf"), ("L4", "rib-R1-2.pdf"), ("L5", "rib-R1-2.pdf"),
    ]  # fmt: skip


def test_a_residence_without_leases_is_an_index_without_lines(works: Works) -> None:
    document, index = works.written(kind="rib", residence="nowhere")
    assert (document["status"], document["progress"]["files"], index) == ("ready", 0, [])


def test_documents_are_listed_newest_first_with_how_far_they_are(works: Works) -> None:
    written, _ = works.written(kind="rib", lease_ids=["L1"])
    works.office.clock.instant += timedelta(minutes=1)
    waiting = works.order(kind="rib", lease_ids=["L2"])
    first = works.office.get("/v1/documents", query={"limit": "1"})
    rest = works.office.get("/v1/documents", query={"limit": "1", "cursor": first["next_cursor"]})
    assert [(page["items"][0]["document_id"], page["items"][0]["status"]) for page in (first, rest)] == [
        (waiting, "pending"), (written["document_id"], "ready"),
    ]  # fmt: skip
    assert rest["items"][0]["progress"] == written["progress"]
    assert rest["next_cursor"] is None


def test_own_words_of_the_landlord_are_printed(works: Works) -> None:
    words = {"fr": "Payez à {payee_name}, cher {holder}."}
    assert works.office.ask("PUT", "/v1/landlords/semiga/texts/rib", words).status == 200
    document, _ = works.written(kind="rib", lease_ids=["L1"])
    pdf = works.files.kept[document["document_id"], "rib-R1.pdf"]
    assert "Payez à SEMIGA, cher Camille Roux." in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "rib"},
        {"kind": "rib", "all": False},
        {"kind": "rib", "all": True, "residence": "R1"},
        {"kind": "rib", "lease_ids": []},
        {"kind": "rib", "lease_ids": ["L1"], "residence": "R1"},
        {"kind": "rib", "all": True, "period": "2026-11"},
        {"kind": "notice", "all": True},
        {"kind": "receipt", "all": True, "period": "2026-13"},
        {"kind": "poem", "all": True},
        {"kind": "rib", "all": True, "payment_links": True},
        {"kind": "rib", "lease_ids": [f"L{number}" for number in range(501)]},
    ],
)
def test_an_order_says_which_leases_and_when_it_must_which_month(works: Works, body: dict[str, Any]) -> None:
    assert works.office.ask("POST", "/v1/documents", body).code == "invalid_request"
    assert not works.queue.sent


def test_a_lease_that_is_not_there_is_named(works: Works) -> None:
    refused = works.office.ask("POST", "/v1/documents", {"kind": "rib", "lease_ids": ["L1", "L9"]})
    assert refused.code == "lease_not_found"
    assert refused.body["error"]["detail"] == {"lease_ids": ["L9"]}


def test_the_same_request_again_is_the_same_documents_and_who_asked_is_listed(works: Works) -> None:
    ordered = works.office.ask("POST", "/v1/documents", NOTICES, key="k", role="collections")
    assert works.office.ask("POST", "/v1/documents", NOTICES, key="k", role="collections") == ordered
    (act,) = [act for act in works.office.get("/v1/audit")["items"] if act["about"].get("document_id")]
    assert (act["by"], act["action"]) == ("sub-collections", "documents")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_process_killed_at_any_call_of_the_table_loses_and_doubles_nothing(after: bool) -> None:
    call, died = 0, True
    while died:
        call += 1
        works = Works(Office().settle_in())
        document_id = works.order(**NOTICES)
        died = killed_once(works, call, after=after)
        works.run()
        document = works.office.get(f"/v1/documents/{document_id}")
        assert (document["status"], document["progress"]["letters"]) == ("ready", 2), call
        assert [line["lease_id"] for line in works.index(document_id)] == ["L1", "L2"], call
    assert call > 10


def killed_once(works: Works, call: int, *, after: bool) -> bool:
    """Work until the nth call of the table, where the process dies; its message comes again."""
    writer = works.writer(FaultyTable(works.office.table, call, after=after))
    while works.queue.sent:
        task = works.queue.sent[0]
        assert isinstance(task, DocumentTask)
        try:
            writer.work(task)
        except Killed:
            return True
        works.queue.sent.pop(0)
    return False


@pytest.mark.parametrize("call", range(1, 12))
def test_a_part_written_by_two_at_once_is_counted_once(call: int) -> None:
    works = Works(Office().settle_in())
    document_id = works.order(kind="rib", residence="R1")
    works.writer().work(DocumentTask("semiga", document_id))
    task = DocumentTask("semiga", document_id, 1)
    works.writer(InterruptedTable(works.office.table, call, lambda: works.writer().work(task))).work(task)
    works.writer().work(task)
    document = works.office.get(f"/v1/documents/{document_id}")
    assert document["progress"] == {"files": 1, "files_done": 1, "letters": 1, "skipped": 0}


@pytest.mark.parametrize("call", range(1, 8))
def test_of_two_plans_at_once_one_holds(call: int) -> None:
    works = Works(Office().settle_in())
    document_id = works.order(**NOTICES)
    plan = DocumentTask("semiga", document_id)

    def another() -> None:
        works.writer().work(plan)
        assert works.office.ask("PUT", "/v1/leases/L0", LEASE | {"residence_id": "R0"}).status == 201

    works.writer(InterruptedTable(works.office.table, call, another)).work(plan)
    works.run()
    document = works.office.get(f"/v1/documents/{document_id}")
    assert (document["status"], document["progress"]["files"]) == ("ready", 2)


def test_names_in_the_index_compute_nothing(works: Works) -> None:
    named = 0
    for name in HOSTILE:
        if works.office.ask("PUT", "/v1/leases/L1", LEASE | {"holder_name": name}).status != 200:
            continue
        named += 1
        _, (line,) = works.written(kind="rib", lease_ids=["L1"])
        assert not line["holder_name"].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert line["holder_name"].removeprefix("'") == " ".join(name.split()).removeprefix("'")
    assert named > 30
