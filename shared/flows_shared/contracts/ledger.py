"""The check of the ledger."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from flows_shared.contracts.route import Answer, Request, Route


class CheckRequest(Request):
    escos: Annotated[list[UUID] | None, Field(description="communities; all when null")] = None


class LedgerFinding(Answer):
    check: str = Field(examples=["invoice"])
    name: str = Field(examples=["WLCE-000001"])
    expected: str
    found: str


class LedgerCheck(Answer):
    """The sum over all postings, which is zero, and what does not agree."""

    entries: int
    total_pence: int
    findings: tuple[LedgerFinding, ...]

    @property
    def is_sound(self) -> bool:
        return self.total_pence == 0 and not self.findings


CHECK_LEDGER = Route("POST", "/internal/billing/ledger-checks", CheckRequest, LedgerCheck)
