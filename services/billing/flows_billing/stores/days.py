"""Whether a month's local days are the same for this program and the database, and made of whole half hours."""

from zoneinfo import ZoneInfo

from flows_billing.errors import ZoneUnfit
from flows_shared.db import Connection
from flows_shared.time import Month, is_half_hour, local_midnight

# Both have tables of zones of their own, of which one may know a new rule before the other does.
OTHER_MIDNIGHT = """
    SELECT day FROM unnest($1::date[], $2::timestamptz[]) AS ours (day, midnight)
     WHERE flows.local_midnight(day, $3) <> midnight
     ORDER BY day LIMIT 1
"""


async def require_half_hours(db: Connection, month: Month, zone: ZoneInfo) -> None:
    """`ZoneUnfit` where a day of the month would be cut within a half hour, or begins elsewhere for the database."""
    days = [*month.days(), month.next().first_day]
    midnights = [local_midnight(day, zone) for day in days]
    for day, midnight in zip(days, midnights, strict=True):
        if not is_half_hour(midnight):
            raise ZoneUnfit(zone.key, f"{day} begins there at {midnight:%H:%M} UTC, within a half hour")
    if other := await db.fetchval(OTHER_MIDNIGHT, days, midnights, zone.key):
        raise ZoneUnfit(
            zone.key, f"PostgreSQL and this program know other rules of {other} there: update the older one"
        )
