"""Half hours that are asked about, and what is said of them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import Field, model_validator

from flows_shared.contracts.route import Answer, ItemRoute, Request, Route
from flows_shared.dates import Moment
from flows_shared.time import Period, floor_half_hour

MOST_DAYS: Final = 366
DAYS: Final = 30

EstimationMethod: TypeAlias = Literal["auto", "weekday_profile", "linear", "weekday_average"]
FieldNumbers: TypeAlias = Literal["auto", "counts", "energy"]


class AskedPeriod(Request):
    """Half hours that begin in `[start, end)`, at most 366 days; the 30 days until now where they are not given."""

    start: Moment | None = None
    end: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and not timedelta() < self.end - self.start <= timedelta(days=MOST_DAYS):
            raise ValueError(f"start lies before end, by at most {MOST_DAYS} days")
        return self

    def until(self, now: datetime) -> Period | None:
        """What of it has been by now; None where all of it is to come."""
        end = min(self.end or now, floor_half_hour(now))
        start = self.start or end - timedelta(days=DAYS)
        return Period(max(start, end - timedelta(days=MOST_DAYS)), end) if start < end else None


class AskedEstimate(AskedPeriod):
    """Which missing half hours to estimate and how; a dry run keeps none."""

    method: EstimationMethod = "auto"
    dry_run: bool = False


class MissingHalfHours(Answer):
    """Half hours without a reading that follow each other; `reasons` is what the meter said, `tries` how often."""

    serial: str = Field(examples=["EML2137580826"])
    element: str = Field(examples=["A"])
    start: datetime
    end: datetime
    half_hours: int
    estimated: int = Field(description="how many have an estimate")
    reasons: str = Field(examples=["no valid data: power fail"])
    tries: int


class WrongReading(Answer):
    """A reading that looks wrong, or the first of a span that does; `kwh` is what was found."""

    serial: str = Field(examples=["EML2137580826"])
    element: str = Field(examples=["A"])
    start: datetime
    kwh: Decimal
    rule: str = Field(examples=["spike"])
    details: str


class EstimatedHalfHours(Answer):
    """What was missing of a register, and how much of it was estimated."""

    serial: str = Field(examples=["EML2137580826"])
    element: str = Field(examples=["A"])
    missing: int
    estimated: int
    kwh: Decimal
    methods: str = Field(examples=["weekday_profile"])


class ImportedRow(Answer):
    """What became of a row: `waits` is a count whose half hour is whole only with a later file."""

    file: str = Field(examples=["EML2137580826-20261025.csv"])
    line: int
    outcome: Literal["taken", "there already", "refused", "waits"]
    details: str


class NamedFile(Answer):
    """A file: its name without the folder, and its text."""

    name: str
    text: str


class FieldFiles(Answer):
    files: tuple[NamedFile, ...]


class Import(Request):
    """Files to take in, for meters of these communities."""

    files: list[NamedFile] = Field(min_length=1)
    wh: FieldNumbers = "auto"
    escos: list[UUID]


FIND_GAPS = ItemRoute(str, Route("POST", "/internal/meters/{serial}/gaps", AskedPeriod, list[MissingHalfHours]))
VALIDATE = ItemRoute(str, Route("POST", "/internal/meters/{serial}/validate", AskedPeriod, list[WrongReading]))
ESTIMATE = ItemRoute(str, Route("POST", "/internal/meters/{serial}/estimate", AskedEstimate, list[EstimatedHalfHours]))
EXPORT = ItemRoute(str, Route("POST", "/internal/meters/{serial}/export", AskedPeriod, FieldFiles))
IMPORT = Route("POST", "/internal/readings/import", Import, list[ImportedRow])
