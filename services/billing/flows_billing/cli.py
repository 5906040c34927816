"""The billing part of the `flows` command."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from flows_billing.runs.escos import esco_by_code
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import RequestedRuns, enqueue_runs, request_runs
from flows_billing.runs.run import Run, Unbilled, parse_month
from flows_billing.runs.store import latest_runs, unbilled_outcomes
from flows_billing.settings import RunSettings
from flows_shared.db import Database
from flows_shared.errors import FlowsError
from flows_shared.settings import load_settings
from flows_shared.telemetry.logs import configure_logging
from flows_shared.time import Month, utc_now

UNBILLED_SHOWN = 100

commands = typer.Typer(no_args_is_help=True)
billing = typer.Typer(help="Bill what a community's meters measured.", no_args_is_help=True)
commands.add_typer(billing, name="billing")

MonthText = Annotated[str, typer.Argument(help="A month that has ended, such as 2026-10.", show_default=False)]
EscoCode = Annotated[str | None, typer.Option("--esco", help="Only the community with this code.", show_default=False)]


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
    Console().print(_runs_table(runs))
    if not queue and (failed := sum(run.failed for run in runs)):
        raise AccountsNotBilled(f"{failed} account{'s' if failed > 1 else ''} could not be billed for {month}")


@billing.command("status")
def status(
    month: Annotated[str | None, typer.Argument(help="Only this month.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs.")] = 20,
) -> None:
    """List the latest billing runs and how far they are."""
    runs = asyncio.run(_latest(parse_month(month) if month else None, limit, _settings()))
    Console().print(_runs_table(runs))


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
        Console().print(_unbilled_table(run, unbilled))


async def _database(settings: RunSettings) -> Database:
    return await Database.open(settings.database_url.get_secret_value(), name="flows billing", size=2)


def _runs_table(runs: list[Run]) -> Table:
    table = Table("community", "month", "status", "done", "accounts", "billed", "skipped", "failed", "error")
    for run in runs:
        counts = (run.accounts, run.billed, run.skipped, run.failed)
        table.add_row(run.esco.code, str(run.month), run.status, f"{run.percent}%", *map(str, counts), run.error or "")
    return table


def _unbilled_table(run: Run, unbilled: list[Unbilled]) -> Table:
    left_out = run.failed + run.skipped - len(unbilled)
    caption = f"and {left_out} more: see the run's result in the API" if left_out > 0 else None
    table = Table("account", "outcome", "reason", "details", title=f"{run.esco.code}: not billed", caption=caption)
    for account in unbilled:
        table.add_row(str(account.account_number), account.outcome, account.reason, account.details)
    return table
