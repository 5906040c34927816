"""The other Flows: what is asked of it, whichever way it is reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from flows_shared.errors import FlowsError

Row: TypeAlias = Mapping[str, Any]
# A column's value is this one, or one of these, or lies from this time on.
Condition: TypeAlias = str | datetime | Collection[object]

PAGE: Final = 5_000
TIMEOUT_SECONDS: Final = 30.0


class SourceAway(FlowsError):
    """The other Flows does not answer."""

    code = "source.unreachable"


class SourceRefused(FlowsError):
    """The other Flows says no: its key, or what it lets us see."""

    code = "source.refused"


class SourceOffTheClock(FlowsError):
    """The other Flows has half hours that begin between two: they were left out, all else was taken."""

    code = "source.off_the_clock"

    def __init__(self, times: Sequence[datetime]) -> None:
        super().__init__(f"{len(times)} of its readings begin at no half hour and were left out, as at {min(times)}")


class SourceUnreadable(FlowsError):
    """The other Flows says of some meters what cannot be kept: they were left as they were, the others follow."""

    code = "source.unreadable"

    def __init__(self, reasons: Mapping[str, str]) -> None:
        serial = min(reasons)
        super().__init__(f"{len(reasons)} of its meters could not be followed, as {serial}: {reasons[serial]}")


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """Where it is, and what opens it."""

    url: str
    api_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class Source(Protocol):
    """The tables of its schema `flows`, a page at a time."""

    async def page(
        self, table: str, columns: Sequence[str], order: Sequence[str], where: Mapping[str, Condition], offset: int
    ) -> list[Row]:
        """At most `PAGE` rows; times are ISO text, ids are text, numbers with decimals are `Decimal`."""


async def all_rows(
    source: Source, table: str, columns: Sequence[str], order: Sequence[str], **where: Condition
) -> list[Row]:
    """All rows, however many the other gives at once."""
    found: list[Row] = []
    while page := await source.page(table, columns, order, where, len(found)):
        found += page
    return found
