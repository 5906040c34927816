"""A route between services: what is sent to which path, and what comes back."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

Asked = TypeVar("Asked", bound=BaseModel)
Answered = TypeVar("Answered")
Key = TypeVar("Key", str, UUID)

PLACE: Final = re.compile(r"\{\w+\}")


class Request(BaseModel):
    """What a service is asked with."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What a service says."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True)
class Route(Generic[Asked, Answered]):
    """The service declares it by `serve`, its callers call it: `await billing.call(PREVIEW, PreviewRequest(...))`.

    An answer of `bytes` is a file.
    """

    method: str
    path: str
    request: type[Asked]
    answer: type[Answered]
    status: int = 200

    def read(self, content: bytes) -> Answered:
        kind: Any = self.answer
        answer: Answered = _reader(kind).validate_json(content)
        return answer


@dataclass(frozen=True, slots=True)
class ItemRoute(Generic[Key, Asked, Answered]):
    """A route of each item, whose key has a place in the path: `SYNC.of(serial)` is that of one."""

    key: type[Key]
    each: Route[Asked, Answered]

    def of(self, key: Key) -> Route[Asked, Answered]:
        return replace(self.each, path=PLACE.sub(quote(str(key), safe=""), self.each.path))


@cache
def _reader(answer: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer)
