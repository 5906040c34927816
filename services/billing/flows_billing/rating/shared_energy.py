"""What of a plan's energy was shared, in the very half hours, and what of the surplus is its home's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.days import Days
from flows_billing.outcomes import NotBilled, failed
from flows_billing.rating.lines import Metered
from flows_billing.rating.plan import Part, Plan
from flows_billing.sharing.allocation import Allocation, kwh
from flows_billing.tariffs.bands import DAYS_ONLY, BandedHalfHour
from flows_billing.usage.metered import Usage, UsageKey, half_hours_touched
from flows_shared.time import Period, local_midnight

# As a usage has its day and band, where it was summed by them.
ByDayAndBand: TypeAlias = Mapping[tuple[date | None, str | None], Decimal]


@dataclass(frozen=True, slots=True)
class Shared:
    """By usage key: kWh of each of its usages; by home and days: kWh of surplus. `problems` are those of accounts."""

    by_usage_key: Mapping[UsageKey, ByDayAndBand] = field(default_factory=dict)
    surplus: Mapping[tuple[UUID, Days], Decimal] = field(default_factory=dict)
    problems: Mapping[UUID, NotBilled] = field(default_factory=dict)
    allocations: tuple[Allocation, ...] = ()


def all_shared(parts: Sequence[Shared]) -> Shared:
    """Of parts of the accounts. A group that several parts share in is allocated by each of them alike."""
    return Shared(
        by_usage_key={usage_key: shared for part in parts for usage_key, shared in part.by_usage_key.items()},
        surplus={key: kwh for part in parts for key, kwh in part.surplus.items()},
        problems={account: problem for part in parts for account, problem in part.problems.items()},
        allocations=tuple({found.group.id: found for part in parts for found in part.allocations}.values()),
    )


def share_out(
    plans: Iterable[Plan],
    allocations: Sequence[Allocation],
    invalid: Mapping[UUID, str],
    calendars: Mapping[UUID, Sequence[BandedHalfHour]],
    zone: ZoneInfo,
) -> Shared:
    """`invalid` has the groups that cannot be allocated, and why; `calendars` the month by profile."""
    found = {allocation.group.id: allocation for allocation in allocations}
    sharing = [(plan, part, part.sharing.group) for plan in plans for part in plan.parts if part.sharing]
    return Shared(
        by_usage_key={
            segment.usage_key: _shared(segment.usage_key, found[group], calendars)
            for plan, part, group in sharing
            for segment in plan.segments
            if segment.part is part and group in found
        },
        surplus={
            (plan.account.premises, part.days): _surplus(plan.account.premises, _time(part, zone), found[group])
            for plan, part, group in sharing
            if group in found
        },
        problems={
            plan.account.id: problem
            for plan, part, group in sharing
            if (problem := _problem(_time(part, zone), found.get(group), invalid.get(group, "")))
        },
        allocations=tuple(allocations),
    )


def _problem(time: Period, found: Allocation | None, why_not: str) -> NotBilled | None:
    if found is None:
        return failed("sharing_invalid", why_not)
    if missing := found.missing_generation(time):
        return failed("generation_missing", f"{missing} half hours of what {found.group.name} generated are missing")
    return None


def _surplus(home: UUID, time: Period, found: Allocation) -> Decimal:
    series = found.surplus_by_home.get(home)
    return kwh(sum(series[found.readings.places(time)])) if series else Decimal(0)


def _shared(usage_key: UsageKey, found: Allocation, calendars: Mapping[UUID, Sequence[BandedHalfHour]]) -> ByDayAndBand:
    series = found.shared_by_register.get(usage_key.register)
    if series is None:
        return {}
    places = found.readings.places(half_hours_touched(usage_key.span))
    if not (usage_key.profile or usage_key.by_day):
        return {(None, None): kwh(sum(series[places]))}
    sums: defaultdict[tuple[date | None, str | None], int] = defaultdict(int)
    calendar = calendars[usage_key.profile or DAYS_ONLY.id]
    for half_hour, wh in zip(calendar[places], series[places], strict=True):
        sums[half_hour.day if usage_key.by_day else None, half_hour.band if usage_key.profile else None] += wh
    return {key: kwh(wh) for key, wh in sums.items()}


def _time(part: Part, zone: ZoneInfo) -> Period:
    return Period(local_midnight(part.days.start, zone), local_midnight(part.days.end, zone))


def imported(metered: Metered, shared: Shared) -> Metered:
    """What is left for the tariff, in each day and band."""
    return [
        (
            segment,
            [_less(usage, found) for usage in usages]
            if (found := shared.by_usage_key.get(segment.usage_key))
            else usages,
        )
        for segment, usages in metered
    ]


def shared_of(usage: Usage, found: ByDayAndBand) -> Decimal:
    """What of a usage was shared."""
    return found.get((usage.day, usage.band), Decimal(0))


def _less(usage: Usage, found: ByDayAndBand) -> Usage:
    return replace(usage, kwh=usage.kwh - shared_of(usage, found))
