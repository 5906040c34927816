"""Simulated meters at free ports, and a clock that stands where a test puts it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows_meter_sync.simulator import MeterConfig, Simulator

Simulate = Callable[..., Awaitable[Simulator]]


class Clock:
    """Tells the simulator the time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 14, 12, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def simulate(clock: Clock) -> AsyncIterator[Simulate]:
    """Starts meters, and stops them after the test."""
    async with AsyncExitStack() as stack:

        async def start(*configs: MeterConfig) -> Simulator:
            free = [replace(config, address="127.0.0.1", port=0) for config in configs]
            return await stack.enter_async_context(Simulator(free, clock))

        yield start
