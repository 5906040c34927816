"""VAT statuses and registrations, and exceptions from the back-bill guard, as the database holds them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from flows_billing.days import Days
from flows_billing.rating.guard import Guard, oldest_day
from flows_billing.vat.rules import Registration, Seller, VatStatus, VatTerms
from flows_shared.db import Connection

STATUSES = """
    SELECT property, customer, valid_from, use, qualifying_percent, certificate_from, certificate_to
      FROM public.vat_statuses
     WHERE (property = ANY($1) OR customer = ANY($2)) AND valid_from < $3
     ORDER BY valid_from
"""
REGISTRATIONS = """
    SELECT customer, valid_from, vat_number
      FROM public.vat_registrations
     WHERE customer = ANY($1) AND valid_from < $2
     ORDER BY valid_from
"""
EXCEPTIONS = """
    SELECT account, period_start, period_end
      FROM public.back_bill_exceptions
     WHERE account = ANY($1) AND ($2::timestamptz IS NULL OR created_at <= $2)
"""

CHANGED = """
    SELECT register_id, day FROM flows.register_days_changed
     WHERE register_id = ANY($1) AND day >= $2 AND day < $3
"""


async def back_bill_guard(
    db: Connection, accounts: Sequence[UUID], issued: date, months: int | None, *, known_at: datetime | None = None
) -> Guard:
    """Which days of these accounts are too old for bills that are issued on a day; `known_at`: as was known then."""
    excepted: dict[UUID, list[Days]] = {}
    for account, start, end in await db.fetch(EXCEPTIONS, accounts, known_at):
        excepted.setdefault(account, []).append(Days(start, end))
    return Guard(oldest_day(issued, months), excepted)


async def changed_days(db: Connection, registers: Sequence[UUID], days: Days) -> dict[UUID, set[date]]:
    """Days whose readings changed since they may have been billed, by register."""
    found: dict[UUID, set[date]] = {}
    for register, day in await db.fetch(CHANGED, registers, days.start, days.end):
        found.setdefault(register, set()).add(day)
    return found


async def vat_terms(
    db: Connection, seller: Seller, premises: Sequence[UUID], customers: Sequence[UUID], end: date
) -> VatTerms:
    """What is known of these premises and customers before `end`."""
    by_premises: dict[UUID, list[VatStatus]] = {}
    by_customer: dict[UUID, list[VatStatus]] = {}
    for row in await db.fetch(STATUSES, premises, customers, end):
        place, customer, *values = row
        known = by_premises.setdefault(place, []) if place else by_customer.setdefault(customer, [])
        known.append(VatStatus(*values))
    registrations: dict[UUID, list[Registration]] = {}
    for customer, *values in await db.fetch(REGISTRATIONS, customers, end):
        registrations.setdefault(customer, []).append(Registration(*values))
    return VatTerms(seller, by_premises, by_customer, registrations)
