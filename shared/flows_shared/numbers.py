"""Numbers that come as text: ASCII digits, with a minus before them and a point within.

Python and its libraries read more: `1_0` as 10, digits of any script, spaces around, `+5`, `1e3`, `nan`. None of these
is what a person who typed a number meant, or would see it as.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeVar

from pydantic import BeforeValidator
from typer import BadParameter

T = TypeVar("T")
N = TypeVar("N", int, float)

NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


def plain(given: T) -> T:
    """What is no text is left as it is; of text that is no such number a `ValueError`."""
    if isinstance(given, str) and not NUMBER.fullmatch(given):
        raise ValueError(f"'{given[:50]}' is no number such as 12 or 12.5")
    return given


def decimal(text: str) -> Decimal:
    """A `ValueError` where it is no number."""
    return Decimal(plain(text))


def whole(text: str, base: int = 10) -> int:
    """Not negative, in digits or in hex; a `ValueError` where it is no such number."""
    if not re.fullmatch("[0-9]+" if base == 10 else "[0-9a-fA-F]+", text):
        raise ValueError(f"'{text[:50]}' is no whole number")
    return int(text, base)


PLAIN: Final = BeforeValidator(plain)
"""For fields of requests, which may come as JSON's numbers or as text."""


def whole_option(least: int | None = None, most: int | None = None) -> Callable[[str], int]:
    """The `parser` of an option or argument of the command line: within these limits, which count."""

    def number(text: str) -> int:
        return _within(int(_of_option(text, "integer")), least, most)

    return number


def number_option(least: float | None = None) -> Callable[[str], float]:
    """The same of what need not be whole."""

    def number(text: str) -> float:
        return _within(float(_of_option(text, "number")), least, None)

    return number


def _of_option(text: str, kind: str) -> str:
    """A default may be a number already."""
    if isinstance(text, str) and (not NUMBER.fullmatch(text) or (kind == "integer" and "." in text)):
        raise BadParameter(f"Input should be a valid {kind}, not '{text[:50]}'")
    return text


def _within(number: N, least: N | None, most: N | None) -> N:
    if least is not None and number < least:
        raise BadParameter(f"Input should be greater than or equal to {least}")
    if most is not None and number > most:
        raise BadParameter(f"Input should be less than or equal to {most}")
    return number
