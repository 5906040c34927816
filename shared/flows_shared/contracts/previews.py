"""What a month would be billed, at the tariffs that hold and at another one; nothing is stored."""

from decimal import Decimal
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import Field

from flows_shared.contracts.route import Answer, Request, Route
from flows_shared.dates import MonthText
from flows_shared.numbers import PLAIN
from flows_shared.vocabulary.billing import ComponentKind, Outcome, ThresholdPeriod
from flows_shared.vocabulary.meters import Element

Rate: TypeAlias = Annotated[Decimal, PLAIN, Field(ge=0, max_digits=10, decimal_places=5, examples=["0.24567"])]
Accounts: TypeAlias = Annotated[list[UUID] | None, Field(min_length=1, max_length=10_000, description="all when null")]


class PreviewRequest(Request):
    month: MonthText
    esco: UUID
    accounts: Accounts = None


class PreviewLine(Answer):
    description: str = Field(examples=["Electricity, night"])
    quantity: Decimal
    unit: str
    rate: Decimal
    amount_pence: int
    vat_rate: Decimal
    includes_vat: bool
    estimated: int = Field(description="half hours that were estimated")


class PreviewAccount(Answer):
    account: UUID
    account_number: int
    outcome: Outcome
    reason: str | None = Field(examples=["readings_missing"])
    details: str | None
    kwh: Decimal
    net_pence: int
    vat_pence: int
    total_pence: int
    benchmark_pence: int | None
    lines: tuple[PreviewLine, ...]


class Preview(Answer):
    """What a run would bill; the sums are of all accounts, of which at most 10,000 are listed."""

    esco: UUID
    esco_code: str = Field(examples=["WLCE"])
    month: MonthText
    billed: int
    skipped: int
    failed: int
    total_pence: int
    accounts: tuple[PreviewAccount, ...]


class TariffComponent(Request):
    """By element, band and block; `rate` is GBP a kWh, of a minimum charge GBP a month."""

    kind: ComponentKind
    rate: Rate
    includes_vat: bool
    element: Element | None = None
    band: str | None = None
    from_kwh: Annotated[Decimal, PLAIN, Field(ge=0)] = Decimal(0)
    threshold_period: ThresholdPeriod | None = None


class ProposedTariff(Request):
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


class ComparedAccount(Answer):
    account: UUID
    account_number: int
    now_pence: int | None
    proposed_pence: int | None
    why_not: str | None = Field(description="why there is no bill to compare, of which month")

    @property
    def difference_pence(self) -> int | None:
        if self.now_pence is None or self.proposed_pence is None:
            return None
        return self.proposed_pence - self.now_pence


class Simulation(Answer):
    """Months at the tariff proposed, beside what they cost; the sums are of what has both bills."""

    esco: UUID
    esco_code: str
    month: MonthText
    until: MonthText
    compared: int
    now_pence: int
    proposed_pence: int
    accounts: tuple[ComparedAccount, ...]


PREVIEW = Route("POST", "/internal/billing/previews", PreviewRequest, Preview)
SIMULATE = Route("POST", "/internal/billing/simulations", SimulationRequest, Simulation)
