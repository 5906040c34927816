"""Invoices computed twice: in SQL from what they name, so not by the code that made them, and as the run does."""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.proof import sealed
from flows_billing.proof.finding import Check, Finding, Verification
from flows_billing.proof.known import known_changes
from flows_billing.proof.recompute import billed_otherwise
from flows_billing.proof.sharing import shared_otherwise
from flows_billing.rating.kinds import KINDS
from flows_billing.settings import RunSettings
from flows_billing.stores.calendars import fill_calendars
from flows_shared.db import Connection
from flows_shared.time import Month

UNSET: Final = RunSettings.model_construct()  # every default, whatever the environment says

CHOSEN = """
    WITH chosen AS MATERIALIZED (
        SELECT invoice.* FROM public.invoices AS invoice
         WHERE ($1::uuid IS NULL OR invoice.esco = $1)
           AND ($2::date IS NULL OR date_trunc('month', invoice.period_start)::date = $2)
           AND ($3::text IS NULL OR invoice.number = $3)
           AND invoice.status <> 'draft'
    )
"""
# What the customer supplies to us.
BOUGHT = "('exporter_registered', 'exporter_not_registered')"
COUNT = f"{CHOSEN} SELECT count(*) FROM chosen"
PROFILES = f"""{CHOSEN}
    SELECT DISTINCT coalesce(own.rate_profile, community.rate_profile) AS profile, esco.time_zone,
           date_trunc('month', line.period_start)::date AS month
      FROM chosen
      JOIN flows.escos AS esco ON esco.id = chosen.esco
      JOIN public.invoice_lines AS line ON line.invoice = chosen.id AND line.band IS NOT NULL
      LEFT JOIN public.customer_tariffs AS own ON own.id = line.customer_tariff
      LEFT JOIN public.microgrid_tariffs AS community ON community.id = line.microgrid_tariff
"""
AMOUNTS = f"""{CHOSEN}
    SELECT number, 'amount of line ' || position, round(quantity * rate * 100)::text, amount_pence::text
      FROM chosen JOIN public.invoice_lines AS line ON line.invoice = chosen.id
     WHERE amount_pence <> round(quantity * rate * 100)
"""
TOTALS = f"""{CHOSEN}, taxed AS (
        SELECT invoice, vat_rate, includes_vat, sum(amount_pence) AS amount
          FROM public.invoice_lines WHERE invoice IN (SELECT id FROM chosen)
         GROUP BY invoice, vat_rate, includes_vat, coalesce(vat_reason IN {BOUGHT}, false)
    ), summed AS (
        SELECT invoice, sum(CASE WHEN includes_vat THEN amount - vat ELSE amount END) AS net, sum(vat) AS vat
          FROM taxed, LATERAL (SELECT round(CASE WHEN includes_vat THEN amount * vat_rate / (1 + vat_rate)
                                                 ELSE amount * vat_rate END) AS vat) AS tax
         GROUP BY invoice
    )
    SELECT number, 'net and VAT', format('%s + %s', net, vat), format('%s + %s', net_pence, vat_pence)
      FROM chosen JOIN summed ON summed.invoice = chosen.id
     WHERE (net, vat) <> (net_pence, vat_pence)
"""
PROVEN_KINDS = {kind: rate for kind, each in KINDS.items() if (rate := each.proven_rate)}
PROVEN = ", ".join(f"'{kind}'" for kind in PROVEN_KINDS)
PROVEN_RATES = " ".join(f"WHEN '{kind}' THEN {rate}" for kind, rate in PROVEN_KINDS.items())
RATES = f"""{CHOSEN}
    SELECT number, 'rate of line ' || position, price.rate::text, line.rate::text
      FROM chosen
      JOIN public.invoice_lines AS line ON line.invoice = chosen.id AND line.kind <> 'minimum_charge'
      LEFT JOIN public.customer_tariffs AS own ON own.id = line.customer_tariff
      LEFT JOIN public.microgrid_tariffs AS community ON community.id = line.microgrid_tariff
      LEFT JOIN public.tariff_components AS component ON component.id = line.component
      LEFT JOIN public.sharing_terms AS terms ON terms.id = line.sharing_terms
      JOIN LATERAL (SELECT CASE line.kind {PROVEN_RATES} END AS rate) AS price ON true
     WHERE line.kind IN ({PROVEN})
       AND price.rate IS DISTINCT FROM line.rate
"""
# What was taken back need not agree with what is known since. Shares of VAT, blocks and sharing split a sum over lines:
# together they are the register's energy in its part and band.
READINGS = f"""{CHOSEN}, billed AS (
        SELECT chosen.number, line.register, line.period_start, line.band,
               coalesce(own.rate_profile, community.rate_profile) AS profile,
               sum(line.quantity) AS kwh, max(line.intervals) AS intervals,
               min(line.first_interval) AS first, max(line.last_interval) AS last
          FROM chosen
          JOIN public.invoice_lines AS line ON line.invoice = chosen.id AND line.kind IN ('energy', 'shared_energy')
          LEFT JOIN public.customer_tariffs AS own ON own.id = line.customer_tariff
          LEFT JOIN public.microgrid_tariffs AS community ON community.id = line.microgrid_tariff
         WHERE chosen.status <> 'void'
         GROUP BY chosen.number, line.register, line.period_start, line.band, own.rate_profile, community.rate_profile
    ), measured AS (
        SELECT billed.number, billed.register, billed.period_start, billed.band, billed.kwh AS billed_kwh,
               billed.intervals AS billed_intervals, coalesce(sum(hh.kwh), 0) AS kwh, count(hh.kwh) AS intervals
          FROM billed
          LEFT JOIN flows.register_intervals AS hh
            ON hh.register_id = billed.register AND hh.timestamp >= billed.first AND hh.timestamp <= billed.last
           AND (billed.band IS NULL
                OR EXISTS (SELECT FROM flows.calendar_bands AS calendar
                            WHERE calendar.profile = billed.profile AND calendar.timestamp = hh.timestamp
                              AND calendar.band = billed.band))
         GROUP BY billed.number, billed.register, billed.period_start, billed.band, billed.kwh, billed.intervals
    )
    SELECT number, format('energy of register %s%s from %s', register, ' in ' || band, period_start),
           format('%s kWh, %s half hours', kwh, intervals),
           format('%s kWh, %s half hours', billed_kwh, billed_intervals)
      FROM measured
     WHERE (kwh, intervals) <> (billed_kwh, billed_intervals)
"""
DAYS = f"""{CHOSEN}
    SELECT number, 'days from ' || line.period_start, (line.period_end - line.period_start)::text,
           sum(quantity)::text
      FROM chosen JOIN public.invoice_lines AS line ON line.invoice = chosen.id AND line.kind = 'standing_charge'
     GROUP BY number, line.period_start, line.period_end
    HAVING sum(quantity) <> line.period_end - line.period_start
"""
LEDGER = f"""{CHOSEN}
    SELECT number, 'posted to the account', total_pence::text, coalesce(sum(posting.amount_pence), 0)::text
      FROM chosen
      LEFT JOIN public.ledger_entries AS entry ON entry.invoice = chosen.id AND entry.kind = 'invoice'
      LEFT JOIN public.ledger_accounts AS ledger ON ledger.account = chosen.account AND ledger.code = 'receivable'
      LEFT JOIN public.ledger_postings AS posting ON posting.entry = entry.id AND posting.ledger_account = ledger.id
     GROUP BY number, total_pence
    HAVING coalesce(sum(posting.amount_pence), 0) <> total_pence
"""
# What is charged and what a registered exporter charges are two amounts: the VAT return asks for each.
VAT_POSTED = f"""{CHOSEN}, taxed AS (
        SELECT invoice, coalesce(vat_reason IN {BOUGHT}, false) AS is_bought, vat_rate, includes_vat,
               sum(amount_pence) AS amount
          FROM public.invoice_lines WHERE invoice IN (SELECT id FROM chosen)
         GROUP BY 1, 2, 3, 4
    ), due AS (
        SELECT invoice, CASE WHEN is_bought THEN 'input_vat' ELSE 'vat' END AS code,
               -sum(round(CASE WHEN includes_vat THEN amount * vat_rate / (1 + vat_rate)
                               ELSE amount * vat_rate END)) AS pence
          FROM taxed GROUP BY invoice, is_bought
    ), posted AS (
        SELECT entry.invoice, ledger.code, sum(posting.amount_pence) AS pence
          FROM public.ledger_entries AS entry
          JOIN public.ledger_postings AS posting ON posting.entry = entry.id
          JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
         WHERE entry.kind = 'invoice' AND ledger.code IN ('vat', 'input_vat')
           AND entry.invoice IN (SELECT id FROM chosen)
         GROUP BY entry.invoice, ledger.code
    )
    SELECT number, 'posted to ' || code, coalesce(due.pence, 0)::text, coalesce(posted.pence, 0)::text
      FROM due FULL JOIN posted USING (invoice, code)
      JOIN chosen ON chosen.id = invoice
     WHERE coalesce(due.pence, 0) <> coalesce(posted.pence, 0)
"""
SOLAR = f"""{CHOSEN}, billed AS (
        SELECT invoice, -sum(amount_pence) AS pence
          FROM public.invoice_lines WHERE kind = 'solar_credit' GROUP BY invoice
    ), credited AS (
        SELECT invoice, sum(credit_pence) AS pence FROM public.monthly_solar_credits GROUP BY invoice
    )
    SELECT number, 'solar credits', coalesce(credited.pence, 0)::text, coalesce(billed.pence, 0)::text
      FROM chosen
      LEFT JOIN billed ON billed.invoice = chosen.id
      LEFT JOIN credited ON credited.invoice = chosen.id
     WHERE chosen.status <> 'void' AND coalesce(credited.pence, 0) <> coalesce(billed.pence, 0)
"""
# Of each installation that an invoice has a credit of: capacity x days x pence a day, cut.
SOLAR_SUMS = f"""{CHOSEN}, source AS (
        SELECT credit.source_installation, credit.month, min(chosen.number) AS number
          FROM chosen JOIN public.monthly_solar_credits AS credit ON credit.invoice = chosen.id
         GROUP BY credit.source_installation, credit.month
    )
    SELECT source.number, 'solar credits of installation ' || source.source_installation, due.pence::text,
           given.pence::text
      FROM source
      JOIN public.solar_installation AS installation ON installation.property = source.source_installation
      JOIN public.properties AS property ON property.id = installation.property
      JOIN LATERAL (SELECT sum(credit_pence) AS pence FROM public.monthly_solar_credits AS credit
                     WHERE credit.source_installation = source.source_installation AND credit.month = source.month
                   ) AS given ON true
      JOIN LATERAL (SELECT trunc(coalesce(sum(declared_net_capacity * tariff.credit_pence_per_day), 0)) AS pence
                      FROM generate_series(source.month, source.month + interval '1 month - 1 day', '1 day') AS day
                      JOIN LATERAL (SELECT credit_pence_per_day FROM public.solar_credit_tariffs
                                     WHERE esco = property.esco AND period_start <= day::date
                                     ORDER BY period_start DESC LIMIT 1) AS tariff ON true
                     WHERE day::date >= commissioning_date) AS due ON true
     WHERE due.pence <> given.pence
"""
CREDITED = f"""{CHOSEN}
    SELECT note.number, 'credit for invoice ' || chosen.number,
           format('%s + %s, void', chosen.net_pence, chosen.vat_pence),
           format('%s + %s, %s', note.net_pence, note.vat_pence, chosen.status)
      FROM chosen JOIN public.credit_notes AS note ON note.invoice = chosen.id
     WHERE (note.net_pence, note.vat_pence, chosen.status) <> (chosen.net_pence, chosen.vat_pence, 'void')
        OR (note.account, note.customer) <> (chosen.account, chosen.customer)
"""
# Account by account, what the invoice posted and what its credit note posted are nothing together.
REVERSED = f"""{CHOSEN}
    SELECT note.number, 'posted to ' || ledger.code, '0', sum(posting.amount_pence)::text
      FROM chosen
      JOIN public.credit_notes AS note ON note.invoice = chosen.id
      JOIN public.ledger_entries AS entry ON entry.invoice = chosen.id AND entry.kind IN ('invoice', 'credit_note')
      JOIN public.ledger_postings AS posting ON posting.entry = entry.id
      JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
     GROUP BY note.number, ledger.id, ledger.code
    HAVING sum(posting.amount_pence) <> 0
"""
REPLACED = f"""{CHOSEN}
    SELECT note.number, 'replacement', chosen.number, replacement.number
      FROM chosen
      JOIN public.credit_notes AS note ON note.invoice = chosen.id
      JOIN public.invoices AS replacement ON replacement.id = note.replacement
     WHERE (replacement.account, replacement.customer, date_trunc('month', replacement.period_start))
           <> (chosen.account, chosen.customer, date_trunc('month', chosen.period_start))
"""
CHECKS = (
    Check(AMOUNTS),
    Check(TOTALS),
    Check(RATES),
    Check(READINGS, field="quantity"),  # late ones explain it, where they were noted
    Check(DAYS),
    Check(LEDGER),
    Check(VAT_POSTED),
    Check(SOLAR),
    Check(SOLAR_SUMS),
    Check(CREDITED),
    Check(REVERSED),
    Check(REPLACED),
)


async def verify_invoices(
    db: Connection,
    *,
    esco: UUID | None = None,
    month: Month | None = None,
    number: str | None = None,
    settings: RunSettings = UNSET,
) -> Verification:
    """Check all invoices, or those of a community, a month, or one. Stores no more than calendars of bands."""
    chosen = esco, month.first_day if month else None, number
    for profile, zone, first_day in await db.fetch(PROFILES, *chosen):
        await fill_calendars(db, [profile], Month.of(first_day), ZoneInfo(zone))
    found = [check.difference(row) for check in CHECKS for row in await db.fetch(check.statement, *chosen)]
    for check in sealed.CHECKS:
        found += [check.difference(row) for row in await db.fetch(CHOSEN + check.statement, *chosen)]
    found += await shared_otherwise(db, CHOSEN, chosen)
    found += await billed_otherwise(db, CHOSEN, chosen, settings)
    known = await known_changes(db, chosen)
    judged = [each.judged(known.get(each.invoice)) for each in found]
    return Verification(invoices=await db.fetchval(COUNT, *chosen), findings=tuple(_once(judged)))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each check of an invoice; of what a correction will say, the first alone."""
    said: set[tuple[str, str]] = set()
    for finding in findings:
        key = finding.invoice, finding.check if finding.standing == "wrong" else finding.standing
        if key not in said:
            said.add(key)
            yield finding
