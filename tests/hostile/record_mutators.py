"""Damage in whole records: entries, details, balances, lines, statements."""

from __future__ import annotations

import re
from random import Random

from hostile.mutation import mutator
from hostile.sample import CFONB, MT940, TEXT, XML, NothingToSpoil, Sample


@mutator(share=40)
def drop_a_record(sample: Sample, chance: Random) -> bytes:
    return sample.changed(chance.choice(sample.records(chance)), lambda _: b"")


@mutator(share=40)
def duplicate_a_record(sample: Sample, chance: Random) -> bytes:
    return sample.changed(chance.choice(sample.records(chance)), lambda record: record * 2)


@mutator(share=40)
def swap_two_records(sample: Sample, chance: Random) -> bytes:
    records = sample.records(chance)
    if len(records) < 2:
        raise NothingToSpoil
    (a, b), (c, d) = sorted(chance.sample(records, 2))
    data = sample.data
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


@mutator()
def move_a_record_to_the_end(sample: Sample, chance: Random) -> bytes:
    start, end = chance.choice(sample.records(chance))
    return sample.data[:start] + sample.data[end:] + sample.data[start:end]


@mutator()
def reverse_the_records(sample: Sample, chance: Random) -> bytes:
    records = sample.records(chance)
    parts = [sample.data[start:end] for start, end in records]
    edited, at = [], 0
    for (start, end), part in zip(records, reversed(parts), strict=True):
        edited += [sample.data[at:start], part]
        at = end
    return b"".join([*edited, sample.data[at:]])


@mutator()
def repeat_a_statement(sample: Sample, chance: Random) -> bytes:
    return sample.changed(chance.choice(sample.statements()), lambda statement: statement * 2)


@mutator()
def repeat_a_record_many_times(sample: Sample, chance: Random) -> bytes:
    return sample.changed(chance.choice(sample.records(chance)), lambda record: record * chance.randint(50, 300))


@mutator()
def lose_a_closing_balance(sample: Sample, chance: Random) -> bytes:
    patterns = {
        XML: rb"<Bal>(?:(?!</Bal>).)*CLBD.*?</Bal>",
        CFONB: rb"^07[^\n]*\n?",
        MT940: rb"^:62F:[^\n]*\n?",
    }
    return re.sub(patterns[sample.family], b"", sample.data, flags=re.DOTALL | re.MULTILINE)


@mutator()
def lose_an_opening_balance(sample: Sample, chance: Random) -> bytes:
    patterns = {
        XML: rb"<Bal>(?:(?!</Bal>).)*OPBD.*?</Bal>",
        CFONB: rb"^01[^\n]*\n?",
        MT940: rb"^:60F:[^\n]*\n?",
    }
    return re.sub(patterns[sample.family], b"", sample.data, flags=re.DOTALL | re.MULTILINE)


@mutator(TEXT)
def change_a_record_code(sample: Sample, chance: Random) -> bytes:
    start, end = chance.choice(sample.records(chance))
    codes = [
        b"00",
        b"02",
        b"04",
        b"05",
        b"07",
        b"01",
        b"99",
        b":62F:",
        b":61:",
        b":86:",
        b":20:",
        b":99Z:",
        b"::",
        b"-",
    ]
    return sample.changed((start, end), lambda record: chance.choice(codes) + record[chance.choice((0, 2, 4, 5)) :])


@mutator(TEXT)
def shorten_a_record(sample: Sample, chance: Random) -> bytes:
    span = chance.choice(sample.records(chance))
    return sample.changed(span, lambda record: record[: chance.randrange(len(record))] + b"\n")


@mutator(TEXT)
def shift_a_record(sample: Sample, chance: Random) -> bytes:
    start, end = chance.choice(sample.records(chance))
    at = chance.randrange(start, end)
    return sample.changed((at, at), lambda _: b" " * chance.randint(1, 3))


@mutator(TEXT)
def join_two_records(sample: Sample, chance: Random) -> bytes:
    return sample.changed(chance.choice(sample.records(chance)), lambda record: record.rstrip(b"\r\n"))
