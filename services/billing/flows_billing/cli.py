"""The billing part of the `flows` command."""

import asyncio
import sys
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows_billing.answers import tariff_of
from flows_billing.bills.preview import Preview, preview_run
from flows_billing.bills.sharing import share_month
from flows_billing.bills.simulate import Simulation, simulate
from flows_billing.commands.database import billing_database, billing_settings
from flows_billing.commands.final import close_account
from flows_billing.commands.holds import release_bill, show_holds
from flows_billing.commands.ledger import ledger
from flows_billing.commands.month_end import evidence
from flows_billing.commands.prove import prove
from flows_billing.commands.rebill import rebill_month
from flows_billing.commands.reports import report
from flows_billing.commands.sharing_tables import half_hour_rows, member_rows, sharing_tables, write_csv
from flows_billing.communities.esco import Esco, require_vat_number
from flows_billing.communities.months import months_until, parse_month, require_finished
from flows_billing.errors import UnknownInvoice
from flows_billing.invoices.documents import printed_invoice
from flows_billing.invoices.explain import explain
from flows_billing.proof.finding import Verification
from flows_billing.proof.invoices import verify_invoices
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import RequestedRuns, enqueue_runs, request_runs
from flows_billing.runs.run import Run
from flows_billing.runs.store import find_run, latest_runs, unbilled_outcomes
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import account_by_number
from flows_billing.stores.communities import esco_by_code, find_escos
from flows_billing.tables import (
    findings_table,
    lines_table,
    preview_table,
    runs_table,
    show_explanation,
    simulation_table,
    unbilled_table,
)
from flows_shared.apart import attempt
from flows_shared.contracts.explanations import Explanation
from flows_shared.contracts.previews import ProposedTariff
from flows_shared.contracts.sharing import SharedGroup
from flows_shared.db import Database, is_connection_lost
from flows_shared.errors import FlowsError
from flows_shared.numbers import whole_option
from flows_shared.time import Month, local_date, utc_now
from flows_shared.vocabulary.billing import RunStatus

UNBILLED_SHOWN = 100

commands = typer.Typer(no_args_is_help=True)
billing = typer.Typer(help="Bill what a community's meters measured.", no_args_is_help=True)
commands.add_typer(billing, name="billing")
commands.add_typer(ledger, name="ledger")
billing.command("evidence")(evidence)
billing.command("prove")(prove)
billing.command("rebill")(rebill_month)
billing.command("final")(close_account)
billing.command("holds")(show_holds)
billing.command("release")(release_bill)
billing.command("report")(report)

MonthText = Annotated[str, typer.Argument(help="A month that has ended, such as 2026-10.", show_default=False)]
EscoCode = Annotated[str | None, typer.Option("--esco", help="Only the community with this code.", show_default=False)]


RequiredEsco = Annotated[str, typer.Option("--esco", help="The community's code.", show_default=False)]


class InvoicesDisagree(FlowsError):
    """Some invoices do not follow from their sources; the table above names them."""

    code = "billing.invoices_disagree"


class RunsFailed(FlowsError):
    """Runs that could not go on; those of other communities did."""

    code = "billing.run_failed"


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
    settings = billing_settings()
    runs = asyncio.run(_queue(month, esco, settings) if queue else _execute(month, esco, settings))
    Console().print(runs_table(runs))
    if stopped := [f"{run.esco.code}: {run.error}" for run in runs if run.status == RunStatus.FAILED]:
        raise RunsFailed("; ".join(stopped))
    if not queue and (failed := sum(run.failed for run in runs)):
        raise AccountsNotBilled(f"{failed} account{'s' if failed > 1 else ''} could not be billed for {month}")


@billing.command("status")
def status(
    month: Annotated[str | None, typer.Argument(help="Only this month.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(parser=whole_option(least=1), help="How many runs.")] = 20,
) -> None:
    """List the latest billing runs and how far they are."""
    runs = asyncio.run(_latest(parse_month(month) if month else None, limit, billing_settings()))
    Console().print(runs_table(runs))


@billing.command("preview")
def preview(
    month: MonthText,
    esco: RequiredEsco,
    account: Annotated[
        int | None, typer.Option(parser=whole_option(), help="Only this account number, with its lines.")
    ] = None,
) -> None:
    """Show what a month's run would bill, and which accounts it could not. Nothing is stored."""
    found = asyncio.run(_preview(month, esco, account, billing_settings()))
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
    until: Annotated[str | None, typer.Option(help="The last of several months.", show_default=False)] = None,
) -> None:
    """Bill months at another tariff beside the tariffs that hold. Nothing is stored.

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
    Console().print(simulation_table(asyncio.run(_simulate(month, until, esco, proposed, billing_settings()))))


@billing.command("share")
def share(
    month: MonthText,
    esco: RequiredEsco,
    account: Annotated[
        int | None, typer.Option(parser=whole_option(), help="Also each half hour of this account's home.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Members, or the account's half hours, as CSV.")] = False,
) -> None:
    """Show how a month's generation is allocated: members, surplus, residue at the boundary. Nothing is stored."""
    groups = asyncio.run(_share(month, esco, account, billing_settings()))
    if csv:
        write_csv(sys.stdout, half_hour_rows(groups) if account is not None else member_rows(groups))
        return
    for group in groups:
        Console().print(*sharing_tables(group))


@billing.command("explain")
def explain_invoice(number: Annotated[str, typer.Argument(help="Such as WLCE-000001.", show_default=False)]) -> None:
    """Show how each amount of an invoice came about."""
    show_explanation(Console(), asyncio.run(_explain(number, billing_settings())))


@billing.command("verify")
def verify(
    period: Annotated[str | None, typer.Argument(help="Only bills of this month.", show_default=False)] = None,
    esco: EscoCode = None,
    number: Annotated[str | None, typer.Option(help="Only this invoice.", show_default=False)] = None,
) -> None:
    """Compute invoices again from their readings, tariffs and ledger, and show what does not agree."""
    found = asyncio.run(_verify(esco, period, number, billing_settings()))
    Console().print(findings_table(found))
    if wrong := found.count("wrong"):
        raise InvoicesDisagree(f"{wrong} of the checks of {found.invoices} invoices failed")


async def _execute(month: str, esco: str | None, settings: RunSettings) -> list[Run]:
    async with billing_database(settings) as db:
        requested = await _request(db, month, esco)
        runs = [
            await _execute_shown(db, run, settings) if run.id in requested.with_work else run for run in requested.runs
        ]
        for run in runs:
            await _show_unbilled(db, run)
        return runs


async def _execute_shown(db: Database, run: Run, settings: RunSettings) -> Run:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{run.esco.code} {run.month}", total=None)
        with attempt(lambda error: not is_connection_lost(error)):
            return await execute_run(
                db, run.id, settings, utc_now(), lambda done, total: bar.update(task, completed=done, total=total)
            )
    async with db.connection() as connection:
        return await find_run(connection, run.id)


async def _queue(month: str, esco: str | None, settings: RunSettings) -> list[Run]:
    async with billing_database(settings) as db:
        return (await _request(db, month, esco, enqueue=True)).runs


async def _latest(month: Month | None, limit: int, settings: RunSettings) -> list[Run]:
    async with billing_database(settings) as db, db.connection() as connection:
        return await latest_runs(connection, month, limit)


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
    async with billing_database(settings) as db:
        esco, asked = await _billable(db, code, month)
        require_vat_number(esco)
        async with db.connection() as connection:
            only = None if number is None else [await account_by_number(connection, esco.id, number)]
        return await preview_run(db, esco, asked, settings, local_date(utc_now(), esco.zone), only=only)


async def _simulate(
    month: str, until: str | None, code: str, proposed: ProposedTariff, settings: RunSettings
) -> Simulation:
    async with billing_database(settings) as db:
        esco, last = await _billable(db, code, until or month)
        months = months_until(parse_month(month), last)
        return await simulate(db, esco, months, tariff_of(proposed, months[0]), settings)


async def _share(month: str, code: str, number: int | None, settings: RunSettings) -> list[SharedGroup]:
    async with billing_database(settings) as db:
        esco, asked = await _billable(db, code, month)
        async with db.connection() as connection:
            account = None if number is None else await account_by_number(connection, esco.id, number)
            return await share_month(connection, esco.id, asked, esco.zone, account=account)


async def _explain(number: str, settings: RunSettings) -> Explanation:
    async with billing_database(settings) as db, db.connection() as connection:
        invoice = await printed_invoice(connection, number)
    if invoice is None:
        raise UnknownInvoice(number)
    return explain(invoice)


async def _verify(code: str | None, month: str | None, number: str | None, settings: RunSettings) -> Verification:
    async with billing_database(settings) as db, db.connection() as connection:
        esco = await esco_by_code(connection, code) if code else None
        asked = parse_month(month) if month else None
        return await verify_invoices(connection, esco=esco, month=asked, number=number, settings=settings)


async def _billable(db: Database, code: str, month: str) -> tuple[Esco, Month]:
    async with db.connection() as connection:
        [esco] = await find_escos(connection, [await esco_by_code(connection, code)])
    asked = parse_month(month)
    require_finished(asked, esco, utc_now())
    return esco, asked
