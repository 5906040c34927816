"""JSON that nests so deep that only an attacker sends it is refused before the database runs out of its stack."""

import re
from itertools import accumulate
from typing import Final
from urllib.parse import unquote_to_bytes

from flows_api.rest.errors import BodyWrong, QueryStringWrong

DEEPEST: Final = 500
# One without an end reaches to the end of the text, so that no quote is looked at twice.
STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?', re.DOTALL)
STEPS: Final = {ord(bracket): step for bracket, step in (("[", 1), ("{", 1), ("]", -1), ("}", -1))}
OTHERS: Final = bytes(set(range(256)) - STEPS.keys())


def check_depth(query: bytes, body: bytes) -> None:
    """Of the body, and of the values in the query string."""
    if _nests_too_deep(body):
        raise BodyWrong(f"JSON may nest {DEEPEST} levels deep")
    if len(query) > DEEPEST and _nests_too_deep(unquote_to_bytes(query)):
        raise QueryStringWrong(f"JSON may nest {DEEPEST} levels deep")


def _nests_too_deep(text: bytes) -> bool:
    if text.count(b"[") + text.count(b"{") <= DEEPEST:
        return False
    brackets = STRING.sub(b"", text).translate(None, OTHERS)
    return max(accumulate(STEPS[bracket] for bracket in brackets), default=0) > DEEPEST
