"""Hostile frames, many of them and quickly: random bytes, and right answers that were mutated."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from flows_meter_sync.emop import (
    EmopError,
    Exchange,
    Frame,
    FrameReader,
    Request,
    decode_frame,
    objects,
    read,
    read_event_log,
    read_intervals,
    read_profile_log_1,
    read_profile_log_2,
    read_twin_profile_log_2,
    write,
)
from flows_meter_sync.emop.frame import CLIENT, MOST_BYTES, MOST_DATA
from flows_meter_sync.emop.intervals import join

METER = 0x0A1B2C
START = datetime(2026, 10, 25, tzinfo=UTC)
REQUESTS: list[Request[Any]] = [
    *(read(known) for known in objects.OBJECTS.values() if "r" in known.access),
    write(objects.PREPAY_TOKEN, "1" * 20),
    read_profile_log_1(START),
    read_profile_log_2(START),
    read_twin_profile_log_2(START),
    read_event_log(0),
    read_intervals(START, START + timedelta(hours=4)),
]
PUBLISHED = [
    bytes.fromhex(vector["hex"])
    for vector in json.loads((Path(__file__).parent / "vectors.json").read_text())["vectors"]
]


def hostile(count: int, seed: int) -> Iterator[tuple[Request[Any], bytes]]:
    """So many requests, each with bytes that come instead of its answer."""
    random = Random(seed)
    for _ in range(count):
        request = random.choice(REQUESTS)
        yield request, _answer(random, request)


def _answer(random: Random, request: Request[Any]) -> bytes:
    if random.random() < 0.2:
        return random.randbytes(random.randrange(300))
    payload = random.choice(PUBLISHED) if random.random() < 0.5 else random.randbytes(random.randrange(100))
    control = 5 if random.random() < 0.8 else random.randrange(256)
    raw = Frame(CLIENT, METER, control, (request.echo + payload)[:MOST_DATA]).encode()
    return raw if random.random() < 0.3 else _mutated(random, raw)


def _mutated(random: Random, raw: bytes) -> bytes:
    at = random.randrange(len(raw))
    match random.randrange(5):
        case 0:
            return raw[:at]
        case 1:
            return raw[:at] + random.randbytes(random.randrange(4)) + raw[at:]
        case 2:
            return raw[at:] + raw
        case 3:
            return raw + raw[:at] + random.choice(PUBLISHED)
        case _:
            return raw[:at] + bytes((raw[at] ^ 1 << random.randrange(8),)) + raw[at + 1 :]


def survive(count: int, seed: int = 0) -> Counter[str]:
    """How often each rule was broken, and how often a value came out; anything but the protocol's errors is raised."""
    ends: Counter[str] = Counter()
    reader = FrameReader()
    for request, raw in hostile(count, seed):
        exchange = Exchange(request, destination=METER)
        try:
            decode_frame(raw)
        except EmopError as error:
            ends[error.rule] += 1
        try:
            for part in (raw[:7], raw[7:]):
                for frame in reader.feed(part):
                    value = exchange.decode(frame)
                    ends["a value"] += 1
                    if request.name == "three_phase_intervals":
                        join([value])
        except EmopError as error:
            ends[error.rule] += 1
        assert len(reader._held) <= MOST_BYTES
    return ends
