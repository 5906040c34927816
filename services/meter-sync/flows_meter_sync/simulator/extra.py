"""What only simulated meters need: the extra `simulator`, which no installation for real meters has."""

from importlib.util import find_spec
from typing import Final

from flows_meter_sync.simulator.errors import SimulatorMissing

PACKAGES: Final = ("demandlib", "pandas", "yaml")


def check_extra() -> None:
    for package in PACKAGES:
        if find_spec(package) is None:
            raise SimulatorMissing(package)
