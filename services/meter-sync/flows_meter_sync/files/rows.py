"""What a file says, row by row, and what became of each row."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Literal, NamedTuple, TypeAlias

from flows_meter_sync.energy import KWH_STEPS
from flows_shared.errors import InvalidError
from flows_shared.time import as_utc, floor_half_hour
from flows_shared.vocabulary.meters import Element

WH_STEPS = KWH_STEPS // 1000
MOST_WH = 2**32 - 1
LINE_END = re.compile(r"\r\n|\r|\n")

FileElement: TypeAlias = Element | None
Direction: TypeAlias = Literal["import", "export"] | None


class FileUnreadable(InvalidError):
    """A file that is none of ours, or of a format that its name or header do not fit."""

    code = "file.unreadable"


def numbered_rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, whichever way lines end."""
    return ((number, line) for number, line in enumerate(LINE_END.split(text), start=1) if line)


def fields_of(row: str) -> list[str]:
    """Of one line: no value of ours spans two, so a quote that is not closed spoils its own row alone."""
    if '"' not in row:
        return row.split(",")
    try:
        return next(csv.reader([row], strict=True))
    except csv.Error as error:
        raise ValueError(f"the row cannot be read: {error}") from None


def header_fields(rows: Iterator[tuple[int, str]]) -> list[str]:
    """Of the first line; none where there is none that can be read."""
    try:
        return fields_of(next(rows, (1, ""))[1])
    except ValueError:
        return []


class FileLine(NamedTuple):
    """Where a file says something."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Value:
    """Energy of a half hour in 1/10,000 kWh, or, with `is_count`, what the register had counted when it started.

    Without a direction or an element the meter has to have only one register that it can be.
    """

    place: FileLine
    serial: str
    element: FileElement
    direction: Direction
    at: datetime
    energy: int
    is_count: bool = False


class Refusal(NamedTuple):
    """A row that could not be read, and why."""

    place: FileLine
    reason: str


class Contents(NamedTuple):
    """All that a file says; `numbers_said`: that its numbers are what they were taken for."""

    values: list[Value]
    refusals: list[Refusal]
    numbers_said: bool = True


class RowOutcome(NamedTuple):
    """What became of a row: `waits` is a count whose half hour is whole only with a later file."""

    place: FileLine
    outcome: Literal["taken", "there already", "refused", "waits"]
    details: str


def parse_time(text: str) -> datetime:
    """The start of a half hour; a time without an offset is UTC. A `ValueError` says what is wrong."""
    try:
        at = datetime.fromisoformat(text.strip())
        at = as_utc(at if at.tzinfo else datetime.fromisoformat(f"{text.strip()}+00:00"))
    except (ValueError, OverflowError):
        raise ValueError(f"'{text}' is no time like 2026-10-25 00:30:00+00:00") from None
    if not MINYEAR < at.year < MAXYEAR:
        raise ValueError(f"no meter has measured at {text}")
    if floor_half_hour(at) != at:
        raise ValueError(f"{text} is not on the half hour")
    return at
