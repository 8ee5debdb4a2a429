"""Makers of QR codes beside ours in one process, in the environment of the peers: the seconds of each, in turn."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from importlib import import_module
from time import process_time

from quitus.domain.epc_qr import Transfer, epc_payload
from quitus.web.qr_svg import qr_svg

_ROUNDS = 60


def main() -> None:
    """Print one figure: milliseconds of one EPC code as SVG by each."""
    content = epc_payload(
        Transfer("SEMIGA", "FR7617328899004935405851032", 450_25, "SWNBFR22XXX", "RF98173288990049354058510")
    )
    segno, zxing = import_module("segno"), import_module("zxingcpp")
    makers: dict[str, Callable[[], object]] = {
        "ms": lambda: qr_svg(content, "Virement de 450,25 €"),
        "zxing_cpp_ms": lambda: zxing.create_barcode(content, zxing.BarcodeFormat.QRCode, ec_level="M").to_svg(),
        "segno_ms": lambda: segno.make(content, error="m", mode="byte", boost_error=False).svg_inline(),
    }
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(_ROUNDS):
        for name, make in makers.items():
            began = process_time()
            make()
            seconds[name].append(process_time() - began)
    medians = {name: round(statistics.median(taken) * 1000, 2) for name, taken in seconds.items()}
    ratio = round(medians["ms"] / medians["zxing_cpp_ms"], 2)
    print(json.dumps({"name": "qr.svg", "ratio_to_zxing_cpp": ratio, **medians}))


if __name__ == "__main__":
    main()
