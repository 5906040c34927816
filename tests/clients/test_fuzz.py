"""Requests made up from the OpenAPI document: whatever they say, the gateway answers and does not fail."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core.result import Ok

from clients.conftest import Served, log_in

EXAMPLES = 120
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def typed(path: str) -> bool:
    return not path.startswith("/rest/v1")


def data(path: str) -> bool:
    return path.startswith("/rest/v1")


@pytest.mark.timeout(100)
@pytest.mark.parametrize("part", [typed, data])
@pytest.mark.parametrize("who", ["ann@example.org", "admin@lab.example", None])
def test_no_request_makes_the_gateway_fail(gateway: Served, part: Callable[[str], bool], who: str | None) -> None:
    document = schemathesis.openapi.from_url(f"{gateway.url}/openapi.json")
    described = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    operations = [operation for operation in described if part(operation.path)]
    headers = {"apikey": gateway.anon}
    if who:
        headers["Authorization"] = f"Bearer {log_in(gateway.url, gateway.anon, who)['access_token']}"

    @BOUNDED
    @given(case=st.sampled_from(operations).flatmap(lambda operation: operation.as_strategy()))
    def fuzz(case: Case[Any]) -> None:
        if case.path == "/auth/v1/logout":
            return
        response = case.call(headers=headers, timeout=20)
        away = response.status_code == 503 and response.json()["code"] == "service.unavailable"
        assert response.status_code < 500 or away, (case.method, response.request.url, case.body, response.text)

    assert operations
    fuzz()
