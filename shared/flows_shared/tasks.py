"""Work beside other work: done again and again, and ended for certain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any, Final

from flows_shared.logs import get_logger

CANCEL_AGAIN_SECONDS: Final = 1.0
LEAVE_SECONDS: Final = 5.0

log = get_logger()


@asynccontextmanager
async def repeating(work: Callable[[], Awaitable[None]], every_seconds: float, *, failed: str) -> AsyncIterator[None]:
    """Do it again and again for the block. A failure is logged as the event `failed`, and ends nothing."""
    task = asyncio.create_task(_repeat(work, every_seconds, failed))
    try:
        yield
    finally:
        await cancel_all([task])


async def _repeat(work: Callable[[], Awaitable[None]], every_seconds: float, failed: str) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            log.warning(failed, reason=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_seconds)


@asynccontextmanager
async def apart(work: Callable[[], Coroutine[Any, Any, None]], *, name: str) -> AsyncIterator[None]:
    """Work on a thread and a loop of its own for the block, where it holds up no other work.

    It is cancelled at the end; work that does not hear it is left behind, and ends with the process at the latest.
    """
    loop, stop, ended = asyncio.new_event_loop(), asyncio.Event(), Future[None]()

    async def until_stopped() -> None:
        task = asyncio.create_task(work())
        await stop.wait()
        await cancel_all([task])

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(until_stopped())
        finally:
            ended.set_result(None)

    Thread(target=run, name=name, daemon=True).start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        _, late = await asyncio.wait([asyncio.wrap_future(ended)], timeout=LEAVE_SECONDS)
        if late:
            log.warning("work_left_behind", work=name)


async def cancel_all(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel until all have ended: now and then a library swallows a cancellation that meets an answer."""
    all_tasks = set(tasks)
    pending = all_tasks
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)
    await asyncio.gather(*all_tasks, return_exceptions=True)  # so that none is reported as never looked at
