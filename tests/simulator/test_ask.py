"""`flows emop ask`: a meter asked directly, by a person."""

import asyncio
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from flows_meter_sync.emop import objects, read
from flows_meter_sync.emop_cli import commands
from flows_meter_sync.simulator import Faults, Hardware, MeterConfig, vend
from simulator.client import ask
from simulator.conftest import Clock, Simulate

SERIAL = "EML2100000001"


async def asked(place: tuple[str, int], *words: str) -> Result:
    arguments = ["ask", "{}:{}".format(*place), *words]
    return await asyncio.to_thread(CliRunner().invoke, commands, arguments)


async def test_answer_is_shown(simulate: Simulate) -> None:
    place = (await simulate(MeterConfig(SERIAL))).place(SERIAL)
    result = await asked(place, "read", "serial")
    assert result.exit_code == 0
    assert f"SerialRec: {SERIAL}" in result.output
    assert "CRC: right" in result.output


async def test_write_reaches_the_meter(simulate: Simulate) -> None:
    place = (await simulate(MeterConfig(SERIAL, prepay=True))).place(SERIAL)
    before = await ask(place, read(objects.PREPAY_BALANCE))
    assert (await asked(place, "write", "prepay_token_send", vend(SERIAL, 500, 1))).exit_code == 0
    assert await ask(place, read(objects.PREPAY_BALANCE)) == before + 5


async def test_every_frame_of_intervals_is_shown(simulate: Simulate, clock: Clock) -> None:
    place = (await simulate(MeterConfig(SERIAL, Hardware.P1CX, intervals_a_block=3))).place(SERIAL)
    start, end = (clock.now - timedelta(hours=4)).isoformat(), clock.now.isoformat()
    result = await asked(place, "intervals", start, end)
    assert result.exit_code == 0
    assert [f"block {number}" in result.output for number in range(4)] == [True, True, True, False]
    assert "block 2, the last" in result.output


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (MeterConfig(SERIAL, faults=Faults(nak=1, nak_code=6)), "security not granted (code 6)"),
        (MeterConfig(SERIAL, faults=Faults(half_frame=1)), "bytes follow the delimiter"),
        (MeterConfig(SERIAL, faults=Faults(wrong_crc=1)), "the CRC is"),
        (MeterConfig(SERIAL, faults=Faults(wrong_sequence=1)), "sequence number"),
        (MeterConfig(SERIAL, faults=Faults(drop=1)), "timed out"),
        (MeterConfig(SERIAL, faults=Faults(reset=1)), "reset"),
        (MeterConfig(SERIAL, faults=Faults(refuse=1)), "reset"),
    ],
)
async def test_what_goes_wrong_is_said_and_the_status_is_1(config: MeterConfig, says: str, simulate: Simulate) -> None:
    place = (await simulate(config)).place(SERIAL)
    result = await asked(place, "read", "instantaneous_voltage", "--timeout-seconds", "0.3")
    assert result.exit_code == 1
    assert says in result.output


async def test_undetermined_object_is_unknown_to_the_simulator(simulate: Simulate) -> None:
    place = (await simulate(MeterConfig(SERIAL))).place(SERIAL)
    result = await asked(place, "read", "030700")
    assert result.exit_code == 1
    assert "object id unknown (code 5)" in result.output


@pytest.mark.parametrize("place", ["127.0.0.1:x", ":8080", ""])
def test_place_that_is_none_is_wrong_use(place: str) -> None:
    assert CliRunner().invoke(commands, ["ask", place, "read", "serial"]).exit_code == 2


def test_meter_that_is_away_is_named() -> None:
    result = CliRunner().invoke(commands, ["ask", "127.0.0.1:1", "read", "serial"])
    assert result.exit_code == 1
    assert "127.0.0.1:1" in result.output
