"""What the customer gets when a bill is corrected: the credit note and the new invoice in one mail."""

from uuid import UUID

from flows_shared.contracts.jobs import SEND_CREDIT_NOTES
from flows_shared.db import Database
from flows_shared.outbox import enqueue
from mail_server import MailServer
from notify.conftest import IssueInvoice, Notify
from notify.mails import body

NOTE = """
    INSERT INTO public.credit_notes (number, esco, account, customer, invoice, replacement, causes, reason, issue_date,
                                     net_pence, vat_pence, total_pence, requested_by)
    SELECT 'WLCE-C000001', esco, account, customer, id, $2, '{readings}', 'Late or corrected readings', '2026-11-20',
           net_pence, vat_pence, total_pence, 'a test'
      FROM public.invoices WHERE id = $1
    RETURNING id
"""
DOCUMENT = """
    INSERT INTO public.documents (credit_note, file_name, media_type, content)
    VALUES ($1, 'WLCE-C000001.' || $2, $3, 'the note')
"""


async def credit(db: Database, invoice: UUID, replacement: UUID | None) -> UUID:
    async with db.transaction() as transaction:
        note: UUID = await transaction.fetchval(NOTE, invoice, replacement)
        for suffix, media_type in (("pdf", "application/pdf"), ("html", "text/html")):
            await transaction.execute(DOCUMENT, note, suffix, media_type)
    return note


async def send(notify: Notify, note: UUID) -> None:
    async with notify.db.transaction() as transaction:
        job = await enqueue(transaction, SEND_CREDIT_NOTES([str(note)]))
    await notify.run(job)


async def test_credit_note_and_new_invoice_come_in_one_mail(
    db: Database, notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    wrong, right = await issue_invoice(), await issue_invoice(email=None)
    await send(notify, await credit(db, wrong, right))
    [mail] = mail_server.received
    assert mail["Subject"] == "Your bill of October 2026 is corrected: £57.75 credited"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["WLCE-C000001.pdf", "WLCE-000002.pdf"]
    for kind in ("plain", "html"):
        words = body(mail, kind)
        for fact in (
            "1 October 2026 to 31 October 2026",
            "Late or corrected readings",
            "invoice WLCE-000001, £57.75",
            "WLCE-C000001",
            "invoice WLCE-000002, £57.75",
            "https://water-lane.example/invoices/WLCE-000002",
        ):
            assert fact in words, (kind, fact)


async def test_credit_note_without_a_new_invoice_says_that_nothing_takes_its_place(
    db: Database, notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    await send(notify, await credit(db, await issue_invoice(), None))
    [mail] = mail_server.received
    assert [part.get_filename() for part in mail.iter_attachments()] == ["WLCE-C000001.pdf"]
    assert "Nothing takes its place" in body(mail, "plain")


async def test_mail_is_sent_once_and_waits_for_all_of_its_documents(
    db: Database, notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    note = await credit(db, await issue_invoice(), await issue_invoice(email=None, pdf=None))
    async with notify.db.transaction() as transaction:
        job = await enqueue(transaction, SEND_CREDIT_NOTES([str(note)]))
    await notify.run(job)
    assert mail_server.received == []
    assert await notify.statuses() == ["pending"]
    await db_execute(
        db,
        """INSERT INTO public.documents (invoice, file_name, media_type, content)
           SELECT id, number || '.pdf', 'application/pdf', 'new' FROM public.invoices WHERE number = 'WLCE-000002'""",
    )
    await notify.run(job)
    await send(notify, note)
    assert len(mail_server.received) == 1
    assert await notify.statuses() == ["sent"]


async def db_execute(db: Database, statement: str) -> None:
    async with db.connection() as connection:
        await connection.execute(statement)
