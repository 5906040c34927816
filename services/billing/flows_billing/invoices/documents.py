"""What is printed of an invoice, as it was stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from flows_billing.rating.kinds import KINDS
from flows_billing.vat.rules import CREDIT_REASONS, OUTSIDE_SCOPE
from flows_billing.vat.summary import vat_summary
from flows_shared.db import Connection
from flows_shared.vocabulary.billing import LineKind, SupplyUse

PDF: Final = "application/pdf"
HTML: Final = "text/html"


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """`tariff_from` is the start of the version that priced it; `first_interval` the source's first half hour.

    `tariff_until` is the first day of the version after it, as far as that is known. `shared_by` is the group of
    shared energy, `shared_from` the start of its terms; `basis` how an amount came about that no quantity and price
    explain.
    """

    kind: LineKind
    description: str
    period_start: date
    period_end: date
    quantity: Decimal
    unit: str
    rate: Decimal
    amount_pence: int
    includes_vat: bool
    vat_rate: Decimal
    vat_reason: str | None
    intervals: int | None
    estimated: int
    first_interval: datetime | None
    last_interval: datetime | None
    tariff_owner: str | None
    tariff_name: str | None
    tariff_from: date | None
    tariff_until: date | None
    shared_by: str | None
    shared_from: date | None
    basis: str | None

    @property
    def is_taxable(self) -> bool:
        """Whether it is within the scope of VAT."""
        return self.vat_reason not in OUTSIDE_SCOPE

    @property
    def is_credit(self) -> bool:
        """What the customer is paid for, and what is left out of that: beside what was supplied to them."""
        return KINDS[self.kind].is_credit or self.vat_reason in CREDIT_REASONS


@dataclass(frozen=True, slots=True)
class DayUsage:
    day: date
    kwh: Decimal
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class MeterReads:
    """What a register had counted in kWh when the first of its days began and the last one ended; none: never read."""

    serial: str
    element: str
    first_day: date
    opening_read: Decimal | None
    opening_source: str | None
    last_day: date
    closing_read: Decimal | None
    closing_source: str | None


@dataclass(frozen=True, slots=True)
class PastUse:
    """kWh billed to the customer in the year that ends with the invoice, since its first bill, and a year before."""

    year_kwh: Decimal
    since: date
    same_month_kwh: Decimal | None


@dataclass(frozen=True, slots=True)
class PrintedInvoice:
    """Everything that stands on the page. `period_end` is the first day after; no `tax_point`: no VAT invoice.

    `replaces` is the invoice that it takes the place of, `credit_note` what took this one back, `asked_for_by` the
    later bill that asks for the account's balance. `is_collected`: by Direct Debit, for which a mandate is active.
    `use` is that of the premises on the last day, as VAT knows it; `exporter_vat_number` is the customer's, who
    supplied what they exported.
    """

    id: UUID
    number: str
    issue_date: date
    due_date: date
    period_start: date
    period_end: date
    net_pence: int
    vat_pence: int
    total_pence: int
    tax_point: date | None
    previous_balance_pence: int
    payments_pence: int
    amount_due_pence: int
    benchmark_pence: int | None
    customer: str
    account_number: int
    payment_method: str
    payment_reference: str
    is_collected: bool
    mpan: str | None
    plot: str
    home: str | None
    seller: str
    seller_address: str | None
    vat_number: str | None
    portal: str | None
    contact_email: str | None
    contact_phone: str | None
    contact_address: str | None
    complaint_route: str | None
    redress_body: str | None
    bank_account_name: str | None
    bank_sort_code: str | None
    bank_account_number: str | None
    bank_iban: str | None
    bank_bic: str | None
    use: str
    lines: tuple[PrintedLine, ...]
    usage: tuple[DayUsage, ...] = ()
    replaces: str | None = None
    credit_note: str | None = None
    asked_for_by: str | None = None
    is_final: bool = False
    reads: tuple[MeterReads, ...] = ()
    past: PastUse | None = None
    exporter_vat_number: str | None = None

    @property
    def heading(self) -> str:
        """A seller who is not registered must not call it a VAT invoice."""
        if self.tax_point and self.vat_number:
            return "Final VAT invoice" if self.is_final else "VAT invoice"
        return "Final energy bill" if self.is_final else "Energy bill"

    @property
    def is_estimated(self) -> bool:
        return any(line.estimated for line in self.lines)

    @property
    def taxable(self) -> list[PrintedLine]:
        return [line for line in self.lines if line.is_taxable]

    @property
    def outside_pence(self) -> int:
        """What is outside the scope of VAT."""
        return sum(line.amount_pence for line in self.lines if not line.is_taxable)

    @property
    def is_homes(self) -> bool:
        """Whether all of it is a home's supply, which alone is capped: neither a business's nor in part one."""
        reasons = {line.vat_reason for line in self.lines if not line.is_credit}
        return self.use == SupplyUse.DOMESTIC and reasons <= {"domestic", "not_registered", None}

    @property
    def kwh(self) -> Decimal:
        return sum((line.quantity for line in self.lines if KINDS[line.kind].is_energy), Decimal(0))

    @property
    def supplied_days(self) -> Decimal:
        """For which there is a standing charge."""
        return sum((line.quantity for line in self.lines if line.kind == LineKind.STANDING_CHARGE), Decimal(0))

    @property
    def supplied_pence(self) -> int:
        """What was supplied, with VAT: credits are beside it."""
        supplied = vat_summary(line for line in self.lines if not line.is_credit)
        return sum(amount.net_pence + amount.vat_pence for amount in supplied)

    @property
    def saving_pence(self) -> int | None:
        """Against the benchmark, of what was supplied."""
        return None if self.benchmark_pence is None else self.benchmark_pence - self.supplied_pence


INVOICES = """
    SELECT invoice.id, invoice.number, invoice.issue_date, invoice.due_date, invoice.period_start, invoice.period_end,
           invoice.net_pence, invoice.vat_pence, invoice.total_pence, invoice.tax_point,
           invoice.previous_balance_pence, invoice.payments_pence,
           coalesce(invoice.amount_due_pence, invoice.total_pence) AS amount_due_pence, invoice.benchmark_pence,
           coalesce(people.names, customer.fullname) AS customer, account.account_number, account.payment_method,
           account.payment_reference, flows.is_collected(invoice.account, invoice.due_date) AS is_collected,
           property.mpan, property.plot, property.description AS home, esco.name AS seller,
           esco.address AS seller_address, invoice.vat_number, esco.app_url AS portal, esco.contact_email,
           esco.contact_phone, esco.contact_address, esco.complaint_route, esco.redress_body, esco.bank_account_name,
           esco.bank_sort_code, esco.bank_account_number, esco.bank_iban, esco.bank_bic, replaced.number AS replaces,
           flows.asked_for_by(invoice.id) AS asked_for_by,
           coalesce((SELECT status.use FROM public.vat_statuses AS status
                      WHERE (status.property = property.id OR status.customer = invoice.customer)
                        AND status.valid_from < invoice.period_end
                      ORDER BY status.property IS NULL, status.valid_from DESC LIMIT 1), esco.vat_use) AS use,
           closing.account IS NOT NULL AS is_final, note.number AS credit_note,
           exporter.vat_number AS exporter_vat_number
      FROM public.invoices AS invoice
      JOIN public.customers AS customer ON customer.id = invoice.customer
      JOIN public.accounts AS account ON account.id = invoice.account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.escos AS esco ON esco.id = invoice.esco
      LEFT JOIN public.account_closings AS closing ON closing.account = invoice.account
       AND closing.last_day + 1 = invoice.period_end
      LEFT JOIN public.credit_notes AS note ON note.invoice = invoice.id
      LEFT JOIN public.credit_notes AS correction ON correction.replacement = invoice.id
      LEFT JOIN public.invoices AS replaced ON replaced.id = correction.invoice
      -- Who pays is named first, then who shares the part with them on these days.
      LEFT JOIN LATERAL (
           SELECT string_agg(person.fullname, ' and '
                             ORDER BY person.id <> invoice.customer, party.created_at, party.id) AS names
             FROM public.customer_accounts AS party
             JOIN public.customers AS person ON person.id = party.customer
            WHERE party.account = invoice.account
              AND party.role = (SELECT min(payer.role) FROM public.customer_accounts AS payer
                                 WHERE payer.account = invoice.account AND payer.customer = invoice.customer)
              AND (party.start_date IS NULL OR party.start_date < invoice.period_end)
              AND (party.end_date IS NULL OR party.end_date >= invoice.period_start)) AS people ON true
      LEFT JOIN LATERAL (
           SELECT string_agg(DISTINCT registration.vat_number, ', ') AS vat_number
             FROM public.invoice_lines AS line
             JOIN LATERAL (SELECT vat_number FROM public.vat_registrations
                            WHERE customer = invoice.customer AND valid_from <= line.period_start
                            ORDER BY valid_from DESC LIMIT 1) AS registration ON true
            WHERE line.invoice = invoice.id AND line.vat_reason = 'exporter_registered') AS exporter ON true
"""
UNPRINTED = f"""{INVOICES}
     WHERE invoice.id = ANY($1)
       AND NOT EXISTS (SELECT FROM public.documents AS document
                        WHERE document.invoice = invoice.id AND document.media_type = $2)
     ORDER BY invoice.number
"""
BY_NUMBER = f"{INVOICES} WHERE invoice.number = $1"
BY_ID = f"{INVOICES} WHERE invoice.id = ANY($1)"
LINES = """
    SELECT line.invoice, line.kind, line.description, line.period_start, line.period_end, line.quantity, line.unit,
           line.rate, line.amount_pence, line.includes_vat, line.vat_rate, line.vat_reason, line.intervals,
           line.estimated, line.first_interval, line.last_interval,
           CASE WHEN own.id IS NOT NULL THEN 'customer' WHEN community.id IS NOT NULL THEN 'community' END,
           coalesce(own.name, community.name), coalesce(own.period_start, community.period_start),
           (SELECT min(period_start) FROM public.customer_tariffs AS later
             WHERE later.customer = own.customer AND later.superseded_by IS NULL
               AND later.period_start > own.period_start
             UNION ALL
            SELECT min(period_start) FROM public.microgrid_tariffs AS later
             WHERE own.id IS NULL AND later.esco = community.esco AND later.superseded_by IS NULL
               AND later.period_start > community.period_start
             ORDER BY 1 LIMIT 1),
           sharing.name, terms.period_start, line.basis
      FROM public.invoice_lines AS line
      LEFT JOIN public.customer_tariffs AS own ON own.id = line.customer_tariff
      LEFT JOIN public.microgrid_tariffs AS community ON community.id = line.microgrid_tariff
      LEFT JOIN public.sharing_terms AS terms ON terms.id = line.sharing_terms
      LEFT JOIN public.sharing_groups AS sharing ON sharing.id = terms.sharing_group
     WHERE line.invoice = ANY($1)
     ORDER BY line.invoice, line.position
"""
USAGE = """
    WITH billed AS (
        SELECT DISTINCT line.invoice, line.register, line.period_start, line.period_end
          FROM public.invoice_lines AS line
         WHERE line.invoice = ANY($1) AND line.kind IN ('energy', 'shared_energy')
    ), guessed AS (
        SELECT billed.invoice, flows.local_date(guess.timestamp, esco.time_zone) AS day, sum(guess.kwh) AS kwh
          FROM billed
          JOIN public.invoices AS invoice ON invoice.id = billed.invoice
          JOIN flows.escos AS esco ON esco.id = invoice.esco
          JOIN flows.estimated_intervals AS guess ON guess.register_id = billed.register
           AND guess.timestamp >= flows.local_midnight(billed.period_start, esco.time_zone)
           AND guess.timestamp < flows.local_midnight(billed.period_end, esco.time_zone)
         GROUP BY billed.invoice, day
    ), measured AS (
        SELECT billed.invoice, daily.day, sum(daily.kwh) AS kwh
          FROM billed
          JOIN flows.register_interval_daily AS daily ON daily.register_id = billed.register
           AND daily.day >= billed.period_start AND daily.day < billed.period_end
         GROUP BY billed.invoice, daily.day
    )
    SELECT invoice, day, coalesce(measured.kwh, 0) + coalesce(guessed.kwh, 0), guessed.kwh IS NOT NULL
      FROM measured FULL JOIN guessed USING (invoice, day)
     ORDER BY invoice, day
"""
READS = """
    SELECT held.invoice, held.serial, held.element, flows.local_date(held.opened_at, esco.time_zone),
           held.opening_read, held.opening_source,
           flows.local_date(held.closed_at - interval '1 microsecond', esco.time_zone),
           held.closing_read, held.closing_source
      FROM public.invoice_reads AS held
      JOIN public.invoices AS invoice ON invoice.id = held.invoice
      JOIN flows.escos AS esco ON esco.id = invoice.esco
     WHERE held.invoice = ANY($1)
     ORDER BY held.invoice, held.opened_at, held.element, held.serial
"""
# What was billed to the same customer of the same account: who lived there before is nobody's business.
PAST_USE = """
    SELECT invoice.id, sum(used.kwh) FILTER (WHERE earlier.period_start >= month.first - interval '11 months'),
           min(earlier.period_start) FILTER (WHERE earlier.period_start >= month.first - interval '11 months'),
           sum(used.kwh) FILTER (WHERE earlier.period_start < month.first - interval '11 months')
      FROM public.invoices AS invoice
     CROSS JOIN LATERAL (SELECT date_trunc('month', invoice.period_start::timestamp) AS first) AS month
      JOIN public.invoices AS earlier ON earlier.account = invoice.account AND earlier.customer = invoice.customer
       AND earlier.period_start >= month.first - interval '12 months'
       AND (earlier.id = invoice.id
            OR earlier.status NOT IN ('draft', 'void') AND earlier.period_start < invoice.period_start)
     CROSS JOIN LATERAL (SELECT sum(line.quantity) AS kwh FROM public.invoice_lines AS line
                          WHERE line.invoice = earlier.id AND line.kind IN ('energy', 'shared_energy')) AS used
     WHERE invoice.id = ANY($1)
     GROUP BY invoice.id
"""


async def unprinted_invoices(db: Connection, invoice_ids: Sequence[UUID]) -> list[PrintedInvoice]:
    """Those of the invoices that have no PDF yet."""
    return await _printed(db, await db.fetch(UNPRINTED, invoice_ids, PDF))


async def printed_invoice(db: Connection, number: str) -> PrintedInvoice | None:
    """An invoice as it stands on its page."""
    found = await _printed(db, await db.fetch(BY_NUMBER, number))
    return found[0] if found else None


async def printed_invoices(db: Connection, invoice_ids: Sequence[UUID]) -> dict[UUID, PrintedInvoice]:
    """Whether they have documents or not."""
    return {invoice.id: invoice for invoice in await _printed(db, await db.fetch(BY_ID, invoice_ids))}


async def _printed(db: Connection, rows: Sequence[asyncpg.Record]) -> list[PrintedInvoice]:
    lines: dict[UUID, list[PrintedLine]] = {row["id"]: [] for row in rows}
    usage: dict[UUID, list[DayUsage]] = {row["id"]: [] for row in rows}
    for invoice, *values in await db.fetch(LINES, list(lines)):
        lines[invoice].append(PrintedLine(*values))
    for invoice, *values in await db.fetch(USAGE, list(lines)):
        usage[invoice].append(DayUsage(*values))
    reads: dict[UUID, list[MeterReads]] = {row["id"]: [] for row in rows}
    for invoice, *values in await db.fetch(READS, list(lines)):
        reads[invoice].append(MeterReads(*values))
    past = {invoice: PastUse(*values) for invoice, *values in await db.fetch(PAST_USE, list(lines)) if values[0]}
    return [
        PrintedInvoice(
            **row,
            lines=tuple(lines[row["id"]]),
            usage=tuple(usage[row["id"]]),
            reads=tuple(reads[row["id"]]),
            past=past.get(row["id"]),
        )
        for row in rows
    ]
