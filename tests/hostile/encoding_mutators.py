"""The same text in other bytes: encodings, byte order marks, line ends, blank lines."""

from __future__ import annotations

import re
from random import Random

from hostile.mutation import mutator
from hostile.sample import CFONB, TEXT, XML, Sample

_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
ONLY_XML = frozenset({XML})


def _text(sample: Sample) -> str:
    return sample.data.decode("utf-8" if sample.family == XML else "latin-1")


def _declared(sample: Sample, encoding: str) -> str:
    return _DECLARATION.sub(f'<?xml version="1.0" encoding="{encoding}"?>', _text(sample), count=1)


@mutator(harmless=True)
def write_as_utf_16(sample: Sample, chance: Random) -> bytes:
    encoding = chance.choice(("utf-16-le", "utf-16-be"))
    return ("\ufeff" + _declared(sample, "UTF-16")).encode(encoding)


@mutator(harmless=True)
def write_as_utf_16_without_mark(sample: Sample, chance: Random) -> bytes:
    return _declared(sample, "UTF-16").encode(chance.choice(("utf-16-le", "utf-16-be")))


@mutator(harmless=True)
def write_as_utf_8_with_a_mark(sample: Sample, chance: Random) -> bytes:
    return _declared(sample, "UTF-8").encode("utf-8-sig")


@mutator(TEXT, harmless=True)
def write_text_as_utf_8_or_cp850(sample: Sample, chance: Random) -> bytes:
    return _text(sample).encode(chance.choice(("utf-8", "cp850")), "replace")


@mutator(ONLY_XML, harmless=True)
def write_in_a_declared_encoding(sample: Sample, chance: Random) -> bytes:
    encoding = chance.choice(("ISO-8859-1", "ISO-8859-15", "windows-1252", "IBM850", "UTF-8"))
    return _declared(sample, encoding).encode(encoding, "xmlcharrefreplace")


@mutator(ONLY_XML)
def write_in_another_encoding_than_declared(sample: Sample, chance: Random) -> bytes:
    encoding = chance.choice(("latin-1", "cp850", "utf-16-le", "utf-32", "cp500", "utf-7", "mac-roman"))
    return _text(sample).encode(encoding, "xmlcharrefreplace")


@mutator(ONLY_XML)
def declare_another_encoding(sample: Sample, chance: Random) -> bytes:
    names = (
        "utf-7",
        "UTF-16",
        "UTF-32",
        "EBCDIC-CP-US",
        "rot13",
        "unicode_escape",
        "base64",
        "x",
        "",
        "idna",
        "US-ASCII",
    )
    return _declared(sample, chance.choice(names)).encode()


@mutator(TEXT)
def write_text_in_an_odd_encoding(sample: Sample, chance: Random) -> bytes:
    return _text(sample).encode(chance.choice(("utf-32", "cp500", "utf-7")), "replace")


@mutator()
def encode_twice(sample: Sample, chance: Random) -> bytes:
    return sample.data.decode("latin-1").encode("utf-8")


@mutator(harmless=True)
def change_the_line_ends(sample: Sample, chance: Random) -> bytes:
    ends = (b"\r\n", b"\r", b"\n") if sample.family != XML else (b"\r\n", b"\n")
    return re.sub(rb"\r\n|\r|\n", chance.choice(ends), sample.data)


@mutator(frozenset({CFONB}), harmless=True)
def remove_the_line_ends(sample: Sample, chance: Random) -> bytes:
    lines = sample.data.splitlines()
    return b"".join(line.ljust(120) for line in lines) + chance.choice((b"", b"\n", b"\r\n", b"\x1a"))


@mutator(frozenset({CFONB}), harmless=True)
def insert_blank_lines(sample: Sample, chance: Random) -> bytes:
    start, _ = chance.choice(sample.records(chance))
    return sample.changed((start, start), lambda _: chance.choice((b"\n", b"\r\n\r\n", b"   \n", b"\n" * 50)))


@mutator(TEXT)
def pad_or_strip_the_lines(sample: Sample, chance: Random) -> bytes:
    pad = chance.choice((b"", b" ", b"\t", b"    ", b"\0"))
    return b"\n".join(line.rstrip() + pad for line in sample.data.splitlines())


@mutator(TEXT)
def fold_the_lines(sample: Sample, chance: Random) -> bytes:
    width = chance.choice((80, 132, 40, 119, 121))
    return b"\n".join(sample.data[at : at + width] for at in range(0, len(sample.data), width))


@mutator(ONLY_XML)
def remove_all_line_ends_and_indent(sample: Sample, chance: Random) -> bytes:
    return re.sub(rb">\s*<", b">" + chance.choice((b"", b"\n", b"\r\n\t", b"  ")) + b"<", sample.data)
