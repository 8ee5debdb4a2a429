"""What takes dropped files in. Put together lazily, once per process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from quitus import bootstrap

if TYPE_CHECKING:
    from quitus.services.intake import Intake
    from quitus.services.sweep import Sweep


@cache
def intake() -> Intake:
    """What takes dropped files in."""
    from quitus.adapters.drop_store import S3Acknowledgements, S3Drops, S3RawFiles
    from quitus.adapters.file_rows import FileRows
    from quitus.adapters.list_rows import ListRows
    from quitus.adapters.pgp_envelopes import PgpEnvelopes
    from quitus.adapters.statement_rows import StatementRows
    from quitus.services.bank_intake import BankIntake
    from quitus.services.erp_intake import ErpIntake
    from quitus.services.intake import Intake
    from quitus.services.list_intake import ListIntake
    from quitus.services.quarantine import Quarantine
    from quitus.services.statements import StatementBook

    files, raw = FileRows(bootstrap.table()), S3RawFiles(bootstrap.s3(), bootstrap.env("RAW_BUCKET"))
    quarantine = Quarantine(files, bootstrap.alerts(), bootstrap.clock())
    book = StatementBook(files, StatementRows(bootstrap.table()), bootstrap.alerts(), bootstrap.clock())
    envelopes = PgpEnvelopes(bootstrap.secrets(), bootstrap.env("PGP_SECRET_PREFIX"))
    bank = BankIntake(
        files,
        book,
        raw,
        envelopes,
        bootstrap.ledger(),
        bootstrap.queue("MOVEMENTS_QUEUE_URL"),
        quarantine,
        bootstrap.clock(),
    )
    acknowledgements = S3Acknowledgements(bootstrap.s3(), bootstrap.env("EXPORT_BUCKET"))
    erp = ErpIntake(
        files, raw, acknowledgements, bootstrap.queue("ERP_ROWS_QUEUE_URL"), bootstrap.alerts(), bootstrap.clock()
    )
    drops = S3Drops(bootstrap.s3(), bootstrap.env("DROP_BUCKET"))
    lists = ListIntake(files, ListRows(bootstrap.table()), raw, bootstrap.clock())
    return Intake(
        drops, raw, bootstrap.landlords(), files, bank, erp, lists, quarantine, bootstrap.alerts(), bootstrap.clock()
    )


@cache
def sweep() -> Sweep:
    """What finds dropped files that no notification announced, and files that stopped half-way."""
    from quitus.adapters.drop_store import S3Drops
    from quitus.adapters.file_rows import FileRows
    from quitus.adapters.open_file_rows import UnfinishedRows
    from quitus.adapters.sweep_rows import SweepMarkRow
    from quitus.services.sweep import Sweep

    drops = S3Drops(bootstrap.s3(), bootstrap.env("DROP_BUCKET"))
    unfinished, mark = UnfinishedRows(bootstrap.table()), SweepMarkRow(bootstrap.table())
    return Sweep(
        drops,
        bootstrap.landlords(),
        FileRows(bootstrap.table()),
        unfinished,
        mark,
        bootstrap.queue("DROPS_QUEUE_URL"),
        bootstrap.clock(),
    )
