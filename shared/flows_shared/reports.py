"""Reports for operators: what there is, their rows, and their rows as CSV. Who reads what is decided by the views."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from flows_shared.db import Connection
from flows_shared.errors import InvalidError, NotFoundError

Dated: TypeAlias = Literal["day", "month"]


class UnknownReport(NotFoundError):
    code = "report.unknown"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no report {name!r}; there are {', '.join(REPORTS)}")


class ReportHasNoDates(InvalidError):
    """A state of now, of which no time can be asked for."""

    code = "report.no_dates"

    def __init__(self, name: str) -> None:
        super().__init__(f"the report {name} says how things are now: it has no days to choose from")


@dataclass(frozen=True, slots=True)
class Report:
    """`source` is what is kept for it; `order` are the columns that its rows are sorted by after the community."""

    name: str
    title: str
    source: str
    dated: Dated | None
    order: tuple[str, ...]


REPORTS: Final = {
    report.name: report
    for report in (
        Report("energy", "Energy by community, day and nature", "energy", "day", ("day", "nature")),
        Report("exchange", "Energy imported, shared, generated and exported", "energy", "day", ("day",)),
        Report("revenue", "Revenue, VAT and money received by month", "revenue", "month", ("month",)),
        Report("arrears", "What accounts owe, by days past due", "arrears", None, ("account_number",)),
        Report("savings", "Savings against the benchmark", "savings", "month", ("month", "account_number", "customer")),
        Report("solar_yield", "Solar yield by day", "solar_yield", "day", ("day", "plot", "property")),
        Report("solar_yield_monthly", "Solar yield by month", "solar_yield", "month", ("month", "plot", "property")),
        Report("prepay_balances", "Balances of prepay meters", "prepay_balances", None, ("serial",)),
        Report("completeness", "Half hours expected, held and missing", "completeness", "day", ("day",)),
    )
}

REFRESHES = "SELECT report, refreshed_at, seconds, error FROM public.report_refreshes"
# Text that a spreadsheet would take for a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
ROWS_AT_ONCE: Final = 2_000


class ReportSummary(BaseModel):
    """`seconds` is what its last refresh took; `error` why that failed, when it did."""

    name: str = Field(examples=["energy"])
    title: str
    refreshed_at: datetime | None
    seconds: Decimal | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: of these communities, or of all that the caller reads; of days or months in `[start, end]`."""

    report: Report
    escos: Sequence[UUID] | None = None
    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.report.dated is None and (self.start or self.end):
            raise ReportHasNoDates(self.report.name)


def find_report(name: str) -> Report:
    if name not in REPORTS:
        raise UnknownReport(name)
    return REPORTS[name]


async def report_states(db: Connection) -> list[ReportSummary]:
    """Every report, with how its last refresh went."""
    made = {source: refreshed for source, *refreshed in await db.fetch(REFRESHES)}
    return [_summary(report, *made[report.source]) for report in REPORTS.values()]


def _summary(
    report: Report, refreshed_at: datetime | None, seconds: Decimal | None, error: str | None
) -> ReportSummary:
    return ReportSummary(name=report.name, title=report.title, refreshed_at=refreshed_at, seconds=seconds, error=error)


async def report_rows(db: Connection, asked: Asked, limit: int, offset: int = 0) -> list[asyncpg.Record]:
    return await db.fetch(f"{_statement(asked)} LIMIT $4 OFFSET $5", *_values(asked), limit, offset)


async def report_csv(db: Connection, asked: Asked) -> AsyncIterator[str]:
    """The report as CSV in parts, header first. Needs a transaction."""
    statement = await db.prepare(_statement(asked))
    yield _csv([[attribute.name for attribute in statement.get_attributes()]])
    cursor = await statement.cursor(*_values(asked))
    while rows := await cursor.fetch(ROWS_AT_ONCE):
        yield _csv([[csv_cell(value) for value in row] for row in rows])


def csv_cell(value: Any) -> Any:
    """As it stands in a file that a spreadsheet may open: text is never a formula, a number is exact."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _statement(asked: Asked) -> str:
    report = asked.report
    period = report.dated or "NULL::date"
    return f"""
        SELECT * FROM public.report_{report.name}
         WHERE ($1::uuid[] IS NULL OR esco = ANY($1))
           AND ($2::date IS NULL OR {period} >= $2)
           AND ($3::date IS NULL OR {period} <= $3)
         ORDER BY {", ".join(("esco_code", *report.order))}"""


def _values(asked: Asked) -> tuple[Sequence[UUID] | None, date | None, date | None]:
    return asked.escos, asked.start, asked.end


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
