"""How a tariff stands in the shadow: amounts in GBP as strings, so that no reader makes floats of them."""

from decimal import Decimal

from flows_meter_sync.emop.records import ThresholdMask, ThresholdValues


def pounds_text(amount: Decimal) -> str:
    """As programs beside this one write it: "15", "0.3", with at most five decimals and no exponent."""
    return f"{amount.normalize():f}"


def rates(mask: ThresholdMask) -> dict[str, bool]:
    """Which rates have a threshold: `rate1` to `rate8`."""
    return {name: bool(on) for name, on in sorted(mask._asdict().items())}


def thresholds(values: ThresholdValues) -> dict[str, int]:
    """The thresholds between the blocks: `th1` to `th7`."""
    return dict(values._asdict())
