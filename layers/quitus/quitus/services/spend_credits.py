"""Credits that stand beside open dues are spent, in as many steps as it takes, each of them whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.credits import use_credits
from quitus.domain.errors import Contention
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Debtor
from quitus.domain.shared_credits import share_credits
from quitus.services.contention import until_written
from quitus.services.leases import ChargeWrite, DueStore
from quitus.services.ports import Clock, Ledger

_PATIENCE = 12


def may_spend(account: Account) -> bool:
    """Whether there are credits and open dues: a step may have been left to do, or the dues are time-barred."""
    return any(facing.credits and facing.open_dues for facing in map(account.facing, Debtor))


@dataclass(frozen=True, slots=True)
class CreditSpender:
    """Goes on where a charging or an unassignment used as many credits as one transaction holds."""

    ledger: Ledger
    dues: DueStore
    clock: Clock

    def spend(self, landlord: Landlord, lease_ids: Iterable[str]) -> dict[str, Account]:
        """Spend what credits of these leases, and of their account groups, can be spent; the accounts as they are then.

        Raises:
            Contention: others kept writing to one of the leases; what was spent stays so, again goes on.
        """
        accounts: dict[str, Account] = {}
        pending, attempt = set(lease_ids), 0
        while pending:
            accounts |= self.ledger.accounts(landlord.landlord_id, pending)
            steps = [step for lease_id in sorted(pending) if (step := self._step(landlord, accounts[lease_id]))]
            late = self._write(landlord.landlord_id, steps)
            pending = {step.account.lease_id for step in steps}
            attempt = self._wait(landlord.landlord_id, attempt) if late else attempt
        grouped = sorted(lease_id for lease_id, held in accounts.items() if held.group)
        return accounts | {lease_id: self._share(landlord, lease_id) for lease_id in grouped}

    def _share(self, landlord: Landlord, lease_id: str) -> Account:
        """Spend the credits of a lease's account group on the dues of all its leases, in as many steps as it takes."""
        busy = Contention("lease_busy", "Others kept writing to the same leases.", landlord_id=landlord.landlord_id)
        while True:
            step = partial(self._share_some, landlord, lease_id)
            account = until_written(step, self.clock, patience=_PATIENCE, busy=busy)
            if account is not None:
                return account

    def _share_some(self, landlord: Landlord, lease_id: str) -> Account | None:
        """One step; the account when nothing was left to do."""
        now = self.clock.now()
        household = self.ledger.households(landlord.landlord_id, [lease_id]).of(lease_id)
        shared = share_credits(household, paris_day(now), landlord.chart)
        if shared is None:
            return household.main_account
        self.ledger.commit_uses(landlord.landlord_id, shared.uses, shared.accounts, instant_text(now))
        return None

    def _step(self, landlord: Landlord, account: Account) -> ChargeWrite | None:
        if not may_spend(account):
            return None
        spent = use_credits(account, paris_day(self.clock.now()), landlord.chart).numbered()
        if not spent.uses and not spent.offsets:
            return None
        books = replace(spent.account, version=account.version + 1)
        return ChargeWrite(replace(spent, account=books), books, (), frozenset(), None)

    def _write(self, landlord_id: str, steps: list[ChargeWrite]) -> set[str]:
        at = instant_text(self.clock.now())
        return self.dues.write_charges(landlord_id, steps, at) if steps else set()

    def _wait(self, landlord_id: str, attempt: int) -> int:
        if attempt == _PATIENCE:
            raise Contention("lease_busy", "Others kept writing to the same leases.", landlord_id=landlord_id)
        self.clock.pause(attempt)
        return attempt + 1
