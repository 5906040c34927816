"""`flows ledger`: record money, read accounts, and check the books."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID, uuid4

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from flows_billing.commands.database import acting_here, billing_database, billing_settings
from flows_billing.ledger.check import check_ledger
from flows_billing.ledger.statement import StatementLine, account_of_number, statement_of
from flows_billing.payments import record
from flows_billing.payments.store import balance_of
from flows_billing.stores.communities import esco_by_code
from flows_shared.contracts.ledger import LedgerCheck
from flows_shared.contracts.money import (
    GiftArguments,
    MoneyArguments,
    PaymentArguments,
    Recorded,
    RefundArguments,
    ReversalArguments,
    WriteOffArguments,
)
from flows_shared.db import Connection
from flows_shared.errors import FlowsError, InvalidError
from flows_shared.money import format_pounds, pence
from flows_shared.numbers import decimal, whole_option

ledger = typer.Typer(help="Record money, read accounts, and check the books.", no_args_is_help=True)

A = TypeVar("A", bound=MoneyArguments)

Account = Annotated[int, typer.Argument(parser=whole_option(), help="The account's number.", show_default=False)]
Pounds = Annotated[str, typer.Argument(help="GBP, such as 25.00.", show_default=False)]
How = Annotated[str, typer.Option("--method", help="cash, cheque, bank_transfer or card.")]
On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today without it.", show_default=False)
]
Payment = Annotated[UUID, typer.Argument(help="The payment's id.", show_default=False)]
Why = Annotated[str, typer.Option("--reason", help="Why.", show_default=False)]
Key = Annotated[
    str | None, typer.Option("--key", help="The same key records the same money, however often.", show_default=False)
]


class MoneyInvalid(InvalidError):
    """What was typed cannot be recorded."""

    code = "payment.invalid"


class BooksUnsound(FlowsError):
    """The ledger disagrees with itself or with what it stands for; the table above names it."""

    code = "ledger.unsound"


@ledger.command("pay")
def pay(
    account: Account,
    amount: Pounds,
    method: How = "cash",
    on: On = None,
    description: Annotated[str | None, typer.Option(help="Stands on the statement.", show_default=False)] = None,
    key: Key = None,
) -> None:
    """Record a payment that came in by hand."""
    asked = _asked(PaymentArguments, amount, method=method, received_on=on and on.date(), description=description)
    _record(record.record_payment, account, key, asked)


@ledger.command("reverse")
def reverse(
    payment: Annotated[UUID, typer.Argument(help="The payment's id.", show_default=False)], reason: Why
) -> None:
    """Take back a payment that had succeeded, as after a chargeback."""

    async def work() -> Recorded:
        async with acting_here() as transaction:
            return await record.record_reversal(transaction, payment, ReversalArguments(reason=reason))

    _show(asyncio.run(work()))


@ledger.command("refund")
def refund(
    account: Account,
    amount: Pounds,
    reason: Why,
    method: How = "bank_transfer",
    payment: Annotated[UUID | None, typer.Option(help="The payment that it gives back.", show_default=False)] = None,
    on: On = None,
    key: Key = None,
) -> None:
    """Record money that was paid back: at most the credit, or what is left of a payment."""
    asked = _asked(RefundArguments, amount, method=method, reason=reason, payment=payment, paid_on=on and on.date())
    _record(record.record_refund, account, key, asked)


@ledger.command("write-off")
def write_off(
    account: Account,
    amount: Pounds,
    reason: Why,
    approved_by: Annotated[str, typer.Option(help="Who decided it.", show_default=False)],
    on: On = None,
    key: Key = None,
) -> None:
    """Give up a debt."""
    day = on and on.date()
    asked = _asked(WriteOffArguments, amount, reason=reason, approved_by=approved_by, written_off_on=day)
    _record(record.record_write_off, account, key, asked)


@ledger.command("gift")
def gift(account: Account, amount: Pounds, reason: Why, key: Key = None) -> None:
    """Give a customer money on their account."""
    _record(record.record_gift, account, key, _asked(GiftArguments, amount, reason=reason))


@ledger.command("balance")
def balance(account: Account) -> None:
    """Say what an account owes."""

    async def work() -> int:
        async with billing_database(billing_settings()) as db, db.connection() as connection:
            return await balance_of(connection, await account_of_number(connection, account))

    Console().print(_owed(asyncio.run(work())))


@ledger.command("statement")
def statement(account: Account) -> None:
    """List what was charged, paid and credited."""

    async def work() -> Sequence[StatementLine]:
        async with billing_database(billing_settings()) as db, db.connection() as connection:
            return await statement_of(connection, await account_of_number(connection, account))

    table = Table("day", "what", "description", "amount", "balance", title=f"Account {account}")
    for line in asyncio.run(work()):
        amounts = format_pounds(line.amount_pence), format_pounds(line.balance_pence)
        table.add_row(str(line.entry_date), line.kind, line.description, *amounts)
    Console().print(table)


@ledger.command("check")
def check(
    esco: Annotated[str | None, typer.Option("--esco", help="Only the community with this code.")] = None,
) -> None:
    """Check that every entry balances, that all sum to zero, and that nothing lacks its entry."""

    async def work() -> LedgerCheck:
        async with billing_database(billing_settings()) as db, db.connection() as connection:
            return await check_ledger(connection, [await esco_by_code(connection, esco)] if esco else None)

    found = asyncio.run(work())
    title = f"{found.entries} entries, sum {found.total_pence}p, {len(found.findings)} disagreements"
    table = Table("check", "name", "expected", "found", title=title)
    for finding in found.findings:
        table.add_row(finding.check, finding.name, finding.expected, finding.found)
    Console().print(table)
    if not found.is_sound:
        raise BooksUnsound(f"the ledger is not sound: {len(found.findings)} disagreements, sum {found.total_pence}p")


def _asked(kind: type[A], amount: str, **values: object) -> A:
    try:
        return kind.model_validate({"amount_pence": pence(decimal(amount)), **values})
    except (ValidationError, ValueError, ArithmeticError) as error:
        raise MoneyInvalid(str(error)) from None


def _record(
    how: Callable[[Connection, UUID, str, A], Awaitable[Recorded]], account: int, key: str | None, asked: A
) -> None:
    async def work() -> Recorded:
        async with acting_here() as transaction:
            account_id = await account_of_number(transaction, account)
            return await how(transaction, account_id, key or str(uuid4()), asked)

    _show(asyncio.run(work()))


def _show(recorded: Recorded) -> None:
    Console().print(f"{recorded.id}: {_owed(recorded.balance_pence)}")


def _owed(balance_pence: int) -> str:
    side = "in credit" if balance_pence < 0 else "owed"
    return f"the account has {format_pounds(abs(balance_pence))} {side}"
