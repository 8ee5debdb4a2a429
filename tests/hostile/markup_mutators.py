"""Damage that only XML can take: nesting, entities, namespaces, names, comments, instructions."""

from __future__ import annotations

import re
from random import Random

from hostile.mutation import mutator
from hostile.sample import XML, Sample, Span, one_of

ONLY_XML = frozenset({XML})
_TEXTS = re.compile(rb">([^<>]+)<")
_TAGS = re.compile(rb"<(/?)([A-Za-z:]+)([^<>]*)>")


def _between_tags(sample: Sample, chance: Random) -> int:
    """A place outside texts, after the root's start."""
    root = sample.data.index(b"<Document") + 1
    places = [match.start() + 1 for match in re.finditer(rb">\s*<", sample.data) if match.start() > root]
    return one_of(places, chance)


def _inserted(sample: Sample, at: int, what: bytes) -> bytes:
    return sample.data[:at] + what + sample.data[at:]


def _texts(sample: Sample) -> list[Span]:
    root = sample.data.index(b"<Document")
    return [match.span(1) for match in _TEXTS.finditer(sample.data, root) if match.group(1).strip()]


def _a_text(sample: Sample, chance: Random) -> Span:
    return one_of(_texts(sample), chance)


@mutator(ONLY_XML, share=1)
def nest_deeply(sample: Sample, chance: Random) -> bytes:
    depth = chance.choice((65, 1_000, 200_000))
    name = chance.choice((b"a", b"Ntry", b"Document", b"TxDtls", b"BkToCstmrStmt"))
    end = chance.choice((b"</%b>" % name, b"")) * depth
    return _inserted(sample, _between_tags(sample, chance), b"<%b>" % name * depth + end)


@mutator(ONLY_XML)
def declare_a_document_type(sample: Sample, chance: Random) -> bytes:
    declared = [
        b'<!DOCTYPE Document SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        b'<!DOCTYPE Document [<!ENTITY % remote SYSTEM "http://127.0.0.1/x"> %remote;]>',
        b"<!DOCTYPE Document>",
    ]
    at = sample.data.index(b"<Document")
    return _inserted(sample, at, chance.choice(declared))


@mutator(ONLY_XML)
def refer_to_an_entity(sample: Sample, chance: Random) -> bytes:
    references = [
        b"&nbsp;",
        b"&a;",
        b"&#0;",
        b"&#xFFFF;",
        b"&#99999999;",
        b"&#x110000;",
        b"&",
        b"&#;",
        b"&lt",
        b"&amp;amp;",
    ]
    start, _ = _a_text(sample, chance)
    return _inserted(sample, start, chance.choice(references))


@mutator(ONLY_XML, harmless=True)
def write_characters_as_references(sample: Sample, chance: Random) -> bytes:
    form = chance.choice(("&#{};", "&#x{:x};", "&#x{:X};", "&#0{};"))
    return sample.changed(
        _a_text(sample, chance), lambda text: "".join(map(form.format, map(ord, text.decode()))).encode()
    )


@mutator(ONLY_XML, harmless=True)
def insert_a_comment(sample: Sample, chance: Random) -> bytes:
    comments = [
        b"<!-- x -->",
        b"<!--<Ntry>-->",
        b"<!---->",
        b"<!-- <BkToCstmrStmt> ' \" & -->",
        b"<!--" + b"x" * 70_000 + b"-->",
    ]
    return _inserted(sample, _between_tags(sample, chance), chance.choice(comments))


@mutator(ONLY_XML, harmless=True)
def insert_an_instruction(sample: Sample, chance: Random) -> bytes:
    instructions = [b"<?x?>", b"<?php <Ntry> ?>", b'<?xml-stylesheet href="x"?>', b"<?a <!-- ?>"]
    return _inserted(sample, _between_tags(sample, chance), chance.choice(instructions))


@mutator(ONLY_XML, harmless=True)
def split_a_text_by_markup(sample: Sample, chance: Random) -> bytes:
    start, end = _a_text(sample, chance)
    at = start
    if b"&" not in sample.data[start:end]:
        at = start + len(sample.data[start:end].decode()[: chance.randint(0, end - start)].encode())
    return _inserted(sample, at, chance.choice((b"<!-- x -->", b"<?x y?>", b"<![CDATA[]]>")))


@mutator(ONLY_XML, harmless=True)
def write_a_text_as_cdata(sample: Sample, chance: Random) -> bytes:
    plain = [(start, end) for start, end in _texts(sample) if b"&" not in sample.data[start:end]]
    return sample.changed(one_of(plain, chance), lambda text: b"<![CDATA[" + text + b"]]>")


@mutator(ONLY_XML)
def insert_broken_markup(sample: Sample, chance: Random) -> bytes:
    broken = [
        b"<",
        b">",
        b"<>",
        b"</>",
        b"<!",
        b"<?",
        b"<!--",
        b"<![CDATA[",
        b"]]>",
        b"--",
        b"<a",
        b'<a b="',
        b"<?xml?>",
    ]
    at = chance.choice((_between_tags(sample, chance), _a_text(sample, chance)[0]))
    return _inserted(sample, at, chance.choice(broken))


@mutator(ONLY_XML, harmless=True)
def remove_the_namespaces(sample: Sample, chance: Random) -> bytes:
    return re.sub(rb"\sxmlns(:\w+)?=(\"[^\"]*\"|'[^']*')", b"", sample.data)


@mutator(ONLY_XML, harmless=True)
def change_the_namespace(sample: Sample, chance: Random) -> bytes:
    names = (
        b"urn:iso:std:iso:20022:tech:xsd:camt.053.001.99",
        b"urn:x",
        b"http://www.six-interbank-clearing.com/de/camt.053",
    )
    return re.sub(rb"xmlns=\"[^\"]*\"", b'xmlns="' + chance.choice(names) + b'"', sample.data)


@mutator(ONLY_XML, harmless=True)
def write_the_names_with_a_prefix(sample: Sample, chance: Random) -> bytes:
    prefix = chance.choice((b"ns0:", b"camt:", b"a-b.c:"))
    data = sample.data.replace(b" xmlns=", b" xmlns:" + prefix[:-1] + b"=")
    return re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1" + prefix, data)


@mutator(ONLY_XML, harmless=True)
def wrap_in_an_envelope(sample: Sample, chance: Random) -> bytes:
    at = sample.data.index(b"<Document")
    head, document = sample.data[:at], sample.data[at:]
    return head + b"<Envelope><Header><To>x</To></Header><Body>" + document + b"</Body></Envelope>"


@mutator(ONLY_XML)
def rename_an_element(sample: Sample, chance: Random) -> bytes:
    names = sorted(set(re.findall(rb"<([A-Za-z]+)>", sample.data)))
    old, new = one_of(names, chance), chance.choice((*names, b"Renamed", b"x:y"))
    return re.sub(rb"<(/?)%b>" % old, rb"<\1%b>" % new, sample.data)


@mutator(ONLY_XML)
def change_the_case_of_a_name(sample: Sample, chance: Random) -> bytes:
    names = sorted(set(re.findall(rb"<([A-Za-z]+)>", sample.data)))
    old = one_of(names, chance)
    return re.sub(rb"<(/?)%b>" % old, rb"<\1%b>" % old.lower(), sample.data)


@mutator(ONLY_XML)
def drop_a_tag(sample: Sample, chance: Random) -> bytes:
    return sample.changed(one_of([match.span() for match in _TAGS.finditer(sample.data)], chance), lambda _: b"")


@mutator(ONLY_XML)
def move_a_tag(sample: Sample, chance: Random) -> bytes:
    start, end = one_of([match.span() for match in _TAGS.finditer(sample.data)], chance)
    rest, tag = sample.data[:start] + sample.data[end:], sample.data[start:end]
    at = chance.randrange(len(rest))
    return rest[:at] + tag + rest[at:]


@mutator(ONLY_XML)
def give_an_attribute(sample: Sample, chance: Random) -> bytes:
    attributes = [
        b" a='1'",
        b' a="1" a="2"',
        b" a",
        b" a=1",
        b' a="<"',
        b" xsi:nil='true'",
        b' Ccy="USD"',
        b" a='>'",
        b" /",
    ]
    tags = [match.end() - 1 for match in _TAGS.finditer(sample.data) if not match.group(1)]
    return _inserted(sample, one_of(tags, chance), chance.choice(attributes))


@mutator(ONLY_XML)
def put_an_element_in_a_text(sample: Sample, chance: Random) -> bytes:
    start, end = _a_text(sample, chance)
    at = chance.choice((start, end))
    return _inserted(
        sample, at, chance.choice((b"<x/>", b"<x></x>", b"<Amt Ccy='EUR'>1.00</Amt>", b"<Ntry/>", b"<x>1</x>"))
    )


@mutator(ONLY_XML)
def change_a_status(sample: Sample, chance: Random) -> bytes:
    statuses = [match.span() for match in re.finditer(rb"BOOK|PDNG", sample.data)]
    return sample.changed(
        one_of(statuses, chance), lambda _: chance.choice((b"PDNG", b"INFO", b"book", b"", b"BOOKED"))
    )
