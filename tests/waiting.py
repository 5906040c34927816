"""Waiting for an event with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(reached: Callable[[], Awaitable[bool]], *, seconds: float = 20, every: float = 0.02) -> None:
    """Ask until the answer is yes; a `TimeoutError` when it is not within `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            if await reached():
                return
            await asyncio.sleep(every)
