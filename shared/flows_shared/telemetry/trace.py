"""The id that follows work from service to service: HTTP header, outbox column and field of every log line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from structlog.contextvars import bound_contextvars, get_contextvars

REQUEST_ID_HEADER = "X-Request-Id"
_ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def new_request_id() -> str:
    return uuid4().hex


def accept_request_id(given: str | None) -> str:
    """The caller's id where it is fit for logs and headers, else a new one."""
    return given if given and _ACCEPTED.fullmatch(given) else new_request_id()


def current_request_id() -> str | None:
    """The id of the work under way, if an edge bound one."""
    return get_contextvars().get("request_id")


@contextmanager
def bind_work(**ids: str | None) -> Iterator[None]:
    """Bind `request_id`, `job_id` and the like to everything logged, enqueued or called within."""
    with bound_contextvars(**{name: value for name, value in ids.items() if value is not None}):
        yield


def trace_headers() -> dict[str, str]:
    """Headers that hand the id on with a request to another service."""
    request_id = current_request_id()
    return {REQUEST_ID_HEADER: request_id} if request_id else {}
