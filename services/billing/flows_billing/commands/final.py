"""`flows billing final`."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows_billing.closings.final import Closing, FinalBill, final_bill
from flows_billing.commands.database import billing_database, billing_settings, caller_claims
from flows_billing.settings import RunSettings
from flows_billing.stores.communities import esco_by_code, find_escos
from flows_billing.wording import format_quantity
from flows_shared.errors import FlowsError, InvalidError
from flows_shared.money import format_pounds
from flows_shared.numbers import decimal, whole_option
from flows_shared.time import END_OF_TIME, FIRST_DAY, utc_now
from flows_shared.vocabulary.billing import Outcome


class DayInvalid(InvalidError):
    """The text is no day."""

    code = "billing.day_invalid"


class ReadInvalid(InvalidError):
    """The text is no closing read."""

    code = "billing.read_invalid"


class NotFinal(FlowsError):
    """The account is closed, and its last days are not billed."""

    code = "billing.final_bill_failed"


def close_account(
    account: Annotated[int, typer.Argument(parser=whole_option(), help="The account's number.", show_default=False)],
    esco: Annotated[str, typer.Option("--esco", help="The community's code.", show_default=False)],
    on: Annotated[str, typer.Option("--on", help="The last day that is billed, such as 2026-10-12.")],
    read: Annotated[
        list[str] | None,
        typer.Option(help="What the customer read in kWh: 1234.5, or A=1234.5; else the meter's own count goes."),
    ] = None,
) -> None:
    """Close an account with a final bill: for a part of the month, with its closing read; credit is paid back.

    Run again, it goes on with what is not billed or refunded yet.
    """
    settings, claims = billing_settings(), caller_claims()
    closing = Closing(account, _day(on), dict(_read(text) for text in read or ()), claims["act"], claims)
    made = asyncio.run(_close(esco, closing, settings))
    Console().print(_table(made))
    if made.outcome == Outcome.FAILED:
        raise NotFinal(f"account {account} is closed, but not billed to its last day: {made.details}")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DayInvalid(f"'{text}' is no day such as 2026-10-12") from None
    if not FIRST_DAY <= day < END_OF_TIME:
        raise DayInvalid(f"'{text}' is no day of {FIRST_DAY.year} to {END_OF_TIME.year - 1}")
    return day


def _read(text: str) -> tuple[str, Decimal]:
    element, _, kwh = text.rpartition("=")
    try:
        read = decimal(kwh)
    except ValueError:
        raise ReadInvalid(f"'{text}' is no read such as 1234.5 or A=1234.5") from None
    if read < 0:
        raise ReadInvalid(f"'{text}' is no read: a meter counts up from 0")
    return element.upper() or "SINGLE", read


async def _close(code: str, closing: Closing, settings: RunSettings) -> FinalBill:
    async with billing_database(settings) as db:
        async with db.connection() as connection:
            [esco] = await find_escos(connection, [await esco_by_code(connection, code)])
        return await final_bill(db, esco, closing, settings, utc_now())


def _table(made: FinalBill) -> Table:
    table = Table("", "", title=f"account {made.account_number}, closed with {made.last_day}", show_header=False)
    reads = ", ".join(f"{read.element} {format_quantity(read.read)} kWh ({read.source})" for read in made.reads)
    rows = (
        ("invoices", ", ".join(made.invoices)),
        ("credit notes", ", ".join(made.credit_notes)),
        ("closing read", reads),
        ("paid back", format_pounds(made.refund_pence) if made.refund_pence else ""),
        ("owed", format_pounds(made.balance_pence)),
        ("next account", str(made.next_account or "nobody: give the home an account")),
        ("not billed", made.details or ""),
    )
    for name, value in rows:
        if value:
            table.add_row(name, value)
    return table
