"""Values of conditions mean what they would mean as literals, to every type, and never become SQL."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows_api.rest.query.writer import Writer
from rest.conftest import Serving
from rest.hostile import HOSTILE

NASTY = [
    *HOSTILE,
    "'",
    "\\",
    "\\'",
    "'; SELECT 1; --",
    "$1",
    "$$",
    "{}",
    "{0}",
    "%s",
    "\\u0027",
    "\\x27",
    "\n\t",
    "ソ\\'",
    "😀",
]


@pytest.fixture(scope="module")
def client(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served) as client:
        yield client


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("place=cd.shop", [1, 2]),
        ("place=cs.shop.north.screws.steel", [1, 2]),
        ("place=match.shop.*{1}", [1]),
        ("place=match(any).{yard,*.screws}", [2, 3]),
        ("place=eq.yard", [3]),
        ("place=neq.yard", [1, 2]),
        ("place=in.(yard,shop.north)", [1, 3]),
        ('place=in.("yard")', [3]),
        ("place=isdistinct.yard", [1, 2]),
        ("or=(place.match.yard,place.cd.shop.north.screws)", [2, 3]),
        ("tag=cd.metal", [1, 2]),
        ("tag=match.*.iron", [2]),
        ("seal=like.ab*", [1]),
        ("seal=like.a*", [1, 2]),
        ("seal=eq.\\x616263", [1]),
        ("seal=in.(abc)", [1]),
        ("mark=eq.one", [1]),
        ('mark=in.(one,"it\'s \\"2\\"\\\\")', [1, 2]),
        ("mark=like.*\\\\", [2]),
        ("nickname=like.B*", [1]),
        ("nickname=eq.nobody", []),
        ("nickname=neq.nobody", [1, 2]),
        ("nickname=in.(nobody,Nut)", [2]),
        ("spot=sl.(3,3)", [1]),
        ("state=eq.new", [1]),
        ("state=gt.new", [2]),
        ("state=in.(new,used)", [1, 2]),
        ("address=eq.10.0.0.1/8", []),
        ("address=eq.10.0.0.0/8", [1]),
    ],
)
def test_operator_is_the_types_own(api: httpx.Client, query: str, ids: list[int]) -> None:
    name, _, value = query.partition("=")
    response = api.get("/parts", params={"select": "id", "order": "id", name: value})
    assert (response.status_code, response.json()) == (200, [{"id": number} for number in ids])


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("parts?id=like.1*", "42883", "operator does not exist: integer ~~ unknown"),
        ("parts?id=cs.1", "42883", "operator does not exist: integer @> unknown"),
        ("parts?spot=eq.(1,1)", "42883", "operator does not exist: point = unknown"),
        ("parts?state=eq.old", "22P02", 'invalid input value for enum state: "old"'),
        ("parts?id=eq.x", "22P02", 'invalid input syntax for type integer: "x"'),
        ("things?raw=eq.{}", "42883", "operator does not exist: json = unknown"),
        ("things?label=cs.x", "42883", "operator does not exist: character varying @> unknown"),
        ("things?data=cs.x", "22P02", "invalid input syntax for type json"),
        ("things?tags=cs.x", "22P02", 'malformed array literal: "x"'),
        ("things?weight=in.(1,x)", "22P02", 'invalid input syntax for type numeric: "x"'),
    ],
)
def test_wrong_value_is_refused_in_postgresqls_words(api: httpx.Client, path: str, code: str, message: str) -> None:
    problem: dict[str, Any] = api.get(f"/{path}").json()
    assert (problem["code"], problem["message"]) == (code, message)


@given(value=st.sampled_from(NASTY) | st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_literal_is_the_value_that_was_sent(client: httpx.Client, value: str) -> None:
    response = client.get("/parts", params={"spot": f"sl.{value}x"})
    problem = response.json()
    if "\0" in value:
        assert (problem["code"], problem["message"]) == ("22021", 'invalid byte sequence for encoding "UTF8": 0x00')
    else:
        assert (response.status_code, problem["code"]) == (400, "22P02")
        assert problem["message"] == f'invalid input syntax for type point: "{value}x"'


@given(
    values=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8), max_size=3)
)
@settings(max_examples=100, deadline=None)
def test_list_holds_the_values_that_were_sent(client: httpx.Client, values: list[str]) -> None:
    quoted = ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in ["one", *values])
    response = client.get("/parts", params={"select": "id", "mark": f"in.({quoted})"})
    assert (response.status_code, response.json()) == (200, [{"id": 1}])


@given(value=st.text(st.characters(exclude_characters="\0")))
def test_literal_is_ascii_with_no_quote_or_backslash_of_the_value(value: str) -> None:
    """So that no encoding of the client, and no setting of the server, reads it otherwise."""
    inner = Writer().literal(value).removeprefix("E'").removesuffix("'")
    assert inner.isascii()
    assert "'" not in inner
    assert inner.count("\\") == inner.count("\\U")


async def test_literals_are_not_kept_as_prepared_statements(serving: Serving) -> None:
    async with serving(db_pool="1", db_one_trip="true", db_tx_end="commit") as api:
        for path in ("/parts?place=eq.a", "/rpc/prepared", "/rpc/prepared"):
            assert (await api.get(path)).status_code == 200
        before = (await api.get("/rpc/prepared")).json()
        for number in range(20):
            assert (await api.get(f"/parts?place=eq.a{number}")).json() == []
            assert (await api.patch(f"/parts?place=eq.b{number}", json={"mark": "x"})).status_code == 204
        assert (await api.get("/rpc/prepared")).json() == before


async def test_without_prepared_statements_none_is_kept(serving: Serving) -> None:
    async with serving(db_prepared_statements="false", db_pool="1") as api:
        for _ in range(3):
            assert (await api.get("/clients?id=eq.1&select=id")).json() == [{"id": 1}]
            assert (await api.get("/parts?place=cd.shop&select=id&order=id&limit=1")).json() == [{"id": 1}]
            assert (await api.post("/clients", json={"id": 50, "name": "x"})).status_code == 201
            assert (await api.get("/rpc/prepared")).json() == 0
