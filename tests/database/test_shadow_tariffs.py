"""Tariffs in shadows as columns, whatever a writer of shadows says of them."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from builders import make_esco, make_meter
from flows_shared.db import Connection

AMOUNTS = ["standing_charge", "unit_rate_element_a", "unit_rate_element_b"]
AMOUNTS += [f"prepayment_{name}" for name in ("ecredit_availability", "debt_recovery_rate", "emergency_credit")]
AMOUNT = re.compile(
    "(active|future)_(standing_charge|unit_rate_[ab]|ecredit_availability|debt_recovery_rate|emergency_credit)"
)
NO_AMOUNTS: list[Any] = [
    *("NaN", "abc", "", " ", "Infinity", "1e999999", "0x10", "1_0", "1.2.3", "\u0661", "-"),
    *(None, True, [], [1], {"a": 1}, 10**40, "9" * 131_073),
]
NO_TIMES: list[Any] = [
    *("abc", "", "infinity", "-infinity", "now", "0001-01-01T00:00Z", "9999-12-31T23:59-14:00"),
    *("2025-02-30T00:00Z", "2025-13-01T00:00Z", "2025-01-01T00:00+99:00", "2025-01-01"),
    *(None, 1_746_685_000, {}, [], True),
]


async def make_shadow(tx: Connection, serial: str, **tariffs: Any) -> None:
    meter = await make_meter(tx, await make_esco(tx), serial=serial)
    for name, value in tariffs.items():
        await tx.execute(f"UPDATE flows.meter_shadows SET {name} = $1 WHERE id = $2", value, meter.id)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        *[(none, None) for none in NO_AMOUNTS],
        *[("0.3", Decimal("0.3")), (0.00001, Decimal("0.00001")), ("1E-5", Decimal("0.00001"))],
        *[("15", 15), (" 15.00 ", 15), (".5", Decimal("0.5")), ("999999999", 999_999_999), ("-2.5", Decimal("-2.5"))],
    ],
)
async def test_what_is_no_amount_says_no_price_and_hides_no_other(tx: Connection, said: Any, read: Any) -> None:
    odd = dict.fromkeys(AMOUNTS, said)
    await make_shadow(tx, "ODD", tariffs_active=odd, tariffs_future=odd)
    await make_shadow(tx, "EML1", tariffs_active={"standing_charge": "0.5"}, tariffs_future={})
    rows = {row["serial"]: row for row in await tx.fetch("SELECT * FROM flows.meter_shadows_tariffs")}
    assert rows["EML1"]["active_standing_charge"] == Decimal("0.5")
    amounts = [name for name in rows["ODD"].keys() if AMOUNT.fullmatch(name)]  # noqa: SIM118
    assert len(amounts) == 12
    assert {name: rows["ODD"][name] for name in amounts} == dict.fromkeys(amounts, read)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        *[(none, None) for none in NO_TIMES],
        ("2025-05-08T06:13:20+00:00", datetime(2025, 5, 8, 6, 13, 20, tzinfo=UTC)),
        ("2025-05-08 06:13Z", datetime(2025, 5, 8, 6, 13, tzinfo=UTC)),
    ],
)
async def test_what_is_no_time_arms_no_tariff(tx: Connection, said: Any, read: datetime | None) -> None:
    await make_shadow(tx, "ODD", tariffs_future={"activation_datetime": said})
    [row] = await tx.fetch("SELECT * FROM flows.meter_shadows_tariffs")
    assert row["future_activation_datetime"] == read


@pytest.mark.parametrize("said", ["x", 7, [], True, None])
async def test_tariffs_that_are_no_object_say_nothing(tx: Connection, said: Any) -> None:
    await make_shadow(tx, "ODD", tariffs_active=said, tariffs_future=said)
    [row] = await tx.fetch("SELECT * FROM flows.meter_shadows_tariffs")
    assert set(row.values()) == {"ODD", row["id"], None}


async def test_view_that_reads_json_casts_nothing_of_it(tx: Connection) -> None:
    cast = r"(->>|#>>)[^,]*\)::(numeric|integer|bigint|timestamp|date|uuid|boolean)"
    views = """SELECT schemaname || '.' || viewname AS name FROM pg_views
                WHERE schemaname IN ('public', 'flows') AND definition ~ $1"""
    assert await tx.fetch(views, cast) == []
