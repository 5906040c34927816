"""Whether the numbers of a file of the field are counts or energy, where nobody says so.

The numbers alone do not tell: a day of 48 times 500 Wh is 24 kWh, or a register that stands still.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from flows_meter_sync.counter import Count, believed
from flows_meter_sync.energy import kwh
from flows_meter_sync.files.rows import Value
from flows_meter_sync.intervals.registers import MeterRegister


def ask_for_numbers(values: Sequence[Value], registers: Iterable[MeterRegister]) -> str | None:
    """Why a file has to wait until somebody says what its numbers are; None where they can only be counts.

    They can be where one of them is more than half an hour lets through, and where both readings are the same.
    """
    measuring = [register for register in registers if register.serial in {value.serial for value in values}]
    if not measuring or any(value.energy > max(each.counter.most for each in measuring) for value in values):
        return None
    of_registers = [_numbers_of(register, values) for register in measuring]
    energy = sum(sum(numbers.values()) for numbers in of_registers)
    counted = sum(map(_counted, measuring, of_registers))
    if energy == counted:
        return None
    return (
        f"its numbers can be energy, {kwh(energy)} kWh, or counts, {kwh(counted)} kWh: "
        "say which they are, by --wh energy or --wh counts, over the API by wh=energy or wh=counts"
    )


def _numbers_of(register: MeterRegister, values: Iterable[Value]) -> dict[datetime, int]:
    """In order of time."""
    measured = "export" if register.exports else "import"
    return {
        value.at: value.energy
        for value in sorted(values, key=lambda value: value.at)
        if value.direction == measured and value.element in (None, register.element)
    }


def _counted(register: MeterRegister, numbers: dict[datetime, int]) -> int:
    counter = register.counter
    good = believed((Count(at, number) for at, number in numbers.items()), counter)
    return sum(counter.advance(before, after) or 0 for before, after in pairwise(good))
