"""Watches the proof of the last days: a person is told where bank and ledger differ, until they do no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.identity import account_tag
from quitus.services.ports import Alerts, Clock
from quitus.services.proof import AccountProof, ProofDesk, ProofStatus

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
        today = paris_day(now)
        proofs = self.proofs.between(landlord_id, today - timedelta(days=_DAYS - 1), today)
        found = [(proof.date, account) for proof in proofs for account in proof.accounts]
        return sum(self._tell(landlord_id, day, account, instant_text(now)) for day, account in found)

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
