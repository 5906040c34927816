"""Frames of readings decoded and checked on one core: against a floor that only unpacks and checks the CRC; fuzzed."""

import resource
import struct
import time
from binascii import crc_hqx
from collections.abc import Callable

from benchmarks.harness import Environment, Figure, benchmark
from emop.fuzz import survive
from flows_meter_sync.emop import Exchange, Frame, FrameReader, decode_frame, objects, read
from flows_meter_sync.emop.records import Reading

FRAMES = 200_000
ROUNDS = 5
FRAMES_A_SECOND = 300_000
HOSTILE_FRAMES = 1_000_000
MOST_GROWTH_MIB = 16


@benchmark("emop")
async def decode_readings(_: Environment) -> list[Figure]:
    exchange = Exchange(read(objects.READING_A))
    payload = objects.READING_A.encode(Reading(12_345_678, 2_345, 345_678, 45))
    raw = Frame(exchange.source, 0x0A1B2C, exchange.sequence, exchange.request.echo + payload).encode()

    floor = max(_bare_rate(raw) for _ in range(ROUNDS))
    whole = _best_rate(lambda: exchange.decode(decode_frame(raw)))
    reader = FrameReader()
    stream = _best_rate(lambda: [exchange.decode(frame) for frame in reader.feed(raw)])

    unit, bare = "frames/s", "struct and CRC alone"
    return [
        Figure("reading frames decoded and checked", whole, unit, bare, whole / floor, 0.08, "at least"),
        Figure("the same out of a stream", stream, unit, bare, stream / floor, 0.08, "at least"),
        Figure(
            "the slower of both",
            min(whole, stream),
            unit,
            f"{FRAMES_A_SECOND:,} a second",
            min(whole, stream) / FRAMES_A_SECOND,
            1.0,
            "at least",
        ),
    ]


@benchmark("emop-fuzz")
async def fuzz(_: Environment) -> list[Figure]:
    """Random and mutated frames: whatever they raise but the protocol's own errors ends the benchmark."""
    before, began = _peak_mib(), time.perf_counter()
    ends = survive(HOSTILE_FRAMES, seed=1)
    rate, grown = HOSTILE_FRAMES / (time.perf_counter() - began), _peak_mib() - before
    survived, bound = f"{len(ends)} ways to end", f"{MOST_GROWTH_MIB} MiB"
    return [
        Figure(f"{HOSTILE_FRAMES:,} hostile frames survived", rate, "frames/s", survived, 1.0, 1.0, "at least"),
        Figure("memory grown by them", grown, "MiB", bound, grown / MOST_GROWTH_MIB, 1.0, "at most"),
    ]


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _bare_rate(raw: bytes) -> float:
    unpack, check = struct.Struct("<4I").unpack_from, crc_hqx
    began = time.perf_counter()
    for _ in range(FRAMES):
        unpack(raw, 16)
        check(raw[1:], 0xFFFF)
    return FRAMES / (time.perf_counter() - began)


def _best_rate(decode: Callable[[], object]) -> float:
    """Calls a second of the best round: what else the machine does is no part of it."""
    return max(_rate(decode) for _ in range(ROUNDS))


def _rate(decode: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(FRAMES):
        decode()
    return FRAMES / (time.perf_counter() - began)
