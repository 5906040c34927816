"""Related rows within rows: over every kind of key, nested, filtered, spread, counted."""

from typing import Any

import httpx
import pytest

CASES: list[tuple[str, Any]] = [
    # to one, to many, many to many, one to one
    ("projects?select=name,clients(name)&id=in.(1,4)&order=id",
     [{"name": "Gate", "clients": {"name": "Miller"}}, {"name": "Own bench", "clients": None}]),
    ("clients?select=name,projects(name)&id=in.(1,3)&projects.order=name.desc",
     [{"name": "Miller", "projects": [{"name": "Shelf"}, {"name": "Gate"}]}, {"name": "Nobody", "projects": []}]),
    ("users?select=name,tasks(name)&id=eq.2&tasks.order=id",
     [{"name": "Bob", "tasks": [{"name": "Weld"}, {"name": "Brick"}]}]),
    ("projects?select=name,budgets(amount)&id=in.(1,3)&order=id",
     [{"name": "Gate", "budgets": {"amount": 1000.0}}, {"name": "Shelf", "budgets": None}]),
    ("budgets?select=amount,projects(name)&project_id=eq.2", [{"amount": 99.5, "projects": {"name": "Oven"}}]),
    ("boxes?select=id,shelves(label)&id=eq.2", [{"id": 2, "shelves": {"label": "nails"}}]),
    # nested, renamed, by the key's own name
    ("clients?select=name,jobs:projects(title:name,tasks(name,users(name)))&id=eq.2",
     [{"name": "Baker", "jobs": [{"title": "Oven", "tasks": [{"name": "Brick", "users": [{"name": "Bob"}]}]}]}]),
    ("projects?select=name,client_id(name)&id=eq.1", [{"name": "Gate", "client_id": {"name": "Miller"}}]),
    ("projects?select=name,by:projects_client(name)&id=eq.1", [{"name": "Gate", "by": {"name": "Miller"}}]),
    # more than one way
    ("messages?select=body,from:users!sender(name),to:users!messages_recipient(name)&id=eq.1",
     [{"body": "Hello", "from": {"name": "Ann"}, "to": {"name": "Bob"}}]),
    ("users?select=name,sent:messages!messages_sender(body)&id=eq.2",
     [{"name": "Bob", "sent": [{"body": "Hello yourself"}]}]),
    ("users?select=name,tasks!users_tasks(name)&id=eq.1&tasks.order=id",
     [{"name": "Ann", "tasks": [{"name": "Draw"}, {"name": "Weld"}]}]),
    # a table that refers to itself
    ("employees?select=name,boss(name)&id=eq.2", [{"name": "Smith", "boss": {"name": "Chief"}}]),
    ("employees?select=name,staff:employees!boss(name)&id=eq.1", [{"name": "Chief", "staff": [{"name": "Smith"}]}]),
    # views, with the keys of the tables behind them
    ("project_titles?select=title,clients(name)&project=eq.2", [{"title": "Oven", "clients": {"name": "Baker"}}]),
    ("clients?select=name,project_titles(title)&id=eq.2", [{"name": "Baker", "project_titles": [{"title": "Oven"}]}]),
    ("project_titles?select=title,client_names(name)&project=eq.2",
     [{"title": "Oven", "client_names": {"name": "Baker"}}]),
    ("open_projects?select=name,tasks(name)&id=eq.2", [{"name": "Oven", "tasks": [{"name": "Brick"}]}]),
    # functions of the row
    ("clients?select=name,first_project(name)&id=in.(1,3)&order=id",
     [{"name": "Miller", "first_project": {"name": "Gate"}}, {"name": "Nobody", "first_project": None}]),
    ("projects?select=name,helpers(name)&id=eq.1&helpers.order=name",
     [{"name": "Gate", "helpers": [{"name": "Ann"}, {"name": "Bob"}]}]),
    # filters on what is embedded, and on whether there is any
    ("clients?select=name,projects(name)&projects.name=like.S*&order=id",
     [{"name": "Miller", "projects": [{"name": "Shelf"}]}, {"name": "Baker", "projects": []},
      {"name": "Nobody", "projects": []}]),
    ("clients?select=name,jobs:projects(name)&projects.name=like.S*&id=eq.1",
     [{"name": "Miller", "jobs": [{"name": "Shelf"}]}]),
    ("clients?select=name,projects!inner(name)&projects.name=like.S*",
     [{"name": "Miller", "projects": [{"name": "Shelf"}]}]),
    ("projects?select=name,clients!inner(name)&clients.vip=is.false",
     [{"name": "Oven", "clients": {"name": "Baker"}}]),
    ("tasks?select=name,projects!inner(clients!inner(name))&projects.clients.name=eq.Baker",
     [{"name": "Brick", "projects": {"clients": {"name": "Baker"}}}]),
    ("clients?select=name,projects()&projects=is.null", [{"name": "Nobody"}]),
    ("clients?select=name,projects(tasks())&projects=not.is.null&order=id", [{"name": "Miller"}, {"name": "Baker"}]),
    ("projects?select=name,clients()&clients=is.null", [{"name": "Own bench"}]),
    ("clients?select=name,projects()&or=(vip.is.true,projects.is.null)&order=id",
     [{"name": "Miller"}, {"name": "Nobody"}]),
    ("clients?select=name,projects(name)&projects.or=(name.eq.Gate,id.eq.3)&projects.order=id&id=eq.1",
     [{"name": "Miller", "projects": [{"name": "Gate"}, {"name": "Shelf"}]}]),
    ("clients?select=name,projects(name)&projects.order=id&projects.limit=1&projects.offset=1&id=eq.1",
     [{"name": "Miller", "projects": [{"name": "Shelf"}]}]),
    # ordered by what it belongs to
    ("projects?select=name,clients(name)&order=clients(name).desc.nullslast,id&limit=2",
     [{"name": "Gate", "clients": {"name": "Miller"}}, {"name": "Shelf", "clients": {"name": "Miller"}}]),
    # spread into the row
    ("projects?select=name,...clients(client:name)&id=in.(1,4)&order=id",
     [{"name": "Gate", "client": "Miller"}, {"name": "Own bench", "client": None}]),
    ("tasks?select=name,...projects(project:name,...clients(client:name))&id=eq.1",
     [{"name": "Draw", "project": "Gate", "client": "Miller"}]),
    ("clients?select=name,...projects(project:name,budget:budgets(amount))&id=in.(1,3)&projects.order=id.desc&order=id",
     [{"name": "Miller", "project": ["Shelf", "Gate"], "budget": [None, {"amount": 1000.0}]},
      {"name": "Nobody", "project": [], "budget": []}]),
    ("clients?select=name,...projects(*)&id=eq.2",
     [{"id": [2], "name": ["Oven"], "client_id": [2]}]),
    ("users?select=name,...tasks(task:name)&id=eq.2&tasks.order=id", [{"name": "Bob", "task": ["Weld", "Brick"]}]),
    ("clients?select=name,...projects!inner(project:name)&projects.name=eq.Oven",
     [{"name": "Baker", "project": ["Oven"]}]),
    ("clients?select=name,...projects(project:name,...tasks(task:name))&id=eq.1&projects.order=id&projects.tasks.order=id",
     [{"name": "Miller", "project": ["Gate", "Shelf"], "task": [["Draw", "Weld"], ["Saw"]]}]),
    ("users?select=name,tasks:users_tasks(since,...tasks(name))&id=eq.1&tasks.order=since",
     [{"name": "Ann", "tasks": [{"since": "2026-01-01", "name": "Draw"}, {"since": "2026-01-02", "name": "Weld"}]}]),
    # aggregates, grouped by all that is none
    ("tasks?select=count()", [{"count": 4}]),
    ("tasks?select=hours.sum(),least:hours.min(),hours.max()::text,hours.count()",
     [{"sum": 20.5, "least": 2.5, "max": "10", "count": 3}]),
    ("tasks?select=project_id,hours.avg()::int,n:count()&order=project_id&project_id=lt.3",
     [{"project_id": 1, "avg": 5, "n": 2}, {"project_id": 2, "avg": 10, "n": 1}]),
    ("things?select=data->>colour,weight.max()&data->>colour=eq.grey",
     [{"colour": "grey", "max": 100.5}]),
    ("clients?select=name,projects(count())&order=id",
     [{"name": "Miller", "projects": [{"count": 2}]}, {"name": "Baker", "projects": [{"count": 1}]},
      {"name": "Nobody", "projects": [{"count": 0}]}]),
    ("clients?select=name,projects(count)&id=eq.1", [{"name": "Miller", "projects": [{"count": 2}]}]),
    ("tasks?select=...projects(...clients(client:name)),hours.sum()&project_id=lt.3&order=projects(client)",
     [{"client": "Baker", "sum": 10}, {"client": "Miller", "sum": 10.5}]),
    ("tasks?select=project_id,...projects(...clients(ids:id.max()))&order=project_id&project_id=lt.3",
     [{"project_id": 1, "ids": 1}, {"project_id": 2, "ids": 2}]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "expected"), CASES)
def test_related_rows(api: httpx.Client, path: str, expected: Any) -> None:
    response = api.get(f"/{path}")
    assert response.status_code == 200, response.text
    assert response.json() == expected


def test_who_calls_a_renamed_relation_by_its_own_name_is_warned(api: httpx.Client) -> None:
    path = "/projects?select=name,jobs:tasks(name)&id=eq.1"
    found = [{"name": "Gate", "jobs": [{"name": "Weld"}]}]
    old = api.get(f"{path}&tasks.order=name.desc&tasks.limit=1")
    new = api.get(f"{path}&jobs.order=name.desc&jobs.limit=1")
    assert old.json() == new.json() == found
    assert old.headers["Warning"] == (
        '299 PostgRESTv16 "Embedded resource was referenced by relation name even though it has an alias. This is '
        "deprecated and will stop working in a future release. Update `tasks` to `jobs` in query string filters, "
        'orders or limits."'
    )
    assert "Warning" not in new.headers
    called = api.get("/rpc/all_clients?select=works:projects(jobs:tasks(name))&projects.tasks.id=eq.1&id=eq.1")
    assert "Update `projects` to `works`, `tasks` to `jobs` in" in called.headers["Warning"]
    odd = api.get("/projects", params={"select": '"a\r\nX-Injected: \\"1":tasks(name)', "tasks.id": "eq.1"})
    assert odd.status_code == 200
    assert "X-Injected" not in odd.headers
    assert '`a  X-Injected: \\"1`' in odd.headers["Warning"]


def test_count_is_of_the_rows_that_are_kept(api: httpx.Client) -> None:
    for path, total in (
        ("clients?select=name,projects!inner(name)&projects.name=like.S*", 1),
        ("clients?select=name,projects()&projects=not.is.null", 2),
        ("clients?select=name,projects(name)&projects.name=like.S*", 3),
    ):
        response = api.get(f"/{path}&limit=1", headers={"Prefer": "count=exact"})
        assert response.headers["Content-Range"] == f"0-0/{total}"


@pytest.mark.parametrize(
    ("path", "status", "problem"),
    [
        (
            "messages?select=users(name)",
            300,
            {
                "code": "PGRST201",
                "message": "Could not embed because more than one relationship was found for 'messages' and 'users'",
                "details": [
                    {
                        "cardinality": "many-to-one",
                        "embedding": "messages with users",
                        "relationship": "messages_recipient using messages(recipient) and users(id)",
                    },
                    {
                        "cardinality": "many-to-one",
                        "embedding": "messages with users",
                        "relationship": "messages_sender using messages(sender) and users(id)",
                    },
                ],
                "hint": "Try changing 'users' to one of the following: 'users!messages_recipient', "
                "'users!messages_sender'. Find the desired relationship in the 'details' key.",
            },
        ),
        (
            "clients?select=project(name)",
            400,
            {
                "code": "PGRST200",
                "message": "Could not find a relationship between 'clients' and 'project' in the schema cache",
                "details": "Searched for a foreign key relationship between 'clients' and 'project' in the schema "
                "'workshop', but no matches were found.",
                "hint": "Perhaps you meant 'projects' instead of 'project'.",
            },
        ),
        (
            "clients?select=projects!wrong(name)",
            400,
            {
                "code": "PGRST200",
                "message": "Could not find a relationship between 'clients' and 'projects' in the schema cache",
                "details": "Searched for a foreign key relationship between 'clients' and 'projects' using the hint "
                "'wrong' in the schema 'workshop', but no matches were found.",
                "hint": None,
            },
        ),
        (
            "clients?select=*&projects.name=eq.x",
            400,
            {
                "code": "PGRST108",
                "message": "'projects' is not an embedded resource in this request",
                "details": None,
                "hint": "Verify that 'projects' is included in the 'select' query parameter.",
            },
        ),
        (
            "clients?select=*,projects(*)&order=projects(name)",
            400,
            {
                "code": "PGRST118",
                "message": "A related order on 'projects' is not possible",
                "details": "'clients' and 'projects' do not form a many-to-one or one-to-one relationship",
                "hint": None,
            },
        ),
        (
            "ends?select=others(id)",
            400,
            {
                "code": "PGRST200",
                "message": "Could not find a relationship between 'ends' and 'others' in the schema cache",
                "details": "Searched for a foreign key relationship between 'ends' and 'others' in the schema "
                "'workshop', but no matches were found.",
                "hint": None,
            },
        ),
        (
            "clients?select=name,...projects(id.max())",
            400,
            {
                "code": "PGRST127",
                "message": "Feature not implemented",
                "details": "Aggregates are not implemented for one-to-many or many-to-many spreads.",
                "hint": None,
            },
        ),
    ],
)
def test_what_cannot_be_embedded_is_named(api: httpx.Client, path: str, status: int, problem: dict[str, Any]) -> None:
    response = api.get(f"/{path}")
    assert (response.status_code, response.json()) == (status, problem)


async def test_aggregates_are_off_unless_a_setting_allows_them(serving: Any) -> None:
    async with serving(db_aggregates_enabled="false") as api:
        for path in (
            "/tasks?select=projects(count())",
            "/tasks?select=hours.sum()",
            "/projects?select=name,tasks(hours.sum())",
            "/tasks?select=...projects(id.count())",
            "/projects?select=name,...tasks(hours.sum())",
            "/clients?select=name,...projects(name,...tasks(hours.sum()))",
        ):
            response = await api.get(path)
            assert (response.status_code, response.json()["code"]) == (400, "PGRST123")
        assert (await api.get("/clients?select=...projects(name)&id=eq.2")).json() == [{"name": ["Oven"]}]
