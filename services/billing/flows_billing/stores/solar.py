"""Solar credits in the database: made once a month, then a line of an invoice or a top-up."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from flows_billing.solar.credits import Installation, SolarCredit, SolarTariff, share_credit
from flows_shared.apart import in_parts
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.time import Month

log = get_logger()

TARIFFS = """
    SELECT period_start, credit_pence_per_day FROM public.solar_credit_tariffs
     WHERE esco = $1 AND period_start < $2
     ORDER BY period_start
"""
INSTALLATIONS = """
    SELECT installation.property, installation.declared_net_capacity,
           greatest(installation.commissioning_date, '0001-01-01'),
           array_agg(share.allocation_property ORDER BY share.id), array_agg(share.ratio ORDER BY share.id)
      FROM public.solar_installation AS installation
      JOIN public.properties AS property ON property.id = installation.property
      JOIN public.solar_credit_allocation AS share ON share.installation_property = installation.property
     WHERE property.esco = $1 AND installation.commissioning_date < $2
     GROUP BY installation.property
"""
STORED = """
    SELECT credit.property_id, credit.source_installation, credit.credit_pence, credit.allocation_ratio,
           invoice.account, credit.applied_at IS NOT NULL AND credit.invoice IS NULL AS is_topup
      FROM public.monthly_solar_credits AS credit
      JOIN public.properties AS property ON property.id = credit.property_id
      LEFT JOIN public.invoices AS invoice ON invoice.id = credit.invoice AND invoice.status <> 'void'
     WHERE property.esco = $1 AND credit.month = $2
     ORDER BY credit.property_id, credit.source_installation
"""
INSERT = """
    INSERT INTO public.monthly_solar_credits (
        month, scheduled_at, property_id, source_installation, credit_pence, allocation_ratio)
    SELECT $1, now(), row.* FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::numeric[]) AS row
        ON CONFLICT (property_id, month, source_installation) DO NOTHING
"""
# A meter that holds the balance gets its credit as money; the top-up, its link and applied_at commit together.
TOP_UP = """
    WITH due AS (
        SELECT credit.id, credit.credit_pence, property.supply_meter AS meter, gen_random_uuid() AS topup
          FROM public.monthly_solar_credits AS credit
          JOIN public.properties AS property ON property.id = credit.property_id
          JOIN public.meters AS meter ON meter.id = property.supply_meter
         WHERE property.esco = $1 AND credit.month = $2 AND credit.applied_at IS NULL AND credit.credit_pence > 0
           AND (meter.prepay_enabled
                OR EXISTS (SELECT FROM public.accounts AS account
                            WHERE account.property = property.id AND account.type = 'supply'
                              AND account.payment_method = 'prepay' AND account.status = 'open'))
           FOR UPDATE OF credit
    ), made AS (
        INSERT INTO public.topups (id, meter, amount_pence, source, notes)
        SELECT topup, meter, credit_pence, 'solar_credit', to_char($2, '"Solar credit "FMMonth YYYY') FROM due
    ), linked AS (
        INSERT INTO public.topups_monthly_solar_credits (topup_id, month_solar_credit_id) SELECT topup, id FROM due
    )
    UPDATE public.monthly_solar_credits AS credit SET applied_at = now() FROM due WHERE credit.id = due.id
"""


async def grant_solar_credits(db: Connection, esco: UUID, month: Month) -> int:
    """Make the month's credits that are not there yet, and top up the prepay meters; how many were made."""
    credits, problems = await _due(db, esco, month)
    for home, problem in problems.items():
        log.error("solar_credit_invalid", home=str(home), month=str(month), reason=problem)
    rows = [(credit.home, credit.source, credit.pence, credit.ratio) for credit in credits]

    async def insert(some: Sequence[tuple[UUID, UUID, int, Decimal]]) -> int:
        done = await db.execute(INSERT, month.first_day, *zip(*some, strict=True))
        return int(done.split()[-1])

    async def top_up(escos: Sequence[UUID]) -> None:
        for each in escos:
            await db.execute(TOP_UP, each, month.first_day)

    async with db.transaction():
        made, refused = await in_parts(db, rows, insert) if rows else ([], {})
        _, unfilled = await in_parts(db, [esco], top_up)
    for error in (*refused.values(), *unfilled.values()):
        log.error("solar_credit_not_stored", month=str(month), reason=say_error(error))
    return sum(made)


async def solar_credits_in(db: Connection, esco: UUID, month: Month) -> tuple[list[SolarCredit], dict[UUID, str]]:
    """The month's credits that are for bills: those stored, and those that are still to be made.

    And by home, why one that it has a part in cannot be computed.
    """
    rows = await db.fetch(STORED, esco, month.first_day)
    known = {(row["property_id"], row["source_installation"]) for row in rows}
    stored = [SolarCredit(*values) for *values, is_topup in rows if not is_topup]
    due, problems = await _due(db, esco, month)
    return stored + [credit for credit in due if (credit.home, credit.source) not in known], problems


async def _due(db: Connection, esco: UUID, month: Month) -> tuple[list[SolarCredit], dict[UUID, str]]:
    end: date = month.next().first_day
    tariffs = [SolarTariff(*row) for row in await db.fetch(TARIFFS, esco, end)]
    installations = [
        Installation(home, capacity, commissioned_on, tuple(zip(homes, ratios, strict=True)))
        for home, capacity, commissioned_on, homes, ratios in await db.fetch(INSTALLATIONS, esco, end)
    ]
    credits: list[SolarCredit] = []
    problems: dict[UUID, str] = {}
    for installation in installations:
        try:
            credits += share_credit(installation, month, tariffs)
        except (ArithmeticError, ValueError) as error:  # NaN and infinity, of rows older than the checks against them
            problems |= dict.fromkeys(
                (home for home, _ in installation.ratios), f"its solar credit could not be computed: {error}"
            )
    return credits, problems
