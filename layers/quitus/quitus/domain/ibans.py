"""Virtual IBANs: numbers of the landlord's range, and the payment reference that belongs to each."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from quitus.domain.errors import InvalidIban

FRENCH_LENGTH: Final = 27
"""Of an account number without blanks."""

_ACCOUNT_DIGITS: Final = 11
_ROUNDS: Final = 6


@dataclass(frozen=True, slots=True)
class VirtualIban:
    """A French account number whose mod-97 check and national key are right; made by `parse` or by a range."""

    text: str

    @classmethod
    def parse(cls, text: str) -> VirtualIban:
        """The account number without spaces, in capitals.

        Raises:
            InvalidIban: not French, or a wrong check.
        """
        iban = checked_iban(text)
        if not iban.startswith("FR"):
            raise InvalidIban("invalid_iban", "A virtual IBAN must be French.", country=iban[:2])
        return cls(iban)

    @property
    def payment_reference(self) -> str:
        """The creditor reference (ISO 11649) that stands for this account: bank, branch and account, without the
        key.
        """
        return creditor_reference(self.text[4:25])


@dataclass(frozen=True, slots=True)
class VirtualAccount:
    """A virtual IBAN with what its bank answers to payers: BIC and payee name."""

    iban: str
    bic: str
    payee_name: str

    @property
    def payment_reference(self) -> str:
        """The creditor reference (ISO 11649) that stands for it."""
        return VirtualIban(self.iban).payment_reference


def compact_iban(text: str) -> str:
    """An account number as it is compared: without blanks, in capitals; nothing is checked."""
    return "".join(text.split()).upper()


def checked_iban(text: str) -> str:
    """The IBAN in its compact form.

    Raises:
        InvalidIban: a wrong check, a wrong national key, or no account number at all.
    """
    from schwifty import IBAN  # noqa: PLC0415 - slow to load, and most functions never check a number
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415 - comes with it

    try:
        return str(IBAN(text.strip(), validate_bban=True).compact)
    except SchwiftyException as error:
        raise InvalidIban("invalid_iban", f"Not a valid IBAN: {type(error).__name__}.", ending=text[-4:]) from error


def creditor_reference(body: str) -> str:
    """`RF` + two check digits + body (ISO 11649, at most 21 letters and digits)."""
    return f"RF{98 - _mod97(body + 'RF00'):02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether a compact text is a creditor reference with right check digits."""
    compact = text.upper()
    well_formed = compact.isascii() and compact.isalnum() and 5 <= len(compact) <= 25 and compact.startswith("RF")
    return well_formed and compact[2:4].isdigit() and has_right_check(compact)


def has_right_check(compact: str) -> bool:
    """Whether the check digits of a compact IBAN or creditor reference are right (ISO 7064, mod 97); nothing else."""
    return _mod97(compact[4:] + compact[:4]) == 1


def virtual_iban_of_reference(reference: str) -> VirtualIban | None:
    """The virtual IBAN that a payment reference stands for, when it has the shape that Quitus gives."""
    if len(reference) != 25 or not is_creditor_reference(reference):
        return None
    from schwifty import IBAN  # noqa: PLC0415 - slow to load, as above
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415 - comes with it

    bank, branch, account = reference[4:9], reference[9:14], reference[14:25]
    try:
        return VirtualIban(str(IBAN.generate("FR", bank_code=bank, branch_code=branch, account_code=account)))
    except SchwiftyException:
        return None


def _mod97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97


@dataclass(frozen=True, slots=True)
class VirtualIbanRange:
    """Account numbers that the landlord's bank set aside: a bank and branch, and the first digits of the account."""

    bank_code: str
    branch_code: str
    account_prefix: str
    bic: str
    payee_name: str

    @property
    def capacity(self) -> int:
        """How many accounts the range holds."""
        return int("9" * (_ACCOUNT_DIGITS - len(self.account_prefix)) or "0") + 1

    @property
    def name(self) -> str:
        """Names the range across landlords: no two may own the same."""
        return f"{self.bank_code}-{self.branch_code}-{self.account_prefix}"

    @property
    def names_from_widest(self) -> list[str]:
        """The names of the ranges around this one, the widest first, and its own."""
        within = f"{self.bank_code}-{self.branch_code}-"
        return [f"{within}{self.account_prefix[:digits]}" for digits in range(len(self.account_prefix) + 1)]

    @property
    def beginning(self) -> str:
        """How its account numbers begin after country and check digits."""
        return f"{self.bank_code}{self.branch_code}{self.account_prefix}"

    def number(self, counter: int, secret: bytes) -> VirtualIban:
        """The account of a counter value: a bijection of the range keyed by a secret, so neighbours cannot be
        guessed.
        """
        from schwifty import IBAN  # noqa: PLC0415 - slow to load, as above

        digits = _ACCOUNT_DIGITS - len(self.account_prefix)
        permuted = _permute(counter, self.capacity, secret + self.name.encode())
        account = f"{self.account_prefix}{permuted:0{digits}d}"
        iban = IBAN.generate("FR", bank_code=self.bank_code, branch_code=self.branch_code, account_code=account)
        return VirtualIban(str(iban))


def _permute(value: int, size: int, secret: bytes) -> int:
    """A keyed permutation of range(size): a Feistel network over the next even power of two, walked back into range."""
    half_bits = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = (1 << half_bits) - 1
    permuted = value
    while True:
        left, right = permuted >> half_bits, permuted & mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ (_round(right, turn, secret) & mask)
        permuted = (left << half_bits) | right
        if permuted < size:
            return permuted


def _round(value: int, turn: int, secret: bytes) -> int:
    return int.from_bytes(hmac.digest(secret, bytes([turn]) + value.to_bytes(8), "sha256")[:8])
