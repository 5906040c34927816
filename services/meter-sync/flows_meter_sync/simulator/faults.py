"""What can go wrong with an answer, and which answers it goes wrong with: the same ones for the same seed."""

from enum import StrEnum
from typing import NamedTuple

from flows_meter_sync.emop import Frame, objects, read
from flows_meter_sync.simulator.config import Faults
from flows_meter_sync.simulator.noise import noise


class Fault(StrEnum):
    """What can go wrong with an answer, under the name of its share in `Faults`."""

    DROP = "drop"
    WRONG_CRC = "wrong_crc"
    HALF_FRAME = "half_frame"
    NAK = "nak"
    WRONG_SERIAL = "wrong_serial"
    WRONG_SOURCE = "wrong_source"
    WRONG_SEQUENCE = "wrong_sequence"
    STRAY_BYTES = "stray_bytes"
    RESET = "reset"


FAULTS = tuple(Fault)
STRAY = b"\x00\xff\r\nRING\r\n\x7e"
SERIAL_HEADS = tuple(read(serial).echo for serial in (objects.SERIAL, objects.THREE_PHASE_SERIAL))
ANOTHER_SERIAL = objects.SERIAL.encode("EML0000000000")


class Sent(NamedTuple):
    """Bytes for the wire, and whether the connection ends with them."""

    wire: bytes
    closes: bool = False
    resets: bool = False


class Troubles:
    """Draws a meter's faults, answer by answer."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self.faults, self._seed, self._drawn, self._left = faults, seed, 0, faults.times
        self._likely = [(place, fault) for place, fault in enumerate(FAULTS) if getattr(faults, fault)]

    def next(self) -> Fault | None:
        """What goes wrong with the next answer."""
        found = (fault for place, fault in self._likely if self._strikes(getattr(self.faults, fault), place))
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
    if fault is None:
        return Sent(b"".join([reply.encode() for reply in replies]))
    wire = b"".join([_misled(reply, fault).encode() for reply in replies])
    match fault:
        case Fault.WRONG_CRC:
            return Sent(wire[:-1] + bytes((wire[-1] ^ 0xFF,)))
        case Fault.HALF_FRAME:
            return Sent(wire[: len(wire) // 2], closes=True)
        case Fault.STRAY_BYTES:
            return Sent(STRAY + wire)
        case Fault.RESET:
            return Sent(b"", resets=True)
    return Sent(wire)


def _misled(reply: Frame, fault: Fault | None) -> Frame:
    match fault:
        case Fault.WRONG_SERIAL:
            return _with_another_serial(reply)
        case Fault.WRONG_SOURCE:
            return reply._replace(source=reply.source ^ 1)
        case Fault.WRONG_SEQUENCE:
            return reply._replace(control=reply.control ^ 1)
    return reply


def _with_another_serial(reply: Frame) -> Frame:
    heads = [head for head in SERIAL_HEADS if reply.data.startswith(head)]
    return reply._replace(data=heads[0] + ANOTHER_SERIAL) if heads else reply
