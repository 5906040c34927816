"""Defaults of columns as JSON, where they are values and not made anew for each row."""

import json
import re
from typing import Any, Final, NoReturn, TypeAlias

Document: TypeAlias = dict[str, Any]

TEXT: Final = re.compile(r"'((?:[^'\\]|'')*)'(?:::[^']+)?")
NUMBERS: Final = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


def default_schema(type_: str, default: str) -> Document:
    """`default` is an expression as PostgreSQL writes it. What is computed has no value that could be told."""
    text = TEXT.fullmatch(default)
    value = text[1].replace("''", "'") if text else default
    try:
        if type_ in NUMBERS or (type_ == "boolean" and not text):
            return {"default": _plain(value)}
        if type_ in ("json", "jsonb") and text:
            return {"default": json.loads(value)}
    except ValueError:
        return {}
    if type_ == "boolean" or type_.endswith("[]"):
        return {"default": []} if text and value == "{}" else {}
    return {"default": value} if text else {}


def _plain(text: str) -> object:
    """A number or a truth."""
    value = json.loads(text.strip("()"), parse_constant=_refuse)
    if not isinstance(value, (int, float, bool)):
        raise ValueError(text)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"JSON has no {constant}")
