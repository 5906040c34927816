"""Many meters: where they are, what a file says of them, and the command that serves them."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows_meter_sync.emop import objects, read
from flows_meter_sync.simulator import Hardware, MeterConfig, Simulator, load, mixture, placed
from flows_meter_sync.simulator.cli import commands
from flows_meter_sync.simulator.errors import CommunityWrong, MeterTwice, PlaceTaken
from simulator.client import ask

# Loopback addresses that no other test process uses.
FIRST = f"127.{100 + os.getpid() // 250 % 100}.{os.getpid() % 250}.1"
DEADLINE_SECONDS = 30


def written(path: Path, text: str) -> Path:
    file = path / "community.yaml"
    file.write_text(text)
    return file


async def test_meters_have_an_address_each_and_the_same_port() -> None:
    configs = placed(mixture(12), FIRST)
    assert {config.port for config in configs} == {8080}
    async with Simulator(configs) as simulator:
        for config in configs:
            assert await ask((config.address, 8080), read(objects.SERIAL)) == config.serial
        assert simulator.place(configs[0].serial) == (FIRST, 8080)


async def test_meters_may_share_an_address_with_a_port_each() -> None:
    configs = placed(mixture(3), port=0, one_address=True)
    async with Simulator(configs) as simulator:
        places = [simulator.place(config.serial) for config in configs]
        assert len(set(places)) == 3
        assert [await ask(place, read(objects.SERIAL)) for place in places] == [each.serial for each in configs]
    assert [each.port for each in placed(mixture(3), port=9000, one_address=True)] == [9000, 9001, 9002]


def test_usual_mixture_has_meters_of_every_kind() -> None:
    configs = mixture(20)
    assert {config.hardware for config in configs} == set(Hardware)
    assert {config.nature for config in configs} == {"power", "solar"}
    assert {config.prepay for config in configs} == {True, False}


async def test_five_hundred_meters_are_served_at_once() -> None:
    configs = placed(mixture(500), port=0, one_address=True)
    async with Simulator(configs) as simulator:
        serials = await asyncio.gather(*(ask(simulator.place(each.serial), read(objects.SERIAL)) for each in configs))
        assert serials == [config.serial for config in configs]
        assert simulator.refused == 0


def test_serial_is_given_once() -> None:
    with pytest.raises(MeterTwice, match="two meters EML1"):
        Simulator([MeterConfig("EML1"), MeterConfig("EML1")])


async def test_place_that_is_taken_is_named() -> None:
    async with Simulator([MeterConfig("EML1", port=0)]) as simulator:
        _, port = simulator.place("EML1")
        with pytest.raises(PlaceTaken, match=f"cannot listen at 127.0.0.1:{port}"):
            await Simulator([MeterConfig("EML2", port=port)]).start()


def test_file_describes_single_meters_and_many(tmp_path: Path) -> None:
    configs = load(
        written(
            tmp_path,
            """
            seed: 7
            address: 127.1.2.3
            defaults: {latency_ms: 20}
            meters:
              - serial: EML2137580826
                hardware: C1.w
                prepay: true
                balance: 12.34567
                tariff: {unit_rate_a: "0.21", standing_charge: "0.40"}
                faults: {drop: 0.1, times: 3}
                power_cuts: [{start: 2026-10-14T02:00:00Z, end: 2026-10-14T05:00:00Z}]
              - count: 3
                serial: EML0000000098
                nature: solar
            """,
        )
    )
    assert [config.serial for config in configs] == [
        "EML2137580826",
        "EML0000000098",
        "EML0000000099",
        "EML0000000100",
    ]
    assert [config.address for config in configs] == ["127.1.2.3", "127.1.2.4", "127.1.2.5", "127.1.2.6"]
    assert {(config.seed, config.latency_ms, config.port) for config in configs} == {(7, 20.0, 8080)}
    first = configs[0]
    assert (first.hardware, str(first.balance), first.faults.times) == (Hardware.C1W, "12.34567", 3)
    assert len(first.power_cuts) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("meters: []", "meters"),
        ("meters: [{serial: EML1, colour: red}]", "colour"),
        ("meters: [{serial: EML1, hardware: C9}]", "hardware"),
        ("meters: [{serial: EML1, faults: {drop: 2}}]", "faults.drop"),
        ("meters: [{serial: EML1, faults: {dorp: 1}}]", "faults.dorp"),
        ("meters: [{hardware: C1.w}]", "a serial is text"),
        ("meters: [{serial: EML12345678901234567}]", "a serial is text of at most 16"),
        ("meters: [{serial: EML1, count: many}]", "many"),
        ("meters: [{serial: EML1, installed_on: 1999-01-01}]", "after 2000"),
        ("address: nowhere\nmeters: [{serial: EML1}]", "address"),
        ("meters: [", "while parsing"),
        ("", "the file"),
    ],
)
def test_file_that_cannot_be_understood_says_where(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CommunityWrong, match=says):
        load(written(tmp_path, text))


def test_command_used_wrongly_exits_with_2(tmp_path: Path) -> None:
    for arguments in (
        ["--meters", "0"],
        ["--address", "nowhere"],
        ["--config", str(tmp_path / "none.yaml")],
        ["--config", str(written(tmp_path, "meters: [{serial: EML1, colour: red}]"))],
    ):
        assert CliRunner().invoke(commands, arguments).exit_code == 2


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
async def test_command_serves_until_it_is_told_to_end(ended_by: signal.Signals) -> None:
    program = "from flows_meter_sync.simulator.cli import commands; commands()"
    arguments = ("--meters", "3", "--address", "127.0.0.1", "--port", "0", "--one-address")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_SECONDS):
        lines = [(await process.stdout.readline()).decode() for _ in range(4)]
        for line in lines[:3]:
            place, serial, *_ = line.split()
            host, port = place.split(":")
            assert await ask((host, int(port)), read(objects.SERIAL)) == serial
        assert lines[3].startswith("Simulating 3 meters")
        process.send_signal(ended_by)
        assert await process.wait() == 0
