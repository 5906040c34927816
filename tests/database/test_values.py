"""What no run could read is refused by the table, whoever writes it: the guards are found in the catalogue."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import holidays
import pytest

from builders import insert, make_esco, make_home, make_meter
from flows_shared.db import Connection

# Sums and copies that the database makes of guarded values, and the key by which half hours find their partition.
UNGUARDED = {
    "flows.register_interval_hh.timestamp",
    "flows.register_interval_daily.kwh",
    "flows.register_interval_bands.kwh",
    "public.sharing_half_hours.residue_kwh",
    "public.sharing_half_hours.surplus_kwh",
    "public.sharing_months.imported_kwh",
    "flows.calendar_half_hours.local_time",
    "public.rate_bands.ends_at",
    "public.rate_bands.starts_at",
}
COLUMNS = """
    SELECT format('%I.%I', nspname, relname) AS place, attname AS name, typname AS type,
           coalesce((SELECT array_agg(pg_get_expr(conbin, conrelid)) FROM pg_constraint
                      WHERE conrelid = pg_class.oid AND contype = 'c' AND conkey = ARRAY[attnum]), '{}') AS checks
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
      JOIN pg_type ON pg_type.oid = atttypid
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p') AND NOT relispartition
       AND typname IN ('numeric', 'float4', 'float8', 'date', 'timestamptz', 'timestamp', 'time', 'timetz')
"""
IMPOSSIBLE = {
    "numeric": ("NaN", "Infinity", "-Infinity", "1e15"),
    "date": ("infinity", "-infinity", "0044-03-15 BC", "1999-12-31", "2200-01-01"),
    "timestamptz": ("infinity", "-infinity", "0044-03-15 BC", "1999-12-31 23:59:59Z", "2200-01-01 00:00Z"),
}


async def test_every_number_day_and_time_has_a_guard_that_refuses_what_cannot_be(tx: Connection) -> None:
    columns = await tx.fetch(COLUMNS)
    assert len(columns) > 250
    open_to: dict[str, list[str]] = {}
    for place, name, kind, checks in columns:
        for value in IMPOSSIBLE.get(kind, ("any",)):
            held = " AND ".join(f"({check})" for check in checks) or "true"
            if value == "any" or await _passes(tx, held, value, kind, name):
                open_to.setdefault(f"{place}.{name}", []).append(value)
    assert set(open_to) == UNGUARDED


async def _passes(tx: Connection, check: str, value: str, kind: str, name: str) -> bool:
    """A check may also refuse in words of its own."""
    try:
        async with tx.transaction():
            return bool(await tx.fetchval(f"""SELECT {check} FROM (SELECT '{value}'::{kind}) AS it ("{name}")"""))
    except asyncpg.CheckViolationError:
        return False


async def refusal(db: Connection, statement: str, *values: Any) -> asyncpg.PostgresError:
    """What the database says, and goes on as before."""
    with pytest.raises(asyncpg.PostgresError) as refused:
        async with db.transaction():
            await db.execute(statement, *values)
    return refused.value


@pytest.mark.parametrize(
    ("kwh", "is_possible"),
    [("0", True), ("10000", True), ("-0.001", False), ("10000.001", False), ("-100000", False), ("NaN", False)],
)
async def test_half_hour_is_between_zero_and_20_mw(tx: Connection, kwh: str, is_possible: bool) -> None:
    meter = await make_meter(tx, await make_esco(tx))
    await tx.execute("SELECT flows.ensure_interval_partitions('2026-10-01', '2026-10-01')")
    row = (meter.register, datetime.fromisoformat("2026-10-05T10:00Z"), Decimal(kwh))
    writes = [
        ("INSERT INTO flows.register_interval_hh VALUES ($1, $2, $3)", row),
        ("INSERT INTO flows.register_interval_hh_2026_10 VALUES ($1, $2::timestamptz + interval '1 hour', $3)", row),
        (
            "INSERT INTO flows.register_interval_estimates VALUES ($1, $2::timestamptz + interval '2 h', $3, 'linear')",
            row,
        ),
    ]
    for statement, values in writes:
        if is_possible:
            await tx.execute(statement, *values)
        else:
            assert (await refusal(tx, statement, *values)).constraint_name == "kwh_from_0_to_10000"


async def test_copied_half_hours_are_guarded_too(tx: Connection) -> None:
    meter = await make_meter(tx, await make_esco(tx))
    await tx.execute("SELECT flows.ensure_interval_partitions('2026-10-01', '2026-10-01')")
    rows = [(meter.register, datetime.fromisoformat("2026-10-05T10:00Z"), Decimal("-5"))]
    with pytest.raises(asyncpg.CheckViolationError, match="kwh_from_0_to_10000"):
        await tx.copy_records_to_table("register_interval_hh", schema_name="flows", records=rows)


async def test_price_that_is_no_number_is_refused_by_name(tx: Connection) -> None:
    esco = await make_esco(tx)
    statement = """INSERT INTO public.microgrid_tariffs (
                       esco, period_start, computed_unit_rate, computed_standing_charge)
                   VALUES ($1, $2, $3, 0.5)"""
    for rate in ("NaN", "-0.00001", "10000.00001"):
        refused = await refusal(tx, statement, esco, date(2026, 1, 1), Decimal(rate))
        assert "computed_unit_rate" in str(refused)
    refused = await refusal(tx, statement, esco, date(1, 1, 1), Decimal("0.2"))
    assert refused.constraint_name == "period_start_from_2000_to_2199"


async def profile(db: Connection, calendar: str = "GB-ENG") -> UUID:
    row = await insert(db, "public.rate_profiles", esco=await make_esco(db), name="Night", holidays=calendar)
    return UUID(str(row["id"]))


async def test_calendars_are_those_that_the_library_knows(tx: Connection) -> None:
    known = {
        (country, part)
        for country, parts in holidays.list_supported_countries(include_aliases=False).items()
        for part in (None, *(part for part in parts if part.isalnum() and part.upper() == part and len(part) <= 3))
    }
    held = await tx.fetch("""SELECT country, part FROM flows.holiday_calendars, unnest(NULL::text || parts) AS part""")
    assert {tuple(row) for row in held} == known


@pytest.mark.parametrize("calendar", ["GB", "GB-ENG", "GB-WLS", "IE", "DE-BY"])
async def test_known_calendar_is_taken(tx: Connection, calendar: str) -> None:
    assert await profile(tx, calendar)


@pytest.mark.parametrize(
    ("calendar", "hint"),
    [
        ("GB-EAW", "Of GB there are GB, GB-ENG, GB-NIR, GB-SCT, GB-WLS."),
        ("GB-WAL", "Of GB there are GB, GB-ENG, GB-NIR, GB-SCT, GB-WLS."),
        ("XX", "Countries are those of flows.holiday_calendars, such as GB."),
    ],
)
async def test_unknown_calendar_is_refused_with_those_that_there_are(tx: Connection, calendar: str, hint: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=f'no calendar of public holidays of "{calendar}"') as refused:
        await profile(tx, calendar)
    assert refused.value.hint == hint


async def test_band_until_24_00_ends_at_midnight_and_none_starts_at_it(tx: Connection) -> None:
    night = await profile(tx)
    band = (
        "INSERT INTO public.rate_bands (profile, position, band, starts_at, ends_at) VALUES ($1, $2, 'day', '{}', '{}')"
    )
    await tx.execute(band.format("16:00", "24:00"), night, 1)
    assert str(await tx.fetchval("SELECT ends_at FROM public.rate_bands")) == "00:00:00"
    refused = await refusal(tx, band.format("24:00", "06:00"), night, 2)
    assert "no band starts at it" in str(refused)


async def test_account_without_a_year_is_refused(tx: Connection) -> None:
    home = await make_home(tx)
    refused = await refusal(tx, "UPDATE public.accounts SET start_date = '-infinity' WHERE id = $1", home.account)
    assert refused.constraint_name == "start_date_from_2000_to_2199"
