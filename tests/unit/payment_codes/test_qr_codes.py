"""A code that is drawn is read as it was meant, by decoders that have nothing in common."""

from __future__ import annotations

import os
import random
import re
from xml.etree import ElementTree as ET

import pytest
from qr_readers import painted, read_by_opencv, read_by_zxing

from quitus.domain.epc_qr import MOST_BYTES, Transfer, epc_payload
from quitus.domain.ibans import VirtualIbanRange
from quitus.domain.qr_code import qr_code
from quitus.web.qr_svg import qr_svg

SEED = int(os.environ.get("QUITUS_SEED", "20261125"))
LEASES = int(os.environ.get("QUITUS_CODES", "200"))
PAYEES = (
    *("SEMIGA", "Habitat & Territoires « Côte Vermeille »", "Œuvre de l'Ain – Société anonyme d'HLM", "Żółć €uro"),
    "N" * 69 + "é",
)


def drawn_payloads() -> list[bytes]:
    """Transfers to the virtual IBANs of many leases of one range, with all kinds of payees and amounts."""
    chance = random.Random(SEED)
    numbers = VirtualIbanRange("17328", "89900", "4", "SWNBFR22XXX", "SEMIGA")
    payloads = []
    for _ in range(LEASES):
        account = numbers.number(chance.randrange(numbers.capacity), b"secret")
        amount = chance.choice(
            (None, chance.randrange(1, 100), chance.randrange(1, 10**6), chance.randrange(1, 10**11))
        )
        reference = account.payment_reference if chance.random() < 0.9 else None
        payee = chance.choice(PAYEES)
        payloads.append(epc_payload(Transfer(payee, account.text, amount, numbers.bic, reference)))
    return payloads


def test_the_codes_of_many_leases_are_read_by_two_decoders() -> None:
    for payload in drawn_payloads():
        picture = painted(*qr_code(payload))
        assert read_by_zxing(picture) == [payload], f"seed {SEED}: {payload!r}"
        assert read_by_opencv(picture) == [payload.decode()], f"seed {SEED}: {payload!r}"


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_every_level_and_size_is_read(level: str) -> None:
    chance = random.Random(SEED)
    for length in (1, 20, 100, 200, MOST_BYTES):
        content = bytes(chance.choices(b"ABCxyz019-./:?", k=length))
        picture = painted(*qr_code(content, level))
        assert read_by_zxing(picture) == [content]
        assert read_by_opencv(picture) == [content.decode()]


def test_the_largest_transfer_makes_a_code_of_version_13_at_most() -> None:
    """EPC069-12 §2.2: 69 modules."""
    assert qr_code(b"x" * MOST_BYTES).size == 69 + 8


def test_more_than_a_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="more bytes"):
        qr_code(b"x" * 3000)


def test_the_picture_has_a_name_and_nothing_active() -> None:
    content = b"https://pay.example/p/abc"
    svg = qr_svg(content, 'Payer "450 €" <script>alert(1)</script>')
    root = ET.fromstring(svg)
    title, background, dark = root
    assert root.get("role") == "img"
    assert title.text == 'Payer "450 €" <script>alert(1)</script>'
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "title", "path"}
    assert background.get("fill") == "#fff"
    square = re.fullmatch(r"0 0 (\d+) \1", root.get("viewBox") or "")
    assert square
    assert read_by_zxing(painted(dark.get("d") or "", int(square[1]))) == [content]
