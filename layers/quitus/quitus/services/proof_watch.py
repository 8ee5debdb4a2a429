"""Watches the proof of the last days: a person is told where bank and ledger differ, until they do no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.identity import account_tag
from quitus.services.ports import Alerts, Clock
from quitus.services.proof import AccountProof, ProofDesk, ProofStatus
from quitus.services.registry import StatementRecord

_DAYS = 10


@dataclass(frozen=True, slots=True)
class ProofWatch:
    """Raises and closes the alerts on days that are not proved."""

    proofs: ProofDesk
    alerts: Alerts
    clock: Clock

    def review(self, landlord_id: str) -> int:
        """Look at the last ten days; how many accounts and days differ. A later statement closes the alert."""
        now = self.clock.now()
        first, today, at = paris_day(now) - timedelta(days=_DAYS - 1), paris_day(now), instant_text(now)
        unproved = self.proofs.unproved(landlord_id, first, today)
        found = [
            (proof.date, account)
            for proof in self.proofs.between(landlord_id, first, today)
            for account in proof.accounts
        ]
        for day, account in found:
            self._tell_unproved(landlord_id, day, account, unproved.get((account.account_iban, day)), at)
        return sum(self._tell(landlord_id, day, account, at) for day, account in found)

    def _tell_unproved(
        self, landlord_id: str, day: date, account: AccountProof, told: StatementRecord | None, at: str
    ) -> None:
        """A day that only a statement without balances tells of waits for another one."""
        subject = f"{account_tag(account.account_iban)}/{day.isoformat()}"
        if told is None or account.status is not ProofStatus.AWAITING:
            self.alerts.close(landlord_id, AlertKind.STATEMENT_UNPROVED, subject, at)
            return
        detail = {"account": account.account_iban, "date": day.isoformat(), "file_id": told.file_id}
        self.alerts.alert(landlord_id, Alert(AlertKind.STATEMENT_UNPROVED, subject, detail), at)

    def _tell(self, landlord_id: str, day: date, account: AccountProof, at: str) -> bool:
        subject = f"{account_tag(account.account_iban)}/{day.isoformat()}"
        if account.status is not ProofStatus.GAP:
            self.alerts.close(landlord_id, AlertKind.PROOF_DIFFERENCE, subject, at)
            return False
        detail: dict[str, str | int] = {
            "account": account.account_iban,
            "date": day.isoformat(),
            "difference_cents": account.difference_cents or 0,
            "lines": len(account.lines),
        }
        self.alerts.alert(landlord_id, Alert(AlertKind.PROOF_DIFFERENCE, subject, detail), at)
        return True
