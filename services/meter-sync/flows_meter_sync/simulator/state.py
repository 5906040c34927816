"""What a simulated meter is made of, and what changes in it."""

from datetime import datetime

from flows_meter_sync.emop import units
from flows_meter_sync.simulator.clock import Clock
from flows_meter_sync.simulator.config import MeterConfig
from flows_meter_sync.simulator.elements import FOREVER, elements_of, history_of
from flows_meter_sync.simulator.energy import Cut
from flows_meter_sync.simulator.prepay import Prepay
from flows_meter_sync.simulator.tariffs import Tariffs


class State:
    """The parts of one meter, as they are when the simulator starts at `now`."""

    def __init__(self, config: MeterConfig, now: datetime) -> None:
        self.config, self.seed = config, config.own_seed
        self.history = history_of(config)
        self.elements = elements_of(config, self.history)
        self.intervals_since = units.seconds(config.installed_at)
        self.clock = Clock(config.clock_drift_seconds, config.clock_gains_seconds_a_day, units.seconds(now))
        self.tariffs = Tariffs(config.tariff)
        self.prepay = Prepay(config, self.tariffs, self.imported, units.seconds(config.balance_at or now))

    def imported(self, second: int) -> tuple[int, int]:
        """Wh of element A, and of B where there is one."""
        first, *others = self.elements
        return first.imported.wh(second), others[0].imported.wh(second) if others else 0

    def has_power(self, second: int) -> bool:
        return self.history.has_power(second)

    def switch_power(self, on: bool, second: int) -> None:
        """Cut the power now, until it is switched on again."""
        cuts = self.history.cuts
        if on:
            cuts[:] = [cut._replace(end=second) if cut.start <= second < cut.end else cut for cut in cuts]
        elif self.has_power(second):
            cuts.append(Cut(second, FOREVER))

    def reset_registers(self, second: int) -> None:
        """They count from 0 again; what the balance was charged for stays charged."""
        self.history.resets.append(second)

    def reach(self, second: int) -> None:
        """A future tariff whose time has come is the active one from that time on."""
        if self.tariffs.armed_at is not None and self.tariffs.armed_at <= second:
            self.prepay.settle(self.tariffs.armed_at)
            self.tariffs.activate()
