"""Pages of others that links in mails may lead to: only those that a setting names."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Query

WILDCARDS: Final = {"**": ".*", "*": "[^./]*", "?": "[^./]"}
WILDCARD: Final = re.compile(r"(\*\*|\*|\?)")

RedirectTo = Annotated[
    str | None,
    Query(max_length=2_000, description="where the mail's link leads, if FLOWS_API_REDIRECT_URLS allows it"),
]


def allowed_redirect(url: str | None, allowed: Collection[str]) -> str | None:
    """The page itself, or none: then the link leads to the portal."""
    if not url or not url.isascii() or not url.isprintable() or " " in url:
        return None
    if not urlsplit(url).scheme or "#" in url:
        return None
    return url if any(_pattern(text).fullmatch(url) for text in allowed) else None


@lru_cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = WILDCARD.split(text)
    return re.compile("".join(WILDCARDS.get(part, re.escape(part)) for part in parts))
