"""Ending tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

CANCEL_AGAIN_SECONDS: Final = 1.0


async def cancel_all(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel until all have ended: now and then a library swallows a cancellation that meets an answer."""
    all_tasks = set(tasks)
    pending = all_tasks
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)
    await asyncio.gather(*all_tasks, return_exceptions=True)  # so that none is reported as never looked at
