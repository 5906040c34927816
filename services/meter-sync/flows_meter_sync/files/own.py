"""Our own files: any name, many meters, the energy of each half hour with its source.

    serial,element,start,kwh,source
    EML2137580826,SINGLE,2026-10-25T00:30:00Z,0.123,measured

`start` is the start of the half hour, `element` is `A`, `B` or `SINGLE`. Estimates are exported as such, and not taken.
"""

from typing import Final

from flows_meter_sync.counter import IMPOSSIBLE
from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.files.rows import (
    Contents,
    FileLine,
    FileUnreadable,
    Refusal,
    Value,
    fields_of,
    header_fields,
    numbered_rows,
    parse_time,
)
from flows_shared.numbers import decimal
from flows_shared.readings import CSV_HEADER
from flows_shared.vocabulary.meters import Element

HEADER: Final = list(CSV_HEADER)


def read(name: str, text: str) -> Contents:
    """What one of our files says; `FileUnreadable` where the header is not right."""
    rows = numbered_rows(text)
    header = header_fields(rows)
    if header not in (HEADER, HEADER[:4]):
        raise FileUnreadable(f"{name}: the first line is not {','.join(HEADER)}")
    contents = Contents([], [])
    for line, row in rows:
        place = FileLine(name, line)
        try:
            contents.values.append(_value(place, header, fields_of(row)))
        except ValueError as error:
            contents.refusals.append(Refusal(place, str(error)))
    return contents


def _value(place: FileLine, header: list[str], fields: list[str]) -> Value:
    if len(fields) != len(header):  # so the last row of half a file, whose number may be cut too
        raise ValueError(f"a row has {', '.join(header)}, not {len(fields)} fields")
    serial, element, start, kwh = (field.strip() for field in fields[:4])
    if not serial.isprintable():
        raise ValueError(f"{serial!r} is no serial")
    if element not in set(Element):
        raise ValueError(f"an element is A, B or SINGLE, not '{element}'")
    if fields[4:] == ["estimated"]:
        raise ValueError("it is an estimate, not a reading")
    return Value(place, serial, Element(element), None, parse_time(start), _energy(kwh))


def _energy(text: str) -> int:
    try:
        energy = decimal(text) * KWH_STEPS
    except ValueError:
        raise ValueError(f"'{text}' is no number of kWh") from None
    if energy != energy.to_integral_value() or not 0 <= energy < IMPOSSIBLE:
        raise ValueError(f"{text} is not from 0 to 10000 kWh with at most 4 decimals")
    return int(energy)
