"""What becomes of an account in a billing run, other than a bill."""

from dataclasses import dataclass

from flows_shared.errors import say_error
from flows_shared.vocabulary.billing import Outcome


@dataclass(frozen=True, slots=True)
class NotBilled:
    """`reason` is a machine's code and stays; `details` says it to a person."""

    outcome: Outcome
    reason: str
    details: str


def skipped(reason: str, details: str) -> NotBilled:
    """There is nothing to bill, and that is right."""
    return NotBilled(Outcome.SKIPPED, reason, details)


def failed(reason: str, details: str) -> NotBilled:
    """There should be a bill; once the cause is gone, the month asked again makes it."""
    return NotBilled(Outcome.FAILED, reason, details)


def data_invalid(step: str, error: Exception) -> NotBilled:
    """Whatever an account's data did, said to a person."""
    return failed("data_invalid", f"{step}: {say_error(error)}")
