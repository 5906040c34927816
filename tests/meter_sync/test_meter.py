"""One meter over TCP, asked over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from flows_local.servers import free_port
from flows_meter_sync.emop import Frame, FrameReader, objects, read, read_intervals
from flows_meter_sync.emop.control import ERRORS, Nak
from flows_meter_sync.emop.errors import (
    FrameCrcWrong,
    FrameError,
    ObjectUnknown,
    ReplyFromAnotherMeter,
    ReplyOutOfSequence,
    ReplyToAnotherRequest,
    RequestPayloadRefused,
)
from flows_meter_sync.errors import LeaseLost, MeterError, MeterReset, MeterTimedOut, MeterUnreachable
from flows_meter_sync.meter import ConnectionPolicy, Meter
from flows_meter_sync.simulator.config import Faults, Hardware, MeterConfig
from flows_meter_sync.simulator.meter import SimulatedMeter
from flows_meter_sync.simulator.server import Simulator
from flows_shared.errors import FlowsError
from flows_shared.time import HALF_HOUR, floor_half_hour, utc_now

POLICY = ConnectionPolicy(
    pace_seconds=0, connect_timeout_seconds=1, read_timeout_seconds=0.25, attempts=3, keep_open=True
)
SERIAL = read(objects.SERIAL)


@asynccontextmanager
async def simulated(policy: ConnectionPolicy = POLICY, **config: Any) -> AsyncIterator[tuple[Meter, SimulatedMeter]]:
    """A client and the meter that it asks."""
    async with Simulator([MeterConfig("EML1", port=0, **config)]) as simulator:
        host, port = simulator.place("EML1")
        meter = Meter(host, port, policy)
        yield meter, simulator.meters["EML1"]
        meter.close()


@asynccontextmanager
async def answering(*segments: bytes, policy: ConnectionPolicy = POLICY) -> AsyncIterator[Meter]:
    """A client of a server that sends these segments for each request, whatever it is."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(256):
            for segment in segments:
                writer.write(segment)
                await writer.drain()
                await asyncio.sleep(0.01)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        meter = Meter(*place_of(server), policy)
        yield meter
        meter.close()


def place_of(server: asyncio.Server) -> tuple[str, int]:
    host, port = server.sockets[0].getsockname()
    return host, port


def serial_reply(serial: str = "EML1", sequence: int = 1, **changes: Any) -> bytes:
    data = SERIAL.echo + objects.SERIAL.encode(serial)
    return Frame(0x21AE42, 0, sequence, data)._replace(**changes).encode()


async def test_connection_stays_open_for_many_requests() -> None:
    async with simulated() as (meter, simulated_meter):
        assert [await meter.ask(SERIAL) for _ in range(20)] == ["EML1"] * 20
        assert simulated_meter.counters.connections == 1
        assert meter.keeps_open


async def test_meter_that_closes_gets_a_connection_a_request_without_losing_an_attempt() -> None:
    async with simulated(replace(POLICY, attempts=1), keep_open=False) as (meter, simulated_meter):
        assert [await meter.ask(SERIAL) for _ in range(4)] == ["EML1"] * 4
        assert simulated_meter.counters.connections == 4
        assert not meter.keeps_open


async def test_connection_a_request_where_it_is_asked_for() -> None:
    async with simulated(replace(POLICY, keep_open=False)) as (meter, simulated_meter):
        for _ in range(3):
            await meter.ask(SERIAL)
        assert simulated_meter.counters.connections == 3


async def test_pause_between_connections_gives_the_meter_its_rest() -> None:
    policy = replace(POLICY, keep_open=False, pace_seconds=0.1, attempts=1)
    async with simulated(policy, rest_seconds=0.08) as (meter, simulated_meter):
        started = asyncio.get_running_loop().time()
        for _ in range(4):
            await meter.ask(SERIAL)
        assert asyncio.get_running_loop().time() - started >= 0.3
        assert simulated_meter.counters.refused == 0


async def test_answer_in_pieces_with_stray_bytes_before_it_is_read_whole() -> None:
    reply = serial_reply()
    async with answering(b"\x00\xff", reply[:1], reply[1:9], reply[9:]) as meter:
        assert await meter.ask(SERIAL) == "EML1"


async def test_intervals_that_come_in_several_frames_are_one_answer() -> None:
    start = floor_half_hour(utc_now()) - 10 * HALF_HOUR
    async with simulated(hardware=Hardware.P1AX) as (meter, _):
        frames = await meter.ask_all(read_intervals(start, start + 8 * HALF_HOUR))
        assert [frame.is_last for frame in frames] == [False] * (len(frames) - 1) + [True]
        assert await meter.ask(SERIAL) == "EML1"


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (Faults(drop=1), MeterTimedOut),
        (Faults(wrong_crc=1), FrameCrcWrong),
        (Faults(half_frame=1), FrameError),
        (Faults(refuse=1), MeterReset),
        (Faults(nak=1, nak_code=4), RequestPayloadRefused),
    ],
)
async def test_what_goes_wrong_has_an_error_of_its_own_after_all_attempts(
    faults: Faults, error: type[FlowsError]
) -> None:
    async with simulated(faults=faults) as (meter, simulated_meter):
        with pytest.raises(error):
            await meter.ask(SERIAL)
        assert simulated_meter.counters.connections == POLICY.attempts


@pytest.mark.parametrize("faults", [Faults(drop=1), Faults(wrong_crc=1), Faults(half_frame=1), Faults(refuse=1)])
async def test_request_is_tried_again_on_a_new_connection(faults: Faults) -> None:
    async with simulated(faults=replace(faults, times=2)) as (meter, _):
        assert await meter.ask(SERIAL) == "EML1"


async def test_object_that_the_meter_does_not_have_is_asked_for_once() -> None:
    async with simulated() as (meter, simulated_meter):
        with pytest.raises(ObjectUnknown):
            await meter.ask(read(objects.VOLTAGE_L1))
        assert simulated_meter.counters.requests == 1
        assert await meter.ask(SERIAL) == "EML1"


async def test_no_connection_names_the_place_and_the_reason() -> None:
    port = free_port()
    with pytest.raises(MeterUnreachable, match=f"no connection to 127.0.0.1:{port}: Conn"):
        await Meter("127.0.0.1", port, POLICY).ask(SERIAL)


async def test_meter_that_accepts_nothing_is_away_after_the_connect_timeout() -> None:
    policy = replace(POLICY, connect_timeout_seconds=0.1, attempts=1)
    with pytest.raises(MeterError):  # 192.0.2.0/24 is nobody's: no answer, or no way there
        await Meter("192.0.2.1", 8080, policy).ask(SERIAL)


async def test_answer_to_another_request_is_never_a_value() -> None:
    async with answering(serial_reply(sequence=6), policy=replace(POLICY, attempts=1)) as meter:
        with pytest.raises(ReplyOutOfSequence):
            await meter.ask(SERIAL)
    voltage = Frame(0x21AE42, 0, 1, read(objects.VOLTAGE).echo + b"\xf0\x00").encode()
    async with answering(voltage, policy=replace(POLICY, attempts=1)) as meter:
        with pytest.raises(ReplyToAnotherRequest):
            await meter.ask(SERIAL)


async def test_answer_that_comes_late_is_not_taken_for_the_next_one() -> None:
    late = asyncio.Event()

    async def answer_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameReader()
        while data := await reader.read(256):
            for frame in frames.feed(data):
                if not late.is_set():
                    late.set()
                    await asyncio.sleep(0.3)
                writer.write(serial_reply("EML1", frame.control))

    async with await asyncio.start_server(answer_late, "127.0.0.1", 0) as server:
        meter = Meter(*place_of(server), POLICY)
        assert await meter.ask(SERIAL) == "EML1"
        meter.close()


async def test_another_meter_that_answers_in_between_is_found_out() -> None:
    async with simulated(replace(POLICY, attempts=1)) as (meter, simulated_meter):
        await meter.ask(SERIAL)
        simulated_meter.faults = Faults(wrong_source=1)
        with pytest.raises(ReplyFromAnotherMeter):
            await meter.ask(read(objects.VOLTAGE))


async def test_nothing_is_asked_without_leave() -> None:
    async with simulated() as (meter, simulated_meter):

        def refuse() -> None:
            raise LeaseLost("no")

        meter.check = refuse
        with pytest.raises(LeaseLost):
            await meter.ask(SERIAL)
        assert simulated_meter.counters.connections == 0


@pytest.mark.parametrize(("nak", "error"), ERRORS.items())
async def test_each_code_of_a_refusal_has_an_error_of_its_own(nak: Nak, error: type[FlowsError]) -> None:
    async with simulated(replace(POLICY, attempts=1), faults=Faults(nak=1, nak_code=int(nak))) as (meter, _):
        with pytest.raises(error) as refused:
            await meter.ask(SERIAL)
    assert refused.type is error


async def test_what_is_asked_once_is_sent_once_whatever_becomes_of_it() -> None:
    for faults, error in ((Faults(drop=1), MeterTimedOut), (Faults(wrong_crc=1), FrameCrcWrong)):
        async with simulated() as (meter, simulated_meter):
            await meter.ask(SERIAL)
            simulated_meter.faults = faults
            with pytest.raises(error):
                await meter.ask_once(read(objects.VOLTAGE))
            assert simulated_meter.counters.requests == 2
