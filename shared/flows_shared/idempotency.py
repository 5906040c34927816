"""Idempotency keys: a key stands for one whole request, of one caller; asked again with it, another one is refused."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Field

IdempotencyKeyText: TypeAlias = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]+$")]


def differing(first: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """The names of what is not the same in two requests, as JSON has them."""
    return sorted(name for name in first.keys() | again.keys() if first.get(name) != again.get(name))


def say_taken(key: str, first: Mapping[str, Any], again: Mapping[str, Any]) -> str:
    """As in `the idempotency key 'till-17' stands for another request: amount_pence, payment differ`."""
    names = ", ".join(differing(first, again))
    return f"the idempotency key {key!r} stands for another request: another {names}"
