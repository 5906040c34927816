"""The meters' own units of time and money, and ours."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from flows_meter_sync.emop.errors import ValueOutOfRange
from flows_shared.money import cut_rate
from flows_shared.time import as_utc

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HALF_HOUR_SECONDS = 1800
PRICE_DECIMALS = 5
LAST_SECOND = 0xFFFFFFFF


@lru_cache(4096)  # all meters log the same half hours
def instant(seconds: int) -> datetime:
    """The moment that is so many seconds after 2000 began."""
    return EPOCH + timedelta(seconds=seconds)


def seconds(instant: datetime) -> int:
    """Whole seconds since 2000 began; what is beyond is cut."""
    elapsed = (as_utc(instant) - EPOCH) // SECOND
    if not 0 <= elapsed <= LAST_SECOND:
        raise ValueOutOfRange("timestamp", instant)
    return elapsed


def pounds(price: int) -> Decimal:
    """GBP of a number of 1/100,000 GBP."""
    return Decimal(price).scaleb(-PRICE_DECIMALS)


def price(pounds: Decimal) -> int:
    """1/100,000 GBP; what is beyond five decimals is cut, not rounded."""
    try:
        return int(cut_rate(pounds).scaleb(PRICE_DECIMALS))
    except (InvalidOperation, ValueError, OverflowError):
        raise ValueOutOfRange("price", pounds) from None
