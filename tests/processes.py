"""Child processes of Flows, as an operator starts them: killed, stopped, and read by their logs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self


class FlowsProcess:
    """A Python program with its `FLOWS_*` settings, whose log lines are JSON on stderr."""

    def __init__(self, arguments: Sequence[str], variables: Mapping[str, str], log: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWS_")}
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], env={**kept, **variables}, stdout=output, stderr=output
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()

    def kill(self) -> None:
        """As a crash: nothing runs after it."""
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds: float = 30) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.process.args!r} did not stop:\n{self.log.read_text()}") from None

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's lines of an event, as far as they are written."""
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        return [event for line in lines if line.startswith("{") and (event := json.loads(line))["event"] == name]

    def wait_until_served(self, port: int, *, count: int = 1) -> None:
        """Until its workers have started, and one of them listens."""
        self.wait_for("started", count=count)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def wait_for(self, event: str, *, seconds: float = 20, count: int = 1) -> None:
        """Until the log has the event; fails with the log when it does not come, or the process ends before."""
        deadline = time.monotonic() + seconds
        while len(self.events(event)) < count:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f"no {event!r} from {self.process.args!r}:\n{self.log.read_text()}")
            time.sleep(0.02)
