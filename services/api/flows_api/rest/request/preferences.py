"""The `Prefer` header (RFC 7240): what was asked for, and which of it was heeded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, get_args

Count: TypeAlias = Literal["exact", "planned", "estimated"]
Return: TypeAlias = Literal["representation", "minimal", "headers-only"]
Resolution: TypeAlias = Literal["merge-duplicates", "ignore-duplicates"]
Missing: TypeAlias = Literal["default", "null"]
Handling: TypeAlias = Literal["strict", "lenient"]
Transaction: TypeAlias = Literal["commit", "rollback"]

CHOICES: Final = {
    "resolution": get_args(Resolution),
    "missing": get_args(Missing),
    "return": get_args(Return),
    "count": get_args(Count),
    "tx": get_args(Transaction),
    "handling": get_args(Handling),
}
FREE: Final = ("timezone", "max-affected")


@dataclass(frozen=True)
class Preferences:
    """The first of each kind counts; `invalid` are those that nothing here understands."""

    resolution: Resolution | None = None
    missing: Missing | None = None
    returned: Return | None = None
    count: Count | None = None
    tx: Transaction | None = None
    handling: Handling | None = None
    timezone: str | None = None
    max_affected: int | None = None
    invalid: tuple[str, ...] = ()

    @property
    def strict(self) -> bool:
        return self.handling == "strict"

    @property
    def counts_rows(self) -> bool:
        return self.count in ("exact", "estimated")

    def without(self, *names: str) -> "Preferences":
        if self is NO_PREFERENCES:
            return self
        return replace(self, **dict.fromkeys(names))  # type: ignore[arg-type]

    def applied(self) -> str:
        """The value of `Preference-Applied`; empty where nothing was."""
        if self is NO_PREFERENCES:
            return ""
        found = [
            f"{name}={value}"
            for name, value in (
                ("resolution", self.resolution),
                ("missing", self.missing),
                ("return", self.returned),
                ("count", self.count),
                ("tx", self.tx),
                ("handling", self.handling),
                ("timezone", self.timezone),
                ("max-affected", self.max_affected if self.strict else None),
            )
            if value is not None
        ]
        return ", ".join(found)


NO_PREFERENCES: Final = Preferences()


def parse_preferences(headers: Sequence[str], *, tx_allowed: bool) -> Preferences:
    """Which time zones there are is PostgreSQL's to say."""
    if not headers:
        return NO_PREFERENCES
    given = [item.strip() for header in headers for item in header.split(",")]
    found: dict[str, str] = {}
    invalid = []
    for item in given:
        name, _, value = item.partition("=")
        if value in CHOICES.get(name, ()) or (name in FREE and "=" in item):
            found.setdefault(name, value)
        else:
            invalid.append(item)
    return Preferences(
        resolution=found.get("resolution"),  # type: ignore[arg-type]
        missing=found.get("missing"),  # type: ignore[arg-type]
        returned=found.get("return"),  # type: ignore[arg-type]
        count=found.get("count"),  # type: ignore[arg-type]
        tx=found.get("tx") if tx_allowed else None,  # type: ignore[arg-type]
        handling=found.get("handling"),  # type: ignore[arg-type]
        timezone=found.get("timezone"),
        max_affected=_whole(found.get("max-affected")),
        invalid=tuple(invalid),
    )


def _whole(text: str | None) -> int | None:
    number = (text or "").strip()
    return int(number) if re.fullmatch("-?[0-9]{1,18}", number) else None
