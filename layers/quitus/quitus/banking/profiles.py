"""Where each bank puts what matters, as data: a profile per bank, the default for the others (bank-formats.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quitus.domain.errors import Invalid

CAMT_VIRTUAL_IBAN: Final = (
    "TxDtls/RltdPties/CdtrAcct/Id/IBAN",
    "TxDtls/RltdPties/CdtrAcct/Id/Othr/Id",
    "TxDtls/RltdPties/UltmtCdtr/Id",
    "Ntry/NtryRef",
    "TxDtls/RmtInf/Strd/CdtrRefInf/Ref",
    "TxDtls/RmtInf/Ustrd",
    "TxDtls/AddtlTxInf",
    "Ntry/AddtlNtryInf",
)
CFONB_VIRTUAL_IBAN: Final = ("CBE", "IBE", "LCC", "LC2", "LIB")
CFONB_STATEMENT: Final = "01"
"""Where a bank gives one statement per virtual account: the statement's own account is the virtual one."""
MT940_VIRTUAL_IBAN: Final = ("?38", "?31", "/IBAN/", ":86:")


@dataclass(frozen=True, slots=True)
class Profile:
    """The places where a bank may write the virtual IBAN, first choice first, per format; each is one of the names
    above, for CFONB 120 any qualifier.
    """

    name: str
    camt: tuple[str, ...] = CAMT_VIRTUAL_IBAN
    cfonb: tuple[str, ...] = CFONB_VIRTUAL_IBAN
    mt940: tuple[str, ...] = MT940_VIRTUAL_IBAN


DEFAULT: Final = Profile("default")

PROFILES: Final = {
    profile.name: profile
    for profile in (
        DEFAULT,
        Profile("structured", camt=CAMT_VIRTUAL_IBAN[:5], cfonb=("CBE", "IBE"), mt940=("?38", "?31", "/IBAN/")),
        Profile(
            "entry-reference", camt=("Ntry/NtryRef", *(path for path in CAMT_VIRTUAL_IBAN if path != "Ntry/NtryRef"))
        ),
        Profile("statement-per-account", cfonb=(CFONB_STATEMENT, *CFONB_VIRTUAL_IBAN)),
    )
}
"""`structured` never looks into free text; `entry-reference` is for banks that book one entry per virtual account,
`statement-per-account` for those that send one CFONB 120 statement for each.
"""


def profile_named(name: str) -> Profile:
    """The profile of this name.

    Raises:
        Invalid: there is none.
    """
    if name not in PROFILES:
        raise Invalid("unknown_profile", f"No profile is named {name[:40]!r}.", known=sorted(PROFILES))
    return PROFILES[name]
