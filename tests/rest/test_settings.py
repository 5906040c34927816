"""What the settings change: rows at most, calls before each request, headers, origins, the root."""

import asyncpg
import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from flows_shared.settings import SettingsError
from rest.conftest import Serving, author
from waiting import until


async def test_rows_of_one_answer_at_most(serving: Serving) -> None:
    async with serving(db_max_rows="2") as api:
        counted = await api.get("/clients?select=id,projects(id)&order=id", headers={"Prefer": "count=exact"})
        assert (counted.status_code, counted.headers["Content-Range"]) == (206, "0-1/3")
        assert len((await api.get("/clients?limit=1")).json()) == 1
        assert len((await api.get("/rpc/numbers?last=5")).json()) == 2
        assert len((await api.get("/clients?select=*,projects(*)&id=eq.1")).json()[0]["projects"]) == 2
        estimated = await api.get("/clients", headers={"Prefer": "count=estimated"})
        assert int(estimated.headers["Content-Range"].removeprefix("0-1/")) >= 3
        written = await api.patch("/clients", json={"vip": True}, headers={"Prefer": "return=representation"})
        assert len(written.json()) == 3


async def test_function_before_each_request(serving: Serving) -> None:
    async with serving(db_pre_request="workshop.before_request") as api:
        assert (await api.get("/clients")).headers["X-Before"] == "seen"
        refused = await api.get("/clients", headers={"X-Refuse": "yes"})
        assert (refused.status_code, refused.json()["message"]) == (401, "refused before it began")


async def test_search_path_that_is_empty_has_the_requests_schema_alone(serving: Serving) -> None:
    async with serving(db_extra_search_path="") as api:
        assert (await api.get("/rpc/setting?name=search_path")).json() == '"workshop"'
        assert (await api.get("/rpc/uses_the_path")).json()["code"] == "42883"
    async with serving(db_extra_search_path="tools,hidden") as api:
        assert (await api.get("/rpc/setting?name=search_path")).json() == '"workshop", "tools", "hidden"'


def test_description_has_the_defaults_of_columns_and_what_a_new_row_needs(api: httpx.Client) -> None:
    document = api.get("/").json()
    columns = document["components"]["schemas"]["workshop.defaults"]["properties"]
    assert {name: column["default"] for name, column in columns.items() if "default" in column} == {
        "word": "it's",
        "owed": -1.5,
        "number": 7,
        "sure": True,
        "day": "2026-01-01",
        "list": [],
        "data": {"a": [1]},
        "state": "new",
    }
    assert [name for name, column in columns.items() if column.get("readOnly")] == ["id", "twice"]

    def needed(table: str) -> list[str]:
        body = document["paths"][f"/{table}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        one, several = body["anyOf"]
        assert several == {"type": "array", "items": one}
        return [name for part in one.get("allOf", ()) for name in part.get("required", ())]

    assert needed("defaults") == ["name"]
    assert needed("clients") == ["id", "name"]
    assert needed("notes") == []
    assert needed("parts") == ["id", "place"]
    change = document["paths"]["/defaults"]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    assert change == {"$ref": "#/components/schemas/workshop.defaults"}


def test_description_says_how_arguments_are_read(api: httpx.Client) -> None:
    paths = api.get("/").json()["paths"]

    def argument(function: str, name: str) -> dict[str, object]:
        parameters = paths[f"/rpc/{function}"]["get"]["parameters"]
        return next(parameter["schema"] for parameter in parameters if parameter["name"] == name)

    assert (argument("arrays", "numbers")["type"], argument("arrays", "numbers")["examples"]) == ("string", ["{1,2}"])
    assert argument("joined", "words") == {"type": "array", "items": {"type": "string"}}
    assert argument("jsonify", "value") == {"type": "string", "contentMediaType": "application/json"}
    assert argument("add", "a") == {"type": "integer", "format": "int32"}
    posted = paths["/rpc/arrays"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert posted["properties"]["numbers"]["type"] == "array"
    assert api.get("/rpc/arrays?numbers={1,2}").json() == [1, 2]


async def test_function_at_the_root(serving: Serving) -> None:
    async with serving(db_root_spec="root") as api:
        response = await api.get("/")
        assert (response.json(), response.headers["Content-Type"]) == (
            {"hello": "root"},
            "application/json; charset=utf-8",
        )


def test_root_describes_what_the_caller_may_use(api: httpx.Client) -> None:
    response = api.get("/")
    assert response.headers["Content-Type"] == "application/openapi+json; charset=utf-8"
    document = response.json()
    OpenAPIV31SpecValidator(document).validate()
    assert document["info"]["title"] == "The workshop"
    assert document["info"]["description"] == "What is made, for whom, and by whom."
    assert "/author_only" not in document["paths"]
    assert "/author_only" in api.get("/", headers=author()).json()["paths"]
    assert {"get", "post", "patch", "delete"} == set(document["paths"]["/clients"])
    assert set(document["paths"]["/client_names"]) == {"get"}
    assert set(document["paths"]["/rpc/add_note"]) == {"post"}
    assert set(document["paths"]["/rpc/hello"]) == {"get", "post"}
    schemas = document["components"]["schemas"]
    assert schemas["workshop.clients"]["description"] == "Who orders"
    vip = {"type": "boolean", "description": "Served first", "default": False}
    assert schemas["workshop.clients"]["properties"]["vip"] == vip
    assert schemas["workshop.projects"]["properties"]["client_id"]["description"] == "Refers to `clients.id`"
    assert schemas["workshop.budgets"]["properties"]["project_id"]["description"].endswith("Refers to `projects.id`")
    assert schemas["workshop.projects"]["properties"]["id"]["description"] == "Part of the primary key"
    assert schemas["workshop.things"]["properties"]["state"]["enum"] == ["new", "used", "broken", None]
    assert schemas["workshop.things"]["properties"]["label"]["maxLength"] == 12
    archive = api.get("/", headers={"Accept-Profile": "archive"})
    assert set(archive.json()["paths"]) == {"/projects"}
    assert api.head("/").content == b""


async def test_what_the_root_describes_is_a_setting(serving: Serving) -> None:
    async with serving(openapi_mode="disabled") as api:
        response = await api.get("/")
        assert (response.status_code, response.json()["code"]) == (404, "PGRST126")
    more = {"openapi_security_active": "true", "openapi_server_proxy_uri": "https://api.example/data"}
    async with serving(openapi_mode="ignore-privileges", **more) as api:
        document = (await api.get("/")).json()
        assert "/author_only" in document["paths"]
        assert document["security"] == [{"bearer": []}]
        assert document["servers"] == [{"url": "https://api.example/data"}]


async def test_parts_of_the_time_are_told(serving: Serving) -> None:
    async with serving(server_timing_enabled="true") as api:
        for response in (
            await api.get("/clients"),
            await api.post("/clients", json={"id": 9, "name": "x"}),
            await api.get("/rpc/who"),
            await api.get("/"),
        ):
            assert _parts(response) == ["jwt", "parse", "plan", "transaction", "response"]
        assert _parts(await api.options("/clients")) == ["jwt", "parse", "response"]


@pytest.mark.parametrize(
    ("path", "token", "parts"),
    [
        ("clients", "nonsense", ["jwt"]),
        ("clients?id=nonsense", None, ["jwt", "parse"]),
        ("nothing", None, ["jwt", "parse", "plan"]),
        ("clients?id=eq.nonsense", None, ["jwt", "parse", "plan", "transaction"]),
    ],
)
async def test_time_is_told_up_to_where_a_request_fails(
    serving: Serving, path: str, token: str | None, parts: list[str]
) -> None:
    async with serving(server_timing_enabled="true") as api:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = await api.get(f"/{path}", headers=headers)
        assert response.status_code >= 400
        assert _parts(response) == parts


async def test_header_is_sent_back_to_trace_the_request(serving: Serving) -> None:
    async with serving(server_trace_header="X-Trace") as api:
        assert (await api.get("/clients", headers={"X-Trace": "abc"})).headers["X-Trace"] == "abc"
        assert (await api.get("/clients")).headers["X-Trace"] == ""
        assert (await api.get("/nothing", headers={"X-Trace": "abc"})).headers["X-Trace"] == "abc"


async def test_every_origin_may_call_unless_some_are_named(serving: Serving) -> None:
    asked = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "Foo,Bar",
    }
    async with serving() as api:
        preflight = await api.options("/clients", headers=asked)
        assert (preflight.status_code, preflight.content) == (200, b"")
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"
        assert preflight.headers["Access-Control-Allow-Methods"] == "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"
        allowed = "Authorization, Foo, Bar, Accept, Accept-Language, Content-Language"
        assert preflight.headers["Access-Control-Allow-Headers"] == allowed
        assert preflight.headers["Access-Control-Max-Age"] == "86400"
        plain = await api.get("/clients", headers={"Origin": "https://a.example"})
        assert "Content-Range" in plain.headers["Access-Control-Expose-Headers"]
        assert (await api.options("/clients")).headers["Access-Control-Allow-Origin"] == "*"
    async with serving(server_cors_allowed_origins="https://a.example, https://b.example") as api:
        named = await api.get("/clients", headers={"Origin": "https://a.example"})
        assert named.headers["Access-Control-Allow-Origin"] == "https://a.example"
        assert named.headers["Access-Control-Allow-Credentials"] == "true"
        other = await api.get("/clients", headers={"Origin": "https://c.example"})
        assert "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("clients", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
        ("no_key", "OPTIONS,GET,HEAD,POST,PATCH,DELETE"),
        ("open_projects", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
        ("client_names", "OPTIONS,GET,HEAD"),
        ("readings", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
        ("rpc/hello?name=x", "OPTIONS,GET,HEAD,POST"),
        ("rpc/nothing", "OPTIONS,POST"),
        ("", "OPTIONS,GET,HEAD"),
    ],
)
def test_options_say_what_is_allowed(api: httpx.Client, path: str, allowed: str) -> None:
    response = api.options(f"/{path}")
    assert (response.status_code, response.headers["Allow"], response.content) == (200, allowed, b"")


def test_same_answers_below_the_gateways_prefix(api: httpx.Client) -> None:
    assert api.get("/rest/v1/clients?id=eq.1").json() == api.get("/clients?id=eq.1").json()
    assert api.get("/rest/v1/rpc/who").json() == "flows_rest_anon"
    assert api.get("/rest/v1/").json()["openapi"] == "3.1.0"


async def test_body_that_is_too_long_is_refused(serving: Serving) -> None:
    async with serving(max_body_bytes="1024") as api:
        response = await api.post("/notes", json={"body": "x" * 2000})
        assert (response.status_code, response.json()["code"]) == (413, "PGRST102")


async def test_statement_that_takes_too_long_is_cancelled(serving: Serving) -> None:
    async with serving(statement_timeout_seconds="0.05", db_hoisted_tx_settings="none") as api:
        response = await api.get("/rpc/slow")
        assert (response.status_code, response.json()["code"]) == (500, "57014")


async def test_schema_is_loaded_again_on_notify(serving: Serving, workshop_url: str) -> None:
    async with serving() as api:
        db = await asyncpg.connect(workshop_url)
        try:
            await db.execute("CREATE TABLE workshop.brand_new (id integer); NOTIFY pgrst, 'reload schema'")

            async def is_known() -> bool:
                return (await api.get("/brand_new")).status_code == 200

            await until(is_known)
        finally:
            await db.execute("DROP TABLE IF EXISTS workshop.brand_new")
            await db.close()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("db_tx_end", "maybe", "FLOWS_API_REST_DB_TX_END"),
        ("db_schemas", "workshop,pg_catalog", "FLOWS_API_REST_DB_SCHEMAS"),
        ("db_max_rows", "-1", "FLOWS_API_REST_DB_MAX_ROWS"),
        ("jwt_role_claim_key", "role", "FLOWS_API_REST_JWT_ROLE_CLAIM_KEY"),
        ("openapi_mode", "all", "FLOWS_API_REST_OPENAPI_MODE"),
    ],
)
async def test_wrong_setting_is_named_at_the_start(serving: Serving, name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        async with serving(**{name: value}):
            pass


async def test_renamed_relation_is_found_by_its_own_name_only_while_that_is_allowed(serving: Serving) -> None:
    path = "/projects?select=id,jobs:tasks(name)&id=eq.1&tasks.name=eq.Weld"
    async with serving() as api:
        assert (await api.get(path)).json() == [{"id": 1, "jobs": [{"name": "Weld"}]}]
    async with serving(url_use_legacy_target_names="false") as api:
        refused = await api.get(path)
        assert (refused.status_code, refused.json()) == (
            400,
            {
                "code": "PGRST108",
                "message": "'tasks' is not an embedded resource in this request",
                "details": "Target names are not allowed in filters if they have an alias",
                "hint": "Change 'tasks' to 'jobs' in filters, orders or limits.",
            },
        )
        deeper = await api.get("/clients?select=p:projects(jobs:tasks(id))&p.tasks.limit=1")
        assert deeper.json()["hint"] == "Change 'tasks' to 'jobs' in filters, orders or limits."
        twice = await api.get("/projects?select=a:tasks(id),tasks(id)&tasks.id=eq.1&users.id=eq.1")
        assert twice.json()["hint"] == "Verify that 'users' is included in the 'select' query parameter."
        assert (await api.get(path.replace("&tasks.", "&jobs."))).json() == [{"id": 1, "jobs": [{"name": "Weld"}]}]


def _parts(response: httpx.Response) -> list[str]:
    return [part.partition(";dur=")[0] for part in response.headers["Server-Timing"].split(", ")]
