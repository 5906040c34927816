"""Frames and records as plain dicts, in the shape that published tools give them, and back.

A line has a `kind` and a `hex`; where the kind needs it an `object_id`, `record` or `is_twin_element`. What it decodes
to stands under `decoded`, and for intervals the frame's header under `frame`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import InvalidOperation
from typing import Any, NamedTuple

from flows_meter_sync.emop import event_log, intervals, units
from flows_meter_sync.emop.errors import NotRendered
from flows_meter_sync.emop.event_log import Event
from flows_meter_sync.emop.frame import Frame, crc, decode_frame
from flows_meter_sync.emop.intervals import Interval, IntervalBlock, IntervalFrame, IntervalHeader
from flows_meter_sync.emop.layout import AnyRecord, NamedInt, build, render
from flows_meter_sync.emop.messages import ObjectMessage, ProfileRequest
from flows_meter_sync.emop.objects import object_of
from flows_meter_sync.emop.profile_log import LOG_1, LOG_2, TWIN_LOG_2, Log
from flows_meter_sync.emop.records import RECORDS, U4, U4_VALUE
from flows_shared.numbers import decimal, whole

Line = Mapping[str, Any]
Rendered = dict[str, Any]


class ReadWrite(NamedInt, names={0: "read", 1: "write"}):
    """The flag of a message."""


class Kind(NamedTuple):
    """How one kind of line is decoded and encoded."""

    decode: Callable[[Line, bytes], Rendered]
    encode: Callable[[Line], bytes]


def decode_line(line: Line) -> Rendered:
    """`decoded`, and for intervals `frame`, of a line's bytes; an `EmopError` says which rule they break."""
    try:
        return KINDS[line["kind"]].decode(line, bytes.fromhex(line["hex"]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise NotRendered(f"a line needs a known kind, bytes in hex and what its kind needs: {error!r}") from error


def encode_line(line: Line) -> bytes:
    """The bytes of what a line says is `decoded`."""
    try:
        return KINDS[line["kind"]].encode(line)
    except (KeyError, ValueError, TypeError, AttributeError, InvalidOperation, OverflowError) as error:
        raise NotRendered(f"this is not the shape of a decoded {line.get('kind')}: {error!r}") from error


def render_frame(frame: Frame) -> Rendered:
    """A frame's fields, with the length and the CRC that it has on the wire."""
    raw = frame.encode()
    return {
        "length": raw[1],
        "destination_device_type": f"{frame.destination >> 24:02x}",
        "destination_address": f"{frame.destination & 0xFFFFFF:06x}",
        "source_device_type": f"{frame.source >> 24:02x}",
        "source_address": f"{frame.source & 0xFFFFFF:06x}",
        "control": frame.control,
        "format": frame.data[0] if frame.data else None,
        "message": frame.data[1:].hex(),
        "crc16": f"{crc(raw[1:-2]):04x}",
    }


def _build_frame(line: Line) -> bytes:
    fields = line["decoded"]
    data = b"" if fields["format"] is None else bytes((fields["format"],)) + bytes.fromhex(fields["message"])
    destination = whole(fields["destination_device_type"] + fields["destination_address"], 16)
    source = whole(fields["source_device_type"] + fields["source_address"], 16)
    return Frame(destination, source, fields["control"], data).encode()


def _record(line: Line) -> AnyRecord:
    name = line.get("record")
    if name is None:
        return object_of(whole(line["object_id"], 16)).record
    if name not in RECORDS:
        raise NotRendered(f"there is no record {name}")
    return RECORDS[name]


def _render_log(log: Log, raw: bytes, mark: Rendered) -> Rendered:
    entries = [mark | render(entry) for entry in log.decode(raw[4:])]
    return {"decoded": mark | {"request_timestamp": ProfileRequest.decode(raw[:4]).timestamp, "records": entries}}


def _build_log(log: Log, line: Line) -> bytes:
    entries = [build(log.record.build, entry) for entry in line["decoded"]["records"]]
    return ProfileRequest(line["decoded"]["request_timestamp"]).encode() + log.encode(entries)


def _log_2(line: Line) -> tuple[Log, Rendered]:
    twin = bool(line.get("is_twin_element", line.get("decoded", {}).get("is_twin_element")))
    return TWIN_LOG_2 if twin else LOG_2, {"is_twin_element": twin}


def _render_events(_: Line, raw: bytes) -> Rendered:
    object_id, flag, payload = ObjectMessage.decode(raw)
    events = render(event_log.decode_page(payload))
    return {"decoded": {"object_id": f"{object_id:06x}", "read_write": render(ReadWrite(flag)), "events": events}}


def _build_events(line: Line) -> bytes:
    fields = line["decoded"]
    events = event_log.encode_page([build(Event, event) for event in fields["events"]])
    return ObjectMessage(whole(fields["object_id"], 16), fields["read_write"]["value"], events).encode()


def _render_intervals(_: Line, raw: bytes) -> Rendered:
    header, part = intervals.decode_frame_part(raw)
    block = intervals.decode_block(part)
    return {"frame": {"len_data": len(raw), **render(header)}, "decoded": render_block(block, len(part))}


def render_block(block: IntervalBlock, length: int) -> Rendered:
    """A block with its lengths and counts."""
    head = {
        "block_start_time": block.block_start_time,
        "interval_duration": block.interval_duration,
        "num_channel_ids": len(block.channel_ids),
        "channel_ids": [f"{channel:06x}" for channel in block.channel_ids],
    }
    rows = [{"num_channel_data": len(interval.channel_data), **render(interval)} for interval in block.intervals]
    return {"len_data": length, "block_header": head, "intervals": rows}


def _build_intervals(line: Line) -> bytes:
    head = line["decoded"]["block_header"]
    channels = tuple(whole(channel, 16) for channel in head["channel_ids"])
    rows = [build(Interval, row) for row in line["decoded"]["intervals"]]
    block = IntervalBlock(head["block_start_time"], head["interval_duration"], channels, rows)
    frame = IntervalFrame(build(IntervalHeader, line["frame"]), intervals.encode_block(block))
    return intervals.encode_frame_part(frame)


def _u4(number: int) -> bytes:
    return U4_VALUE.encode(U4(number))


KINDS: dict[str, Kind] = {
    "frame": Kind(lambda _, raw: {"decoded": render_frame(decode_frame(raw))}, _build_frame),
    "invalid_frame": Kind(lambda _, raw: {"decoded": render_frame(decode_frame(raw))}, _build_frame),
    "message": Kind(
        lambda line, raw: {"decoded": render(_record(line).decode(raw))},
        lambda line: _record(line).encode(build(_record(line).build, line["decoded"])),
    ),
    "profile_log_1": Kind(lambda _, raw: _render_log(LOG_1, raw, {}), lambda line: _build_log(LOG_1, line)),
    "profile_log_2": Kind(
        lambda line, raw: _render_log(_log_2(line)[0], raw, _log_2(line)[1]),
        lambda line: _build_log(_log_2(line)[0], line),
    ),
    "event_log": Kind(_render_events, _build_events),
    "three_phase_intervals": Kind(_render_intervals, _build_intervals),
    "price": Kind(
        lambda _, raw: {"decoded": f"{units.pounds(U4_VALUE.decode(raw).value).normalize():f}"},
        lambda line: _u4(units.price(decimal(line["decoded"]))),
    ),
    "timestamp": Kind(
        lambda _, raw: {"decoded": units.instant(U4_VALUE.decode(raw).value).isoformat()},
        lambda line: _u4(units.seconds(datetime.fromisoformat(line["decoded"]))),
    ),
}
