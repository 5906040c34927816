"""Every published example, both ways. `vectors.json` was decoded by an independent implementation."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows_meter_sync.emop import EmopError
from flows_meter_sync.emop.event_log import EventId
from flows_meter_sync.emop.objects import OBJECTS
from flows_meter_sync.emop.rendering import decode_line, encode_line

Vector = dict[str, Any]

VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors.json").read_text())["vectors"]
LOGS = ("profile_log_1", "profile_log_2")


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    chosen = [vector for vector in VECTORS if vector["kind"] in kinds]
    return pytest.mark.parametrize("vector", chosen, ids=[vector["name"] for vector in chosen])


def expected(vector: Vector) -> Vector:
    return {key: vector[key] for key in ("frame", "decoded") if key in vector}


@of_kind("frame", "message", "event_log", "three_phase_intervals", "timestamp")
def test_vector_decodes_to_what_is_published_and_encodes_to_the_same_bytes(vector: Vector) -> None:
    assert decode_line(vector) == expected(vector)
    assert encode_line(vector).hex() == vector["hex"]


@of_kind(*LOGS)
def test_profile_log_decodes_with_or_without_padding_and_encodes_padded(vector: Vector) -> None:
    assert decode_line(vector) == expected(vector)
    encoded = encode_line(vector)
    assert len(encoded) == 84
    assert encoded == bytes.fromhex(vector["hex"]).ljust(84, b"\0")


@of_kind("price")
def test_price_is_the_same_amount_both_ways(vector: Vector) -> None:
    assert Decimal(decode_line(vector)["decoded"]) == Decimal(vector["decoded"])
    assert encode_line(vector).hex() == vector["hex"]


@of_kind("invalid_frame")
def test_invalid_frame_raises_the_rule_that_it_breaks(vector: Vector) -> None:
    rules = {"length_or_crc": {"length", "truncated", "crc"}}.get(vector["error"], {vector["error"]})
    with pytest.raises(EmopError) as caught:
        decode_line(vector)
    assert caught.value.rule in rules
    assert caught.value.code == f"emop.{caught.value.rule}"


def test_objects_have_the_published_names_and_records() -> None:
    for vector in VECTORS:
        if vector["kind"] == "message":
            known = OBJECTS[int(vector["object_id"], 16)]
            assert (known.name, known.record.name) == (vector["object_name"], vector["record"])


def test_events_have_the_published_names() -> None:
    for vector in VECTORS:
        if vector["kind"] == "event_log":
            for event in vector["decoded"]["events"]:
                assert EventId(event["event_id"]["value"]).name == event["event_id"]["name"]


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"kind": "frame"},
        {"kind": "frame", "hex": "7g"},
        {"kind": "message", "hex": "00"},
        {"kind": "message", "hex": "00", "record": "NoSuchRec"},
        {"kind": "no such kind", "hex": "00", "decoded": {}},
        {"kind": "message", "hex": "00", "object_id": "ffff22", "decoded": {"value": "many"}},
        {"kind": "price", "hex": "00", "decoded": "much"},
    ],
)
def test_line_of_another_shape_is_a_protocol_error(line: Vector) -> None:
    with pytest.raises(EmopError):
        decode_line(line)
    with pytest.raises(EmopError):
        encode_line(line)
