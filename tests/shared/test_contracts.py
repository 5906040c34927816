"""What services ask each other is declared once."""

import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import flows_api
import flows_billing
import flows_meter_sync
import flows_notify
import flows_shared
from flows_shared import contracts
from flows_shared.contracts import jobs
from flows_shared.contracts.job import Handler, Job
from flows_shared.contracts.route import ItemRoute, Route

PACKAGES = (flows_shared, flows_api, flows_billing, flows_meter_sync, flows_notify)
SERVICES = (flows_billing, flows_meter_sync, flows_notify)
SCHEMA = Path(flows_shared.__path__[0]) / "schema"
INTO_OUTBOX = "INSERT INTO flows.outbox"
ENQUEUED = re.compile(
    rf"{INTO_OUTBOX} \(service, job, arguments, key\)\s+VALUES \('([\w-]+)', '(\w+)', jsonb_build_array\(([^()]*)\)"
)
# A pair of names and types says little.
FEWEST_FIELDS = 3


def modules(package: Any) -> Iterator[Any]:
    yield package
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in module.name:
            yield import_module(module.name)


def declared_routes() -> dict[tuple[str, str], Route[Any, Any]]:
    found = [value for module in modules(contracts) for value in vars(module).values()]
    routes = [value.each if isinstance(value, ItemRoute) else value for value in found]
    return {(route.method, route.path): route for route in routes if isinstance(route, Route)}


def internal_routes(routes: Iterable[Any]) -> Iterator[tuple[str, APIRoute]]:
    for route in routes:
        if isinstance(route, APIRoute) and route.path.startswith("/internal"):
            yield from ((method, route) for method in route.methods or ())
        elif included := getattr(route, "original_router", None):
            yield from internal_routes(included.routes)


@pytest.fixture
def served(settings_env: None) -> dict[tuple[str, str], APIRoute]:
    apps = [import_module(f"{service.__name__}.app").create_app() for service in SERVICES]
    routes = [served for app in apps for served in internal_routes(app.routes)]
    return {(method, route.path): route for method, route in routes}


def test_every_internal_route_has_a_contract_and_every_contract_a_route(
    served: dict[tuple[str, str], APIRoute],
) -> None:
    assert served.keys() == declared_routes().keys()


def test_internal_routes_take_and_answer_what_their_contracts_say(served: dict[tuple[str, str], APIRoute]) -> None:
    for place, route in declared_routes().items():
        handler = served[place]
        [body] = [param.field_info.annotation for param in handler.dependant.body_params]
        answer = None if route.answer is bytes else route.answer
        assert (body, handler.response_model, handler.status_code) == (route.request, answer, route.status), place


@pytest.fixture
def handled(settings_env: None) -> dict[tuple[str, str], Handler[Any]]:
    workers = [import_module(f"{service.__name__}.jobs").create_worker() for service in SERVICES]
    return {(worker.service, handler.job): handler for worker in workers for handler in worker.jobs}


def test_every_job_has_a_contract_and_every_contract_a_worker(handled: dict[tuple[str, str], Handler[Any]]) -> None:
    assert handled.keys() == {(job.service, job.name) for job in vars(jobs).values() if isinstance(job, Job)}


def test_jobs_are_called_by_their_contracts_alone() -> None:
    for folder in (*(Path(package.__path__[0]) for package in PACKAGES), Path("deploy/local/flows_local")):
        for file in folder.rglob("*.py"):
            text = file.read_text()
            if "contracts" not in file.parts and "from flows_shared.contracts.job import" in text:
                assert not re.search(r"\b(Call|Job|Handler)(\[.*\])?\(", text), file


def test_sql_enqueues_jobs_that_there_are_with_the_arguments_that_they_take(
    handled: dict[tuple[str, str], Handler[Any]],
) -> None:
    called = [call for file in SCHEMA.rglob("*.sql") for call in ENQUEUED.findall(file.read_text())]
    assert len(called) == sum(file.read_text().count(INTO_OUTBOX) for file in SCHEMA.rglob("*.sql"))
    for service, job, arguments in called:
        _worker, *parameters = signature(handled[service, job].work).parameters
        assert len(arguments.split(",")) == len(parameters), job


def test_no_two_packages_have_a_class_with_the_same_fields() -> None:
    alike = defaultdict(set)
    for package in PACKAGES:
        for module in modules(package):
            for kind in vars(module).values():
                if isinstance(kind, type) and kind.__module__ == module.__name__ and len(shape(kind)) >= FEWEST_FIELDS:
                    alike[shape(kind)].add(kind)
    assert [kinds for kinds in alike.values() if declared_twice(kinds)] == []


def declared_twice(kinds: set[type]) -> bool:
    """A class that narrows another one is no second declaration."""
    own = {kind for kind in kinds if not any(issubclass(kind, other) for other in kinds - {kind})}
    return len({kind.__module__.split(".")[0] for kind in own}) > 1


def shape(kind: type) -> frozenset[tuple[str, str]]:
    """Names and types; a list is as good as a tuple."""
    if issubclass(kind, BaseModel):
        return frozenset((name, spelled(field)) for name, field in kind.model_fields.items())
    if is_dataclass(kind):
        return frozenset((field.name, spelled(field.type)) for field in fields(kind))
    return frozenset()


def spelled(annotation: Any) -> str:
    kind = annotation.annotation if isinstance(annotation, FieldInfo) else annotation
    text = kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)
    return text.replace("tuple[", "list[").replace(", ...]", "]")
