"""A simulator's control over HTTP: what its meters are, and what is to go wrong with them from now on."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Annotated

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from flows_meter_sync.simulator.config import Drift, Faults, Positive
from flows_meter_sync.simulator.errors import PlaceTaken
from flows_meter_sync.simulator.meter import Counters, SimulatedMeter
from flows_meter_sync.simulator.prepay import MOST_PENCE, vend
from flows_meter_sync.simulator.server import Simulator

HOST = "127.0.0.1"


class MeterState(BaseModel):
    """A meter as it is now."""

    serial: str
    address: str
    port: int
    hardware: str
    nature: str
    prepay: bool
    power: bool
    latency_ms: float
    clock_drift_seconds: int
    faults: Faults
    counters: Counters


class Change(BaseModel):
    """What is to be different; what is left out stays. `faults` are replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    faults: Faults | None = None
    latency_ms: Positive | None = None
    clock_drift_seconds: Drift | None = None
    power: bool | None = None


class Sale(BaseModel):
    """What a token is to be worth."""

    model_config = ConfigDict(extra="forbid")

    amount_pence: Annotated[int, Field(gt=0, lt=MOST_PENCE)]


class Token(BaseModel):
    """20 digits that the meter accepts once."""

    token: str


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the command's, which ends this server with the meters."""
        yield


@asynccontextmanager
async def controlled(simulator: Simulator, port: int) -> AsyncIterator[str]:
    """Serve the control of a running simulator on this machine; its URL. Port 0 is any free one."""
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        raise PlaceTaken(HOST, port, error) from error
    config = uvicorn.Config(create_control(simulator), lifespan="off", log_config=None, access_log=False)
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{HOST}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def create_control(simulator: Simulator) -> FastAPI:
    """The app; its OpenAPI description is at /openapi.json."""
    app = FastAPI(title="Simulated meters")
    sales = count(1)

    def meter_of(serial: str) -> SimulatedMeter:
        if serial not in simulator.meters:
            raise HTTPException(404, f"no meter has the serial {serial}")
        return simulator.meters[serial]

    def state_of(meter: SimulatedMeter) -> MeterState:
        config = meter.config
        address, port = simulator.place(config.serial)
        return MeterState(
            serial=config.serial,
            address=address,
            port=port,
            hardware=config.hardware,
            nature=config.nature,
            prepay=meter.state.prepay.enabled,
            power=meter.has_power,
            latency_ms=meter.latency_ms,
            clock_drift_seconds=meter.clock_drift_seconds,
            faults=meter.faults,
            counters=meter.counters,
        )

    @app.get("/meters")
    async def list_meters() -> list[MeterState]:
        return [state_of(meter) for meter in simulator.meters.values()]

    @app.patch("/meters")
    async def change_all_meters(change: Change) -> list[MeterState]:
        for meter in simulator.meters.values():
            apply(change, meter)
        return await list_meters()

    @app.get("/meters/{serial}")
    async def show_meter(serial: str) -> MeterState:
        return state_of(meter_of(serial))

    @app.patch("/meters/{serial}")
    async def change_meter(serial: str, change: Change) -> MeterState:
        meter = meter_of(serial)
        apply(change, meter)
        return state_of(meter)

    @app.post("/meters/{serial}/reset-registers")
    async def reset_registers(serial: str) -> MeterState:
        meter = meter_of(serial)
        meter.reset_registers()
        return state_of(meter)

    @app.post("/meters/{serial}/tokens")
    async def sell_token(serial: str, sale: Sale) -> Token:
        return Token(token=vend(meter_of(serial).config.serial, sale.amount_pence, next(sales)))

    return app


def apply(change: Change, meter: SimulatedMeter) -> None:
    """Change what a change names of a meter."""
    if change.faults is not None:
        meter.faults = change.faults
    if change.latency_ms is not None:
        meter.latency_ms = change.latency_ms
    if change.clock_drift_seconds is not None:
        meter.clock_drift_seconds = change.clock_drift_seconds
    if change.power is not None:
        meter.has_power = change.power
