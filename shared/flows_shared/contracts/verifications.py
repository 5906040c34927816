"""Invoices computed again from their sources."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from flows_shared.contracts.route import Answer, Request, Route
from flows_shared.dates import MonthText

# `due`: its sources changed after it was issued, which is noted, and a correction will say so. `decided`: a person
# leaves it as it is. Everything else is wrong.
Standing: TypeAlias = Literal["wrong", "due", "decided"]


class VerifyRequest(Request):
    escos: Annotated[list[UUID] | None, Field(description="communities; all when null")] = None
    month: MonthText | None = None
    number: str | None = Field(None, max_length=64, description="one invoice", examples=["WLCE-000001"])


class Finding(Answer):
    invoice: str
    check: str = Field(examples=["amount of line 1"])
    expected: str | None
    found: str
    standing: Standing = Field(
        description="due: its sources changed since, and a correction will say so; decided: a person leaves it as it is"
    )


class Verification(Answer):
    """How many invoices were computed again, and what does not agree with its sources."""

    invoices: int
    findings: tuple[Finding, ...]

    def count(self, standing: Standing) -> int:
        return sum(finding.standing == standing for finding in self.findings)


VERIFY = Route("POST", "/internal/billing/verifications", VerifyRequest, Verification)
