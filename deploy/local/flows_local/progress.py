"""How far the demo is: bars on a terminal, a line a step anywhere else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column


class Step(Protocol):
    def update(self, done: int, total: int) -> None: ...


class Steps(Protocol):
    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        """Show that a step is under way until the block ends."""


@contextmanager
def show_steps() -> Iterator[Steps]:
    """Steps on standard output, in the form that suits it."""
    if not sys.stdout.isatty():
        yield Lines()
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description}", table_column=Column(min_width=44)),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[count]}", justify="right", table_column=Column(min_width=15)),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console()) as bars:
        yield Bars(bars)


class Lines:
    """The text when a step begins, its time when it ends."""

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        print(text, end=" ... ", flush=True)
        started, outcome = monotonic(), "ended here"
        try:
            yield self
            outcome = f"{monotonic() - started:.1f} s"
        finally:
            print(outcome, flush=True)

    def update(self, done: int, total: int) -> None:
        """A line cannot go back."""


class Bars:
    def __init__(self, bars: Progress) -> None:
        self.bars = bars

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        task = self.bars.add_task(text, total=None, count="")
        yield Bar(self.bars, task)
        total = self.bars.tasks[task].total or 1
        self.bars.update(task, completed=total, total=total)


class Bar:
    def __init__(self, bars: Progress, task: TaskID) -> None:
        self.bars, self.task = bars, task

    def update(self, done: int, total: int) -> None:
        self.bars.update(self.task, completed=done, total=total, count=f"{done:,}/{total:,}")
