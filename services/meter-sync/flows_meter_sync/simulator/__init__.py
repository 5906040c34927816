"""Simulated meters: they answer EMOP on real sockets, and need nothing else of Flows.

async with Simulator([MeterConfig("EML2100000001", port=0)]) as simulator:
    host, port = simulator.place("EML2100000001")
"""

from flows_meter_sync.simulator.community import exchanged, load, mixture, placed
from flows_meter_sync.simulator.config import Faults, Hardware, MeterConfig, PowerCut, Tariff
from flows_meter_sync.simulator.energy import HalfHour
from flows_meter_sync.simulator.meter import SimulatedMeter
from flows_meter_sync.simulator.prepay import vend
from flows_meter_sync.simulator.server import Simulator

__all__ = [
    "Faults",
    "HalfHour",
    "Hardware",
    "MeterConfig",
    "PowerCut",
    "SimulatedMeter",
    "Simulator",
    "Tariff",
    "exchanged",
    "load",
    "mixture",
    "placed",
    "vend",
]
