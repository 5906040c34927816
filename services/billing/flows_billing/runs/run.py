"""A run, and what it left unbilled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from flows_billing.communities.esco import Esco
from flows_shared.time import Month
from flows_shared.vocabulary.billing import RunStatus


@dataclass(frozen=True, slots=True)
class Run:
    """`accounts` are those that the run looks at; billed, skipped and failed are those that have an outcome."""

    id: UUID
    esco: Esco
    month: Month
    status: RunStatus
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None
    accounts: int
    billed: int
    skipped: int
    failed: int
    error: str | None

    @property
    def percent(self) -> int:
        if self.status == RunStatus.COMPLETED:
            return 100
        return 100 * (self.billed + self.skipped + self.failed) // self.accounts if self.accounts else 0


@dataclass(frozen=True, slots=True)
class Unbilled:
    """An account that a run left without an invoice."""

    account: UUID
    account_number: int
    outcome: Literal["skipped", "failed"]
    reason: str
    details: str
