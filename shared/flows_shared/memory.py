"""How often Python looks for objects that hold each other and nothing else does."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Python's own first number is 700. A process that talks to hundreds of meters at once has ten thousands of objects that
# live for a second and then go by themselves: to look through them over and over took 40% of its time.
NEW_OBJECTS: Final = 50_000


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for them rarely for the block, and not at all among what is there when it begins."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Not at all, for work whose values hold no cycles: over a billing run it took 40% of Python's time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
