"""What the customer gets."""

from decimal import Decimal

import pytest

from flows_shared.db import Database
from mail_server import MailServer
from notify.conftest import PDF, IssueInvoice, Notify
from notify.mails import body


async def test_mail_says_how_much_until_when_and_for_what(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    await notify.send(await issue_invoice())
    [mail] = mail_server.received
    assert mail["Subject"] == "Your electricity bill for October 2026: £57.75"
    assert mail["From"] == "Water Lane Energy <invoices@water-lane.example>"
    assert mail["To"] == "Ada Brown <ada@example.org>"
    for kind in ("plain", "html"):
        words = body(mail, kind)
        for fact in (
            "Hello Ada Brown",
            "7 Mill Lane",
            "£57.75",
            "17 November 2026",
            "1 October 2026 to 31 October 2026",
            "310.0 kWh, 10.0 kWh a day",
            "£2.75",
            "WLCE-000001",
            "https://water-lane.example/invoices/WLCE-000001",
            "1 Water Lane, Totnes",
        ):
            assert fact in words, (kind, fact)


async def test_pdf_is_attached(notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer) -> None:
    await notify.send(await issue_invoice())
    [attachment] = mail_server.received[0].iter_attachments()
    assert attachment.get_filename() == "WLCE-000001.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_payload(decode=True) == PDF


@pytest.mark.parametrize(
    ("payment_method", "sentence"),
    [
        ("direct_debit", "Please pay by bank transfer by 17 November 2026, with the payment reference"),
        ("card", "Please pay by card by 17 November 2026"),
        ("bank_transfer", "Please pay by bank transfer by 17 November 2026, with the payment reference RF"),
    ],
)
async def test_mail_says_what_is_to_do(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer, payment_method: str, sentence: str
) -> None:
    await notify.send(await issue_invoice(payment_method=payment_method))
    for kind in ("plain", "html"):
        assert sentence in body(mail_server.received[0], kind)


async def test_mail_says_what_the_bill_says_of_shared_energy_balance_and_collection(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer, db: Database
) -> None:
    invoice = await issue_invoice(before_pence=1000, shared_kwh=Decimal("52.8"))
    async with db.transaction() as transaction:
        await transaction.execute(
            """INSERT INTO public.direct_debit_mandates (account, reference, status, valid_from)
               SELECT account, 'M1', 'active', '2026-01-01' FROM public.invoices"""
        )
    await notify.send(invoice)
    for kind in ("plain", "html"):
        words = body(mail_server.received[0], kind)
        assert "362.8 kWh" in words  # 310 and 52.8 of it shared
        assert "£67.75" in words  # 57.75 and the 10.00 before
        assert "we collect it by Direct Debit on 17 November 2026" in words


@pytest.mark.parametrize("name", ["王小明", "محمد علي", "हिन्दी नाम 😀"])
async def test_name_in_any_script_arrives_as_it_is(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer, name: str
) -> None:
    await notify.send(await issue_invoice(name=name))
    [mail] = mail_server.received
    assert mail["To"] == f"{name} <ada@example.org>"
    for kind in ("plain", "html"):
        assert f"Hello {name}," in body(mail, kind)


async def test_name_is_text_and_never_markup_or_a_header(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    await notify.send(await issue_invoice(name="Zoë <b>O'Hara</b>\nBcc: everyone@example.org"))
    [mail] = mail_server.received
    assert mail["Bcc"] is None
    assert "Zoë" in mail["To"]
    assert mail_server.recipients() == ["ada@example.org"]
    assert "<b>O" not in body(mail, "html")
    assert "Zoë &lt;b&gt;O" in body(mail, "html")
    assert "Zoë <b>O'Hara</b>" in body(mail, "plain")


async def test_message_says_what_was_sent_when_and_to_whom(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    invoice = await issue_invoice()
    job = await notify.send(invoice)
    [message] = await notify.messages()
    assert message["event"] == "invoice_issued:WLCE-000001"
    assert (message["channel"], message["template"], message["invoice"]) == ("email", "invoice_issued", invoice)
    assert (message["status"], message["attempts"], message["last_error"]) == ("sent", 1, None)
    assert (message["recipient"], message["subject"]) == ("ada@example.org", mail_server.received[0]["Subject"])
    assert message["sent_at"] is not None
    assert mail_server.received[0]["Message-ID"] == f"<{message['id']}@water-lane.example>"
    assert await notify.outbox(job) is None
