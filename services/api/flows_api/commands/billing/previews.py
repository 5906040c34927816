"""Look before a month is billed, try another tariff on it, and check what was billed."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flows_api.commands.access import Operator
from flows_api.commands.billing.escos import Billing, billable_escos
from flows_api.commands.models import problems
from flows_shared.dates import MonthText
from flows_shared.numbers import PLAIN
from flows_shared.service import Db

router = APIRouter()

Rate = Annotated[Decimal, PLAIN, Field(ge=0, max_digits=10, decimal_places=5, examples=["0.24567"])]
Accounts = Annotated[list[UUID] | None, Field(min_length=1, max_length=10_000, description="all when null")]


class PreviewRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    month: MonthText
    esco: UUID
    accounts: Accounts = None


class PreviewLine(BaseModel):
    description: str = Field(examples=["Electricity, night"])
    quantity: Decimal
    unit: str
    rate: Decimal
    amount_pence: int
    vat_rate: Decimal
    includes_vat: bool
    estimated: int = Field(description="half hours that were estimated")


class PreviewAccount(BaseModel):
    account: UUID
    account_number: int
    outcome: Literal["billed", "skipped", "failed"]
    reason: str | None = Field(examples=["readings_missing"])
    details: str | None
    kwh: Decimal
    net_pence: int
    vat_pence: int
    total_pence: int
    benchmark_pence: int | None
    lines: list[PreviewLine]


class Preview(BaseModel):
    """What a run would bill; the sums are of all accounts, of which at most 10,000 are listed."""

    esco: UUID
    esco_code: str = Field(examples=["WLCE"])
    month: MonthText
    billed: int
    skipped: int
    failed: int
    total_pence: int
    accounts: list[PreviewAccount]


class TariffComponent(BaseModel):
    """By element, band and block; `rate` is GBP a kWh, of a minimum charge GBP a month."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["unit_rate", "export_credit", "minimum_charge"]
    rate: Rate
    includes_vat: bool
    element: Literal["A", "B", "SINGLE"] | None = None
    band: str | None = None
    from_kwh: Annotated[Decimal, PLAIN, Field(ge=0)] = Decimal(0)
    threshold_period: Literal["day", "month"] | None = None


class ProposedTariff(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unit_rate: Rate
    unit_rate_b: Rate | None = None
    standing_charge: Rate
    includes_vat: bool = True
    rate_profile: UUID | None = None
    components: list[TariffComponent] = Field([], max_length=100)


class SimulationRequest(PreviewRequest):
    until: Annotated[MonthText | None, Field(description="the last of several months; null: the first one alone")] = (
        None
    )
    tariff: ProposedTariff


class ComparedAccount(BaseModel):
    account: UUID
    account_number: int
    now_pence: int | None
    proposed_pence: int | None
    why_not: str | None = Field(description="why there is no bill to compare, of which month")


class Simulation(BaseModel):
    """Months at the tariff proposed, beside what they cost; the sums are of what has both bills."""

    esco: UUID
    esco_code: str
    month: MonthText
    until: MonthText
    compared: int
    now_pence: int
    proposed_pence: int
    accounts: list[ComparedAccount]


class VerifyRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    escos: list[UUID] | None = Field(None, min_length=1, max_length=1000, description="all of the caller's when null")
    month: MonthText | None = None
    number: str | None = Field(None, max_length=64, description="one invoice", examples=["WLCE-000001"])


class Finding(BaseModel):
    invoice: str
    check: str = Field(examples=["amount of line 1"])
    expected: str | None
    found: str
    standing: Literal["wrong", "due", "decided"] = Field(
        description="due: its sources changed since, and a correction will say so; decided: a person leaves it as it is"
    )


class Verification(BaseModel):
    """How many invoices were computed again, and what does not agree with its sources."""

    invoices: int
    findings: list[Finding]


@router.post("/previews", summary="What a month's run would bill; nothing is stored", responses=problems(404, 503))
async def preview(asked: PreviewRequest, principal: Operator, db: Db, billing: Billing) -> Preview:
    """Accounts that have no invoice for the month yet, or those named whether they have one or not."""
    await billable_escos(db, principal, [asked.esco])
    answer = await billing.post("/internal/billing/previews", asked.model_dump(mode="json"), principal)
    return Preview.model_validate_json(answer.content)


@router.post("/simulations", summary="What if: a month, or several, at another tariff", responses=problems(404, 503))
async def simulate(asked: SimulationRequest, principal: Operator, db: Db, billing: Billing) -> Simulation:
    """Nothing is stored."""
    await billable_escos(db, principal, [asked.esco])
    answer = await billing.post("/internal/billing/simulations", asked.model_dump(mode="json"), principal)
    return Simulation.model_validate_json(answer.content)


@router.post("/verifications", summary="Compute invoices again from their sources", responses=problems(404, 503))
async def verify(asked: VerifyRequest, principal: Operator, db: Db, billing: Billing) -> Verification:
    escos = await billable_escos(db, principal, asked.escos)
    body = asked.model_copy(update={"escos": escos}).model_dump(mode="json")
    answer = await billing.post("/internal/billing/verifications", body, principal)
    return Verification.model_validate_json(answer.content)
