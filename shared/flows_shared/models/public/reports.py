"""When reports were made."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, Table


class ReportRefresh(Table, table=True):
    """How the last refresh of a kept report went; `refreshed_at` and `seconds` are those of the last that succeeded."""

    __tablename__ = "report_refreshes"
    __table_args__ = PUBLIC

    report: str = Field(primary_key=True)
    started_at: datetime
    refreshed_at: datetime | None = None
    seconds: Decimal | None = None
    error: str | None = None
