"""The calendar of bands: made from the profiles' rules, and stored by whole months where SQL joins it."""

from collections.abc import Collection, Sequence
from datetime import time
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.tariffs.bands import DAYS_ONLY, Band, BandedHalfHour, Profile, band_calendar
from flows_shared.db import Connection
from flows_shared.time import Month

PROFILES = "SELECT id, holidays FROM public.rate_profiles WHERE id = ANY($1) ORDER BY id"
BANDS = """
    SELECT profile, band AS name, days, starts_at, ends_at, season_start, season_end
      FROM public.rate_bands WHERE profile = ANY($1) ORDER BY profile, position
"""
# Whole months only: so one half hour that is there says that all are.
UNFILLED = """
    SELECT profile FROM unnest($1::uuid[]) AS profile
     WHERE NOT EXISTS (SELECT FROM flows.calendar_bands AS calendar
                        WHERE calendar.profile = profile.profile AND calendar.timestamp = $2)
"""
FILL = """
    INSERT INTO flows.calendar_bands (profile, timestamp, day, band)
    SELECT $1, row.* FROM unnest($2::timestamptz[], $3::date[], $4::text[]) AS row
        ON CONFLICT DO NOTHING
"""


# The planner joins half hours to it: it has to know how few bands there are.
ANALYZE = "SELECT flows.analyze_calendar_bands()"


async def band_calendars(
    db: Connection, profiles: Collection[UUID], month: Month, zone: ZoneInfo
) -> dict[UUID, list[BandedHalfHour]]:
    """The month by each profile, in order of time."""
    return {profile.id: list(band_calendar(profile, month, zone)) for profile in await _profiles(db, list(profiles))}


def day_calendar(month: Month, zone: ZoneInfo) -> dict[UUID, list[BandedHalfHour]]:
    """The month by its days alone."""
    return {DAYS_ONLY.id: list(band_calendar(DAYS_ONLY, month, zone))}


async def fill_calendars(db: Connection, profiles: Collection[UUID], month: Month, zone: ZoneInfo) -> None:
    """Store the month of each profile that does not have it yet."""
    missing = [row["profile"] for row in await db.fetch(UNFILLED, list(profiles), month.period(zone).start)]
    for profile, calendar in (await band_calendars(db, missing, month, zone)).items():
        rows = [(half.timestamp, half.day, half.band) for half in calendar]
        await db.execute(FILL, profile, *zip(*rows, strict=True))
    if missing:
        await db.execute(ANALYZE)


async def _profiles(db: Connection, ids: Sequence[UUID]) -> list[Profile]:
    bands: dict[UUID, list[Band]] = {}
    for row in await db.fetch(BANDS, ids):
        bands.setdefault(row["profile"], []).append(_band(**row))
    return [
        Profile(row["id"], row["holidays"], tuple(bands.get(row["id"], ()))) for row in await db.fetch(PROFILES, ids)
    ]


def _band(
    *,
    profile: UUID,
    name: str,
    days: Sequence[str],
    starts_at: time,
    ends_at: time,
    season_start: str | None,
    season_end: str | None,
) -> Band:
    return Band(name, frozenset(days), starts_at, ends_at, season_start, season_end)
