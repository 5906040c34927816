"""A meter's clock: how far it is off, since when, and what it gains."""

from typing import NamedTuple

DAY_SECONDS = 86_400


class _Setting(NamedTuple):
    since: int
    gains_from: int
    drift_seconds: int


class Clock:
    """Off by `drift_seconds`, and by what it gains from `now` on, until it is set; seconds since 2000."""

    def __init__(self, drift_seconds: int = 0, gains_seconds_a_day: float = 0.0, now: int = 0) -> None:
        self._gains = gains_seconds_a_day
        self._settings = [_Setting(0, now, drift_seconds)]

    def set(self, drift_seconds: int, second: int) -> None:
        """From now on it is so far off."""
        self._settings.append(_Setting(second, second, drift_seconds))

    def drift(self, second: int) -> int:
        """How far it is off."""
        return self._drift(self._settings[-1], second)

    def shown(self, second: int) -> int:
        """What it shows."""
        return second + self.drift(second)

    def when(self, shown: int) -> int | None:
        """The last second at which it shows a time; None where it was put past it."""
        until = None
        for setting in reversed(self._settings):
            second = shown - self._drift(setting, shown)
            if second >= setting.since and (until is None or second < until):
                return second
            until = setting.since
        return None

    def _drift(self, setting: _Setting, second: int) -> int:
        if not self._gains:
            return setting.drift_seconds
        gained = self._gains * max(0, second - setting.gains_from) / DAY_SECONDS
        return setting.drift_seconds + int(gained)
