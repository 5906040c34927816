"""How a year's energy is spread over its half hours: standard load profiles, and the sun.

A shape is cumulative: `LoadShape.at` says how many years' energy has gone by since 2000 began, at any half hour. So the
register of any meter at any time is one look-up, and the arrays are shared by all meters.
"""

import math
import warnings
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from itertools import accumulate
from types import ModuleType

from flows_meter_sync.emop.units import EPOCH
from flows_meter_sync.simulator.noise import between

HALF_HOUR = 1800
DAY = 48  # half hours
LOCAL_TIME = "Europe/London"  # people live by it, the sun does not
YEAR_STARTS = [
    int((datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()) // HALF_HOUR for year in range(2000, 2140)
]


class LoadShape:
    """A year's energy by half hour; each year is made once, when it is first asked for."""

    def __init__(self, half_hours_of: Callable[[int], Sequence[float]]) -> None:
        self._half_hours_of = half_hours_of
        self._years: dict[int, array[float]] = {}
        self._start, self._end, self._year, self._shares = 0, 0, 0, array("d")  # of the year asked for last

    def at(self, half_hour: float) -> float:
        """Years' energy gone by at a half hour since 2000 began; it grows evenly within."""
        if not self._start <= half_hour < self._end:
            self._turn_to(int(half_hour))
        place = half_hour - self._start
        whole = int(place)
        before = self._shares[whole]
        return self._year + before + (self._shares[whole + 1] - before) * (place - whole)

    def _turn_to(self, half_hour: int) -> None:
        year = bisect_right(YEAR_STARTS, half_hour) - 1
        self._start, self._end, self._year = YEAR_STARTS[year], YEAR_STARTS[year + 1], year
        self._shares = self._years.get(year) or self._make(year)

    def _make(self, year: int) -> "array[float]":
        values = self._half_hours_of(2000 + year)
        total = math.fsum(values)
        shares = array("d", accumulate((value / total for value in values), initial=0.0))
        shares[-1] = 1.0
        self._years[year] = shares
        return shares


@cache
def household() -> LoadShape:
    """BDEW's standard load profile of households, H25."""
    return LoadShape(lambda year: _standard("H25", year))


@cache
def business() -> LoadShape:
    """BDEW's standard load profile of businesses, G25, for a landlord's supply."""
    return LoadShape(lambda year: _standard("G25", year))


@cache
def heat() -> LoadShape:
    """BDEW's standard load profile of a house's heating and hot water, in a mild climate."""
    return LoadShape(_heating)


@cache
def sun(latitude: float, weather: int) -> LoadShape:
    """Solar generation by the sun's height, under clouds that change from day to day."""
    return LoadShape(lambda year: _sunshine(year, latitude, weather))


def _standard(name: str, year: int) -> list[float]:
    pandas, bdew = _libraries()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # demandlib is older than what pandas deprecates
        hours = pandas.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="30min", inclusive="left")
        profile = getattr(bdew, name)(hours)
    return list(profile.reindex(_local(pandas, year, "30min")).to_numpy())


def _heating(year: int) -> list[float]:
    pandas, bdew = _libraries()
    hours = pandas.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left")
    celsius = [_outdoor_celsius(hour.day_of_year, hour.hour) for hour in hours]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        building = bdew.HeatBuilding(
            hours,
            temperature=pandas.Series(celsius, index=hours),
            shlp_type="EFH",
            building_class=3,
            wind_class=0,
            annual_heat_demand=1,
        )
        hourly = building.get_bdew_profile()
    return [value for value in hourly.reindex(_local(pandas, year, "h")) for _ in range(2)]


def _outdoor_celsius(day: int, hour: int) -> float:
    """Coldest late in January and before dawn."""
    return 10 - 7 * math.cos(2 * math.pi * (day - 25) / 365) - 3 * math.cos(2 * math.pi * (hour - 4) / 24)


def _local(pandas: ModuleType, year: int, step: str) -> Sequence[datetime]:
    """The local times, without their zone, of a year's steps in UTC."""
    steps = pandas.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq=step, inclusive="left", tz="UTC")
    local: Sequence[datetime] = steps.tz_convert(LOCAL_TIME).tz_localize(None)
    return local


def _sunshine(year: int, latitude: float, weather: int) -> list[float]:
    start, end = YEAR_STARTS[year - 2000], YEAR_STARTS[year - 1999]
    days = [between(0.15, 1, weather, day) for day in range(start // DAY, end // DAY)]
    return [max(0.0, _sun_height(number, latitude)) ** 1.15 * days[number // DAY] for number in range(end - start)]


def _sun_height(half_hour: int, latitude: float) -> float:
    """The sine of the sun's height in the middle of a half hour of the year, at longitude 0."""
    declination = math.radians(-23.44) * math.cos(2 * math.pi * (half_hour / DAY + 10) / 365.25)
    turn = 2 * math.pi * ((half_hour % DAY + 0.5) / DAY - 0.5)
    place = math.radians(latitude)
    return math.sin(place) * math.sin(declination) + math.cos(place) * math.cos(declination) * math.cos(turn)


@cache
def _libraries() -> tuple[ModuleType, ModuleType]:
    """pandas and demandlib take half a second to import, and nothing but the shapes needs them."""
    return import_module("pandas"), import_module("demandlib.bdew")
