"""The root of every error that Flows raises on purpose, and the kinds that an edge answers in the same way."""

from typing import Final

SAID: Final = 500  # characters


class FlowsError(Exception):
    """`code` is for machines and stays; `str(error)` is the sentence for a person."""

    code = "flows"


class NotFoundError(FlowsError):
    """What was asked for is not there (or not for the one who asks)."""

    code = "not_found"


class ConflictError(FlowsError):
    """It is there already, or in a state that does not allow this."""

    code = "conflict"


class InvalidError(FlowsError):
    """What was sent is understood but cannot be right."""

    code = "invalid"


class ForbiddenError(FlowsError):
    """Known, but not allowed."""

    code = "forbidden"


class UnavailableError(FlowsError):
    """Something that this needs does not answer now; later may work."""

    code = "unavailable"


def say_error(error: Exception) -> str:
    """One line; what PostgreSQL adds to its own shows whole rows."""
    said = str(error).partition("\n")[0].replace("\0", "")
    return f"{type(error).__name__}: {said}"[:SAID]
