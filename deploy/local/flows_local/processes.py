"""The processes of a demo: started together, watched, and ended with all that they started."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

from flows_local.servers import end_with_parent
from flows_shared.errors import FlowsError
from flows_shared.tasks import cancel_all

READY_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1
TAIL_LINES = 15
COMMAND = "from flows_shared.cli import main; main()"

T = TypeVar("T")


class ProcessDied(FlowsError):
    """A process ended by itself; the sentence holds the end of its log."""

    code = "local.process_died"

    def __init__(self, name: str, status: int, log: Path) -> None:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        super().__init__(f"{name} ended with status {status}; the end of {log}:\n{tail}")


class NotReady(FlowsError):
    code = "local.not_ready"


@dataclass(frozen=True)
class Program:
    """`flows` with these arguments and settings.

    It is ready when `ready` has come: 200 from it, where it is a URL, or else such words in the log.
    """

    name: str
    arguments: tuple[str, ...]
    variables: Mapping[str, str]
    ready: str


@dataclass
class Running:
    program: Program
    log: Path
    process: "subprocess.Popen[bytes]" = field(repr=False)


class Supervisor:
    """Starts programs, each in a process group of its own with a log file, and ends them when it is left."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.logs = logs
        self.running: list[Running] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def start(self, program: Program) -> None:
        log = self.logs / f"{program.name.replace(' ', '-')}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, *program.arguments],
                env={**os.environ, **program.variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a Ctrl-C at the terminal is for this process, which ends the others in turn
                preexec_fn=end_with_parent(signal.SIGTERM),
            )
        self.running.append(Running(program, log, process))

    async def wait_until_ready(self) -> None:
        """Until every program answers that it is; a `ProcessDied` if one ends before."""
        async with httpx.AsyncClient(timeout=2) as client:
            await self.guard(self._all_ready(client))

    async def watch(self) -> None:
        """Until a program ends by itself, which is a `ProcessDied`."""
        while True:
            for running in self.running:
                if (status := running.process.poll()) is not None:
                    raise ProcessDied(running.program.name, status, running.log)
            await asyncio.sleep(POLL_SECONDS)

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """The work's result, or a `ProcessDied` as soon as a program ends meanwhile."""
        tasks = working, watching = asyncio.create_task(work), asyncio.create_task(self.watch())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            return await working
        finally:
            await cancel_all(tasks)

    async def stop(self) -> None:
        """End all programs in good order, and kill what has not ended in time."""
        for running in self.running:
            _signal(running, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._all_ended()
        for running in self.running:
            _signal(running, signal.SIGKILL)
            running.process.wait()
        self.running.clear()

    async def _all_ended(self) -> None:
        while True:
            if all(running.process.poll() is not None for running in self.running):
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _all_ready(self, client: httpx.AsyncClient) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await asyncio.gather(*(_ready(client, running) for running in self.running))
        except TimeoutError:
            raise NotReady(f"not every process was ready within {READY_SECONDS:g} s; see {self.logs}") from None


async def _ready(client: httpx.AsyncClient, running: Running) -> None:
    while True:
        if await _is_ready(client, running):
            return
        await asyncio.sleep(POLL_SECONDS)


async def _is_ready(client: httpx.AsyncClient, running: Running) -> bool:
    if not running.program.ready.startswith("http"):
        return running.program.ready in running.log.read_text(errors="replace")
    try:
        return (await client.get(running.program.ready)).status_code == 200
    except httpx.TransportError:
        return False


def _signal(running: Running, number: signal.Signals) -> None:
    """To the program and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.process.pid, number)
