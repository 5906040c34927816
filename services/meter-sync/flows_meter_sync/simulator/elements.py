"""What a meter measures: its elements, with loads that suit its kind and its seed."""

from flows_meter_sync.emop import units
from flows_meter_sync.simulator import shapes
from flows_meter_sync.simulator.config import MeterConfig
from flows_meter_sync.simulator.energy import Cut, Element, History, Load, Register
from flows_meter_sync.simulator.noise import between
from flows_meter_sync.simulator.shapes import HALF_HOUR, LoadShape

HOME_KWH = 1_700, 4_300
HEAT_KWH = 2_200, 5_500
SOLAR_KWH = 2_000, 4_800
COMMUNAL_KWH = 9_000, 26_000
STANDBY_KWH = 9  # what an inverter draws

FOREVER = units.LAST_SECOND
NOTHING = Register(None, History([], []))


def elements_of(config: MeterConfig, history: History | None = None) -> tuple[Element, ...]:
    """The elements of a meter: two of a twin element one, the second for heat."""
    befell = history or history_of(config)

    def counting(load: Load) -> Register:
        return Register(load, befell, config.first_wh)

    if config.nature == "solar":
        standby = counting(_load(config, 3, shapes.household(), STANDBY_KWH, wander=0))
        return (_element(config, "SINGLE", standby, counting(_generation(config))),)
    first = counting(_consumption(config))
    if not config.hardware.is_twin:
        return (_element(config, "SINGLE", first),)
    kwh = config.heat_kwh_a_year or _about(HEAT_KWH, config, 2)
    second = counting(_load(config, 2, shapes.heat(), kwh))
    return _element(config, "A", first), _element(config, "B", second)


def history_of(config: MeterConfig) -> History:
    """What is known of a meter when it starts; one that was removed has no power any more."""
    cuts = [Cut(units.seconds(cut.start), units.seconds(cut.end)) for cut in config.power_cuts]
    if config.removed_at is not None:
        cuts.append(Cut(units.seconds(config.removed_at), FOREVER))
    wrong = {units.seconds(each.at): each.wh for each in config.wrong_counts}
    return History(cuts, [units.seconds(reset) for reset in config.register_resets], wrong)


def _element(config: MeterConfig, name: str, imported: Register, exported: Register = NOTHING) -> Element:
    return Element(name, exported, imported) if config.reversed else Element(name, imported, exported)


def _consumption(config: MeterConfig) -> Load:
    communal = config.hardware.is_three_phase
    kwh = config.kwh_a_year or _about(COMMUNAL_KWH if communal else HOME_KWH, config, 1)
    return _load(config, 1, shapes.business() if communal else shapes.household(), kwh)


def _generation(config: MeterConfig) -> Load:
    shape = shapes.sun(config.latitude, config.weather)
    return _load(config, 1, shape, config.kwh_a_year or _about(SOLAR_KWH, config, 1), later=1, wander=0)


def _load(
    config: MeterConfig, number: int, shape: LoadShape, kwh: int, later: float = 3.0, wander: float = 4.0
) -> Load:
    """`later`: by up to so many half hours this home's day is earlier or later than others'."""
    seed = config.home_seed + 10 * number
    since = units.seconds(config.installed_at) // HALF_HOUR
    return Load(shape, kwh * 1000, seed, since, between(-later, later, seed), wander)


def _about(kwh: tuple[int, int], config: MeterConfig, number: int) -> int:
    return int(between(*kwh, config.home_seed, number))
