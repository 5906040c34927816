"""Money is `Decimal` pounds while it is computed and whole pence once it is owed; never a float."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
RATE_STEP = Decimal("0.00001")


def cut_rate(rate: Decimal) -> Decimal:
    """A rate in GBP with five decimals; what is beyond is cut, not rounded."""
    return rate.quantize(RATE_STEP, rounding=ROUND_DOWN)


def round_to_pence(pounds: Decimal) -> int:
    """The nearest whole pence; half a penny goes away from zero."""
    return int(pounds.quantize(PENNY, rounding=ROUND_HALF_UP).scaleb(2))


def cut_to_pence(pounds: Decimal) -> int:
    """Whole pence; what is beyond is cut."""
    return int(pounds.quantize(PENNY, rounding=ROUND_DOWN).scaleb(2))


def pence(pounds: Decimal) -> int:
    """Pence of an amount that has no fraction of a penny; a `ValueError` when it has."""
    if pounds != (exact := pounds.quantize(PENNY, rounding=ROUND_DOWN)):
        raise ValueError(f"{pounds} GBP is not a whole number of pence")
    return int(exact.scaleb(2))


def pounds(amount_pence: int) -> Decimal:
    """Pounds with two decimals."""
    return Decimal(amount_pence).scaleb(-2)


def format_pounds(amount_pence: int) -> str:
    """As people read it: `£1,234.56`, `-£0.05`."""
    sign = "-" if amount_pence < 0 else ""
    return f"{sign}£{abs(pounds(amount_pence)):,.2f}"
