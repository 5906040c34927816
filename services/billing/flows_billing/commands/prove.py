"""`flows billing prove`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows_billing.commands.database import billing_database, billing_settings
from flows_billing.communities.months import parse_month
from flows_billing.proof.prove import Proof, prove_month
from flows_billing.stores.communities import esco_by_code, find_escos
from flows_shared.errors import FlowsError
from flows_shared.time import utc_now


class MonthUnproven(FlowsError):
    """Something of the month does not follow from its sources; the table above names it."""

    code = "billing.month_unproven"


def prove(
    month: Annotated[str, typer.Argument(help="A month that has ended, such as 2026-10.", show_default=False)],
    esco: Annotated[str, typer.Option("--esco", help="The community's code.", show_default=False)],
) -> None:
    """Prove a month: every invoice computed again, what would be corrected, the series, the ledger and the sharing."""
    proof = asyncio.run(_prove(month, esco))
    console = Console()
    console.print(_parts_table(proof))
    if proof.problems:
        console.print(_problems_table(proof))
        raise MonthUnproven(f"{proof.problems} problems of {proof.esco.code} {proof.month}")


async def _prove(month: str, code: str) -> Proof:
    settings = billing_settings()
    async with billing_database(settings) as db:
        async with db.connection() as connection:
            [esco] = await find_escos(connection, [await esco_by_code(connection, code)])
        return await prove_month(db, esco, parse_month(month), settings, utc_now())


def _parts_table(proof: Proof) -> Table:
    table = Table("part", "looked at", "problems", title=f"{proof.esco.code} {proof.month}")
    for part in proof.parts:
        table.add_row(part.name, part.looked_at, str(len(part.problems)))
    return table


def _problems_table(proof: Proof) -> Table:
    table = Table("part", "of", "check", "expected", "found")
    for part in proof.parts:
        for problem in part.problems:
            table.add_row(part.name, problem.subject, problem.check, problem.expected, problem.found)
    return table
