"""The month that a fault test bills, and what must be true of it in the end, whatever died meanwhile."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from billing.community import Community, Home
from flows_billing.runs.request import enqueue_runs, request_runs
from flows_shared.db import connected, is_connection_lost
from flows_shared.errors import UnavailableError
from flows_shared.time import LONDON, Month, Period, local_date, utc_now
from mail_server import MailServer

HOLD = "SELECT FROM public.accounts WHERE id = $1 FOR UPDATE"
WAITS_FOR_A_ROW = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'billing worker'
                      AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple'))
"""
PROGRESS = """
    SELECT (SELECT count(*) FROM public.invoices)
         + (SELECT count(*) FROM public.documents WHERE media_type = 'application/pdf')
         + (SELECT count(*) FROM public.messages WHERE status = 'sent')
"""
STEPS = 3  # that an account goes through: billed, printed, mailed
UNDONE = """
    SELECT (SELECT count(*) FROM flows.outbox WHERE failed_at IS NULL)
         + (SELECT count(*) FROM public.billing_runs WHERE status <> 'completed')
"""
LEDGER = """
    SELECT entry.invoice, count(DISTINCT entry.id) AS entries, sum(posting.amount_pence) AS balance,
           sum(posting.amount_pence) FILTER (WHERE account.code = 'receivable') AS receivable
      FROM public.ledger_entries AS entry
      JOIN public.ledger_postings AS posting ON posting.entry = entry.id
      JOIN public.ledger_accounts AS account ON account.id = posting.ledger_account
     GROUP BY entry.invoice
"""


@dataclass(frozen=True)
class LastMonth:
    """Homes measured on the last day of last month, so that billing them is quick."""

    community: Community
    url: str
    month: Month
    homes: Sequence[Home]
    mail_server: MailServer

    @classmethod
    async def measured(cls, community: Community, url: str, mail_server: MailServer, homes: int) -> Self:
        month = Month.of(local_date(utc_now(), LONDON)).previous()
        period = month.period(LONDON)
        last_day = Period(period.end - timedelta(days=1), period.end)
        await community.tariff("0.20000", "0.50000", period_start=month.first_day)
        made = [
            await community.home(start_date=month.days()[-1], email=f"home{number}@example.org")
            for number in range(1, homes + 1)
        ]
        for home in made:
            await community.measure(home.registers["SINGLE"], last_day, "0.2")
        return cls(community, url, month, made, mail_server)

    async def ask(self) -> None:
        """Ask for the month: the run and its job commit together."""
        async with self.community.billing.transaction() as transaction:
            requested = await request_runs(
                transaction, self.month, [self.community.esco], requested_by="a test", now=utc_now()
            )
            await enqueue_runs(transaction, requested.with_work)

    @asynccontextmanager
    async def held(self, home: Home) -> AsyncIterator[None]:
        """The run cannot bill this home before the end of the block: it waits for the account's row."""
        async with connected(self.url, name="tests") as connection:
            await connection.execute("BEGIN")
            await connection.execute(HOLD, home.account)
            yield

    async def run_waits(self) -> bool:
        """Whether a worker is in the middle of a batch, at the row that is held."""
        return bool(await self.community.value(WAITS_FOR_A_ROW))

    async def invoices(self) -> int:
        return int(await self.community.value("SELECT count(*) FROM public.invoices"))

    async def progress(self) -> int:
        """Steps taken, of `STEPS` an account."""
        return int(await self.community.value(PROGRESS))

    async def is_done(self) -> bool:
        """No job is left; False while the database is away."""
        try:
            return await self.community.value(UNDONE) == 0 and await self.progress() == STEPS * len(self.homes)
        except Exception as error:
            if isinstance(error, UnavailableError) or is_connection_lost(error):
                return False
            raise

    async def check(self, *, mailed_again: int = 0) -> None:
        """Each account was billed, numbered, posted, printed and mailed once; so many mails at most came twice."""
        await self._check_invoices()
        await self._check_ledger()
        self._check_mails(mailed_again)
        assert [tuple(row) for row in await self.community.rows("SELECT job, last_error FROM flows.outbox")] == []

    async def _check_invoices(self) -> None:
        count = len(self.homes)
        [run] = await self.community.rows("SELECT * FROM public.billing_runs")
        assert (run["status"], run["accounts"], run["billed"], run["failed"]) == ("completed", count, count, 0)
        invoices = await self.community.rows("SELECT id, number, account FROM public.invoices ORDER BY number")
        assert sorted(row["account"] for row in invoices) == sorted(home.account for home in self.homes)
        assert [row["number"] for row in invoices] == [f"WLCE-{number:06}" for number in range(1, count + 1)]
        assert await self.community.value("SELECT last_number FROM public.invoice_series") == count
        documents = await self.community.rows(
            "SELECT invoice FROM public.documents WHERE media_type = 'application/pdf'"
        )
        assert sorted(row["invoice"] for row in documents) == sorted(row["id"] for row in invoices)

    async def _check_ledger(self) -> None:
        entries = {row["invoice"]: row for row in await self.community.rows(LEDGER)}
        totals = await self.community.rows("SELECT id, total_pence FROM public.invoices")
        assert {invoice: (1, 0, total) for invoice, total in totals} == {
            invoice: (row["entries"], row["balance"], row["receivable"]) for invoice, row in entries.items()
        }

    def _check_mails(self, mailed_again: int) -> None:
        mails = Counter(self.mail_server.recipients())
        assert set(mails) == {f"home{number}@example.org" for number in range(1, len(self.homes) + 1)}
        assert mails.total() - len(mails) <= mailed_again
        # A second copy can be told by its Message-ID.
        assert len({mail["Message-ID"] for mail in self.mail_server.received}) == len(mails)
