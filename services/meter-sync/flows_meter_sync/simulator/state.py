"""What a simulated meter is made of, and what changes in it."""

from datetime import datetime

from flows_meter_sync.emop import units
from flows_meter_sync.simulator.config import MeterConfig
from flows_meter_sync.simulator.elements import cuts_of, elements_of
from flows_meter_sync.simulator.prepay import Prepay
from flows_meter_sync.simulator.tariffs import Tariffs


class State:
    """The parts of one meter, as they are when the simulator starts at `now`."""

    def __init__(self, config: MeterConfig, now: datetime) -> None:
        self.config, self.seed = config, config.own_seed
        self.drift_seconds = config.clock_drift_seconds
        self.elements, self.cuts = elements_of(config), cuts_of(config)
        self.tariffs = Tariffs(config.tariff)
        self.prepay = Prepay(config, self.tariffs, self.imported, units.seconds(config.balance_at or now))

    def imported(self, second: int) -> tuple[int, int]:
        """Wh of element A, and of B where there is one."""
        first, *others = self.elements
        return first.imported.wh(second), others[0].imported.wh(second) if others else 0

    def has_power(self, second: int) -> bool:
        return not any(cut.start <= second < cut.end for cut in self.cuts)

    def reach(self, second: int) -> None:
        """A future tariff whose time has come is the active one from that time on."""
        if self.tariffs.armed_at is not None and self.tariffs.armed_at <= second:
            self.prepay.settle(self.tariffs.armed_at)
            self.tariffs.activate()
