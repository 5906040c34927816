"""A group's month, allocated: pure functions of what the meters measured and of the group's terms.

Energy is shared in whole watt hours. What a home consumed beyond them is imported, so that every kWh of its meter is on
its bill once. A half hour that a home's meter did not measure takes no share.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.apportion import apportion, turn_at
from flows_billing.days import Days
from flows_billing.sharing.methods import METHODS
from flows_billing.sharing.terms import WHOLE, Group, Stint
from flows_billing.usage.metered import half_hours_touched
from flows_shared.time import HALF_HOUR, Month, Period, local_midnight
from flows_shared.vocabulary.billing import SharingMeterRole

# Wh of each half hour of a month, in order.
Series: TypeAlias = "array[int]"
# In the series of generation and boundary meters, where one of them did not measure.
UNKNOWN: Final = -1
WH_IN_KWH: Final = 1000


def series_of(length: int, wh: int = 0) -> Series:
    return array("q", [wh]) * length


def kwh(wh: int) -> Decimal:
    return Decimal(wh) / WH_IN_KWH


def places_in(month: Period, span: Period) -> slice:
    """Which half hours of the month begin in a part of it."""
    count = (month.end - month.start) // HALF_HOUR
    first, last = ((at - month.start) // HALF_HOUR for at in (span.start, span.end))
    return slice(max(0, first), min(count, last))


def within(series: Series, month: Period, life: Period) -> Series:
    """What a register measured in its life, the half hours that cut it included; outside of it: nothing."""
    kept, places = series_of(len(series)), places_in(month, half_hours_touched(life))
    kept[places] = series[places]
    return kept


@dataclass(frozen=True, slots=True)
class Metered:
    """Wh of one of the group's own meters, of which those of `time` count; UNKNOWN where it did not measure."""

    role: SharingMeterRole
    time: Period
    series: Series


@dataclass(frozen=True, slots=True)
class Readings:
    """What was measured in a month: by home and register, and by the group's own meters while they counted."""

    period: Period
    homes: Mapping[UUID, Mapping[UUID, Series]]
    meters: Sequence[Metered]

    @property
    def half_hours(self) -> int:
        return (self.period.end - self.period.start) // HALF_HOUR

    def turn(self, number: int) -> int:
        """For `apportion`."""
        return turn_at(self.period.start + number * HALF_HOUR)

    def places(self, span: Period) -> slice:
        """Which half hours of the month begin in a part of it."""
        return places_in(self.period, span)

    def metered(self, role: SharingMeterRole, nobody: int) -> Series:
        """Wh of the meters of a role together: UNKNOWN where one did not measure, `nobody` where there was none."""
        total, measured, lacking = series_of(self.half_hours), bytearray(self.half_hours), bytearray(self.half_hours)
        for meter in self.meters:
            if meter.role == role:
                for number in range(self.half_hours)[self.places(half_hours_touched(meter.time))]:
                    if (wh := meter.series[number]) != UNKNOWN:
                        total[number] += wh
                        measured[number] = 1
                    elif self._is_whole(number, meter.time):
                        lacking[number] = 1
        found = zip(total, measured, lacking, strict=True)
        return array("q", (UNKNOWN if lacks else wh if known else nobody for wh, known, lacks in found))

    def _is_whole(self, number: int, time: Period) -> bool:
        """A half hour that the edges of a time cut may be there or not."""
        start = self.period.start + number * HALF_HOUR
        return time.start <= start and start + HALF_HOUR <= time.end


@dataclass(frozen=True, slots=True)
class Allocation:
    """What came of a group's month by half hour: of the group, and of each home and register."""

    group: Group
    readings: Readings
    generation: Series
    consumption: Series
    shared: Series
    others: Series
    consumed_by_home: dict[UUID, int] = field(default_factory=dict)
    shared_by_home: dict[UUID, Series] = field(default_factory=dict)
    shared_by_register: dict[UUID, Series] = field(default_factory=dict)
    surplus_by_home: dict[UUID, Series] = field(default_factory=dict)

    def surplus(self, number: int) -> int:
        return max(0, self.generation[number]) - self.shared[number]

    def missing_generation(self, span: Period) -> int:
        """Half hours of which it is not known what could be shared."""
        return self.generation[self.readings.places(span)].count(UNKNOWN)

    def boundary(self) -> tuple[Series, Series]:
        """What came in over the boundary of the site, and what went out."""
        return self.readings.metered(SharingMeterRole.BOUNDARY_IMPORT, UNKNOWN), self.readings.metered(
            SharingMeterRole.BOUNDARY_EXPORT, UNKNOWN
        )


def allocate_month(group: Group, readings: Readings, month: Month, zone: ZoneInfo) -> Allocation:
    """Share the month's generation by the terms and members of each of its days."""
    length = readings.half_hours
    generation = readings.metered(SharingMeterRole.GENERATION, 0)
    found = Allocation(group, readings, generation, series_of(length), series_of(length), series_of(length))
    demands = {home: _total(registers.values(), length) for home, registers in readings.homes.items()}
    for stint in group.stints(Days.of(month)):
        days = stint.days
        time = Period(local_midnight(days.start, zone), local_midnight(days.end, zone))
        _share_stint(found, stint, demands, readings.places(time))
    for home, series in found.shared_by_home.items():
        found.shared_by_register.update(_split(readings, readings.homes.get(home, {}), series))
    if group.site:
        for number, row in enumerate(zip(*demands.values(), strict=True)):
            found.others[number] = sum(row) - found.consumption[number]
    return found


def _share_stint(found: Allocation, stint: Stint, demands: Mapping[UUID, Series], places: slice) -> None:
    nothing, homes = series_of(found.readings.half_hours), [member.home for member in stint.members]
    wanted = [demands.get(home, nothing)[places] for home in homes]
    got = [found.shared_by_home.setdefault(home, series_of(found.readings.half_hours)) for home in homes]
    allocate, shares = METHODS[stint.terms.method], stint.shares
    for number, row in enumerate(zip(*wanted, strict=True), start=places.start):
        parts = allocate(max(0, found.generation[number]), row, shares, found.readings.turn(number))
        found.consumption[number], found.shared[number] = sum(row), sum(parts)
        for series, part in zip(got, parts, strict=True):
            series[number] = part
    for home, series in zip(homes, wanted, strict=True):
        found.consumed_by_home[home] = found.consumed_by_home.get(home, 0) + sum(series)
    _credit_surplus(found, stint, places)


def _credit_surplus(found: Allocation, stint: Stint, places: slice) -> None:
    credited = [member for member in stint.members if member.surplus_ratio]
    ratios = [member.surplus_ratio for member in credited]
    length = found.readings.half_hours
    got = [found.surplus_by_home.setdefault(member.home, series_of(length)) for member in credited]
    for number in range(places.start, places.stop) if credited else ():
        parts = apportion(found.surplus(number), ratios, WHOLE, found.readings.turn(number))
        for series, part in zip(got, parts, strict=True):
            series[number] = part


def _split(readings: Readings, registers: Mapping[UUID, Series], shared: Series) -> Mapping[UUID, Series]:
    """A home's share over its registers, by what each measured in the half hour."""
    if len(registers) < 2:
        return dict.fromkeys(registers, shared)
    split = {register: series_of(len(shared)) for register in registers}
    for number, row in enumerate(zip(*registers.values(), strict=True)):
        if shared[number]:
            parts = apportion(shared[number], row, sum(row), readings.turn(number))
            for series, part in zip(split.values(), parts, strict=True):
                series[number] = part
    return split


def _total(series: Iterable[Series], length: int) -> Series:
    known = list(series)
    if len(known) == 1:
        return known[0]
    return array("q", map(sum, zip(*known, strict=True))) if known else series_of(length)
