"""Damage that knows nothing of the format: what networks, disks, editors and attackers do to bytes."""

from __future__ import annotations

from random import Random

from hostile.mutation import mutator
from hostile.sample import Sample, one_of


def _place(sample: Sample, chance: Random) -> int:
    return one_of(range(len(sample.data)), chance)


def _range(sample: Sample, chance: Random, most: int = 400) -> tuple[int, int]:
    start = _place(sample, chance)
    return start, min(len(sample.data), start + chance.randint(1, most))


def _inserted(sample: Sample, chance: Random, what: bytes) -> bytes:
    at = _place(sample, chance)
    return sample.data[:at] + what + sample.data[at:]


@mutator(share=60)
def truncate_anywhere(sample: Sample, chance: Random) -> bytes:
    return sample.data[: _place(sample, chance)]


@mutator(share=60)
def truncate_at_a_record(sample: Sample, chance: Random) -> bytes:
    start, end = chance.choice(sample.records(chance))
    return sample.data[: chance.choice((start, end))]


@mutator()
def lose_the_beginning(sample: Sample, chance: Random) -> bytes:
    return sample.data[_place(sample, chance) :]


@mutator(share=80)
def flip_a_bit(sample: Sample, chance: Random) -> bytes:
    at = _place(sample, chance)
    return sample.changed((at, at + 1), lambda byte: bytes([byte[0] ^ 1 << chance.randrange(8)]))


@mutator()
def flip_many_bits(sample: Sample, chance: Random) -> bytes:
    data = bytearray(sample.data)
    for _ in range(chance.randint(2, 30)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


@mutator()
def change_a_digit(sample: Sample, chance: Random) -> bytes:
    digits = [at for at, byte in enumerate(sample.data) if 48 <= byte <= 57]
    at = one_of(digits, chance)
    return sample.changed((at, at + 1), lambda _: b"%d" % chance.randrange(10))


@mutator()
def insert_random_bytes(sample: Sample, chance: Random) -> bytes:
    return _inserted(sample, chance, chance.randbytes(chance.randint(1, 40)))


@mutator()
def overwrite_with_random_bytes(sample: Sample, chance: Random) -> bytes:
    return sample.changed(_range(sample, chance), lambda part: chance.randbytes(len(part)))


@mutator()
def delete_a_range(sample: Sample, chance: Random) -> bytes:
    return sample.changed(_range(sample, chance), lambda _: b"")


@mutator()
def duplicate_a_range(sample: Sample, chance: Random) -> bytes:
    return sample.changed(_range(sample, chance), lambda part: part * 2)


@mutator()
def swap_the_halves(sample: Sample, chance: Random) -> bytes:
    at = _place(sample, chance)
    return sample.data[at:] + sample.data[:at]


@mutator()
def insert_nul_bytes(sample: Sample, chance: Random) -> bytes:
    return _inserted(sample, chance, bytes(chance.randint(1, 8)))


@mutator()
def zero_a_block(sample: Sample, chance: Random) -> bytes:
    return sample.changed(_range(sample, chance, 4096), lambda part: bytes(len(part)))


@mutator()
def insert_control_characters(sample: Sample, chance: Random) -> bytes:
    unseen = ["\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1a", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff"]
    return _inserted(sample, chance, chance.choice(unseen).encode())


@mutator()
def append_garbage(sample: Sample, chance: Random) -> bytes:
    garbage = [b"\0" * 512, b"\x1a", b"garbage", b"<html></html>", chance.randbytes(200), b"}" * 50, b"\r\n-\r\n", b">"]
    return sample.data + chance.choice(garbage)


@mutator()
def prepend_garbage(sample: Sample, chance: Random) -> bytes:
    garbage = [
        b"garbage",
        b"\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"%PDF-1.7\n",
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"#quitus;",
        b"-",
    ]
    return chance.choice(garbage) + sample.data


@mutator()
def append_the_file_to_itself(sample: Sample, chance: Random) -> bytes:
    return sample.data + chance.choice((b"", b"\n", b"\r\n")) + sample.data


@mutator(share=2)
def keep_only_blanks(sample: Sample, chance: Random) -> bytes:
    return chance.choice((b"", b" ", b"\r\n" * 300, b"\t", b"\xef\xbb\xbf", b"\xff\xfe")) * chance.randint(0, 3)


@mutator(share=2)
def insert_a_huge_text(sample: Sample, chance: Random) -> bytes:
    return _inserted(
        sample, chance, chance.choice((b"x", b" ", b"0", b"<", b"&", b":")) * chance.choice((70_000, 2_000_000))
    )


@mutator(share=2)
def insert_many_lines(sample: Sample, chance: Random) -> bytes:
    return _inserted(sample, chance, chance.choice((b"\n", b"x\n", b"\r", b"\r\n:86:x", b"\n05")) * 100_000)
