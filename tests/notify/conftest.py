"""A community whose invoices are issued by hand, and the notify job run step by step as its own login role."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest
from arq.connections import ArqRedis

from databases import RoleUrl
from flows_notify.jobs import NotifyWorker, create_worker
from flows_shared.contracts.jobs import SEND_INVOICES
from flows_shared.db import Database
from flows_shared.jobs import JobRunner, Worker
from flows_shared.outbox import enqueue
from mail_server import MailServer

PDF = b"%PDF-1.4 the invoice"
IssueInvoice: TypeAlias = Callable[..., Awaitable[UUID]]

COMMUNITY = """
    INSERT INTO flows.escos (name, code, app_url, region, address)
    VALUES ('Water Lane Energy', 'WLCE', 'https://water-lane.example/', 'L', '1 Water Lane, Totnes') RETURNING id
"""
TARIFF = """
    INSERT INTO public.microgrid_tariffs (esco, period_start, computed_unit_rate, computed_standing_charge)
    VALUES ($1, '2026-01-01', 0.2, 0.5) RETURNING id
"""
CUSTOMER = "INSERT INTO public.customers (esco, fullname, email) VALUES ($1, $2, $3) RETURNING id"
HOME = "INSERT INTO public.properties (plot, description, esco) VALUES ($2, '7 Mill Lane', $1) RETURNING id"
ACCOUNT = """
    INSERT INTO public.accounts (property, type, status, payment_method, account_number)
    VALUES ($1, 'supply', 'open', $2, $3) RETURNING id
"""
INVOICE = """
    INSERT INTO public.invoices (number, esco, account, customer, period_start, period_end, issue_date, due_date,
                                 net_pence, vat_pence, total_pence, previous_balance_pence, amount_due_pence)
    VALUES ($1, $2, $3, $4, '2026-10-01', '2026-11-01', '2026-11-03', '2026-11-17', 5500, 275, 5775, $5, 5775 + $5)
    RETURNING id
"""
LINE = """
    INSERT INTO public.invoice_lines (invoice, position, kind, description, quantity, unit, rate, amount_pence,
                                      includes_vat, vat_rate, period_start, period_end, microgrid_tariff)
    VALUES ($1, $2, $3, 'line', $4, $5, 0.2, 100, true, 0.05, '2026-10-01', '2026-11-01', $6)
"""
DOCUMENT = """
    INSERT INTO public.documents (invoice, file_name, media_type, content)
    VALUES ($1, $2 || '.pdf', 'application/pdf', $3)
"""


class Notify:
    """The worker's job, driven by hand, and what it left in `public.messages`."""

    def __init__(self, db: Database, runner: JobRunner[NotifyWorker]) -> None:
        self.db, self.runner, self.worker = db, runner, runner.worker

    async def add(self, *invoices: UUID) -> UUID:
        async with self.db.transaction() as transaction:
            return await enqueue(transaction, SEND_INVOICES([str(invoice) for invoice in invoices]))

    async def run(self, job: UUID) -> None:
        """Run the job now, whatever pause it was given."""
        async with self.db.connection() as connection:
            await connection.execute("UPDATE flows.outbox SET not_before = now() WHERE id = $1", job)
        await self.runner.run(str(job))

    async def send(self, *invoices: UUID) -> UUID:
        job = await self.add(*invoices)
        await self.run(job)
        return job

    async def outbox(self, job: UUID) -> asyncpg.Record | None:
        async with self.db.connection() as connection:
            return await connection.fetchrow(
                "SELECT *, not_before - now() AS pause FROM flows.outbox WHERE id = $1", job
            )

    async def messages(self) -> list[asyncpg.Record]:
        async with self.db.connection() as connection:
            return await connection.fetch("SELECT * FROM public.messages ORDER BY event")

    async def statuses(self) -> list[str]:
        return [message["status"] for message in await self.messages()]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def notify_env(settings_env: dict[str, str], role_url: RoleUrl, mail_server: MailServer) -> dict[str, str]:
    """The worker's `FLOWS_*` variables: its own role, and the test's mail server."""
    return {
        **settings_env,
        "FLOWS_DATABASE_URL": role_url("flows_notify"),
        "FLOWS_NOTIFY_SMTP_PORT": str(mail_server.port),
        "FLOWS_NOTIFY_SMTP_FROM": "invoices@water-lane.example",
        "FLOWS_NOTIFY_MAX_ATTEMPTS": "3",
    }


@pytest.fixture
async def notify(
    db: Database, redis: ArqRedis, notify_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Notify]:
    for name, value in notify_env.items():
        monkeypatch.setenv(name, value)
    definition = create_worker()
    async with AsyncExitStack() as stack:
        own = await Database.open(notify_env["FLOWS_DATABASE_URL"], name="notify", size=5)
        stack.push_async_callback(own.close)
        worker = Worker(definition.service, definition.settings, own, redis)
        started = await stack.enter_async_context(definition.start(worker))
        yield Notify(db, JobRunner(started, definition.jobs))


@pytest.fixture
async def issue_invoice(db: Database) -> IssueInvoice:
    """Issues an invoice to a new customer each time; its id. Numbers are WLCE-000001 and on."""
    async with db.connection() as connection:
        esco = await connection.fetchval(COMMUNITY)
        tariff = await connection.fetchval(TARIFF, esco)
    issued = 0

    async def issue(
        email: str | None = "ada@example.org",
        name: str = "Ada Brown",
        payment_method: str = "direct_debit",
        pdf: bytes | None = PDF,
        before_pence: int = 0,
        shared_kwh: Decimal | None = None,
    ) -> UUID:
        nonlocal issued
        issued += 1
        number = f"WLCE-{issued:06}"
        async with db.transaction() as transaction:
            customer = await transaction.fetchval(CUSTOMER, esco, name, email)
            home = await transaction.fetchval(HOME, esco, f"Plot {issued}")
            account = await transaction.fetchval(ACCOUNT, home, payment_method, 100_000 + issued)
            invoice: UUID = await transaction.fetchval(INVOICE, number, esco, account, customer, before_pence)
            await transaction.execute(LINE, invoice, 1, "energy", 310, "kWh", tariff)
            await transaction.execute(LINE, invoice, 2, "standing_charge", 31, "day", tariff)
            if shared_kwh is not None:
                await transaction.execute(LINE, invoice, 3, "shared_energy", shared_kwh, "kWh", tariff)
            if pdf is not None:
                await transaction.execute(DOCUMENT, invoice, number, pdf)
        return invoice

    return issue
