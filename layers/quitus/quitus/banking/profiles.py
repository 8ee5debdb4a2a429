"""Where each bank puts what matters, as data: a profile per bank, the default for the others (bank-formats.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from quitus.domain.errors import Invalid

CFONB_STATEMENT: Final = "01"
"""Where a bank gives one statement per virtual account: the statement's own account is the virtual one."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where one format holds what matters, first choice first.

    camt: paths, those that the default has and `TxDtls/Refs/EndToEndId`; CFONB 120: any qualifier; MT940: sub-fields,
    slash codes, and `:86:` for its free text.
    """

    virtual_iban: tuple[str, ...]
    payer: tuple[str, ...]
    reference: tuple[str, ...]
    """The payment reference (RF…): structured places as they are, free texts searched."""


CAMT: Final = Places(
    virtual_iban=(
        "TxDtls/RltdPties/CdtrAcct/Id/IBAN",
        "TxDtls/RltdPties/CdtrAcct/Id/Othr/Id",
        "TxDtls/RltdPties/UltmtCdtr/Id",
        "Ntry/NtryRef",
        "TxDtls/RmtInf/Strd/CdtrRefInf/Ref",
        "TxDtls/RmtInf/Ustrd",
        "TxDtls/AddtlTxInf",
        "Ntry/AddtlNtryInf",
    ),
    payer=("TxDtls/RltdPties/Dbtr/Nm", "TxDtls/RltdPties/UltmtDbtr/Nm"),
    reference=("TxDtls/RmtInf/Strd/CdtrRefInf/Ref", "TxDtls/RmtInf/Ustrd"),
)
CFONB: Final = Places(
    virtual_iban=("CBE", "IBE", "IBU", "LCC", "LC2", "LIB"),
    payer=("NPY", "NPO"),
    reference=("LCS", "LCC", "LC2", "LIB"),
)
MT940: Final = Places(
    virtual_iban=("?38", "?31", "/IBAN/", ":86:"),
    payer=("?32", "/NAME/", "/CNTP/", "/ORDP/"),
    reference=(":86:",),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """How a bank writes its files: the places of each format."""

    name: str
    camt: Places = CAMT
    cfonb: Places = CFONB
    mt940: Places = MT940


DEFAULT: Final = Profile("default")

PROFILES: Final = {
    profile.name: profile
    for profile in (
        DEFAULT,
        Profile(
            "structured",
            camt=replace(CAMT, virtual_iban=CAMT.virtual_iban[:5], reference=CAMT.reference[:1]),
            cfonb=replace(CFONB, virtual_iban=("CBE", "IBE", "IBU"), reference=("LCS",)),
            mt940=replace(MT940, virtual_iban=("?38", "?31", "/IBAN/"), reference=()),
        ),
        Profile(
            "entry-reference",
            camt=replace(CAMT, virtual_iban=tuple(dict.fromkeys(("Ntry/NtryRef", *CAMT.virtual_iban)))),
        ),
        Profile("statement-per-account", cfonb=replace(CFONB, virtual_iban=(CFONB_STATEMENT, *CFONB.virtual_iban))),
        Profile(
            "on-behalf",
            camt=replace(CAMT, payer=CAMT.payer[::-1]),
            cfonb=replace(CFONB, payer=CFONB.payer[::-1]),
        ),
        Profile("reference-as-end-to-end", camt=replace(CAMT, reference=("TxDtls/Refs/EndToEndId", *CAMT.reference))),
    )
}
"""`structured` never looks into free text; `entry-reference` is for banks that book one entry per virtual account,
`statement-per-account` for those that send one CFONB 120 statement for each (each then is one of the landlord's
declared accounts); `on-behalf` names the ultimate debtor before the one that pays for him; `reference-as-end-to-end`
is for banks that carry the payment reference there.
"""


def profile_named(name: str) -> Profile:
    """The profile of this name.

    Raises:
        Invalid: there is none.
    """
    if name not in PROFILES:
        raise Invalid("unknown_profile", f"No profile is named {name[:40]!r}.", known=sorted(PROFILES))
    return PROFILES[name]
