"""How energy is put into half hours that are missing: each method by its name, as plain functions.

Energy is in whole 1/10,000 kWh. What is shared out is shared in whole Wh, so that a sum matches exactly to the Wh.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.estimation.spans import Span
from flows_shared.time import HALF_HOUR

WH: Final = KWH_STEPS // 1000
SLOTS: Final = 48
DAYS: Final = 7


class Method(StrEnum):
    """`auto` is the best of the others that what is known allows, in this order."""

    WEEKDAY_PROFILE = "weekday_profile"
    """The register's advance, shaped as the same weekdays around it."""
    LINEAR = "linear"
    """The register's advance, evenly."""
    WEEKDAY_AVERAGE = "weekday_average"
    """What the same weekdays around it had; the sum is a guess."""
    AUTO = "auto"


class Estimate(NamedTuple):
    timestamp: datetime
    energy: int
    method: Method


class Profile:
    """What a register used in the half hours of a week, by local time, on average."""

    def __init__(self, held: Mapping[datetime, int], zone: ZoneInfo) -> None:
        self.zone = zone
        sums: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        for at, energy in held.items():
            weekday, slot = self._place(at)
            for key in ((weekday, slot), (DAYS, slot), (DAYS, SLOTS)):
                sums[key][0] += energy
                sums[key][1] += 1
        self._averages = {key: energy // count for key, (energy, count) in sums.items()}

    def __bool__(self) -> bool:
        return bool(self._averages)

    def at(self, at: datetime) -> int:
        """Of the same weekday; where none is known of any day, and at last of any time."""
        weekday, slot = self._place(at)
        keys = ((weekday, slot), (DAYS, slot), (DAYS, SLOTS))
        return next((self._averages[key] for key in keys if key in self._averages), 0)

    def _place(self, at: datetime) -> tuple[int, int]:
        local = at.astimezone(self.zone)
        return local.weekday(), (local.hour * 60 + local.minute) // (HALF_HOUR.seconds // 60)


def estimate(span: Span, profile: Profile, method: Method = Method.AUTO) -> list[Estimate]:
    """Energy for all half hours of a span, or none where the method does not have what it needs."""
    chosen = _choose(span, profile) if method is Method.AUTO else method
    if chosen is Method.WEEKDAY_AVERAGE and profile:
        energies: Sequence[int] = [profile.at(at) // WH * WH for at in span.missing]
    elif chosen is Method.WEEKDAY_PROFILE and profile and span.energy is not None:
        energies = share_out(span.energy, [profile.at(at) for at in span.missing])
    elif chosen is Method.LINEAR and span.energy is not None:
        energies = share_out(span.energy, [1] * len(span.missing))
    else:
        return []
    return [Estimate(at, energy, chosen) for at, energy in zip(span.missing, energies, strict=True)]


def share_out(energy: int, weights: Sequence[int]) -> list[int]:
    """The energy in parts as the weights are, each in whole Wh but the last; they sum to it exactly."""
    if not any(weights):
        weights = [1] * len(weights)
    total, shares, given, so_far = sum(weights), [], 0, 0
    for weight in weights:
        so_far += weight
        until = energy * so_far // total // WH * WH
        shares.append(until - given)
        given = until
    shares[-1] += energy - given
    return shares


def _choose(span: Span, profile: Profile) -> Method:
    if span.energy is None:
        return Method.WEEKDAY_AVERAGE
    return Method.WEEKDAY_PROFILE if profile else Method.LINEAR


def estimate_all(spans: Iterable[Span], profile: Profile, method: Method = Method.AUTO) -> list[Estimate]:
    return [each for span in spans for each in estimate(span, profile, method)]
