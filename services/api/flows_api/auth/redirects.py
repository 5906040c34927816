"""Pages of others that links in mails may lead to: only those that a setting names."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Query

# What ends a host or begins what is not one, as browsers read addresses, is matched by no wildcard before the path.
IN_AUTHORITY: Final = {"**": r"[^/?\\@:]+", "*": r"[^./?\\@:]+", "?": r"[^./?\\@:]"}
IN_PATH: Final = {"**": r".*", "*": r"[^./?\\@:]*", "?": r"[^./?\\@:]"}
WILDCARD: Final = re.compile(r"(\*\*|\*|\?)")
STEP: Final = re.compile(r"[/\\](\.|%2e){1,2}([/\\]|$)", re.IGNORECASE)

RedirectTo = Annotated[
    str | None,
    Query(max_length=2_000, description="where the mail's link leads, if FLOWS_API_REDIRECT_URLS allows it"),
]


def allowed_redirect(url: str | None, allowed: Collection[str]) -> str | None:
    """The page itself, or none: then the link leads to the portal."""
    if not url or not url.isascii() or not url.isprintable() or " " in url:
        return None
    if not _plain(url):
        return None
    return url if any(_pattern(text).fullmatch(url) for text in allowed) else None


def _plain(url: str) -> bool:
    """That reads the same for everyone: a browser takes a backslash for a slash, and steps back for `..`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.scheme) and not {"#", "\\"} & set(url) and not STEP.search(parts.path)


@lru_cache
def _pattern(text: str) -> re.Pattern[str]:
    """`scheme://**` is any address of the scheme; otherwise wildcards stay on their side of the first slash."""
    start, separator, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    if not separator or rest == "**":
        return re.compile(_expression(text, IN_PATH))
    return re.compile(_expression(start + separator + authority, IN_AUTHORITY) + _expression(slash + path, IN_PATH))


def _expression(text: str, wildcards: dict[str, str]) -> str:
    return "".join(wildcards.get(part, re.escape(part)) for part in WILDCARD.split(text))
