"""`flows billing report`: which reports there are, one of them shown, or written as CSV."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from flows_billing.commands.database import billing_database, billing_settings
from flows_billing.reports.refresh import refresh_reports
from flows_billing.stores.communities import esco_by_code
from flows_billing.tables import report_table, reports_table
from flows_shared.db import Connection
from flows_shared.reports import Asked, find_report, report_csv, report_rows, report_states
from flows_shared.time import utc_now

ROWS_SHOWN: Final = 200
DAY: Final = "%Y-%m-%d"


def report(
    name: Annotated[str | None, typer.Argument(help="Which; all are listed when left out.", show_default=False)] = None,
    esco: Annotated[str | None, typer.Option("--esco", help="Only this community.", show_default=False)] = None,
    start: Annotated[datetime | None, typer.Option("--from", formats=[DAY], help="The first day or month.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=[DAY], help="The last day or month.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this file.", show_default=False)] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Make the reports again first.")] = False,
) -> None:
    """Show a report, or write it as CSV; without a name, list the reports and how old they are."""
    Console().print(asyncio.run(_report(name, esco, (start, end), csv, refresh=refresh)))


async def _report(
    name: str | None,
    code: str | None,
    days: tuple[datetime | None, datetime | None],
    file: Path | None,
    *,
    refresh: bool,
) -> Table | str:
    async with billing_database(billing_settings()) as db:
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
    with file.open("w", encoding="utf-8", newline="") as opened_file:
        async for part in report_csv(db, asked):
            opened_file.write(part)
    return f"written to {file}"
