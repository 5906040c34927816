"""The field's files: `SERIAL-YYYYMMDD.csv`, or `SERIAL-A-YYYYMMDD.csv` and `SERIAL-B-...` for the two elements.

The header is `"created_at","SERIAL","SERIAL_rev"`; a row is a time in UTC, Wh in and Wh out. What writes them in the
field copies a profile log's records: the Wh are what the register had counted at that instant, the start of a half
hour, and `NA` or `-1` where there is no valid record. Other tools put the half hour's energy there: see `numbers.py`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, NamedTuple, cast

from flows_meter_sync.files.rows import (
    MOST_WH,
    WH_STEPS,
    Contents,
    Direction,
    FileElement,
    FileLine,
    FileUnreadable,
    Refusal,
    Value,
    fields_of,
    header_fields,
    numbered_rows,
    parse_time,
)

# The field marks files that it has taken in with _s, _t or _st; a browser numbers what it saves twice.
NAME: Final = re.compile(r"(?P<serial>[A-Za-z0-9]+?)(-(?P<element>[AB]))?-(?P<day>\d{8})(_[st]{1,2})?( \(\d+\))?\.csv")
ABSENT: Final = ("", "NA", "-1")
DIRECTIONS: Final[tuple[Direction, Direction]] = ("import", "export")


class Wh(StrEnum):
    """What the numbers of the field's files are; `auto`: counts, where they can be nothing else."""

    AUTO = "auto"
    COUNTS = "counts"
    ENERGY = "energy"


class FieldName(NamedTuple):
    serial: str
    element: FileElement
    day: date


class _Row(NamedTuple):
    line: int
    at: datetime
    wh: tuple[int | None, int | None]


def parse_name(name: str) -> FieldName | None:
    """What a file's name says; None where it is not the field's."""
    if not (found := NAME.fullmatch(name)):
        return None
    try:
        day = datetime.strptime(found["day"], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return FieldName(found["serial"], cast(FileElement, found["element"]), day)


def name_of(serial: str, element: FileElement, day: date) -> str:
    marker = f"-{element}" if element in ("A", "B") else ""
    return f"{serial}{marker}-{day:%Y%m%d}.csv"


def header_of(serial: str) -> list[str]:
    return ["created_at", serial, f"{serial}_rev"]


def read(name: str, text: str, wh: Wh = Wh.AUTO) -> Contents:
    """What a file of the field says; `FileUnreadable` where name or header are not right."""
    named = parse_name(name)
    if named is None:
        raise FileUnreadable(f"{name}: a file of the field is named like EML2137580826-20261025.csv")
    lines = numbered_rows(text)
    if header_fields(lines) != header_of(named.serial):
        raise FileUnreadable(f"{name}: the first line is not {','.join(header_of(named.serial))}")
    rows, refusals = _rows(name, lines)
    values = list(_values(name, named, rows, is_count=wh is not Wh.ENERGY))
    return Contents(values, refusals, numbers_said=wh is not Wh.AUTO)


def write(serial: str, rows: Iterable[tuple[datetime, int | None, int | None]]) -> str:
    """A file's text; counts in Wh, None where there is none."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(header_of(serial))
    for at, counted_in, counted_out in rows:
        values = ("NA" if value is None else str(value) for value in (counted_in, counted_out))
        text.write(f"{at:%Y-%m-%d %H:%M:%S}+0000,{','.join(values)}\n")
    return text.getvalue()


def _rows(name: str, lines: Iterable[tuple[int, str]]) -> tuple[list[_Row], list[Refusal]]:
    rows: list[_Row] = []
    refusals = []
    for line, row in lines:
        try:
            rows.append(_row(line, fields_of(row)))
        except ValueError as error:
            refusals.append(Refusal(FileLine(name, line), str(error)))
    return rows, refusals


def _row(line: int, fields: list[str]) -> _Row:
    if len(fields) != 3:
        raise ValueError(f"a row has a time, Wh in and Wh out, not {len(fields)} fields")
    wh = _wh(fields[1]), _wh(fields[2])
    if wh == (None, None):
        raise ValueError("the row has no reading")
    return _Row(line, parse_time(fields[0]), wh)


def _wh(text: str) -> int | None:
    text = text.strip()
    if text in ABSENT:
        return None
    if not text.isascii() or not text.removesuffix(".0").isdigit() or int(text.removesuffix(".0")) > MOST_WH:
        raise ValueError(f"'{text}' is no number of Wh from 0 to {MOST_WH}")
    return int(text.removesuffix(".0"))


def _values(name: str, named: FieldName, rows: Iterable[_Row], *, is_count: bool) -> Iterator[Value]:
    for line, at, wh in rows:
        for direction, value in zip(DIRECTIONS, wh, strict=True):
            if value is not None:
                place = FileLine(name, line)
                yield Value(place, named.serial, named.element, direction, at, value * WH_STEPS, is_count)
