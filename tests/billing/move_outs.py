"""Accounts that end within October."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.community import OCTOBER, Community, Home
from billing.corrections import esco_of
from flows_billing.closings.final import Closing, FinalBill, final_bill
from flows_billing.settings import RunSettings
from flows_shared.time import LONDON, Period, local_midnight

OCTOBER_12 = datetime(2026, 10, 12, 9, tzinfo=UTC)


async def first_days(community: Community, days: int = 10, **home: Any) -> Home:
    """A home that was measured on the first days of October: 48 x 0.2 = 9.6 kWh a day."""
    made = await community.home(start_date=date(2026, 10, 1), **home)
    period = Period(OCTOBER.period(LONDON).start, local_midnight(date(2026, 10, 1) + timedelta(days=days), LONDON))
    await community.measure(made.registers["SINGLE"], period, "0.2")
    return made


async def move_out(
    community: Community,
    home: Home,
    last_day: date = date(2026, 10, 10),
    *,
    now: datetime = OCTOBER_12,
    reads: dict[str, Decimal] | None = None,
) -> FinalBill:
    closing = Closing(home.account_number, last_day, reads or {}, "a test")
    return await final_bill(community.billing, await esco_of(community), closing, RunSettings(), now)
