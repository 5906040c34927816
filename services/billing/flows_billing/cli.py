"""The billing part of the `flows` command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from flows_billing.accounts.store import account_by_number
from flows_billing.errors import UnknownInvoice
from flows_billing.invoices.documents import printed_invoice
from flows_billing.invoices.explain import Explanation, explain
from flows_billing.invoices.verify import Verification, verify_invoices
from flows_billing.reports.refresh import refresh_reports
from flows_billing.runs.escos import esco_by_code, find_escos
from flows_billing.runs.execute import execute_run
from flows_billing.runs.preview import Preview, preview_run
from flows_billing.runs.request import RequestedRuns, enqueue_runs, request_runs
from flows_billing.runs.run import Esco, Run, parse_month, require_finished
from flows_billing.runs.simulate import Simulation, simulate
from flows_billing.runs.store import latest_runs, unbilled_outcomes
from flows_billing.settings import RunSettings
from flows_billing.tables import (
    findings_table,
    lines_table,
    preview_table,
    report_table,
    reports_table,
    runs_table,
    show_explanation,
    simulation_table,
    unbilled_table,
)
from flows_billing.views import ProposedTariff
from flows_shared.db import Connection, Database
from flows_shared.errors import FlowsError
from flows_shared.reports import Asked, find_report, report_csv, report_rows, report_states
from flows_shared.settings import load_settings
from flows_shared.telemetry.logs import configure_logging
from flows_shared.time import Month, utc_now

UNBILLED_SHOWN = 100
ROWS_SHOWN = 200
DAY = "%Y-%m-%d"

commands = typer.Typer(no_args_is_help=True)
billing = typer.Typer(help="Bill what a community's meters measured.", no_args_is_help=True)
commands.add_typer(billing, name="billing")

MonthText = Annotated[str, typer.Argument(help="A month that has ended, such as 2026-10.", show_default=False)]
EscoCode = Annotated[str | None, typer.Option("--esco", help="Only the community with this code.", show_default=False)]


RequiredEsco = Annotated[str, typer.Option("--esco", help="The community's code.", show_default=False)]


class InvoicesDisagree(FlowsError):
    """Some invoices do not follow from their sources; the table above names them."""

    code = "billing.invoices_disagree"


class AccountsNotBilled(FlowsError):
    """Some accounts of the month failed; the table above names them."""

    code = "billing.accounts_failed"


@billing.command("run")
def run_month(
    month: MonthText,
    esco: EscoCode = None,
    queue: Annotated[bool, typer.Option("--queue", help="Leave the work to the billing workers.")] = False,
) -> None:
    """Bill a month: make the invoices that are not there yet, and say which accounts have none and why.

    Run again, it changes nothing that was billed. PDFs and emails follow from the workers.
    """
    settings = _settings()
    runs = asyncio.run(_queue(month, esco, settings) if queue else _execute(month, esco, settings))
    Console().print(runs_table(runs))
    if not queue and (failed := sum(run.failed for run in runs)):
        raise AccountsNotBilled(f"{failed} account{'s' if failed > 1 else ''} could not be billed for {month}")


@billing.command("status")
def status(
    month: Annotated[str | None, typer.Argument(help="Only this month.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs.")] = 20,
) -> None:
    """List the latest billing runs and how far they are."""
    runs = asyncio.run(_latest(parse_month(month) if month else None, limit, _settings()))
    Console().print(runs_table(runs))


@billing.command("preview")
def preview(
    month: MonthText,
    esco: RequiredEsco,
    account: Annotated[int | None, typer.Option(help="Only this account number, with its lines.")] = None,
) -> None:
    """Show what a month's run would bill, and which accounts it could not. Nothing is stored."""
    found = asyncio.run(_preview(month, esco, account, _settings()))
    console = Console()
    console.print(preview_table(found))
    if account is not None:
        console.print(*[lines_table(previewed) for previewed in found.accounts])


@billing.command("simulate")
def simulate_tariff(
    month: MonthText,
    esco: RequiredEsco,
    unit_rate: Annotated[str, typer.Option(help="GBP a kWh.")],
    standing_charge: Annotated[str, typer.Option(help="GBP a day.")],
    unit_rate_b: Annotated[str | None, typer.Option(help="GBP a kWh of element B.", show_default=False)] = None,
    without_vat: Annotated[bool, typer.Option("--without-vat", help="The prices do not hold VAT.")] = False,
) -> None:
    """Bill a month at another tariff beside the tariffs that hold. Nothing is stored.

    Prices by time of use and by block can be tried over the API: POST /v1/billing/simulations.
    """
    proposed = ProposedTariff.model_validate(
        {
            "unit_rate": unit_rate,
            "unit_rate_b": unit_rate_b,
            "standing_charge": standing_charge,
            "includes_vat": not without_vat,
        }
    )
    Console().print(simulation_table(asyncio.run(_simulate(month, esco, proposed, _settings()))))


@billing.command("explain")
def explain_invoice(number: Annotated[str, typer.Argument(help="Such as WLCE-000001.", show_default=False)]) -> None:
    """Show how each amount of an invoice came about."""
    show_explanation(Console(), asyncio.run(_explain(number, _settings())))


@billing.command("verify")
def verify(
    period: Annotated[str | None, typer.Argument(help="Only bills of this month.", show_default=False)] = None,
    esco: EscoCode = None,
    number: Annotated[str | None, typer.Option(help="Only this invoice.", show_default=False)] = None,
) -> None:
    """Compute invoices again from their readings, tariffs and ledger, and show what does not agree."""
    found = asyncio.run(_verify(esco, period, number, _settings()))
    Console().print(findings_table(found))
    if found.findings:
        raise InvoicesDisagree(f"{len(found.findings)} of the checks of {found.invoices} invoices failed")


@billing.command("report")
def report(
    name: Annotated[str | None, typer.Argument(help="Which; all are listed when left out.", show_default=False)] = None,
    esco: EscoCode = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day or month.")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day or month.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this file.", show_default=False)] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Make the reports again first.")] = False,
) -> None:
    """Show a report, or write it as CSV; without a name, list the reports and how old they are."""
    found = asyncio.run(_report(name, esco, (start, end), csv, _settings(), refresh=refresh))
    Console().print(found)


def _settings() -> RunSettings:
    settings = load_settings(RunSettings)
    configure_logging(settings, "billing")
    return settings


async def _execute(month: str, esco: str | None, settings: RunSettings) -> list[Run]:
    db = await _database(settings)
    try:
        requested = await _request(db, month, esco)
        runs = [
            await _execute_shown(db, run, settings) if run.id in requested.with_work else run for run in requested.runs
        ]
        for run in runs:
            await _show_unbilled(db, run)
        return runs
    finally:
        await db.close()


async def _execute_shown(db: Database, run: Run, settings: RunSettings) -> Run:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{run.esco.code} {run.month}", total=None)
        return await execute_run(
            db, run.id, settings, utc_now(), lambda done, total: bar.update(task, completed=done, total=total)
        )


async def _queue(month: str, esco: str | None, settings: RunSettings) -> list[Run]:
    db = await _database(settings)
    try:
        requested = await _request(db, month, esco, enqueue=True)
        return requested.runs
    finally:
        await db.close()


async def _latest(month: Month | None, limit: int, settings: RunSettings) -> list[Run]:
    db = await _database(settings)
    try:
        async with db.connection() as connection:
            return await latest_runs(connection, month, limit)
    finally:
        await db.close()


async def _request(db: Database, month: str, esco: str | None, *, enqueue: bool = False) -> RequestedRuns:
    async with db.transaction() as transaction:
        escos: list[UUID] | None = [await esco_by_code(transaction, esco)] if esco else None
        requested = await request_runs(
            transaction, parse_month(month), escos, requested_by="flows command", now=utc_now()
        )
        if enqueue:
            await enqueue_runs(transaction, requested.with_work)
        return requested


async def _show_unbilled(db: Database, run: Run) -> None:
    async with db.connection() as connection:
        unbilled = await unbilled_outcomes(connection, run.id, UNBILLED_SHOWN)
    if unbilled:
        Console().print(unbilled_table(run, unbilled))


async def _preview(month: str, code: str, number: int | None, settings: RunSettings) -> Preview:
    async with _opened(settings) as db:
        esco, asked = await _billable(db, code, month)
        async with db.connection() as connection:
            only = None if number is None else [await account_by_number(connection, esco.id, number)]
        return await preview_run(db, esco, asked, settings, only=only)


async def _simulate(month: str, code: str, proposed: ProposedTariff, settings: RunSettings) -> Simulation:
    async with _opened(settings) as db:
        esco, asked = await _billable(db, code, month)
        return await simulate(db, esco, asked, proposed.tariff(asked), settings)


async def _explain(number: str, settings: RunSettings) -> Explanation:
    async with _opened(settings) as db, db.connection() as connection:
        invoice = await printed_invoice(connection, number)
    if invoice is None:
        raise UnknownInvoice(number)
    return explain(invoice)


async def _verify(code: str | None, month: str | None, number: str | None, settings: RunSettings) -> Verification:
    async with _opened(settings) as db, db.connection() as connection:
        esco = await esco_by_code(connection, code) if code else None
        return await verify_invoices(connection, esco=esco, month=parse_month(month) if month else None, number=number)


async def _report(
    name: str | None,
    code: str | None,
    days: tuple[datetime | None, datetime | None],
    file: Path | None,
    settings: RunSettings,
    *,
    refresh: bool,
) -> Table | str:
    async with _opened(settings) as db:
        if refresh:
            async with db.connection() as connection:
                await refresh_reports(connection, utc_now())
        async with db.transaction() as transaction:
            states = await report_states(transaction)
            if name is None:
                return reports_table(states)
            escos = [await esco_by_code(transaction, code)] if code else None
            start, end = (day.date() if day else None for day in days)
            asked = Asked(find_report(name), escos, start, end)
            if file:
                return await _write_csv(transaction, asked, file)
            [state] = [state for state in states if state.name == name]
            return report_table(state, await report_rows(transaction, asked, ROWS_SHOWN + 1), ROWS_SHOWN)


async def _write_csv(db: Connection, asked: Asked, file: Path) -> str:
    with file.open("w", encoding="utf-8", newline="") as opened:
        async for part in report_csv(db, asked):
            opened.write(part)
    return f"written to {file}"


async def _billable(db: Database, code: str, month: str) -> tuple[Esco, Month]:
    async with db.connection() as connection:
        [esco] = await find_escos(connection, [await esco_by_code(connection, code)])
    asked = parse_month(month)
    require_finished(asked, esco, utc_now())
    return esco, asked


@asynccontextmanager
async def _opened(settings: RunSettings) -> AsyncIterator[Database]:
    db = await _database(settings)
    try:
        yield db
    finally:
        await db.close()


async def _database(settings: RunSettings) -> Database:
    return await Database.open(settings.database_url.get_secret_value(), name="flows billing", size=2)
