"""Meters that told this process who they are: for a time they are believed to be the same, at the same place."""

import asyncio
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from flows_meter_sync.hardware import Hardware
from flows_meter_sync.registry import KnownMeter
from flows_meter_sync.visits.report import Report


class Identity(NamedTuple):
    """`stored` is the hardware by the registry, `found` what the meter was taken for."""

    serial: str
    host: str | None
    port: int
    stored: Hardware
    found: Hardware
    until: float


class Identities:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._known: dict[UUID, Identity] = {}

    def recall(self, known: KnownMeter) -> KnownMeter | None:
        """The meter as it told of itself; None where it has to be asked."""
        identity = self._known.get(known.id)
        if identity is None or identity.until <= asyncio.get_running_loop().time():
            return None
        is_same = identity[:3] == (known.serial, known.host, known.port)
        if not is_same or known.hardware not in (identity.stored, identity.found):
            return None
        return replace(known, hardware=identity.found)

    def note(self, asked: KnownMeter, report: Report) -> None:
        """Who told who it is is believed from now on; who failed is not."""
        if report.failure is not None:
            self.forget(asked.id)
        elif report.identified:
            until = asyncio.get_running_loop().time() + self.seconds
            found = report.known.hardware
            self._known[asked.id] = Identity(asked.serial, asked.host, asked.port, asked.hardware, found, until)

    def forget(self, meter_id: UUID) -> None:
        self._known.pop(meter_id, None)
