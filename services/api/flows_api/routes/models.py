"""What errors look like under /v1."""

from typing import Any

from pydantic import BaseModel, Field

from flows_shared.db import JSON


class Problem(BaseModel):
    """`code` is for machines and stays; `message` is a sentence for a person."""

    code: str = Field(examples=["auth.token_expired"])
    message: str = Field(examples=["the token has expired"])


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Documents the statuses with which a route may refuse, besides those that all of them share."""
    return {status: {"model": Problem} for status in (401, 403, *statuses, 422)}


def example(value: JSON) -> dict[str, Any]:
    """Documents a model by one example."""
    return {"examples": [value]}
