"""`flows billing holds` and `flows billing release`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows_billing.commands.database import acting_here
from flows_billing.communities.months import parse_month
from flows_billing.errors import ReasonMissing
from flows_billing.holds.store import Hold, open_holds, release_holds
from flows_billing.stores.accounts import account_by_number
from flows_billing.stores.communities import esco_by_code
from flows_shared.numbers import whole_option

EscoCode = Annotated[str, typer.Option("--esco", help="The community's code.", show_default=False)]


def show_holds(esco: EscoCode) -> None:
    """List the bills that wait for a person, and why."""
    table = Table("account", "month", "why", "details")
    for hold in asyncio.run(_holds(esco)):
        table.add_row(str(hold.account_number), str(hold.month), hold.reason, hold.details)
    Console().print(table)


def release_bill(
    account: Annotated[int, typer.Argument(parser=whole_option(), help="The account's number.", show_default=False)],
    month: Annotated[str, typer.Argument(help="The month of the bill, such as 2026-10.", show_default=False)],
    esco: EscoCode,
    reason: Annotated[str, typer.Option(help="Why the bill is right as it is.", show_default=False)],
) -> None:
    """Let a held bill go: the month asked again bills it, as long as nothing else looks wrong by then."""
    released = asyncio.run(_release(account, month, esco, reason))
    Console().print(f"account {account}, {month}: {', '.join(released)} released")


async def _holds(code: str) -> list[Hold]:
    async with acting_here() as db:
        return await open_holds(db, await esco_by_code(db, code))


async def _release(number: int, month: str, code: str, reason: str) -> list[str]:
    if not reason.strip():
        raise ReasonMissing
    async with acting_here() as db:
        account = await account_by_number(db, await esco_by_code(db, code), number)
        return await release_holds(db, account, parse_month(month), reason)
