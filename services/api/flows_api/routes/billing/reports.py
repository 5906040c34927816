"""Reports of a community: which there are and how old, and their rows as JSON or CSV."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Principal
from flows_api.routes.access import require
from flows_api.routes.models import problems
from flows_shared.dates import Day
from flows_shared.db import Database
from flows_shared.numbers import PLAIN
from flows_shared.reports import Asked, ReportSummary, find_report, report_csv, report_rows, report_states
from flows_shared.service import Db
from flows_shared.vocabulary.meters import Health, Nature

CSV: Final = "text/csv"

router = APIRouter()

ReportReader = Annotated[Principal, Depends(require("admin", "service", "reporting", scope="read"))]
Kwh = Decimal


class OfCommunity(BaseModel):
    esco_code: str = Field(examples=["WLCE"])
    esco: UUID


class EnergyRow(OfCommunity):
    """`kwh` holds `estimated_kwh`; of nature solar it is what was generated."""

    day: date
    nature: Nature
    kwh: Kwh
    estimated_kwh: Kwh
    exported_kwh: Kwh


class ExchangeRow(OfCommunity):
    """`shared_kwh` is the part of what was imported that the community generated."""

    day: date
    imported_kwh: Kwh
    shared_kwh: Kwh
    generated_kwh: Kwh
    exported_kwh: Kwh


class RevenueRow(OfCommunity):
    """`revenue_pence` is without VAT and less what was credited; `received_pence` less what was refunded."""

    month: date
    invoices: int
    revenue_pence: int
    vat_pence: int
    invoiced_pence: int
    credited_pence: int
    received_pence: int
    written_off_pence: int


class ArrearsRow(OfCommunity):
    """By days past due. `other_pence` is what no invoice explains; negative: in credit."""

    account_number: int
    account: UUID
    customer: UUID | None
    fullname: str | None
    plot: str
    balance_pence: int
    current_pence: int
    days_1_30_pence: int
    days_31_60_pence: int
    days_61_90_pence: int
    days_over_90_pence: int
    other_pence: int


class SavingsRow(OfCommunity):
    """With VAT, of what was supplied: export and solar credits are beside it."""

    month: date
    account_number: int
    account: UUID
    customer: UUID
    fullname: str
    supply_pence: int
    benchmark_pence: int
    saving_pence: int


class SolarYieldRow(OfCommunity):
    day: date
    property: UUID
    plot: str
    capacity_kw: Decimal
    kwh: Kwh
    kwh_per_kw: Decimal


class SolarYieldMonthlyRow(OfCommunity):
    month: date
    property: UUID
    plot: str
    capacity_kw: Decimal
    kwh: Kwh
    kwh_per_kw: Decimal


class PrepayBalanceRow(OfCommunity):
    """GBP, as the meter said it at `balance_at`."""

    serial: str
    meter: UUID
    plot: str | None
    balance: Decimal | None
    is_low: bool | None
    balance_at: datetime | None
    health: Health


class CompletenessRow(OfCommunity):
    """Half hours of all registers in use."""

    day: date
    expected: int
    held: int
    estimated: int
    missing: int


Row = (
    EnergyRow
    | ExchangeRow
    | RevenueRow
    | ArrearsRow
    | SavingsRow
    | SolarYieldRow
    | SolarYieldMonthlyRow
    | PrepayBalanceRow
    | CompletenessRow
)
ROWS: Final[dict[str, type[Row]]] = {
    "energy": EnergyRow,
    "exchange": ExchangeRow,
    "revenue": RevenueRow,
    "arrears": ArrearsRow,
    "savings": SavingsRow,
    "solar_yield": SolarYieldRow,
    "solar_yield_monthly": SolarYieldMonthlyRow,
    "prepay_balances": PrepayBalanceRow,
    "completeness": CompletenessRow,
}


class ReportResult(ReportSummary):
    """The rows are as of `refreshed_at`."""

    rows: list[Row]


@router.get("/reports", summary="Reports and when they were made", responses=problems())
async def list_reports(principal: ReportReader, db: Db) -> list[ReportSummary]:
    async with acting_as(db, principal) as transaction:
        return await report_states(transaction)


@router.get(
    "/reports/{name}",
    summary="A report as JSON or CSV",
    response_model=ReportResult,
    responses={200: {"content": {CSV: {}}, "description": "The rows; as CSV, all of them"}, **problems(404)},
)
async def read_report(
    name: str,
    principal: ReportReader,
    db: Db,
    esco: Annotated[UUID | None, Query(description="only this community")] = None,
    start: Annotated[Day | None, Query(alias="from", description="the first day or month")] = None,
    end: Annotated[Day | None, Query(alias="to", description="the last day or month")] = None,
    format: Literal["json", "csv"] | None = None,
    limit: Annotated[int, PLAIN, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, PLAIN, Query(ge=0, le=1_000_000_000)] = 0,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> ReportResult | Response:
    """Admins get their own communities'. CSV by `Accept: text/csv` or `format=csv`; `limit` and `offset` page JSON."""
    report = find_report(name)
    asked = Asked(report, [esco] if esco else None, start, end)
    if format == "csv" or (format is None and CSV in accept and "json" not in accept):
        disposition = f'attachment; filename="{name}.csv"'
        return StreamingResponse(
            _csv(db, principal, asked),
            media_type=f"{CSV}; charset=utf-8",
            headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"},
        )
    async with acting_as(db, principal) as transaction:
        [state] = [state for state in await report_states(transaction) if state.name == name]
        rows = await report_rows(transaction, asked, limit, offset)
    return ReportResult(**state.model_dump(), rows=[ROWS[name](**row) for row in rows])


async def _csv(db: Database, principal: Principal, asked: Asked) -> AsyncIterator[str]:
    async with acting_as(db, principal) as transaction:
        async for part in report_csv(transaction, asked):
            yield part
