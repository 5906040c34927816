"""What happens to a village's meters and readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg

from billing.community import Community, insert
from billing.village import MEASURE, Place, Village
from flows_shared.time import HALF_HOUR

MOVE = """
    WITH moved AS (
        DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp >= $2 RETURNING timestamp, kwh
    )
    SELECT array_agg(timestamp) AS timestamps, array_agg(kwh) AS kwh FROM moved
"""
PUT = "INSERT INTO flows.register_interval_hh SELECT $1, * FROM unnest($2::timestamptz[], $3::numeric[])"
LATER = "SELECT max(start_time) FROM flows.meter_registers WHERE meter_id = $1"


@dataclass(frozen=True)
class Meters:
    village: Village

    @property
    def community(self) -> Community:
        return self.village.community

    async def exchange(self, place: Place, at: datetime, hardware: str | None) -> None:
        """The new meter measures what the old one would have."""
        db = self.community.db
        started = await self.community.value(LATER, place.meter)
        if started >= at:
            return
        rest = -(-at.timestamp() // 1800) * 1800
        next_half_hour = datetime.fromtimestamp(rest, UTC)
        new = await insert(db, "flows.meter_registry", serial=str(uuid4())[:13], esco=self.community.esco)
        await self.community.execute("UPDATE flows.meter_registry SET hardware = $2 WHERE id = $1", new, hardware)
        held = await self.community.rows(
            "SELECT register_id, element FROM flows.meter_registers WHERE meter_id = $1", place.meter
        )
        rows = {
            each["register_id"]: await self.community.one(MOVE, each["register_id"], next_half_hour) for each in held
        }
        await self.community.execute("SELECT flows.exchange_meter($1, $2, $3)", place.meter, new, at)
        followers = await self.community.rows(
            "SELECT register_id, notes FROM flows.meter_registers WHERE meter_id = $1 AND notes IS NOT NULL", new
        )
        for follower in followers:
            moved = rows[UUID(follower["notes"].removeprefix("follows register "))]
            if moved["timestamps"]:
                await self.community.execute(PUT, follower["register_id"], moved["timestamps"], moved["kwh"])
        self.village.withheld = [
            part
            for register, starts, kwh in self.village.withheld
            for part in _parted(register, starts, kwh, next_half_hour, followers)
        ]
        place.registers += [follower["register_id"] for follower in followers]
        place.meter = new

    async def add_roof(self, valid_from: date, days: int | None) -> None:
        valid_to = valid_from + timedelta(days=days) if days else None
        register = await self.village.group.meter("generation", valid_from=valid_from, valid_to=valid_to)
        await self.community.execute(MEASURE, register, 31, True)
        meter = await self.community.value(
            "SELECT meter_id FROM flows.meter_registers WHERE register_id = $1", register
        )
        self.village.roofs.append(Place(meter, [register]))

    async def end_roof(self, place: Place, day: date) -> None:
        await self.community.execute(
            """UPDATE public.sharing_meters SET valid_to = $2
                WHERE register = ANY($1) AND valid_from < $2 AND coalesce(valid_to, 'infinity') > $2""",
            place.registers,
            day,
        )

    async def withhold(self, register: UUID, start: datetime, half_hours: int) -> None:
        """These readings come late."""
        rows = await self.community.rows(
            """DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp >= $2 AND timestamp < $3
               RETURNING timestamp, kwh""",
            register,
            start,
            start + half_hours * HALF_HOUR,
        )
        if rows:
            self.village.withheld.append((register, [row["timestamp"] for row in rows], [row["kwh"] for row in rows]))

    async def estimate(self) -> None:
        for register, starts, _ in self.village.withheld:
            await self.community.execute(
                """INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
                   SELECT $1, *, 0.123, 'linear' FROM unnest($2::timestamptz[]) ON CONFLICT DO NOTHING""",
                register,
                starts,
            )

    async def come_late(self) -> None:
        for register, starts, kwh in self.village.withheld:
            await self.community.execute(PUT, register, starts, kwh)
        self.village.withheld.clear()

    async def correct_readings(self, register: UUID, start: datetime, half_hours: int, kwh: Decimal) -> None:
        await self.community.execute(
            """UPDATE flows.register_interval_hh SET kwh = $4
                WHERE register_id = $1 AND timestamp >= $2 AND timestamp < $3""",
            register,
            start,
            start + half_hours * HALF_HOUR,
            kwh,
        )

    async def spike(self, register: UUID, at: datetime) -> None:
        """Validation finds the half hour too large."""
        await self.community.execute(
            """WITH risen AS (UPDATE flows.register_interval_hh SET kwh = 20 WHERE register_id = $1 AND timestamp = $2
                              RETURNING register_id, timestamp, kwh)
               INSERT INTO flows.register_interval_flags (register_id, timestamp, rule, kwh, details)
               SELECT register_id, timestamp, 'spike', kwh, 'much' FROM risen ON CONFLICT DO NOTHING""",
            register,
            at,
        )


def _parted(
    register: UUID, starts: list[datetime], kwh: list[Decimal], at: datetime, followers: Sequence[asyncpg.Record]
) -> list[tuple[UUID, list[datetime], list[Decimal]]]:
    """What comes late comes from the meter that was there."""
    after = {UUID(row["notes"].removeprefix("follows register ")): row["register_id"] for row in followers}
    if register not in after:
        return [(register, starts, kwh)]
    parts: dict[UUID, list[tuple[datetime, Decimal]]] = {}
    for start, each in zip(starts, kwh, strict=True):
        parts.setdefault(register if start < at else after[register], []).append((start, each))
    return [(owner, [s for s, _ in rows], [k for _, k in rows]) for owner, rows in parts.items()]
