"""A job: whose worker does it, under which name it waits in `flows.outbox`, and with which arguments."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Call:
    """A job with its arguments, as it is enqueued."""

    service: str
    job: str
    arguments: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Handler(Generic[W]):
    """A job, and what a worker does for it."""

    job: str
    work: Callable[Concatenate[W, ...], Awaitable[None]]


@dataclass(frozen=True)
class Job(Generic[P]):
    """`SEND_INVOICES = Job[[list[str]]]("notify", "send_invoices")`, and `SEND_INVOICES(ids)` is what is enqueued.

    Its arguments are JSON, by position: ids and days as text, as SQL writes them too.
    """

    service: str
    name: str

    def __call__(self, *arguments: P.args, **_named: P.kwargs) -> Call:
        return Call(self.service, self.name, arguments)

    def done_by(self, work: Callable[Concatenate[W, P], Awaitable[None]]) -> Handler[W]:
        return Handler(self.name, work)
