"""What can go wrong with an answer, and which answers it goes wrong with: the same ones for the same seed."""

from typing import Literal, NamedTuple

from flows_meter_sync.emop import Frame, objects, read
from flows_meter_sync.simulator.config import Faults
from flows_meter_sync.simulator.noise import noise

Fault = Literal["drop", "wrong_crc", "half_frame", "nak", "wrong_serial", "wrong_source"]

FAULTS: tuple[Fault, ...] = ("drop", "wrong_crc", "half_frame", "nak", "wrong_serial", "wrong_source")
SERIAL_HEADS = tuple(read(serial).echo for serial in (objects.SERIAL, objects.THREE_PHASE_SERIAL))
ANOTHER_SERIAL = objects.SERIAL.encode("EML0000000000")


class Sent(NamedTuple):
    """Bytes for the wire, and whether the connection ends with them."""

    wire: bytes
    closes: bool = False


class Troubles:
    """Draws a meter's faults, answer by answer."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self.faults, self._seed, self._drawn, self._left = faults, seed, 0, faults.times

    def next(self) -> Fault | None:
        """What goes wrong with the next answer."""
        found = (fault for place, fault in enumerate(FAULTS) if self._strikes(getattr(self.faults, fault), place))
        return next(found, None)

    def refuses(self) -> bool:
        """Whether the next connection is refused."""
        return self._strikes(self.faults.refuse, len(FAULTS))

    def _strikes(self, share: float, place: int) -> bool:
        if not share or self._left == 0:
            return False
        self._drawn += 1
        if noise(self._seed + place, self._drawn) >= share:
            return False
        self._left = None if self._left is None else self._left - 1
        return True


def spoil(replies: list[Frame], fault: Fault | None) -> Sent:
    """The bytes of an answer, made wrong where it is asked for."""
    if fault == "wrong_serial":
        replies = [_with_another_serial(reply) for reply in replies]
    if fault == "wrong_source":
        replies = [reply._replace(source=reply.source ^ 1) for reply in replies]
    wire = b"".join(reply.encode() for reply in replies)
    if fault == "wrong_crc":
        wire = wire[:-1] + bytes((wire[-1] ^ 0xFF,))
    return Sent(wire[: len(wire) // 2], closes=True) if fault == "half_frame" else Sent(wire)


def _with_another_serial(reply: Frame) -> Frame:
    heads = [head for head in SERIAL_HEADS if reply.data.startswith(head)]
    return reply._replace(data=heads[0] + ANOTHER_SERIAL) if heads else reply
