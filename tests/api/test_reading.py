"""GET /rest/v1/<table>: PostgREST's dialect, request in, rows out. Asked as the service role, which sees every row."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.community import Community

Machine = dict[str, str]


@pytest.fixture
def machine(as_machine: Callable[[str], Machine]) -> Machine:
    return as_machine("flows") | {"Accept-Profile": "flows", "Content-Profile": "flows", "Accept": "*/*"}


@pytest.fixture
def business(as_machine: Callable[[str], Machine]) -> Machine:
    return as_machine("public_backend") | {"Accept-Profile": "myenergy", "Content-Profile": "myenergy"}


async def rows(client: httpx.AsyncClient, path: str, headers: Machine) -> Any:
    response = await client.get(f"/rest/v1/{path}", headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("serial=eq.EML-ANN", ["EML-ANN"]),
        ("serial=neq.EML-ANN", ["EML-BOB", "EML-CID"]),
        ("serial=gt.EML-ANN&serial=lt.EML-CID", ["EML-BOB"]),
        ("serial=gte.EML-BOB&serial=lte.EML-BOB", ["EML-BOB"]),
        ("serial=like.*-B*", ["EML-BOB"]),
        ("serial=like.EML%25", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("serial=like.eml*", []),
        ("serial=ilike.eml-ann", ["EML-ANN"]),
        ("serial=match.B{1}$", ["EML-BOB"]),
        ("serial=imatch.^eml-c", ["EML-CID"]),
        ("serial=in.(EML-ANN,EML-CID,other)", ["EML-ANN", "EML-CID"]),
        ('serial=in.("EML-ANN","with, comma")', ["EML-ANN"]),
        ("serial=in.()", []),
        ("serial=not.in.(EML-ANN,EML-CID)", ["EML-BOB"]),
        ("serial=not.eq.EML-ANN", ["EML-BOB", "EML-CID"]),
        ("name=is.null", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("name=not.is.null", []),
        ("name=is.not_null", []),
        ("name=isdistinct.home", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("prepay_enabled=eq.True", []),
        ("prepay_enabled=eq.False", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("prepay_enabled=is.FALSE", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("port=in.(8080,1)&serial=eq.EML-BOB", ["EML-BOB"]),
        ("hardware=neq.P1.ax&hardware=neq.P1.cx", []),
        ("hardware=neq.P1.bx&hardware=neq.P1.cx", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("created_at=gt.2020-01-01T00:00:00%2B00:00", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("esco=eq.{lab}&mode=eq.active", ["EML-ANN", "EML-BOB"]),
        ("esco=in.({lab},{wlce})", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ('"serial"=eq.EML-ANN', ["EML-ANN"]),
    ],
)
async def test_filters_choose_rows(
    client: httpx.AsyncClient, community: Community, machine: Machine, query: str, serials: list[str]
) -> None:
    query = query.replace("{lab}", str(community.lab)).replace("{wlce}", str(community.wlce))
    found = await rows(client, f"meter_registry?select=serial&order=serial.asc&{query}", machine)
    assert [row["serial"] for row in found] == serials


@pytest.mark.parametrize(
    ("select", "row"),
    [
        ("serial", {"serial": "EML-ANN"}),
        ("meter:serial,wired:hardware", {"meter": "EML-ANN", "wired": "P1.ax"}),
        ("port::text,serial", {"port": "8080", "serial": "EML-ANN"}),
        ("door:port::double precision", {"door": 8080}),
        ("port::INT", {"port": 8080}),
        ('"the meter":serial', {"the meter": "EML-ANN"}),
        ('"it""s":serial', None),
        (" serial , port ", {"serial": "EML-ANN", "port": 8080}),
    ],
)
async def test_select_names_renames_and_casts(
    client: httpx.AsyncClient, community: Community, machine: Machine, select: str, row: dict[str, Any] | None
) -> None:
    params = {"select": select, "serial": "eq.EML-ANN"}
    response = await client.get("/rest/v1/meter_registry", params=params, headers=machine)
    assert (response.status_code, response.json()[0] if row is not None else None) == (
        200 if row is not None else 400,
        row,
    )


async def test_select_everything_and_one_column_again(client: httpx.AsyncClient, machine: Machine) -> None:
    (row,) = await rows(client, "meter_registry?select=*,meter:serial&serial=eq.EML-ANN", machine)
    assert (row["serial"], row["meter"]) == ("EML-ANN", "EML-ANN")
    assert {"id", "ip_address", "esco", "created_at"} <= row.keys()


async def test_rows_come_without_select_as_they_are(client: httpx.AsyncClient, machine: Machine) -> None:
    (row,) = await rows(client, "meter_shadows?import_a=eq.12.345&limit=1", machine)
    assert row["import_a"] == 12.345
    assert row["3p_voltage_l1"] is None


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("order=serial", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("order=serial.desc", ["EML-CID", "EML-BOB", "EML-ANN"]),
        ("order=hardware.asc,serial.desc", ["EML-CID", "EML-BOB", "EML-ANN"]),
        ("order=name.desc.nullslast,serial.asc", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("order=name.nullsfirst, serial", ["EML-ANN", "EML-BOB", "EML-CID"]),
        ("order=serial&limit=2", ["EML-ANN", "EML-BOB"]),
        ("order=serial&limit=2&offset=1", ["EML-BOB", "EML-CID"]),
        ("order=serial&offset=2", ["EML-CID"]),
        ("order=serial&limit=0", []),
        ("order=serial&offset=9", []),
    ],
)
async def test_order_and_limits(client: httpx.AsyncClient, machine: Machine, query: str, serials: list[str]) -> None:
    found = await rows(client, f"meter_registry?select=serial&{query}", machine)
    assert [row["serial"] for row in found] == serials


@pytest.mark.parametrize(
    ("query", "content_range"), [("", "0-2/*"), ("?limit=1&offset=1", "1-1/*"), ("?limit=0", "*/*")]
)
async def test_content_range_says_which_rows(
    client: httpx.AsyncClient, machine: Machine, query: str, content_range: str
) -> None:
    response = await client.get(f"/rest/v1/meter_registry{query}", headers=machine)
    assert response.headers["Content-Range"] == content_range
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert int(response.headers["Content-Length"]) == len(response.content)


async def test_head_answers_without_a_body(client: httpx.AsyncClient, machine: Machine) -> None:
    response = await client.head("/rest/v1/meter_registry", headers=machine)
    assert (response.status_code, response.content, response.headers["Content-Range"]) == (200, b"", "0-2/*")


async def test_profile_chooses_the_schema_and_myenergy_means_public(
    client: httpx.AsyncClient, machine: Machine, business: Machine
) -> None:
    operational = await client.get("/rest/v1/properties?select=*&limit=1", headers=machine)
    assert set(operational.json()[0]) == {"id", "plot", "created_at", "updated_at"}
    assert operational.headers["Content-Profile"] == "flows"
    named = await client.get("/rest/v1/properties?select=*&limit=1", headers=business)
    assert "supply_meter" in named.json()[0]
    assert named.headers["Content-Profile"] == "myenergy"
    default = await client.get("/rest/v1/properties?select=supply_meter&limit=1", headers=without_profile(business))
    assert default.status_code == 200


async def test_partitioned_table_is_one_table(
    client: httpx.AsyncClient, community: Community, machine: Machine
) -> None:
    path = f"register_interval_hh?register_id=eq.{community.ann.register}&order=timestamp.desc&limit=2"
    found = await rows(client, path, machine)
    assert [row["kwh"] for row in found] == [0.47, 0.46]
    partition = await client.get("/rest/v1/register_interval_hh_2026_10", headers=machine)
    assert partition.status_code == 404


@pytest.mark.parametrize(
    "request_line",
    [
        "escos?select=id&code=ilike.lab",
        "meter_registry?select=serial,ip_address&esco=eq.{lab}",
        "meter_registry?select=id,ip_address,serial,hardware&esco=eq.{lab}&mode=eq.active&order=serial.asc",
        "meter_registry?select=*&serial=eq.EML-ANN&mode=eq.active",
        "meter_metrics?select=*&enabled=eq.True&run_frequency=eq.hourly",
        "meter_event_log?select=timestamp,event_type,event_set&meter_id=eq.{meter}&order=timestamp.desc&limit=1",
        "meter_registry?select=*&esco=eq.{lab}&prepay_enabled=eq.True&hardware=neq.P1.ax&hardware=neq.P1.cx",
    ],
)
async def test_requests_of_todays_sync_jobs_are_answered(
    client: httpx.AsyncClient, community: Community, machine: Machine, request_line: str
) -> None:
    path = request_line.replace("{lab}", str(community.lab)).replace("{meter}", str(community.ann.meter))
    assert isinstance(await rows(client, path, machine), list)


@pytest.mark.parametrize(
    ("path", "status", "code", "message"),
    [
        ("nothing", 404, "PGRST205", "Could not find the table 'flows.nothing' in the schema cache"),
        ("a/b", 404, "PGRST125", "Invalid path specified in request URL"),
        ("meter_registry?nope=eq.1", 400, "42703", "column meter_registry.nope does not exist"),
        ("meter_registry?select=nope", 400, "42703", "column meter_registry.nope does not exist"),
        ("meter_registry?order=nope", 400, "42703", "column meter_registry.nope does not exist"),
        ("meter_registry?serial=noop.1", 400, "PGRST100", '"failed to parse filter (noop.1)" (line 1, column 1)'),
        ("meter_registry?serial=EML", 400, "PGRST100", '"failed to parse filter (EML)" (line 1, column 1)'),
        ("meter_registry?serial=not.EML", 400, "PGRST100", '"failed to parse filter (not.EML)" (line 1, column 5)'),
        ("meter_registry?serial=eq", 400, "PGRST100", '"failed to parse filter (eq)" (line 1, column 3)'),
        ("meter_registry?serial=in.EML", 400, "PGRST100", '"failed to parse filter (in.EML)" (line 1, column 4)'),
        ("meter_registry?serial=in.(EML", 400, "PGRST100", '"failed to parse filter (in.(EML)" (line 1, column 8)'),
        ("meter_registry?name=is.nil", 400, "PGRST100", '"failed to parse filter (is.nil)" (line 1, column 5)'),
        ("meter_registry?select=a,", 400, "PGRST100", '"failed to parse select parameter (a,)" (line 1, column 3)'),
        ("meter_registry?select=a::", 400, "PGRST100", '"failed to parse select parameter (a::)" (line 1, column 4)'),
        ("meter_registry?order=a.up", 400, "PGRST100", '"failed to parse order (a.up)" (line 1, column 3)'),
        ("meter_registry?limit=-1", 416, "PGRST103", "Requested range not satisfiable"),
        ("meter_registry?id=eq.1", 400, "22P02", 'invalid input syntax for type uuid: "1"'),
        ("meter_registry?port=eq.99999999999", 400, "22003", 'value "99999999999" is out of range for type integer'),
        ("meter_registry?select=serial::cube", 400, "42704", 'type "cube" does not exist'),
        ("meter_registry?select=id::integer", 400, "42846", "cannot cast type uuid to integer"),
        ("meter_registry?id=like.1", 404, "42883", "operator does not exist: uuid ~~ unknown"),
        ("meter_registry?escos.code=eq.x", 400, "PGRST108", "'escos' is not an embedded resource in this request"),
        ("meter_registry?select=port.sum()", 400, "PGRST123", "Use of aggregate functions is not allowed"),
        ("meter_registry?or=(a.eq.1,b.eq.2)", 400, "42703", "column meter_registry.a does not exist"),
        ("meter_registry?serial=cs.x", 404, "42883", "operator does not exist: text @> unknown"),
        ("meter_registry?serial=eq(any).x", 400, "22P02", 'malformed array literal: "x"'),
        ("meter_registry?escos.order=code", 400, "PGRST108", "'escos' is not an embedded resource in this request"),
    ],
)
async def test_wrong_request_is_named_as_postgrest_names_it(
    client: httpx.AsyncClient, machine: Machine, path: str, status: int, code: str, message: str
) -> None:
    response = await client.get(f"/rest/v1/{path}", headers=machine)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["message"]) == (status, code, message)
    assert problem.keys() == {"code", "message", "details", "hint"}
    assert response.headers["Proxy-Status"] == f"PostgREST; error={code}"


async def test_details_say_what_was_expected(client: httpx.AsyncClient, machine: Machine) -> None:
    response = await client.get("/rest/v1/meter_registry?serial=noop.1", headers=machine)
    assert response.json()["details"] == 'unexpected "o" expecting "not" or operator (eq, gt, ...)'


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("meter_registr", "Perhaps you meant the table 'flows.meter_registry'"),
        ("meter_registry?seriall=eq.1", 'Perhaps you meant to reference the column "meter_registry.serial".'),
        ("zzz", None),
    ],
)
async def test_hint_for_a_misspelt_name(client: httpx.AsyncClient, machine: Machine, path: str, hint: str) -> None:
    assert (await client.get(f"/rest/v1/{path}", headers=machine)).json()["hint"] == hint


async def test_unknown_profile_is_not_acceptable(client: httpx.AsyncClient, machine: Machine) -> None:
    response = await client.get("/rest/v1/escos", headers=machine | {"Accept-Profile": "pg_catalog"})
    assert (response.status_code, response.json()["code"]) == (406, "PGRST106")
    assert response.json()["hint"] == "Only the following schemas are exposed: public, flows, myenergy"


async def test_unknown_media_type_is_not_acceptable(client: httpx.AsyncClient, machine: Machine) -> None:
    response = await client.get("/rest/v1/escos", headers=machine | {"Accept": "image/png"})
    assert (response.status_code, response.json()["code"]) == (406, "PGRST107")
    assert response.json()["message"] == "None of these media types are available: image/png"


async def test_options_say_what_can_be_done(client: httpx.AsyncClient, machine: Machine) -> None:
    for path, allowed in (
        ("escos", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
        ("rpc/get_meters_for_cli", "OPTIONS,GET,HEAD,POST"),
        ("", "OPTIONS,GET,HEAD"),
    ):
        response = await client.options(f"/rest/v1/{path}", headers=machine)
        assert (response.status_code, response.headers["Allow"]) == (200, allowed)


def without_profile(headers: Machine) -> Machine:
    return {name: value for name, value in headers.items() if not name.endswith("-Profile")}
