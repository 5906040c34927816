"""Writes of values that a meter keeps: the same twice is the same once, and each is read back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from flows_meter_sync.emop import read, write
from flows_meter_sync.emop.objects import (
    BACKLIGHT,
    DAYLIGHT_SAVING,
    FUTURE_ACTIVATION,
    LOAD_SWITCH,
    PREPAY_ENABLED,
    Object,
)
from flows_meter_sync.emop.records import BacklightSetting, LoadSwitchSetting
from flows_meter_sync.emop.tariff import NEVER, FlatTariff
from flows_meter_sync.errors import WriteTooLate
from flows_meter_sync.syncers.base import MeterSession
from flows_meter_sync.writes.write import Seen, Write, shown
from flows_shared.db import JSON

CLOCKS_DIFFER: Final = timedelta(days=1)  # what is over for us may be to come for the meter


class ValueWrite(Write):
    """Objects and their values, in the order in which they are written."""

    def __init__(self, values: Sequence[tuple[Object[Any], Any]]) -> None:
        self.values = values
        # As the meter will say it: a price has five decimals there.
        self.wanted: Mapping[str, JSON] = {
            held.name: shown(held.decode(held.encode(value))) for held, value in self.values
        }

    async def look(self, session: MeterSession) -> Seen:
        return {held.name: shown(await session.meter.ask(read(held))) for held, _ in self.values}

    def wrong(self, before: Seen | None, now: Seen) -> list[str]:
        return [name for name, value in self.wanted.items() if now[name] != value]

    async def send(self, session: MeterSession, seen: Seen) -> None:
        for held, value in self.values:
            await session.meter.ask(write(held, value))


class TariffWrite(ValueWrite):
    """A plain flat-rate future tariff; the activation time, which arms it, goes last.

    One that is armed already is put off first: its time may come while the new values are written, or after a crash.
    """

    metrics: ClassVar = ("SyncerTariffsFuture",)

    def __init__(self, tariff: FlatTariff) -> None:
        super().__init__(tariff.writes())
        self.activation_at = tariff.activation_at

    def check(self, now: datetime) -> None:
        if self.activation_at <= now:
            raise WriteTooLate(self.activation_at.isoformat())

    async def send(self, session: MeterSession, seen: Seen) -> None:
        activation_at = datetime.fromisoformat(str(seen[FUTURE_ACTIVATION.name]))
        if session.clock() - CLOCKS_DIFFER < activation_at < NEVER:
            await session.meter.ask(write(FUTURE_ACTIVATION, NEVER))
        await super().send(session, seen)


class PrepayWrite(ValueWrite):
    """Prepay mode on or off."""

    metrics: ClassVar = ("SyncerPrepayEnabled",)

    def __init__(self, enabled: bool) -> None:
        super().__init__([(PREPAY_ENABLED, enabled)])


class DaylightSavingWrite(ValueWrite):
    """Whether the meter itself moves to summer time."""

    metrics: ClassVar = ("SyncerDaylightSavingsEnabled",)

    def __init__(self, enabled: bool) -> None:
        super().__init__([(DAYLIGHT_SAVING, enabled)])


class BacklightWrite(ValueWrite):
    """The display's light."""

    metrics: ClassVar = ("SyncerBacklight",)

    def __init__(self, setting: BacklightSetting) -> None:
        super().__init__([(BACKLIGHT, setting)])


class LoadSwitchWrite(ValueWrite):
    """When the customer has to press the supply button."""

    metrics: ClassVar = ("SyncerLoadSwitch",)

    def __init__(self, setting: LoadSwitchSetting) -> None:
        super().__init__([(LOAD_SWITCH, setting)])
