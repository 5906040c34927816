"""Months, days and times as they are asked for: of the years 2000 to 2199, which are those that every table holds.

At the edge of a type a value turns into another: PostgreSQL keeps the year 1 as -infinity, and the last hours of 9999
are the year 10000 elsewhere.
"""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AwareDatetime, Field

from flows_shared.time import END_OF_TIME, FIRST_DAY

MonthText = Annotated[str, Field(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-10"])]
Day = Annotated[date, Field(ge=FIRST_DAY, lt=END_OF_TIME)]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime.combine(FIRST_DAY, time(), UTC), lt=datetime.combine(END_OF_TIME, time(), UTC)),
]
