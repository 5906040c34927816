"""Meters that misbehave as they are asked to, and connections that they refuse."""

import asyncio
from datetime import timedelta

import pytest

from flows_meter_sync.emop import Exchange, FrameReader, errors, objects, read
from flows_meter_sync.emop.errors import FrameCrcWrong, FrameTruncated
from flows_meter_sync.simulator import Faults, MeterConfig, PowerCut, Simulator
from simulator.client import Client, ask, connected
from simulator.conftest import Clock, Simulate

SERIAL = "EML2100000001"
ASK = read(objects.SERIAL)
GONE = (EOFError, ConnectionError)


async def with_faults(simulate: Simulate, faults: Faults) -> tuple[str, int]:
    return (await simulate(MeterConfig(SERIAL, faults=faults))).place(SERIAL)


async def is_refused(place: tuple[str, int]) -> bool:
    try:
        async with connected(place) as client:
            await client.ask(ASK)
    except GONE:
        return True
    return False


async def test_dropped_request_is_never_answered(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(drop=1, times=1))
    async with connected(place) as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.ask(ASK), 0.1)
        assert await client.ask(ASK) == SERIAL  # once only


async def test_wrong_crc_is_noticed(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(wrong_crc=1))
    with pytest.raises(FrameCrcWrong):
        await ask(place, ASK)


async def test_half_a_frame_ends_the_connection(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(half_frame=1))
    with pytest.raises(FrameTruncated):
        await ask(place, ASK)


async def test_refusal_has_the_code_that_is_asked_for(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(nak=1, nak_code=3))
    with pytest.raises(errors.RequestLengthRefused):
        await ask(place, ASK)


async def test_another_meters_serial_is_what_it_says(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(wrong_serial=1))
    assert await ask(place, ASK) == "EML0000000000"
    assert await ask(place, read(objects.VOLTAGE)) > 0


async def test_another_meters_address_is_noticed_where_one_was_asked(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(wrong_source=1))
    with pytest.raises(errors.ReplyFromAnotherMeter):
        await ask(place, ASK, destination=MeterConfig(SERIAL).own_address)


async def test_answer_with_another_sequence_number_is_noticed(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(wrong_sequence=1))
    with pytest.raises(errors.ReplyOutOfSequence):
        await ask(place, ASK)


async def test_stray_bytes_before_the_answer_are_passed_over(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(stray_bytes=1))
    async with connected(place) as client:
        await client.send(Exchange(ASK).encode())
        segment = await client.reader.read(4096)
        assert not segment.startswith(b"\x7e")
        assert [Exchange(ASK).decode(frame) for frame in FrameReader().feed(segment)] == [SERIAL]


async def test_reset_comes_instead_of_the_answer(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(reset=1, times=1))
    async with connected(place) as client:
        with pytest.raises(ConnectionResetError):
            await client.ask(ASK)
    assert await ask(place, ASK) == SERIAL


async def test_slow_bytes_arrive_one_by_one(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(slow_byte_seconds=0.002))
    async with connected(place) as client:
        assert await client.ask(ASK) == SERIAL
        assert client.segments > 5


async def test_share_of_the_answers_goes_wrong_and_always_the_same_ones(simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    runs = []
    for _ in range(2):
        simulator.meters[SERIAL].faults = Faults(nak=0.3)
        async with connected(simulator.place(SERIAL)) as client:
            runs.append([await is_answered(client) for _ in range(100)])
    assert runs[0] == runs[1]
    assert 50 < sum(runs[0]) < 90


async def is_answered(client: Client) -> bool:
    try:
        await client.ask(ASK)
    except errors.NotAcknowledged:
        return False
    return True


async def test_second_connection_at_the_same_time_is_refused_and_counted(simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    place = simulator.place(SERIAL)
    async with connected(place) as client:
        await client.ask(ASK)
        assert await is_refused(place)
        assert simulator.refused == 1
        assert await client.ask(ASK) == SERIAL
    assert not await is_refused(place)
    counters = simulator.meters[SERIAL].counters
    assert (counters.connections, counters.requests, counters.refused) == (3, 3, 1)


async def test_connection_right_after_the_last_is_not_a_second_one(simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    for _ in range(200):
        assert await ask(simulator.place(SERIAL), ASK) == SERIAL
    assert simulator.refused == 0


async def test_meter_that_rests_refuses_the_next_connection_for_a_while(simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL, rest_seconds=0.2))
    place = simulator.place(SERIAL)
    assert not await is_refused(place)
    assert await is_refused(place)
    async with asyncio.timeout(5):
        while await is_refused(place):
            pass  # each try takes its time


async def test_meter_may_close_the_connection_after_each_answer(simulate: Simulate) -> None:
    place = (await simulate(MeterConfig(SERIAL, keep_open=False))).place(SERIAL)
    async with connected(place) as client:
        assert await client.ask(ASK) == SERIAL
        with pytest.raises(GONE):
            await client.ask(ASK)


async def test_refused_connections_are_a_fault_too(simulate: Simulate) -> None:
    place = await with_faults(simulate, Faults(refuse=1, times=2))
    assert [await is_refused(place) for _ in range(3)] == [True, True, False]


async def test_meter_without_power_is_away(simulate: Simulate, clock: Clock) -> None:
    cut = PowerCut(clock.now - timedelta(hours=1), clock.now + timedelta(hours=1))
    place = (await simulate(MeterConfig(SERIAL, power_cuts=(cut,)))).place(SERIAL)
    assert await is_refused(place)
    clock.forward(hours=1)
    assert not await is_refused(place)


async def test_answer_takes_the_time_that_is_set(simulate: Simulate) -> None:
    place = (await simulate(MeterConfig(SERIAL, latency_ms=50))).place(SERIAL)
    async with connected(place) as client:
        began = asyncio.get_running_loop().time()
        await client.ask(ASK)
        assert asyncio.get_running_loop().time() - began >= 0.05


async def test_answer_comes_in_one_segment(simulate: Simulate) -> None:
    place = (await simulate(MeterConfig(SERIAL))).place(SERIAL)
    async with connected(place) as client:
        await client.ask(ASK)
        assert client.segments == 1


async def test_request_in_pieces_among_stray_bytes_is_answered(simulate: Simulate) -> None:
    place = (await simulate(MeterConfig(SERIAL))).place(SERIAL)
    async with connected(place) as client:
        await client.send(b"\0\xffAT+CSQ\r\n~")
        await asyncio.sleep(0)
        for byte in bytes.fromhex("7e11000000000021ae42050160010000c02f"):
            await client.send(bytes((byte,)))
        (frame,) = await client.receive()
        assert frame.data[5:] == b"EML2100000001   "


async def test_stopped_simulator_hangs_up() -> None:
    simulator = await Simulator([MeterConfig(SERIAL, port=0)]).start()
    async with connected(simulator.place(SERIAL)) as client:
        await client.ask(ASK)
        place = simulator.place(SERIAL)
        await simulator.stop()
        with pytest.raises(GONE):
            await client.ask(ASK)
    with pytest.raises(ConnectionError):
        await ask(place, ASK)
