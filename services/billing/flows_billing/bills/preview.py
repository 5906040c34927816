"""What a run would bill: computed as the run does, and nothing stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flows_billing.bills.judge import prepare
from flows_billing.communities.esco import Esco
from flows_billing.outcomes import NotBilled, Outcome
from flows_billing.rating.bill import Bill, Verdict
from flows_billing.rating.lines import Line
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import account_numbers, supply_account_ids
from flows_shared.contracts.previews import PreviewAccount, PreviewLine
from flows_shared.db import Database
from flows_shared.time import Month


@dataclass(frozen=True, slots=True)
class Preview:
    esco: Esco
    month: Month
    accounts: tuple[PreviewAccount, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(account.outcome == outcome for account in self.accounts)

    @property
    def total_pence(self) -> int:
        return sum(account.total_pence for account in self.accounts)


async def preview_run(
    db: Database,
    esco: Esco,
    month: Month,
    settings: RunSettings,
    issued: date,
    *,
    only: Sequence[UUID] | None = None,
) -> Preview:
    """The accounts that have no invoice for the month yet, or those named; what they would be billed on that day."""
    settings = from_half_hours(settings)
    async with db.connection() as connection:
        accounts = await supply_account_ids(connection, esco.id, month, only=only, billed_too=only is not None)
        docket = await prepare(connection, esco, month, accounts, settings, issued)
        numbers = await account_numbers(connection, accounts)
    batches = docket.verdicts(settings.billing_batch_accounts)
    found = tuple(_previewed(id, numbers[id], each) for batch in batches for id, each in batch.items())
    return Preview(esco, month, found)


def from_half_hours(settings: RunSettings) -> RunSettings:
    """Roll-ups are stored where they are missing, and what only looks stores nothing."""
    return settings.model_copy(update={"billing_usage_source": "half_hours"})


def _previewed(account: UUID, number: int, verdict: Verdict) -> PreviewAccount:
    if isinstance(verdict, NotBilled):
        return PreviewAccount(
            account=account,
            account_number=number,
            outcome=verdict.outcome,
            reason=verdict.reason,
            details=verdict.details,
            kwh=Decimal(0),
            net_pence=0,
            vat_pence=0,
            total_pence=0,
            benchmark_pence=None,
            lines=(),
        )
    return _billed(account, number, verdict)


def _billed(account: UUID, number: int, bills: Sequence[Bill]) -> PreviewAccount:
    """The sums of its bills, where the payer changes within the month."""
    benchmarks = [bill.benchmark_pence for bill in bills if bill.benchmark_pence is not None]
    return PreviewAccount(
        account=account,
        account_number=number,
        outcome=Outcome.BILLED,
        reason=None,
        details=None,
        kwh=sum((bill.kwh for bill in bills), Decimal(0)),
        net_pence=sum(bill.net_pence for bill in bills),
        vat_pence=sum(bill.vat_pence for bill in bills),
        total_pence=sum(bill.total_pence for bill in bills),
        benchmark_pence=sum(benchmarks) if len(benchmarks) == len(bills) else None,
        lines=tuple(_line(line) for bill in bills for line in bill.lines),
    )


def _line(line: Line) -> PreviewLine:
    return PreviewLine(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        rate=line.rate,
        amount_pence=line.amount_pence,
        vat_rate=line.vat_rate,
        includes_vat=line.includes_vat,
        estimated=line.usage.estimated if line.usage else 0,
    )
