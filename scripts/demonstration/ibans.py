"""French account numbers with a right national key and right check digits, of banks that do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final


def french_iban(bank_code: str, branch_code: str, account: str) -> str:
    """The IBAN of a French account of eleven digits: RIB key, then check digits (ISO 13616)."""
    key = 97 - (89 * int(bank_code) + 15 * int(branch_code) + 3 * int(account)) % 97
    bban = f"{bank_code}{branch_code}{account}{key:02d}"
    return f"FR{98 - int(f'{bban}152700') % 97:02d}{bban}"


@dataclass(frozen=True, slots=True)
class Bank:
    """A tenant's bank; codes that begin with 9 belong to nobody."""

    code: str
    bic: str

    def account(self, rng: Random) -> str:
        """The IBAN of one of its customers."""
        return french_iban(self.code, f"{rng.randint(1, 99_999):05d}", f"{rng.randrange(10**11):011d}")


TENANTS_BANKS: Final = (
    Bank("90210", "CEVNFR2XXXX"),
    Bank("91340", "GARDFR21XXX"),
    Bank("93004", "MISTFRPPXXX"),
    Bank("97150", "CAMGFR22XXX"),
)
