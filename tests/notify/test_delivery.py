"""What becomes of a message: once to each customer, again where it may help, and a status that says so."""

import asyncio
from datetime import timedelta

import pytest

from flows_notify.jobs import pause_seconds
from flows_notify.settings import NotifySettings
from flows_shared.settings import load_settings
from mail_server import MailServer
from notify.conftest import DOCUMENT, PDF, IssueInvoice, Notify


async def test_same_invoice_asked_again_is_not_mailed_again(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    first, second = await issue_invoice(), await issue_invoice("ben@example.org")
    await notify.send(first)
    await notify.send(first, second)
    await notify.send(second, first)
    assert mail_server.recipients() == ["ada@example.org", "ben@example.org"]


async def test_same_invoice_asked_twice_at_once_is_mailed_once(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    invoice = await issue_invoice()
    await asyncio.gather(*(notify.send(invoice) for _ in range(4)))
    assert mail_server.recipients() == ["ada@example.org"]


async def test_customer_without_email_is_undeliverable_and_holds_up_no_other(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    job = await notify.send(await issue_invoice(email=None), await issue_invoice(email="  "), await issue_invoice())
    assert mail_server.recipients() == ["ada@example.org"]
    assert await notify.statuses() == ["undeliverable", "undeliverable", "sent"]
    assert (await notify.messages())[0]["last_error"] == "the customer has no email address"
    assert await notify.outbox(job) is None


@pytest.mark.parametrize(
    "email", ["nobody", "a b@example.org", "ada@example.org\r\nBcc: eve@example.org", "<@>", "é@x.org"]
)
async def test_address_that_is_none_is_undeliverable(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer, email: str
) -> None:
    await notify.send(await issue_invoice(email=email), await issue_invoice())
    assert await notify.statuses() == ["undeliverable", "sent"]
    assert mail_server.recipients() == ["ada@example.org"]


async def test_message_that_cannot_be_written_has_failed_and_holds_up_no_other(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    """A period since before Christ, as a database from before the checks may hold it."""
    first = await issue_invoice("old@example.org")
    async with notify.db.transaction() as transaction:
        await transaction.execute("SET LOCAL session_replication_role = replica")
        await transaction.execute(
            "ALTER TABLE public.invoices DROP CONSTRAINT IF EXISTS period_start_from_2000_to_2199"
        )
        await transaction.execute("UPDATE public.invoices SET period_start = '0044-03-15 BC' WHERE id = $1", first)
    job = await notify.send(first, await issue_invoice())
    assert await notify.statuses() == ["failed", "sent"]
    assert (await notify.messages())[0]["last_error"] == "it could not be written: ValueError: ordinal must be >= 1"
    assert await notify.outbox(job) is None


async def test_refused_recipient_is_undeliverable_and_not_tried_again(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    mail_server.answer("gone@example.org", ["550 no such mailbox"])
    job = await notify.send(await issue_invoice("gone@example.org"), await issue_invoice())
    assert await notify.statuses() == ["undeliverable", "sent"]
    assert (await notify.messages())[0]["last_error"] == "the mail server answered 550 no such mailbox"
    assert await notify.outbox(job) is None
    assert mail_server.tries["gone@example.org"] == 1


async def test_refused_message_has_failed_and_is_not_tried_again(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    mail_server.answer("ada@example.org", ["554 looks like spam"], to="DATA")
    job = await notify.send(await issue_invoice())
    [message] = await notify.messages()
    assert (message["status"], message["attempts"]) == ("failed", 1)
    assert message["last_error"] == "the mail server answered 554 looks like spam"
    assert await notify.outbox(job) is None


@pytest.mark.parametrize("to", ["RCPT", "DATA"])
async def test_message_not_taken_now_is_tried_again_later_and_the_others_go_out(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer, to: str
) -> None:
    mail_server.answer("ada@example.org", ["451 try later"], to=to)
    job = await notify.send(await issue_invoice(), await issue_invoice("ben@example.org"))
    assert await notify.statuses() == ["pending", "sent"]
    assert (await notify.messages())[0]["last_error"] == "the mail server answered 451 try later"
    row = await notify.outbox(job)
    assert row is not None
    assert row["last_error"] == "MessagePostponed: 1 of 2 messages were not taken yet"
    assert timedelta(seconds=8) < row["pause"] <= timedelta(seconds=10)

    await notify.run(job)
    assert mail_server.recipients() == ["ben@example.org", "ada@example.org"]
    assert await notify.statuses() == ["sent", "sent"]
    assert (await notify.messages())[0]["last_error"] is None
    assert await notify.outbox(job) is None


async def test_message_never_taken_has_failed_after_the_last_try(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    mail_server.answer("ada@example.org", ["452 mailbox full"] * 9)
    job = await notify.send(await issue_invoice())
    for _ in range(2):
        await notify.run(job)
    [message] = await notify.messages()
    assert (message["status"], message["attempts"]) == ("failed", 3)
    assert message["last_error"] == "the mail server answered 452 mailbox full"
    assert await notify.outbox(job) is None


async def test_server_that_is_down_gets_everything_once_it_is_up(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    mail_server.stop()
    job = await notify.send(await issue_invoice(), await issue_invoice("ben@example.org"))
    for message in await notify.messages():
        assert (message["status"], message["attempts"]) == ("pending", 1)
        assert "Connect call failed" in message["last_error"]
    mail_server.start()
    await notify.run(job)
    assert mail_server.recipients() == ["ada@example.org", "ben@example.org"]
    assert await notify.statuses() == ["sent", "sent"]
    assert await notify.outbox(job) is None


async def test_server_that_stays_down_leaves_failed_messages(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    mail_server.stop()
    job = await notify.send(await issue_invoice())
    for _ in range(2):
        await notify.run(job)
    assert await notify.statuses() == ["failed"]
    assert await notify.outbox(job) is None


async def test_server_that_closes_in_the_middle_is_tried_again_for_the_rest(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    invoices = [await issue_invoice(f"{name}@example.org") for name in ("ada", "ben", "cleo")]
    mail_server.answer("ben@example.org", ["421 closing down"])
    job = await notify.send(*invoices)
    assert await notify.statuses() == ["sent", "pending", "pending"]
    assert mail_server.tries["cleo@example.org"] == 0
    await notify.run(job)
    assert mail_server.recipients() == [f"{name}@example.org" for name in ("ada", "ben", "cleo")]


async def test_second_copy_of_a_message_has_the_first_ones_id(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    await notify.send(invoice := await issue_invoice())
    async with notify.db.connection() as connection:  # as after a crash between the answer and the commit
        await connection.execute("UPDATE public.messages SET status = 'pending', sent_at = NULL")
    await notify.send(invoice)
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]


async def test_invoice_without_its_pdf_waits_for_it(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    job = await notify.send(invoice := await issue_invoice(pdf=None))
    assert mail_server.received == []
    assert (await notify.messages())[0]["last_error"] == "the PDF is not there yet"
    async with notify.db.connection() as connection:
        await connection.execute(DOCUMENT, invoice, "WLCE-000001", PDF)
    await notify.run(job)
    assert await notify.statuses() == ["sent"]


async def test_void_invoice_is_not_mailed(notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer) -> None:
    invoice = await issue_invoice()
    async with notify.db.connection() as connection:
        await connection.execute("UPDATE public.invoices SET status = 'void' WHERE id = $1", invoice)
    await notify.send(invoice)
    assert await notify.messages() == []
    assert mail_server.received == []


def test_pause_doubles_up_to_the_longest(settings_env: dict[str, str]) -> None:
    settings = load_settings(NotifySettings)
    assert [pause_seconds(settings, attempt) for attempt in (1, 2, 3, 9, 10, 500)] == [10, 20, 40, 2560, 3600, 3600]
