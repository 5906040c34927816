"""What one request may ask for, and one caller hold: refused as it is read, so that others are answered meanwhile."""

import asyncio
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from flows_api.rest.errors import BodyWrong
from flows_api.rest.media_types import ANY, CSV, FORM, MediaType, parse_accept
from flows_api.rest.nearest import LONGEST, by_likeness, nearest
from flows_api.rest.options import RestOptions
from flows_api.rest.request.depth import check_depth
from flows_api.rest.request.limits import Limits
from flows_api.rest.request.payload import parse_payload
from flows_api.rest.request.query_string import parse_query
from flows_api.rest.request.request import RawRequest, parse_request
from flows_api.rest.request.scanner import Miss, Scanner
from rest.conftest import Serving, author, bearer, prefer
from waiting import until

# Projects and their clients within one another, each level in the one before.
NESTED = "select=" + "projects(clients(" * 8 + "id" + "))" * 8

TOO_MUCH = {
    "orders": "order=" + ",".join(["name"] * 9_000),
    "columns": "select=" + ",".join(["id"] * 1_700),
    "branches": "or=(" + ",".join(["id.eq.1"] * 5_000) + ")",
    "branches within": "and=(or(" + ",".join(["id.eq.1"] * 5_000) + "))",
    "steps": "select=name" + "->a" * 5_000,
    "steps of an order": "order=name" + "->a" * 5_000,
    "steps of a filter": "name" + "->a" * 5_000 + "=eq.1",
    "dashes": "select=" + "a-" * 20_000 + "a",
    "a name": "select=" + "a" * 50_000,
    "a quoted name": 'select="' + "a" * 50_000 + '"',
    "a cast": "select=name::" + "a" * 50_000,
    "a path": ".".join(["a"] * 9_000) + "=eq.1",
    "written columns": "columns=" + ",".join(["id"] * 9_000),
    "conflicts": "on_conflict=" + ",".join(["id"] * 9_000),
    "depth": NESTED,
    "relations": "select=" + ",".join(f"p{number}:projects(id)" for number in range(51)),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_request_that_asks_too_much_is_refused(api: httpx.Client, kind: str) -> None:
    response = api.get(f"/clients?{quote(TOO_MUCH[kind], safe='=(),.->:')}")
    assert (response.status_code, response.json()["code"]) == (400, "PGRST100")
    assert len(response.content) < 1_000  # what was sent is not sent back


def test_what_clients_ask_is_far_from_the_limits(api: httpx.Client) -> None:
    many = ",".join(str(number) for number in range(5_000))
    assert len(api.get(f"/clients?id=in.({many})").json()) == 3
    assert api.get("/clients?order=" + ",".join(["name", "id"] * 100)).status_code == 200
    assert api.get("/clients?or=(" + ",".join(f"id.eq.{number}" for number in range(500)) + ")").status_code == 200
    assert api.get("/clients?select=projects(clients(projects(clients(id))))").status_code == 200


def misses_of(monkeypatch: pytest.MonkeyPatch, query: str) -> int:
    """How many places the scanner remembers while it reads, which is what its work grows with."""
    made = 0

    def counted(self: Miss, position: int, found: str, expected: str | None, *, of_end: bool = False) -> None:
        nonlocal made
        made += 1
        self.position, self.found, self.expected, self.of_end = position, found, expected, of_end

    monkeypatch.setattr(Miss, "__init__", counted)
    parse_query(query.encode(), Limits(terms=100_000, depth=100_000, name_length=100_000), for_function=False)
    return made


@pytest.mark.parametrize(
    "asked",
    [
        lambda n: "order=" + ",".join(["name.desc"] * n),
        lambda n: "order=" + ",".join(["owner(name)"] * n),
        lambda n: "select=" + ",".join(["a:name->b::text"] * n),
        lambda n: "or=(" + ",".join(["a.not.eq.1"] * n) + ")",
        lambda n: "id=in.(" + ",".join(['"1"'] * n) + ")",
        lambda n: "select=" + "a-" * n + "a",
        lambda n: "select=a" + "->b" * n,
    ],
)
def test_work_grows_as_the_request_does(monkeypatch: pytest.MonkeyPatch, asked: Callable[[int], str]) -> None:
    assert misses_of(monkeypatch, asked(2_000)) <= 10 * misses_of(monkeypatch, asked(200)) + 100


def test_errors_are_found_in_the_last_term_alone() -> None:
    scanner = Scanner("order", "a,b,c", Limits())
    for _ in range(2):
        scanner.name()
        assert scanner.another()
        assert scanner.misses == []


def test_hint_looks_at_no_more_than_a_name_can_be() -> None:
    assert nearest("projets", ["projects", "clients"]) == "projects"
    assert by_likeness("projects" * LONGEST, ["projects"]) == []


@pytest.mark.parametrize("path", ["/{}", "/rpc/{}", "/rpc/hello?{}=1", "/clients?select={}(id)"])
def test_long_names_are_answered_without_a_hint(api: httpx.Client, path: str) -> None:
    response = api.get(path.replace("{}", "clients" * 140))
    assert response.status_code in (400, 404)
    assert response.json()["hint"] is None


def test_quotes_without_an_end_are_read_once() -> None:
    check_depth(b"", b'"' + b'\\"' * 500_000 + b"[" * 600)


def test_spaces_and_backslashes_of_headers_are_read_once() -> None:
    assert parse_accept("a" + " " * 1_000_000 + "b, text/csv")[1] == CSV
    assert parse_accept("text/csv;q=0.5  ; q=0.1, */* ;\tq=1") == (ANY, CSV)
    cookie = 'a="' + "\\" * 1_000_000 + '"; b="two"; c; d = e=f ;=g'
    assert cookies_of(cookie) == {"a": "\\" * 1_000_000, "b": "two", "d": "e=f", "": "g"}


def cookies_of(header: str) -> dict[str, str]:
    return RawRequest("GET", "/clients", b"", {"cookie": header}).cookies()


@pytest.mark.parametrize(
    ("media", "body"),
    [
        (CSV, b"a\n" + b"1\n" * 50_000),
        (CSV, b"a,b\n" + b",\n" * 50_000),
        (FORM, b"a=" + b"%" * 1_000_000),
        (FORM, b"a=" + b"%41" * 300_000),
    ],
)
def test_body_is_read_in_little_more_memory_than_its_own(media: MediaType, body: bytes) -> None:
    tracemalloc.start()
    with suppress(BodyWrong):
        parse_payload(body, media, None, for_function=True)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40 * len(body)


async def test_others_are_answered_while_a_large_body_is_read(serving: Serving) -> None:
    async with serving() as api:
        answered = []

        async def ask(name: str, **request: Any) -> int:
            response = await api.request(url="/clients", **request)
            answered.append(name)
            return response.status_code

        lines = b"name\n" + b"x\n" * 700_000 + b"x,y\n"
        large = asyncio.create_task(ask("large", method="POST", content=lines, headers={"Content-Type": "text/csv"}))
        small = asyncio.create_task(ask("small", method="GET"))
        assert list(await asyncio.gather(large, small)) == [400, 200]
        assert answered == ["small", "large"]


async def test_answer_holds_no_more_bytes_than_may_be(serving: Serving) -> None:
    for one_trip in ("true", "false"):
        async with serving(max_answer_bytes="1024", db_one_trip=one_trip) as api:
            assert len((await api.get("/rpc/numbers?last=100")).json()) == 100
            for path in ("/rpc/numbers?last=1000", "/clients?select=" + ",".join(f"c{n}:name" for n in range(100))):
                refused = await api.get(path)
                assert (refused.status_code, refused.json()["code"]) == (400, "PGRSTX01")
                assert refused.json()["message"] == "an answer holds at most 1024 bytes"
            assert len((await api.get("/clients?select=id")).json()) == 3


async def test_change_whose_answer_is_too_large_is_taken_back(serving: Serving) -> None:
    async with serving(max_answer_bytes="1024", db_one_trip="true", db_tx_end="commit") as api:
        wanted = prefer("return=representation") | author()
        refused = await api.patch("/clients", json={"name": "x" * 1_000}, headers=wanted)
        assert (refused.status_code, refused.json()["code"]) == (400, "PGRSTX01")
        names = [row["name"] for row in (await api.get("/clients?order=id")).json()]
        assert names == ["Miller", "Baker", "Nobody"]


@pytest.mark.parametrize("one_trip", ["true", "false"])
async def test_new_rows_whose_answer_is_too_large_are_taken_back(serving: Serving, one_trip: str) -> None:
    async with serving(max_answer_bytes="1024", db_one_trip=one_trip, db_tx_end="commit") as api:
        wanted = prefer("return=representation") | author()
        long = [{"id": 100 + number, "name": "x" * 50} for number in range(20)]
        for path, body in (
            ("/clients", {"id": 100, "name": "x" * 1_000}),
            ("/clients", long),
            ("/clients?select=id,grow", {"id": 100, "name": "xy"}),
            ("/projects?select=id,clients(grow)", {"id": 100, "name": "x", "client_id": 1}),
            ("/rpc/add_clients", {"last": 100}),
        ):
            refused = await api.post(path, json=body, headers=wanted)
            assert (refused.status_code, refused.json()["code"]) == (400, "PGRSTX01"), path
            assert refused.json()["message"] == "an answer holds at most 1024 bytes"
        assert len((await api.get("/clients?select=id")).json()) == 3
        assert len((await api.get("/projects?select=id")).json()) == 4
        unread = await api.post("/rpc/add_clients?select=id&limit=0", json={"last": 100}, headers=prefer("tx=commit"))
        assert unread.status_code == 200


async def test_statement_of_a_role_has_its_own_time(serving: Serving) -> None:
    async with serving(statement_timeouts="flows_rest_anon=0.5,flows_rest_author=30") as api:
        for headers, shown in (({}, "500ms"), (author(), "30s")):
            assert (await api.get("/rpc/setting?name=statement_timeout", headers=headers)).json() == shown


async def test_one_caller_holds_only_a_share_of_the_connections(serving: Serving, workshop_url: str) -> None:
    async with serving(db_pool="4", db_pool_share="0.5", db_tx_end="commit") as api:
        lock = await asyncpg.connect(workshop_url)
        transaction = lock.transaction()
        await transaction.start()
        await lock.execute("LOCK TABLE workshop.clients")
        waiting = [asyncio.create_task(api.get("/clients")) for _ in range(20)]

        async def held() -> int:
            found: int = await lock.fetchval(
                """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                      AND application_name = 'api rest' AND wait_event_type = 'Lock'"""
            )
            return found

        async def are_two() -> bool:
            await lock.execute("SELECT pg_stat_clear_snapshot()")
            return await held() == 2

        await until(are_two)
        other = await api.get("/projects?select=id", headers=bearer(role="flows_rest_author", sub="another"))
        assert other.status_code == 200
        assert await held() == 2
        await transaction.rollback()
        await lock.close()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}


async def test_caller_who_waits_too_long_for_a_share_is_told_to_come_back(serving: Serving, workshop_url: str) -> None:
    async with serving(db_pool="2", db_pool_share="0.5", db_pool_acquisition_timeout="0.2") as api:
        lock = await asyncpg.connect(workshop_url)
        async with lock.transaction():
            await lock.execute("LOCK TABLE workshop.clients")
            answers = [asyncio.create_task(api.get("/clients")) for _ in range(2)]
            done, waiting = await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
            refused = done.pop().result()
            assert (refused.status_code, refused.json()["code"]) == (429, "PGRST003")
            assert refused.headers["Retry-After"] == "1"
        assert (await waiting.pop()).status_code == 200
        await lock.close()


@pytest.mark.parametrize("count", ["planned", "estimated"])
async def test_guessed_counts_are_exact_up_to_the_ceiling(serving: Serving, count: str) -> None:
    for one_trip in ("true", "false"):
        async with serving(db_count_ceiling="2", db_one_trip=one_trip) as api:
            for page, range_ in (("limit=1", "0-0/2"), ("limit=1&offset=2", "2-2/3"), ("limit=5&offset=7", "*/2")):
                counted = await api.get(f"/clients?{page}", headers=prefer(f"count={count}"))
                assert counted.headers["Content-Range"] == range_
        async with serving(db_count_ceiling="100", db_one_trip=one_trip) as api:
            counted = await api.get("/clients?limit=1", headers=prefer(f"count={count}"))
            assert counted.headers["Content-Range"] == "0-0/3"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/clients", {"Prefer": "timezone="}),
        ("/clients", {"Prefer": "timezone=,count=exact"}),
        ("/clients", {"Prefer": "timezone=" + "x" * 5_000}),
        ("/clients", {"Prefer": "timezone=9" + "9" * 400}),
        ("/clients", {"Prefer": "timezone=\u00e9"}),
        ("/clients?name=fts(1).x", {}),
        ("/clients?name=not.wfts(99999999999).x", {}),
        ("/clients?or=(name.plfts(0).x,name.fts(-).x)", {}),
        ("/clients?select=" + ",".join(["*"] * 900), {}),
        ("/clients?select=name::internal", {}),
        ("/clients?select=name::anyelement", {}),
        ("/clients?select=name::regconfig", {}),
        ("/clients?select=name::record", {}),
        ("/clients?limit=9223372036854775807&offset=9223372036854775807", {}),
        ("/clients?offset=-1", {}),
        ("/clients?id=eq." + "9" * 5_000, {}),
        ("/clients?order=name->" + "9" * 500, {}),
    ],
)
async def test_bad_input_is_the_callers_fault(serving: Serving, path: str, headers: dict[str, str]) -> None:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    for one_trip in ("true", "false"):
        async with serving(db_one_trip=one_trip) as api:
            answer = await api.get(path, headers=sent)
            assert 200 <= answer.status_code < 500, answer.text


def test_limits_of_the_head_are_those_of_the_request() -> None:
    raw = RawRequest("GET", "/clients", b"order=a,b,c", {})
    options = RestOptions("", ("public",), limits=Limits(terms=3))
    assert len(parse_request(raw, options).query.orders[0][1]) == 3
