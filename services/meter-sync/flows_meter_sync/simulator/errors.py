"""Why meters cannot be simulated as they were described."""

from flows_shared.errors import FlowsError


class SimulatorError(FlowsError):
    """The root of the simulator's errors."""

    code = "simulator"


class MeterTwice(SimulatorError):
    """Serials tell meters apart."""

    code = "simulator.meter_twice"

    def __init__(self, serial: str) -> None:
        super().__init__(f"there are two meters {serial}")


class PlaceTaken(SimulatorError):
    """Something else listens there, or the machine does not have the address."""

    code = "simulator.place_taken"

    def __init__(self, address: str, port: int, reason: object) -> None:
        super().__init__(f"cannot listen at {address}:{port}: {reason}")


class CommunityWrong(SimulatorError):
    """The file that describes the meters cannot be understood."""

    code = "simulator.community_wrong"


class SimulatorMissing(SimulatorError):
    """Flows is installed for real meters only."""

    code = "simulator.missing"

    def __init__(self, missing: str) -> None:
        super().__init__(f"{missing} is not installed: pip install 'flows-meter-sync[simulator]'")
