"""How the transfers of payers of lists are recognised."""

from __future__ import annotations

import pytest
from builders import a_credit

from quitus.domain.bulk_payers import BulkPayer, ListColumns, ListLayout
from quitus.domain.movement import Means


def a_payer(*names: str, iban: str | None = None) -> BulkPayer:
    layout = ListLayout(ListColumns("Montant", beneficiary="Allocataire"))
    return BulkPayer("caf", "CAF", Means.CAF, layout, (iban,) if iban else (), names)


@pytest.mark.parametrize("said", ["CAF DE L'HÉRAULT", "Caf de l Herault 34", "CAF DE LHERAULT  APL 11/2026"])
def test_a_name_is_known_however_a_bank_writes_it(said: str) -> None:
    assert a_payer("CAF de l\u2019Hérault").sent(a_credit(100, debtor_name=said))


@pytest.mark.parametrize("said", ["CAFETERIA DU PORT", "LA CAF", "", None])
def test_a_name_is_whole_words_from_the_first(said: str | None) -> None:
    assert not a_payer("CAF").sent(a_credit(100, debtor_name=said))


def test_an_account_is_known_with_blanks_or_without() -> None:
    iban = "FR7630004000031234567890143"
    assert a_payer(iban=iban).sent(a_credit(100, debtor_iban="fr76 3000 4000 0312 3456 7890 143"))


def test_payers_share_a_name_that_begins_the_others() -> None:
    assert a_payer("CAF du Gard").shares_with(a_payer("CAF"))
    assert not a_payer("CAF du Gard").shares_with(a_payer("CAF de l'Hérault"))
