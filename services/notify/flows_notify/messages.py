"""`public.messages`: one row an event, customer and channel, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flows_notify.channels.channel import Attachment
from flows_notify.invoices import CreditNotice, InvoiceNotice
from flows_shared.db import Connection
from flows_shared.vocabulary.people import MessageStatus

EMAIL = "email"
INVOICE_ISSUED = "invoice_issued"
CREDIT_NOTE_ISSUED = "credit_note_issued"


MAKE = """
    INSERT INTO public.messages (esco, customer, event, channel, template, recipient, invoice, status, last_error)
    SELECT invoice.esco, invoice.customer, $2 || ':' || invoice.number, $3, $2, address.email, invoice.id,
           CASE WHEN address.email IS NULL THEN 'undeliverable' ELSE 'pending' END,
           CASE WHEN address.email IS NULL THEN 'the customer has no email address' END
      FROM public.invoices AS invoice
      JOIN public.customers AS customer ON customer.id = invoice.customer,
           LATERAL (SELECT nullif(trim(customer.email), '') AS email) AS address
     WHERE invoice.id = ANY($1) AND invoice.status NOT IN ('draft', 'void')
        ON CONFLICT (event, customer, channel) DO NOTHING
"""
MAKE_FOR_NOTES = """
    INSERT INTO public.messages (esco, customer, event, channel, template, recipient, credit_note, status, last_error)
    SELECT note.esco, note.customer, $2 || ':' || note.number, $3, $2, address.email, note.id,
           CASE WHEN address.email IS NULL THEN 'undeliverable' ELSE 'pending' END,
           CASE WHEN address.email IS NULL THEN 'the customer has no email address' END
      FROM public.credit_notes AS note
      JOIN public.customers AS customer ON customer.id = note.customer,
           LATERAL (SELECT nullif(trim(customer.email), '') AS email) AS address
     WHERE note.id = ANY($1)
        ON CONFLICT (event, customer, channel) DO NOTHING
"""
PENDING_OF_NOTES = """
    SELECT id FROM public.messages
     WHERE credit_note = ANY($1) AND template = $2 AND channel = $3 AND status = 'pending'
     ORDER BY event
"""
PENDING = """
    SELECT id FROM public.messages
     WHERE invoice = ANY($1) AND template = $2 AND channel = $3 AND status = 'pending'
     ORDER BY event
"""
# The lock is held while the message is on its way: another worker that has it too waits, and then finds it sent.
CLAIM = """
    SELECT recipient, template, invoice, credit_note FROM public.messages
     WHERE id = $1 AND status = 'pending' FOR UPDATE
"""
NOTICE = """
    SELECT invoice.number, esco.name AS community, esco.address AS community_address, customer.fullname AS customer,
           account.account_number, coalesce(property.description, property.plot) AS home,
           invoice.period_start AS first_day, invoice.period_end - 1 AS last_day, invoice.due_date,
           coalesce(invoice.amount_due_pence, invoice.total_pence) AS amount_due_pence,
           invoice.total_pence, invoice.vat_pence, account.payment_method, account.payment_reference,
           flows.is_collected(invoice.account, invoice.due_date) AS is_collected, esco.bank_account_name,
           esco.bank_sort_code, esco.bank_account_number, esco.bank_iban,
           rtrim(esco.app_url, '/') || '/invoices/' || invoice.number AS link,
           coalesce((SELECT sum(quantity) FROM public.invoice_lines AS line
                      WHERE line.invoice = invoice.id AND line.kind IN ('energy', 'shared_energy')), 0) AS kwh
      FROM public.invoices AS invoice
      JOIN flows.escos AS esco ON esco.id = invoice.esco
      JOIN public.customers AS customer ON customer.id = invoice.customer
      JOIN public.accounts AS account ON account.id = invoice.account
      JOIN public.properties AS property ON property.id = account.property
     WHERE invoice.id = $1
"""
DOCUMENT = "SELECT file_name, media_type, content FROM public.documents WHERE invoice = $1 ORDER BY media_type LIMIT 1"
CREDIT_NOTICE = """
    SELECT note.number, esco.name AS community, esco.address AS community_address, customer.fullname AS customer,
           account.account_number, coalesce(property.description, property.plot) AS home, invoice.number AS invoice,
           invoice.period_start AS first_day, invoice.period_end - 1 AS last_day, note.reason,
           note.total_pence, note.vat_pence, replacement.number AS replacement,
           replacement.total_pence AS replacement_pence, replacement.due_date,
           coalesce(replacement.amount_due_pence, replacement.total_pence) AS amount_due_pence,
           flows.asked_for_by(replacement.id) AS asked_for_by,
           rtrim(esco.app_url, '/') || '/invoices/' || replacement.number AS link
      FROM public.credit_notes AS note
      JOIN public.invoices AS invoice ON invoice.id = note.invoice
      LEFT JOIN public.invoices AS replacement ON replacement.id = note.replacement
      JOIN flows.escos AS esco ON esco.id = note.esco
      JOIN public.customers AS customer ON customer.id = note.customer
      JOIN public.accounts AS account ON account.id = note.account
      JOIN public.properties AS property ON property.id = account.property
     WHERE note.id = $1
"""
# The note, then the invoice in place of the one that it takes back. Not all are there until both are.
NOTE_DOCUMENTS = """
    SELECT document.file_name, document.media_type, document.content,
           count(*) OVER () = num_nonnulls(note.id, note.replacement) AS all_there
      FROM public.credit_notes AS note
      JOIN public.documents AS document ON document.media_type = 'application/pdf'
       AND (document.credit_note = note.id OR document.invoice = note.replacement)
     WHERE note.id = $1
     ORDER BY document.invoice IS NOT NULL
"""
NOTE = """
    UPDATE public.messages
       SET status = CASE WHEN $2 = 'pending' AND attempts + 1 >= $5 THEN 'failed' ELSE $2 END,
           attempts = attempts + 1, last_error = $3, subject = coalesce($4, subject),
           sent_at = CASE WHEN $2 = 'sent' THEN clock_timestamp() END
     WHERE id = ANY($1) AND status = 'pending'
    RETURNING status
"""


@dataclass(frozen=True)
class Claimed:
    """A message that is to be sent: of an invoice or of a credit note."""

    recipient: str
    template: str
    invoice: UUID | None
    credit_note: UUID | None


@dataclass(frozen=True)
class SendOutcome:
    """How a try went; `pending` means that a further one may do better."""

    status: MessageStatus
    error: str | None = None
    subject: str | None = None


async def make_messages(db: Connection, invoices: Sequence[UUID]) -> None:
    """A message for each invoice that has none yet; without an address it is undeliverable from the start."""
    await db.execute(MAKE, invoices, INVOICE_ISSUED, EMAIL)


async def pending_messages(db: Connection, invoices: Sequence[UUID]) -> list[UUID]:
    """Messages about these invoices that are still to be sent, in the order of the invoices' numbers."""
    return [row["id"] for row in await db.fetch(PENDING, invoices, INVOICE_ISSUED, EMAIL)]


async def make_note_messages(db: Connection, notes: Sequence[UUID]) -> list[UUID]:
    """A message for each credit note that has none yet; those that are still to be sent, by the notes' numbers."""
    await db.execute(MAKE_FOR_NOTES, notes, CREDIT_NOTE_ISSUED, EMAIL)
    return [row["id"] for row in await db.fetch(PENDING_OF_NOTES, notes, CREDIT_NOTE_ISSUED, EMAIL)]


async def claim_message(db: Connection, message: UUID) -> Claimed | None:
    """What it is about, locked until the transaction ends; None when it is not to be sent any more."""
    row = await db.fetchrow(CLAIM, message)
    return Claimed(**row) if row else None


async def invoice_notice(db: Connection, invoice: UUID) -> InvoiceNotice:
    """What the invoice says, in short."""
    row = await db.fetchrow(NOTICE, invoice)
    assert row is not None, "a message's invoice is there"
    return InvoiceNotice(**row)


async def invoice_document(db: Connection, invoice: UUID) -> Attachment | None:
    """The invoice as a file, once it is rendered."""
    row = await db.fetchrow(DOCUMENT, invoice)
    return Attachment(**row) if row else None


async def credit_notice(db: Connection, note: UUID) -> CreditNotice:
    """What the credit note says, in short."""
    row = await db.fetchrow(CREDIT_NOTICE, note)
    assert row is not None, "a message's credit note is there"
    return CreditNotice(**row)


async def note_documents(db: Connection, note: UUID) -> tuple[Attachment, ...]:
    """The credit note and the invoice in place of the one taken back, once all are rendered."""
    rows = await db.fetch(NOTE_DOCUMENTS, note)
    return tuple(Attachment(row["file_name"], row["media_type"], row["content"]) for row in rows if row["all_there"])


async def note_outcome(
    db: Connection, messages: Sequence[UUID], outcome: SendOutcome, max_attempts: int
) -> list[MessageStatus]:
    """Write a try down; the status that each message has now: pending at the last try is failed."""
    rows = await db.fetch(NOTE, messages, outcome.status, outcome.error, outcome.subject, max_attempts)
    return [row["status"] for row in rows]
