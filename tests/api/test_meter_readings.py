"""Half hours over the gateway: gaps, checks, estimates, files; by role, and on record."""

import io
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from api.community import Community
from api.conftest import TokenFor
from builders import insert, make_home, make_meter
from flows_shared.db import Connection, connect
from flows_shared.time import HALF_HOUR

START = datetime(2026, 10, 5, tzinfo=UTC)
DAY = {"start": "2026-10-05T00:00:00Z", "end": "2026-10-06T00:00:00Z"}


@pytest.fixture
def gateway_env(gateway_env: dict[str, str], meter_sync_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("FLOWS_API_METER_SYNC_URL", meter_sync_url)
    return gateway_env


@pytest.fixture
async def db(module_database_url: str) -> AsyncIterator[Connection]:
    connection = await connect(module_database_url, name="tests")
    yield connection
    await connection.close()


@pytest.fixture
def admin(community: Community, as_user: TokenFor) -> dict[str, str]:
    return as_user(community.lab_admin, "admin")


def at(number: int) -> datetime:
    return START + number * HALF_HOUR


async def day_with_gap(db: Connection, register: Any) -> None:
    """0.1 kWh in each half hour of the 5th but two, and a register that advanced by 5 kWh in all."""
    for number in range(48):
        if number not in (10, 11):
            await insert(
                db, "flows.register_interval_hh", register_id=register, timestamp=at(number), kwh=Decimal("0.1")
            )
    for number, read in ((0, 100), (48, 105)):
        await insert(db, "flows.register_import", register_id=register, timestamp=at(number), read=read)


async def test_gap_is_found_estimated_and_exported_as_such(
    client: httpx.AsyncClient, db: Connection, community: Community, admin: dict[str, str], as_user: TokenFor
) -> None:
    home = await make_home(db, community.lab)
    path, register = f"/v1/meters/{home.meter.serial}", home.meter.register
    await day_with_gap(db, register)
    said = {"register_id": register, "reason": "no valid data: power fail", "tries": 2}
    await insert(db, "flows.register_interval_missing_reasons", timestamp=at(10), **said)
    gap = {
        "serial": home.meter.serial,
        "element": "SINGLE",
        "start": "2026-10-05T05:00:00Z",
        "end": "2026-10-05T06:00:00Z",
        "half_hours": 2,
        "estimated": 0,
        "reasons": "no valid data: power fail",
        "tries": 2,
    }
    assert (await client.get(f"{path}/gaps", params=DAY, headers=admin)).json() == [gap]

    async def estimate(**more: Any) -> Any:
        response = await client.post(f"{path}/estimate", json={**DAY, **more}, headers=admin)
        assert response.status_code == 200, response.text
        return response.json()

    # 5 - 46 x 0.1 = 0.4, evenly
    found = {"serial": home.meter.serial, "element": "SINGLE", "missing": 2, "estimated": 2, "methods": "linear"}
    [dry] = await estimate(method="linear", dry_run=True)
    assert {**dry, "kwh": Decimal(dry["kwh"])} == {**found, "kwh": Decimal("0.4")}
    assert (await client.get(f"{path}/gaps", params=DAY, headers=admin)).json() == [gap]
    await estimate(method="linear")
    assert (await client.get(f"{path}/gaps", params=DAY, headers=admin)).json() == [{**gap, "estimated": 2}]

    for headers in (admin, as_user(home.customer.login)):
        response = await client.get(f"{path}/export", params=DAY, headers=headers)
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert f'filename="{home.meter.serial}.csv"' in response.headers["content-disposition"]
        header, *rows = response.text.splitlines()
        assert header == "serial,element,start,kwh,source"
        assert len(rows) == 48
        assert rows[9] == f"{home.meter.serial},SINGLE,2026-10-05T04:30:00Z,0.1,measured"
        assert rows[10] == f"{home.meter.serial},SINGLE,2026-10-05T05:00:00Z,0.2,estimated"
    asked = "SELECT actor, after ->> 'method' AS method FROM flows.audit_log WHERE action = 'estimate' ORDER BY id"
    assert [tuple(row) for row in await db.fetch(asked)] == [(str(community.lab_admin), "linear")] * 2


async def test_reading_that_looks_wrong_is_flagged(
    client: httpx.AsyncClient, db: Connection, community: Community, admin: dict[str, str]
) -> None:
    meter = await make_meter(db, community.lab)
    for number, kwh in enumerate((1, 300, 1)):
        await insert(db, "flows.register_interval_hh", register_id=meter.register, timestamp=at(number), kwh=kwh)
    response = await client.post(f"/v1/meters/{meter.serial}/validate", json=DAY, headers=admin)
    assert response.status_code == 200, response.text
    [flag] = response.json()
    assert (flag["rule"], flag["start"]) == ("above_fuse", "2026-10-05T00:30:00Z")
    assert Decimal(flag["kwh"]) == 300
    kept = "SELECT rule FROM flows.register_interval_flags WHERE register_id = $1"
    assert await db.fetchval(kept, meter.register) == "above_fuse"
    on_record = "SELECT actor FROM flows.audit_log WHERE action = 'validate' AND row_id = $1"
    assert await db.fetchval(on_record, str(meter.id)) == str(community.lab_admin)


async def test_file_is_taken_in_with_a_report_row_by_row(
    client: httpx.AsyncClient, db: Connection, community: Community, admin: dict[str, str]
) -> None:
    meter, other = await make_meter(db, community.lab), await make_meter(db, community.wlce)
    text = "\n".join(
        [
            "serial,element,start,kwh",
            f"{meter.serial},SINGLE,2026-10-05T00:00:00Z,0.123",
            f"{meter.serial},SINGLE,2026-10-05T00:15:00Z,0.2",
            f"{other.serial},SINGLE,2026-10-05T00:00:00Z,0.3",
        ]
    )

    async def take(name: str = "mine.csv", content: bytes = text.encode(), **query: str) -> httpx.Response:
        headers = {**admin, "Content-Type": "text/csv"}
        return await client.post(
            "/v1/readings/import", params={"name": name, **query}, content=content, headers=headers
        )

    response = await take()
    assert response.status_code == 200, response.text
    report = response.json()
    assert {name: report[name] for name in ("taken", "there_already", "refused", "waits")} == {
        "taken": 1, "there_already": 0, "refused": 2, "waits": 0,
    }  # fmt: skip
    assert [(row["line"], row["outcome"], row["details"]) for row in report["rows"]] == [
        (2, "taken", f"{meter.serial} 2026-10-05 00:00Z 0.123 kWh"),
        (3, "refused", "2026-10-05T00:15:00Z is not on the half hour"),
        (4, "refused", f"no meter has the serial {other.serial}"),
    ]
    assert (
        await db.fetchval("SELECT count(*) FROM flows.register_interval_hh WHERE register_id = $1", other.register) == 0
    )
    source = "SELECT source, detail FROM flows.register_intervals WHERE register_id = $1"
    assert tuple(await db.fetchrow(source, meter.register) or ()) == ("imported", "mine.csv")
    assert (await take()).json()["there_already"] == 1
    on_record = await db.fetchrow("SELECT actor, after FROM flows.audit_log WHERE action = 'import'")
    assert on_record is not None
    assert (on_record["actor"], "mine.csv" in str(on_record["after"])) == (str(community.lab_admin), True)

    field = f'"created_at","{meter.serial}","{meter.serial}_rev"\n2026-10-05 12:00:00+0000,5000,0\n'
    field += "2026-10-05 12:30:00+0000,5250,0\n"
    report = (await take(f"{meter.serial}-20261005.csv", field.encode(), wh="counts")).json()
    assert (report["taken"], report["waits"]) == (1, 1)

    latin = await take(content="é".encode("latin-1"))
    assert (latin.status_code, latin.json()["code"]) == (422, "file.not_text")
    assert (await take("../mine.csv")).status_code == 422


async def test_day_goes_out_as_the_field_writes_it_and_comes_back_in(
    client: httpx.AsyncClient, db: Connection, community: Community, admin: dict[str, str]
) -> None:
    meter = await make_meter(db, community.lab, "A", "B")
    for element, kwh in (("A", "0.1"), ("B", "0.25")):
        for number in range(48):
            register = meter.registers[element]
            await insert(db, "flows.register_interval_hh", register_id=register, timestamp=at(number), kwh=Decimal(kwh))
    response = await client.get(f"/v1/meters/{meter.serial}/export/field", params=DAY, headers=admin)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    archive = ZipFile(io.BytesIO(response.content))
    assert archive.namelist() == [f"{meter.serial}-{element}-20261005.csv" for element in ("A", "B")]
    header, first, second, *_ = archive.read(archive.namelist()[1]).decode().splitlines()
    assert header == f'"created_at","{meter.serial}","{meter.serial}_rev"'
    assert (first, second) == ("2026-10-05 00:00:00+0000,0,0", "2026-10-05 00:30:00+0000,250,0")
    headers = {**admin, "Content-Type": "text/csv"}
    for name in archive.namelist():
        query = {"name": name, "wh": "counts"}
        content = archive.read(name)
        report = (await client.post("/v1/readings/import", params=query, content=content, headers=headers)).json()
        assert (report["taken"], report["there_already"], report["refused"]) == (0, 47, 0), report


async def test_only_operators_and_only_of_their_own_meters(
    client: httpx.AsyncClient,
    db: Connection,
    community: Community,
    as_user: TokenFor,
    as_machine: Callable[[str], dict[str, str]],
) -> None:
    async def ask(headers: dict[str, str], serial: str) -> list[tuple[int, str]]:
        path = f"/v1/meters/{serial}"
        answers = [
            await client.get(f"{path}/gaps", params=DAY, headers=headers),
            await client.post(f"{path}/validate", json=DAY, headers=headers),
            await client.post(f"{path}/estimate", json=DAY, headers=headers),
            await client.get(f"{path}/export/field", params=DAY, headers=headers),
        ]
        return [(each.status_code, each.json().get("code", "")) for each in answers]

    ann, cid = community.ann, community.cid
    assert await ask(as_user(ann.user), ann.serial) == [(403, "auth.role")] * 4
    assert await ask(as_user(community.lab_admin, "admin"), cid.serial) == [(404, "meter.unknown")] * 4
    for headers in (as_user(community.bob.user), as_user(cid.user)):
        response = await client.get(f"/v1/meters/{ann.serial}/export", params=DAY, headers=headers)
        assert (response.status_code, response.json()["code"]) == (404, "meter.unknown")
    row = f"serial,element,start,kwh\n{cid.serial},A,2026-10-07T00:00:00Z,0.5\n".encode()

    async def take(who: dict[str, str]) -> httpx.Response:
        headers = {**who, "Content-Type": "text/csv"}
        return await client.post("/v1/readings/import", params={"name": "x.csv"}, content=row, headers=headers)

    refused, report = await take(as_user(cid.user)), await take(as_machine("flows"))
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.role")
    assert report.json()["taken"] == 1, report.text


async def test_customer_who_moved_in_later_exports_only_their_own_time(
    client: httpx.AsyncClient, db: Connection, community: Community, as_user: TokenFor
) -> None:
    home = await make_home(db, community.lab, start_date=START.date() + timedelta(days=1))
    for number in (10, 48):  # the day before, and the first
        timestamp = at(number)
        await insert(db, "flows.register_interval_hh", register_id=home.meter.register, timestamp=timestamp, kwh=1)
    period = {"start": "2026-10-01T00:00:00Z", "end": "2026-10-20T00:00:00Z"}
    path = f"/v1/meters/{home.meter.serial}/export"
    response = await client.get(path, params=period, headers=as_user(home.customer.login))
    assert response.text.splitlines()[1:] == [f"{home.meter.serial},SINGLE,2026-10-06T00:00:00Z,1,measured"]


@pytest.mark.parametrize(
    "period",
    [
        {"start": "2026-10-05T00:00:00Z", "end": "2026-10-05T00:00:00Z"},
        {"start": "2020-01-01T00:00:00Z", "end": "2026-10-05T00:00:00Z"},
        {"start": "2026-10-05"},
    ],
)
async def test_period_that_cannot_be_is_refused(
    client: httpx.AsyncClient, community: Community, admin: dict[str, str], period: dict[str, str]
) -> None:
    path = f"/v1/meters/{community.ann.serial}"
    for response in (
        await client.get(f"{path}/gaps", params=period, headers=admin),
        await client.get(f"{path}/export", params=period, headers=admin),
        await client.post(f"{path}/validate", json=period, headers=admin),
    ):
        assert response.status_code == 422, response.text
        assert "start" in response.json()["message"]
