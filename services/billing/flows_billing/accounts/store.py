"""Accounts as the database holds them."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.accounts.account import Account, Register
from flows_billing.runs.run import Run
from flows_shared.db import Connection

# The occupier pays, or the owner where nobody occupies. A meter in prepay mode bills itself, whatever the account says.
UNBILLED_ACCOUNTS = """
    SELECT account.id, account.account_number AS number, account.status, account.start_date, account.end_date,
           account.payment_method = 'prepay' OR coalesce(meter.prepay_enabled, false) AS prepay,
           payer.customer AS payer, property.supply_meter AS meter
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      LEFT JOIN public.meters AS meter ON meter.id = property.supply_meter
      LEFT JOIN (SELECT DISTINCT ON (account) account, customer
                   FROM public.customer_accounts
                  ORDER BY account, role = 'occupier' DESC, created_at, id) AS payer ON payer.account = account.id
     WHERE property.esco = $1
       AND account.type = 'supply'
       AND account.start_date < $3
       AND (account.end_date IS NULL OR account.end_date >= $2)
       AND NOT EXISTS (SELECT FROM public.invoices AS invoice
                        WHERE invoice.account = account.id AND invoice.status <> 'void'
                          AND invoice.period_start >= $2 AND invoice.period_start < $3)
     ORDER BY account.account_number
"""

REGISTERS = """
    SELECT meter_id, register_id AS id, element, nature, start_time AS start, end_time AS end
      FROM flows.meter_registers
     WHERE meter_id = ANY($1) AND nature <> 'solar'
     ORDER BY meter_id, element, start_time
"""


async def unbilled_accounts(db: Connection, run: Run) -> list[Account]:
    """Supply accounts that were there in the run's month and have no invoice for it."""
    rows = await db.fetch(UNBILLED_ACCOUNTS, run.esco.id, run.month.first_day, run.month.next().first_day)
    registers = await _registers(db, [row["meter"] for row in rows if row["meter"]])
    return [
        Account(
            id=row["id"],
            number=row["number"],
            status=row["status"],
            start_date=row["start_date"],
            end_date=row["end_date"],
            prepay=row["prepay"],
            payer=row["payer"],
            registers=registers.get(row["meter"], ()),
        )
        for row in rows
    ]


async def _registers(db: Connection, meters: Sequence[UUID]) -> dict[UUID, tuple[Register, ...]]:
    found: dict[UUID, tuple[Register, ...]] = {}
    for row in await db.fetch(REGISTERS, meters):
        register = Register(row["id"], row["element"], row["nature"], row["start"], row["end"])
        found[row["meter_id"]] = (*found.get(row["meter_id"], ()), register)
    return found
