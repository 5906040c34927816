"""Days, quantities and rates as people write them."""

from datetime import date, timedelta
from decimal import Decimal


def format_day(day: date) -> str:
    """As in `5 October 2026`."""
    return f"{day.day} {day:%B %Y}"


def format_days(start: date, end: date) -> str:
    """Half-open days as people write them: `1 to 31 October 2026`, `28 March to 3 April 2026`."""
    last = end - timedelta(days=1)
    if start == last:
        return format_day(last)
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day} to {format_day(last)}"
    return f"{start.day} {start:%B} to {format_day(last)}"


def format_quantity(quantity: Decimal) -> str:
    """All digits that matter, with thousands: `1,234.5`."""
    text = f"{quantity:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_units(quantity: Decimal, unit: str) -> str:
    """As in `298 kWh`, `1 day`, `31 days`."""
    return f"{format_quantity(quantity)} {unit if unit == 'kWh' or quantity == 1 else unit + 's'}"


def format_rate(rate: Decimal) -> str:
    """GBP with the pence that people expect, and all digits that matter: `£0.20`, `£0.26350` as `£0.2635`."""
    text = format_quantity(rate)
    whole, _, digits = text.partition(".")
    return f"£{whole}.{digits:0<2}"
