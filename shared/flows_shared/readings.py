"""Half hours as CSV: our own file, which the gateway and the command line write, and meter-sync reads."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

# Estimates are exported as such, and not taken; without the last column all is taken as read.
CSV_HEADER: Final = ("serial", "element", "start", "kwh", "source")


class HalfHourRow(NamedTuple):
    """Energy of the half hour that begins at `start`; `source` is measured, imported, edited or estimated."""

    serial: str
    element: str
    start: datetime
    kwh: Decimal
    source: str


def write_csv(rows: Iterable[HalfHourRow]) -> str:
    """Our own file; `files/own.py` of meter-sync reads it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    writer.writerows(
        (row.serial, row.element, f"{row.start:%Y-%m-%dT%H:%M:%SZ}", f"{row.kwh:f}", row.source) for row in rows
    )
    return text.getvalue()
