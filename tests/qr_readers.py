"""QR codes as cameras see them: painted from the path that is drawn, read by two decoders that share no code."""

from __future__ import annotations

import re

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

type Picture = npt.NDArray[np.uint8]

_MODULE = 4
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def painted(path: str, size: int) -> Picture:
    """The picture of a path of dark runs, four pixels to a module; anything else in the path is an error."""
    assert not _RUN.sub("", path)
    picture = np.full((size, size), 255, np.uint8)
    for x, y, length, back in (map(int, run) for run in _RUN.findall(path)):
        assert length == back
        picture[y, x : x + length] = 0
    return np.kron(picture, np.ones((_MODULE, _MODULE), np.uint8))


def read_by_zxing(picture: Picture) -> list[bytes]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    return [code.bytes for code in zxingcpp.read_barcodes(picture, formats=formats)]


def read_by_opencv(picture: Picture) -> list[str]:
    found, texts, _, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(picture)
    return list(texts) if found else []
