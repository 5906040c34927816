"""`flows simulate`: meters for anyone who wants to try a client of theirs; no database needed."""

import asyncio
import signal
from contextlib import AsyncExitStack
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated

import typer

from flows_meter_sync.simulator.community import FIRST_ADDRESS, load, mixture, placed
from flows_meter_sync.simulator.config import PORT, MeterConfig
from flows_meter_sync.simulator.errors import CommunityWrong
from flows_meter_sync.simulator.extra import check_extra
from flows_meter_sync.simulator.server import Simulator
from flows_shared.memory import collecting_rarely
from flows_shared.numbers import number_option, whole_option

commands = typer.Typer()


def _address(text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no IPv4 address") from error


@commands.command()
def simulate(
    meters: Annotated[int, typer.Option(parser=whole_option(least=1), help="How many meters of a usual mixture.")] = 10,
    config: Annotated[
        Path | None,
        typer.Option(
            help="YAML file that describes the meters; only --control-port counts beside it.", show_default=False
        ),
    ] = None,
    address: Annotated[
        str, typer.Option(callback=_address, help="Of the first meter; each has the next one.")
    ] = FIRST_ADDRESS,
    port: Annotated[
        int, typer.Option(parser=whole_option(least=0, most=65_535), help="At every address; 0 is any free one.")
    ] = PORT,
    one_address: Annotated[bool, typer.Option("--one-address", help="One address, and a port each.")] = False,
    latency_ms: Annotated[
        float, typer.Option(parser=number_option(least=0), help="Time that a meter takes to answer.")
    ] = 0,
    seed: Annotated[int, typer.Option(parser=whole_option(), help="Another seed makes other homes.")] = 0,
    control_port: Annotated[
        int | None,
        typer.Option(
            parser=whole_option(),
            min=0,
            max=65_535,
            help="Serve HTTP on this port of 127.0.0.1, to change meters while they run.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Simulate meters that answer EMOP over TCP, until Ctrl-C or SIGTERM. No database is needed."""
    import uvloop

    check_extra()
    if config is None:
        described = placed(mixture(meters, seed, latency_ms=latency_ms), address, port, one_address)
        uvloop.run(_serve(described, control_port))
        return
    try:
        described = load(config)
    except CommunityWrong as error:
        raise typer.BadParameter(str(error), param_hint="--config") from error
    uvloop.run(_serve(described, control_port))


async def _serve(configs: list[MeterConfig], control_port: int | None) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Simulator(configs) as simulator, AsyncExitStack() as stack:
        for serial, meter in simulator.meters.items():
            host, port = simulator.place(serial)
            prepay = " prepay" if meter.config.prepay else ""
            typer.echo(f"{host}:{port}  {serial}  {meter.config.hardware}  {meter.config.nature}{prepay}")
        if control_port is not None:
            from flows_meter_sync.simulator.control import controlled

            typer.echo(f"Control at {await stack.enter_async_context(controlled(simulator, control_port))}")
        typer.echo(f"Simulating {len(configs)} meters; Ctrl-C ends it")
        with collecting_rarely():
            await stopped.wait()
