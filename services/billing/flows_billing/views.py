"""What the billing service answers: previews, simulations, explanations and verifications as its callers read them."""

from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from flows_billing.bills.preview import Preview, PreviewedAccount
from flows_billing.bills.sharing import SharedGroup
from flows_billing.bills.simulate import Compared, Simulation
from flows_billing.proof.finding import Finding, Verification
from flows_billing.tariffs.tariff import Component, Tariff
from flows_shared.dates import MonthText
from flows_shared.numbers import PLAIN
from flows_shared.time import Month
from flows_shared.vocabulary.billing import Outcome

Rate = Annotated[Decimal, PLAIN, Field(ge=0, max_digits=10, decimal_places=5)]


class PreviewRequest(BaseModel):
    month: MonthText
    esco: UUID
    accounts: list[UUID] | None = None


class PreviewResult(BaseModel):
    """`accounts` are at most as many as were asked for; the sums are of all."""

    esco: UUID
    esco_code: str
    month: MonthText
    billed: int
    skipped: int
    failed: int
    total_pence: int
    accounts: list[PreviewedAccount]

    @classmethod
    def of(cls, preview: Preview, shown: int) -> Self:
        return cls(
            esco=preview.esco.id,
            esco_code=preview.esco.code,
            month=str(preview.month),
            **{str(outcome): preview.count(outcome) for outcome in Outcome},
            total_pence=preview.total_pence,
            accounts=list(preview.accounts[:shown]),
        )


class ProposedComponent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["unit_rate", "export_credit", "minimum_charge"]
    rate: Rate
    includes_vat: bool
    element: Literal["A", "B", "SINGLE"] | None = None
    band: str | None = None
    from_kwh: Annotated[Decimal, PLAIN, Field(ge=0)] = Decimal(0)
    threshold_period: Literal["day", "month"] | None = None


class ProposedTariff(BaseModel):
    """Rates in GBP a kWh and a day; `rate_profile` names the bands that components may price."""

    model_config = ConfigDict(extra="forbid")

    unit_rate: Rate
    unit_rate_b: Rate | None = None
    standing_charge: Rate
    includes_vat: bool = True
    rate_profile: UUID | None = None
    components: list[ProposedComponent] = []

    def tariff(self, month: Month) -> Tariff:
        return Tariff(
            id=uuid4(),
            owner="microgrid",
            period_start=month.first_day,
            unit_rate=self.unit_rate,
            unit_rate_b=self.unit_rate_b,
            standing_charge=self.standing_charge,
            includes_vat=self.includes_vat,
            profile=self.rate_profile,
            components=tuple(Component(id=uuid4(), **component.model_dump()) for component in self.components),
        )


class SharingRequest(BaseModel):
    month: MonthText
    esco: UUID
    account: UUID | None = None


class SharingResult(BaseModel):
    """Energy in kWh."""

    esco: UUID
    esco_code: str
    month: MonthText
    groups: list[SharedGroup]


class SimulationRequest(BaseModel):
    """The months from `month` to `until`, both included; the first one alone where that is null."""

    month: MonthText
    until: MonthText | None = None
    esco: UUID
    tariff: ProposedTariff
    accounts: list[UUID] | None = None


class SimulationResult(BaseModel):
    """The sums are of the accounts and months that have both bills."""

    esco: UUID
    esco_code: str
    month: MonthText
    until: MonthText
    compared: int
    now_pence: int
    proposed_pence: int
    accounts: list[Compared]

    @classmethod
    def of(cls, simulation: Simulation, shown: int) -> Self:
        return cls(
            esco=simulation.esco.id,
            esco_code=simulation.esco.code,
            month=str(simulation.months[0]),
            until=str(simulation.months[-1]),
            compared=len(simulation.compared),
            now_pence=simulation.now_pence,
            proposed_pence=simulation.proposed_pence,
            accounts=list(simulation.accounts[:shown]),
        )


class VerifyRequest(BaseModel):
    escos: list[UUID] | None = None
    month: MonthText | None = None
    number: str | None = None


class VerifyResult(BaseModel):
    invoices: int
    findings: list[Finding]

    @classmethod
    def of(cls, verifications: list[Verification]) -> Self:
        return cls(
            invoices=sum(verification.invoices for verification in verifications),
            findings=[finding for verification in verifications for finding in verification.findings],
        )


class ExplainRequest(BaseModel):
    number: str
