"""Which months may be asked for, and which are over."""

from datetime import datetime
from typing import Final

from flows_billing.communities.esco import Esco
from flows_billing.errors import MonthInFuture, MonthInvalid, MonthUnfinished
from flows_shared.time import Month, local_date

MOST_MONTHS: Final = 36


def parse_month(text: str) -> Month:
    """From `2026-10`."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise MonthInvalid(str(error)) from None


def months_until(month: Month, until: Month | None) -> list[Month]:
    """From the first to the last, both included; that one alone where there is no last."""
    last = until or month
    months = [month]
    while months[-1].first_day < last.first_day and len(months) < MOST_MONTHS:
        months.append(months[-1].next())
    if months[-1] != last:
        raise MonthInvalid(f"{month} until {last} is not a time of 1 to {MOST_MONTHS} months")
    return months


def require_finished(month: Month, esco: Esco, now: datetime) -> None:
    """Only a month whose last local day is over can be billed."""
    today = local_date(now, esco.zone)
    if month.first_day > today:
        raise MonthInFuture(month, esco.code)
    if month.next().first_day > today:
        raise MonthUnfinished(month, esco.code, today)
