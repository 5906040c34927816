"""Who may talk to a meter: one worker at a time, by a row with an end that the worker keeps putting off."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID, uuid4

from flows_meter_sync.errors import LeaseLost, MeterBusy
from flows_shared.apart import attempt, whatever
from flows_shared.db import Connection, Database, dropped_if_cancelled
from flows_shared.logs import get_logger

BEATS: Final = 3  # within the life of a lease: two may fail
BUSY_SECONDS: Final = 0.5  # until a meter that another worker talks to is asked for again

# In the order of ids, so that two workers that want the same meters wait for each other and not for ever.
# A meter that was deleted since it was asked for is left out, and stays there until the lease is kept.
TAKE = """
    INSERT INTO flows.meter_leases AS lease (meter_id, holder, expires_at)
    SELECT id, $2, now() + make_interval(secs => $3) FROM flows.meter_registry
     WHERE id = ANY($1) ORDER BY id FOR KEY SHARE
        ON CONFLICT (meter_id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
                                   WHERE lease.expires_at <= now()
    RETURNING meter_id
"""
EXTEND = """
    UPDATE flows.meter_leases SET expires_at = now() + make_interval(secs => $3)
     WHERE meter_id = ANY($1) AND holder = $2
    RETURNING meter_id
"""
# A lease ends a pause after the work: so the meter gets its rest, whoever is next.
RELEASE = """
    UPDATE flows.meter_leases SET holder = '', expires_at = now() + make_interval(secs => $3)
     WHERE meter_id = ANY($1) AND holder = $2
"""
RELEASE_ALL = """
    UPDATE flows.meter_leases SET holder = '', expires_at = now() + make_interval(secs => $2) WHERE holder = $1
"""

log = get_logger()


class Leases:
    """The meters that this process may talk to."""

    def __init__(self, db: Database, *, seconds: float, rest_seconds: float) -> None:
        self.db = db
        self.seconds = seconds
        self.rest_seconds = rest_seconds
        self.holder = uuid4().hex
        self._until: dict[UUID, float] = {}  # by this process's own clock, so that a pause of the process shows

    async def take(self, meter_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the meters that nobody held, and this process holds now."""
        until = self._end()
        async with self.db.connection() as connection:
            rows = await connection.fetch(TAKE, meter_ids, self.holder, self.seconds)
        taken = {row["meter_id"] for row in rows}
        self._until.update(dict.fromkeys(taken, until))
        return taken

    async def wait_for(self, meter_id: UUID, seconds: float) -> None:
        """Hold the meter, once whoever holds it now is done; `MeterBusy` where that takes too long."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not await self.take([meter_id]):
            if asyncio.get_running_loop().time() >= deadline:
                raise MeterBusy(seconds)
            await asyncio.sleep(BUSY_SECONDS)

    def check(self, meter_id: UUID) -> None:
        """Raise `LeaseLost` unless this process may talk to the meter now."""
        if self._until.get(meter_id, 0.0) <= asyncio.get_running_loop().time():
            raise LeaseLost("the lease of the meter ended")

    async def release(self, db: Connection, meter_ids: Collection[UUID]) -> None:
        """Free the meters with the caller's transaction; this process is done with them at once."""
        self.drop(meter_ids)
        if meter_ids:
            await db.execute(RELEASE, list(meter_ids), self.holder, self.rest_seconds)

    async def give_back(self, meter_ids: Collection[UUID]) -> None:
        """Free them, in a `finally`; where the database is away, they end by themselves, as nobody extends them."""
        await self._free(meter_ids, RELEASE, list(meter_ids))

    async def release_all(self) -> None:
        """Free what is still held, and what was granted to a claim that was broken off before it heard of it.

        Where the database is away, the leases end by themselves.
        """
        held = list(self._until)
        await self._free(held, RELEASE_ALL)

    async def _free(self, meter_ids: Collection[UUID], statement: str, *named: list[UUID]) -> None:
        self.drop(meter_ids)
        with attempt(whatever) as tried:
            async with self.db.connection() as connection:
                await connection.execute(statement, *named, self.holder, self.rest_seconds)
        if error := tried.error:
            log.warning("meter_leases_not_released", meters=len(meter_ids), reason=f"{type(error).__name__}: {error}")

    def drop(self, meter_ids: Collection[UUID]) -> None:
        """Do not put off the end of these leases any more."""
        for meter_id in meter_ids:
            self._until.pop(meter_id, None)

    async def keep(self) -> None:
        """Put off the end of all leases held, until cancelled; a database that is away is tried again."""
        loop, beat = asyncio.get_running_loop(), self.seconds / BEATS
        due = loop.time()
        while True:
            due = max(due + beat, loop.time())  # at once, where the last one took as long as it may
            await asyncio.sleep(due - loop.time())
            with attempt(whatever) as tried:
                await self.extend()
            if error := tried.error:
                reason = f"{type(error).__name__}: {error}"
                log.warning("meter_leases_not_extended", meters=len(self._until), reason=reason)

    async def extend(self) -> None:
        """Put off the end of all leases held; one that another worker has taken, or that has ended, is lost.

        `TimeoutError` where the database does not answer by the next beat.
        """
        now = asyncio.get_running_loop().time()
        self.drop([meter_id for meter_id, until in self._until.items() if until <= now])
        held = list(self._until)
        if not held:
            return
        until = self._end()
        async with asyncio.timeout(self.seconds / BEATS), self.db.connection() as connection:
            with dropped_if_cancelled(connection):
                rows = await connection.fetch(EXTEND, held, self.holder, self.seconds)
        kept = {row["meter_id"] for row in rows}
        for meter_id in held:
            if meter_id in kept and meter_id in self._until:
                self._until[meter_id] = until
            else:
                self._until.pop(meter_id, None)

    def _end(self) -> float:
        return asyncio.get_running_loop().time() + self.seconds
