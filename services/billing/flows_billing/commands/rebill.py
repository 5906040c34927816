"""`flows billing rebill`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows_billing.commands.database import billing_database, billing_settings, caller_claims
from flows_billing.communities.months import parse_month
from flows_billing.corrections.difference import CAUSES
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import Confirmation, RebilledAccount, Rebilling
from flows_billing.corrections.wording import DIFFERENCE_TITLES, difference_cells
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import account_by_number
from flows_billing.stores.communities import esco_by_code, find_escos
from flows_shared.contracts.corrections import LineDifference
from flows_shared.errors import InvalidError
from flows_shared.money import format_pounds
from flows_shared.time import utc_now
from flows_shared.vocabulary.billing import CorrectionCause

SHOWN = 100


class CauseUnknown(InvalidError):
    """Corrections have no such cause."""

    code = "billing.cause_unknown"

    def __init__(self, cause: str) -> None:
        super().__init__(f"there is no cause '{cause}': it is one of {', '.join(CAUSES)}")


def rebill_month(
    month: Annotated[str, typer.Argument(help="A month that was billed, such as 2026-10.", show_default=False)],
    esco: Annotated[str, typer.Option("--esco", help="The community's code.", show_default=False)],
    account: Annotated[list[int] | None, typer.Option(help="Only this account number; again for more.")] = None,
    cause: Annotated[
        list[str] | None, typer.Option(help="Only what differs by it: readings, tariff, vat, payer or days.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="For the credit notes; without it they say the causes.")] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Put right what differs.")] = False,
) -> None:
    """Bill a month again that was billed, and show what differs; nothing is stored without --confirm.

    Confirmed, each invoice that differs is taken back by a credit note, and a new one takes its place.
    """
    settings = billing_settings()
    causes = [_cause(text) for text in cause or ()]
    confirmation = Confirmation(caller_claims()["act"], reason, caller_claims()) if confirm else None
    found = asyncio.run(_rebill(month, esco, account or [], causes, confirmation, settings))
    console = Console()
    differing = [each for each in found.accounts if each.outcome != "unchanged"]
    console.print(_accounts_table(found, differing))
    for each in differing[:SHOWN]:
        for correction in each.corrections:
            console.print(_lines_table(each.account_number, correction.lines))


def _cause(text: str) -> CorrectionCause:
    found = next((cause for cause in CAUSES if cause == text), None)
    if found is None:
        raise CauseUnknown(text)
    return found


async def _rebill(
    month: str,
    code: str,
    numbers: list[int],
    causes: list[CorrectionCause],
    confirmation: Confirmation | None,
    settings: RunSettings,
) -> Rebilling:
    async with billing_database(settings) as db:
        async with db.connection() as connection:
            [esco] = await find_escos(connection, [await esco_by_code(connection, code)])
            only = [await account_by_number(connection, esco.id, number) for number in numbers] or None
        asked = parse_month(month)
        return await rebill(db, esco, asked, settings, utc_now(), only=only, causes=causes, confirmation=confirmation)


def _accounts_table(found: Rebilling, differing: list[RebilledAccount]) -> Table:
    counts = ", ".join(
        f"{count} {outcome}"
        for outcome in ("unchanged", "differs", "corrected", "too_old", "failed")
        if (count := found.count(outcome))
    )
    title = (
        f"{found.esco.code} {found.month}: {counts or 'nothing was billed'}, {format_pounds(found.difference_pence)}"
    )
    table = Table("account", "outcome", "invoice", "before", "after", "difference", "why", "made", title=title)
    for account in differing[:SHOWN]:
        if not account.corrections:
            table.add_row(str(account.account_number), account.outcome, *[""] * 4, account.details or "", "")
        for each in account.corrections:
            amounts = [format_pounds(pence) for pence in (each.before_pence, each.after_pence, each.difference_pence)]
            made = ", ".join(number for number in (each.credit_note, each.replacement) if number)
            row = (str(account.account_number), account.outcome, each.invoice or "", *amounts, ", ".join(each.causes))
            table.add_row(*row, made)
    return table


def _lines_table(account: int, lines: tuple[LineDifference, ...]) -> Table:
    table = Table(*DIFFERENCE_TITLES, title=f"account {account}")
    for line in lines:
        table.add_row(*difference_cells(line))
    return table
