"""What a write is: it looks at the meter, says whether that is what was asked for, and sends what is not."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias

from flows_meter_sync.emop.layout import NamedInt
from flows_meter_sync.errors import WriteImpossible, WriteNotTaken
from flows_meter_sync.syncers.base import MeterSession
from flows_shared.db import JSON

Seen: TypeAlias = Mapping[str, JSON]
"""What a meter holds, by the objects' names, as it is kept in the command's row."""


class Write(ABC):
    """One kind of write with its values. `metrics` are read again once it is confirmed, so that the shadow follows."""

    metrics: ClassVar[tuple[str, ...]] = ()

    def check(self, now: datetime) -> None:
        """Raise `WriteImpossible` where its time is over."""
        return

    @abstractmethod
    async def look(self, session: MeterSession) -> Seen:
        """What the meter holds now."""

    @abstractmethod
    def wrong(self, before: Seen | None, now: Seen) -> list[str]:
        """What is not yet as it was asked for; `before` is what was seen before it was sent last, if ever it was."""

    @abstractmethod
    async def send(self, session: MeterSession, seen: Seen) -> None:
        """Send it to a meter that holds what was `seen`. What may not be done twice goes over the wire once."""


def shown(value: Any) -> JSON:
    """A value as JSON: amounts as text, times in ISO, settings and records by their names."""
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case NamedInt():
            return value.name
        case tuple():
            return [shown(part) for part in value]
        case bool() | int() | str():
            return value
    raise TypeError(f"no way to show a {type(value).__name__}")


async def carry_out(
    write: Write, session: MeterSession, before: Seen | None, about_to_send: Callable[[Seen], Awaitable[None]]
) -> Seen:
    """Bring the meter to what is asked for; what it holds then.

    It is looked at first: after a crash nobody knows whether it was reached. `about_to_send` has kept what it said,
    which comes back as `before`, when the first frame that changes anything goes out.
    """
    first = await write.look(session)
    if not write.wrong(before, first):
        return first
    write.check(session.clock())
    await about_to_send(first)
    try:
        await write.send(session, first)
        refusal = None
    except WriteImpossible as error:
        refusal = error  # unless a frame of an earlier try came late, and was taken
    now = await write.look(session)
    if wrong := write.wrong(first, now):
        raise refusal or WriteNotTaken(wrong)
    return now
