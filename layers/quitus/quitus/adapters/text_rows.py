"""The landlords' own words of letters on the table. Taken back, a row stays, empty: nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping

from quitus.adapters import document_keys, records
from quitus.domain.letter_texts import LetterKind, LetterText
from quitus.services.table import Put, Table


class LetterTextRows:
    """`letter_settings.LetterTexts` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, landlord_id: str, kind: LetterKind) -> LetterText:
        """See `LetterTexts.get`."""
        row = self._table.get(document_keys.text(landlord_id, kind.value))
        return records.record(row, LetterText) if row else LetterText()

    def all(self, landlord_id: str) -> Mapping[LetterKind, LetterText]:
        """See `LetterTexts.all`."""
        rows = self._table.query(document_keys.texts(landlord_id)).rows
        return {LetterKind(row["SK"]): records.record(row, LetterText) for row in rows}

    def put(self, landlord_id: str, kind: LetterKind, text: LetterText) -> None:
        """See `LetterTexts.put`."""
        self._table.write([Put(document_keys.text(landlord_id, kind.value).row(**records.dense(text)))])
