"""What the billing service found, as its callers read it."""

from collections.abc import Sequence
from uuid import uuid4

from flows_billing.bills import preview, simulate
from flows_billing.proof.finding import Verification
from flows_billing.runs.run import Run
from flows_billing.tariffs.tariff import Component, Tariff
from flows_shared.contracts import verifications
from flows_shared.contracts.previews import Preview, ProposedTariff, Simulation
from flows_shared.contracts.runs import BillingRun
from flows_shared.time import Month
from flows_shared.vocabulary.billing import Outcome


def run_answer(run: Run) -> BillingRun:
    return BillingRun(
        id=run.id,
        esco=run.esco.id,
        esco_code=run.esco.code,
        month=str(run.month),
        status=run.status,
        requested_by=run.requested_by,
        started_at=run.started_at,
        finished_at=run.finished_at,
        accounts=run.accounts,
        billed=run.billed,
        skipped=run.skipped,
        failed=run.failed,
        percent=run.percent,
        error=run.error,
    )


def preview_answer(found: preview.Preview, shown: int) -> Preview:
    return Preview(
        esco=found.esco.id,
        esco_code=found.esco.code,
        month=str(found.month),
        **{str(outcome): found.count(outcome) for outcome in Outcome},
        total_pence=found.total_pence,
        accounts=found.accounts[:shown],
    )


def simulation_answer(found: simulate.Simulation, shown: int) -> Simulation:
    return Simulation(
        esco=found.esco.id,
        esco_code=found.esco.code,
        month=str(found.months[0]),
        until=str(found.months[-1]),
        compared=len(found.compared),
        now_pence=found.now_pence,
        proposed_pence=found.proposed_pence,
        accounts=found.accounts[:shown],
    )


def verification_answer(found: Sequence[Verification]) -> verifications.Verification:
    return verifications.Verification(
        invoices=sum(verification.invoices for verification in found),
        findings=tuple(
            verifications.Finding.model_validate(finding, from_attributes=True)
            for verification in found
            for finding in verification.findings
        ),
    )


def tariff_of(proposed: ProposedTariff, month: Month) -> Tariff:
    return Tariff(
        id=uuid4(),
        owner="microgrid",
        period_start=month.first_day,
        unit_rate=proposed.unit_rate,
        unit_rate_b=proposed.unit_rate_b,
        standing_charge=proposed.standing_charge,
        includes_vat=proposed.includes_vat,
        profile=proposed.rate_profile,
        components=tuple(Component(id=uuid4(), **component.model_dump()) for component in proposed.components),
    )
