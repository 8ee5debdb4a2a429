"""Damage in one value: an amount, a balance, a date, an account, a currency, a sign."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hostile.mutation import mutator
from hostile.sample import CFONB, MT940, XML, Sample, one_of

_SIGNS = {b"CRDT": b"DBIT", b"DBIT": b"CRDT", b"C": b"D", b"D": b"C"}
_POSITIVE, _NEGATIVE = b"{ABCDEFGHI", b"}JKLMNOPQR"
_NOT_AMOUNTS = [
    *("-450.00", "+450.00", "NaN", "-NaN", "sNaN", "Infinity", "1e5", "1E-2", "0x1F", "", " ", "450,00", "4_50.00"),
    *("1 450.00", "1'450.00", "1,450.00", "450.", ".50", "450.001", "0.005", "--1", "4५0.00", "½", "٤٥٠.٠٠", "45O.00"),
]
_NOT_DATES = [
    *("2026-02-30", "2026-13-01", "2026-00-10", "0000-00-00", "9999-99-99", "2026-11-31", "26-11-23", "", "23/11/2026"),
    *("2026-11-23T25:00:00", "２０２６-11-23", "10000-01-01", "2026-W47-1", "2026-327", "-2026-11-23", "2026-11-23Z9"),
]
_NOT_SHORT_DATES = ["300226", "000000", "999999", "320126", "011326", "26112", "      ", "2611AB", "٢٦١١٢٣", "290225"]


@mutator()
def take_the_balance_one_cent_off(sample: Sample, chance: Random) -> bytes:
    """The last digit of a balance, one up (nine: one down)."""
    return sample.with_one("balance", chance, _one_more)


def _one_more(amount: bytes) -> bytes:
    last = amount[-1:]
    for digits in (b"0123456789", _POSITIVE, _NEGATIVE):
        at = digits.find(last)
        if at >= 0:
            return amount[:-1] + digits[at + 1 if at < 9 else 8 :][:1]
    return amount


@mutator()
def turn_a_sign(sample: Sample, chance: Random) -> bytes:
    def turned(sign: bytes) -> bytes:
        if sign in _SIGNS and sample.family != CFONB:
            return _SIGNS[sign]
        at = _POSITIVE.find(sign)
        return _NEGATIVE[at : at + 1] if at >= 0 else _POSITIVE[_NEGATIVE.find(sign) :][:1]

    return sample.with_one("sign", chance, turned)


@mutator()
def change_a_currency(sample: Sample, chance: Random) -> bytes:
    return sample.with_one(
        "currency", chance, lambda _: chance.choice((b"USD", b"CHF", b"eur", b"   ", b"JPY", b"XXX"))
    )


@mutator()
def change_the_account(sample: Sample, chance: Random) -> bytes:
    return sample.with_one("account", chance, lambda account: bytes(chance.sample(account, len(account))))


@mutator()
def write_another_amount(sample: Sample, chance: Random) -> bytes:
    """A well-formed amount, of the same length."""
    return sample.with_one("amount", chance, lambda amount: bytes(map(_another_digit(chance), amount)))


def _another_digit(chance: Random) -> Callable[[int], int]:
    return lambda byte: 48 + chance.randrange(10) if 48 <= byte <= 57 else byte


@mutator(frozenset({XML, MT940}))
def write_no_amount(sample: Sample, chance: Random) -> bytes:
    text = chance.choice(_NOT_AMOUNTS)
    return sample.with_one("amount", chance, lambda _: text.encode())


@mutator(frozenset({CFONB}))
def write_no_overpunched_amount(sample: Sample, chance: Random) -> bytes:
    texts = [
        b"              ",
        b"-0000000045000",
        b"0000000045000S",
        b"000000004500.0",
        b"NaN".rjust(14),
        b"+000000000450{",
    ]
    return sample.with_one("amount", chance, lambda _: chance.choice(texts))


@mutator()
def write_a_huge_amount(sample: Sample, chance: Random) -> bytes:
    digits = chance.choice((14, 18, 29, 30, 100, 5000))
    return sample.with_one("amount", chance, lambda amount: b"9" * digits + amount)


@mutator()
def write_foreign_digits(sample: Sample, chance: Random) -> bytes:
    zero = chance.choice((0x0660, 0x06F0, 0x0966, 0xFF10, 0x1D7CE))
    what = chance.choice(("amount", "date", "balance"))

    def foreign(text: bytes) -> bytes:
        return "".join(
            chr(zero + ord(char) - 48) if char.isdecimal() else char for char in text.decode("latin-1")
        ).encode()

    return sample.with_one(what, chance, foreign)


@mutator()
def write_no_date(sample: Sample, chance: Random) -> bytes:
    texts = _NOT_DATES if sample.family == XML else _NOT_SHORT_DATES
    return sample.with_one("date", chance, lambda _: chance.choice(texts).encode())


@mutator()
def write_another_date(sample: Sample, chance: Random) -> bytes:
    year, month, day = chance.choice((1970, 2000, 2026, 2099)), chance.randint(1, 12), chance.randint(1, 28)
    texts = {XML: f"{year}-{month:02d}-{day:02d}", CFONB: f"{day:02d}{month:02d}{year % 100:02d}"}
    text = texts.get(sample.family, f"{year % 100:02d}{month:02d}{day:02d}")
    return sample.with_one("date", chance, lambda _: text.encode())


@mutator()
def remove_a_value(sample: Sample, chance: Random) -> bytes:
    what = chance.choice(("amount", "balance", "date", "account", "currency", "sign"))
    return sample.with_one(what, chance, lambda _: b"")


@mutator(frozenset({CFONB}))
def change_the_decimals(sample: Sample, chance: Random) -> bytes:
    spans = sample.values("currency")
    _, end = one_of(spans, chance)
    return sample.changed((end, end + 1), lambda _: chance.choice((b"0", b"1", b"3", b"9", b" ", b"x", b"\xb2")))
