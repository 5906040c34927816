"""An invoice as it is stored beside what it must be: column by column, line by line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final, TypeAlias

from flows_billing.proof.finding import Difference

Row: TypeAlias = Mapping[str, Any]

# Dates, number, tax point and balance before are what they were at the issue: the seal has them.
OF_INVOICE: Final = ("account", "customer", "period_start", "period_end", "net_pence", "vat_pence", "total_pence")
PLACE: Final = ("kind", "register", "band", "block_from_kwh", "period_start", "sharing_terms")
OF_LINE: Final = (
    *("quantity", "unit", "rate", "amount_pence", "includes_vat", "vat_rate", "vat_reason", "period_end", "basis"),
    *("customer_tariff", "microgrid_tariff", "component", "element"),
    *("first_interval", "last_interval", "intervals", "estimated"),
)
FIELD_NAMES: Final = {"amount_pence": "amount"}


def compare_invoice(stored: Row, lines: Sequence[Row], expected: Row, wanted: Sequence[Row]) -> list[Difference]:
    """Every column and line of the stored invoice that is not what is expected of it."""
    number = stored["number"]
    found = [
        Difference(number, f"{name} of the invoice", said(expected[name]), said(stored[name]), name)
        for name in OF_INVOICE
        if stored[name] != expected[name]
    ]
    for own, due in _pairs(lines, wanted):
        found += _compare_line(number, own, due)
    return found


def _pairs(lines: Sequence[Row], wanted: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Lines of one register, band, block and time stand side by side, in their order."""
    places: dict[tuple[object, ...], tuple[list[Row], list[Row]]] = {}
    for side, rows in enumerate((lines, wanted)):
        for row in rows:
            places.setdefault(tuple(row[name] for name in PLACE), ([], []))[side].append(row)
    for pair in places.values():
        yield from zip_longest(*pair)


def _compare_line(number: str, own: Row | None, due: Row | None) -> Iterator[Difference]:
    if own is None:
        assert due is not None
        yield Difference(number, f"line that is missing: {due['description']}", _amount(due), "none", "line")
    elif due is None:
        check = f"line {own['position']}, which nothing explains: {own['description']}"
        yield Difference(number, check, "none", _amount(own), "line")
    else:
        for name in OF_LINE:
            if own[name] != due[name]:
                # An item's rate is its amount: how much is left out, or lacks of a minimum.
                field = "rate_of_item" if name == "rate" and own["unit"] == "item" else name
                check = f"{FIELD_NAMES.get(name, name)} of line {own['position']}"
                yield Difference(number, check, said(due[name]), said(own[name]), field)


def _amount(line: Row) -> str:
    return f"{said(line['quantity'])} {line['unit']} at {said(line['rate'])}: {line['amount_pence']}p"


def said(value: object) -> str:
    match value:
        case None:
            return "none"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value)
