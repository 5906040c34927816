"""Media types: what a client accepts or sends, and what is answered."""

import re
from dataclasses import dataclass, field
from typing import Final

NAME: Final = re.compile(r"([A-Za-z0-9.*]+)/([A-Za-z0-9.*+-]+)")
PARAMETER: Final = re.compile(r'\s*;\s*([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"|([A-Za-z0-9|-]+))')
QUALITY: Final = re.compile(r";\s*q\s*=\s*([0-9.]+)")  # no space before it: each would be the start of another try
PLAN_OPTIONS: Final = ("analyze", "verbose", "settings", "buffers", "wal")


@dataclass(frozen=True)
class MediaType:
    """`mime` as it is shown; `stripped` leaves out what is null; a plan is that of another media type."""

    mime: str
    known: bool = field(default=True, compare=False)
    stripped: bool = False
    plan_of: "MediaType | None" = None
    options: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """Ours are text; what else a handler makes says itself what it is."""
        return f"{self.mime}; charset=utf-8" if self.known and self != OCTETS else self.mime

    @property
    def is_json_plan(self) -> bool:
        return self.plan_of is not None and self.mime.startswith("application/vnd.pgrst.plan+json")


JSON: Final = MediaType("application/json")
GEO_JSON: Final = MediaType("application/geo+json")
CSV: Final = MediaType("text/csv")
TEXT: Final = MediaType("text/plain")
XML: Final = MediaType("text/xml")
OPENAPI: Final = MediaType("application/openapi+json")
FORM: Final = MediaType("application/x-www-form-urlencoded")
OCTETS: Final = MediaType("application/octet-stream")
ANY: Final = MediaType("*/*")
OBJECT: Final = MediaType("application/vnd.pgrst.object+json")
OBJECT_STRIPPED: Final = MediaType("application/vnd.pgrst.object+json;nulls=stripped", stripped=True)
ARRAY_STRIPPED: Final = MediaType("application/vnd.pgrst.array+json;nulls=stripped", stripped=True)

BY_NAME: Final = {media.mime: media for media in (JSON, GEO_JSON, CSV, TEXT, XML, OPENAPI, FORM, OCTETS, ANY)}


def parse_media_type(text: str) -> MediaType:
    found = NAME.match(text)
    name = found[0].lower() if found else ""
    parameters = _parameters(text, found.end()) if found else {}
    stripped = parameters.get("nulls") == "stripped"
    if name in BY_NAME:
        return BY_NAME[name]
    if name in ("application/vnd.pgrst.object+json", "application/vnd.pgrst.object"):
        return OBJECT_STRIPPED if stripped else OBJECT
    if name in ("application/vnd.pgrst.array+json", "application/vnd.pgrst.array"):
        return ARRAY_STRIPPED if stripped else JSON
    if name.removesuffix("+text").removesuffix("+json") == "application/vnd.pgrst.plan":
        return _plan(name, parameters)
    return MediaType(text, known=False)


def parse_accept(header: str | None) -> tuple[MediaType, ...]:
    """In the order of the client's wishes: by quality, then the more exact ones, then as they stand."""
    if not header:
        return (ANY,)
    wishes = [_quality(item) for item in _split(header)]
    wishes.sort(key=lambda wish: (-wish[1], wish[0].count("*") - wish[0].count(";")))
    return tuple(parse_media_type(name) for name, _ in wishes) or (ANY,)


def _plan(name: str, parameters: dict[str, str]) -> MediaType:
    of = parse_media_type(parameters.get("for", JSON.mime))
    asked = parameters.get("options", "").split("|")
    options = tuple(option for option in PLAN_OPTIONS if option in asked)
    shown = "json" if name.endswith("+json") else "text"
    tail = f"; options={'|'.join(options)}" if options else ""
    return MediaType(f'application/vnd.pgrst.plan+{shown}; for="{of.mime}"{tail}', plan_of=of, options=options)


def _parameters(text: str, start: int) -> dict[str, str]:
    found: dict[str, str] = {}
    while match := PARAMETER.match(text, start):
        found[match[1].lower()] = match[2] if match[2] is not None else match[3]
        start = match.end()
    return found


def _split(header: str) -> list[str]:
    """By the commas that are not in quotes."""
    return [item.strip() for item in re.findall(r'(?:[^,"]|"[^"]*"|")+', header) if item.strip()]


def _quality(item: str) -> tuple[str, float]:
    found = QUALITY.search(item)
    if not found:
        return item, 1.0
    try:
        quality = float(found[1])
    except ValueError:
        quality = 0.0
    return item[: found.start()].rstrip() + item[found.end() :], quality
