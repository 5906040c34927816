"""Every setting with its default and its meaning, for `flows settings` and docs/settings.md."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import entry_points
from typing import Final, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from flows_shared.settings import ServiceSettings, variable

MUST_BE_SET: Final = "must be set"
UNSET: Final = "unset"
NO_VALUES: Final = (MUST_BE_SET, UNSET, "")
STAR: Final = "\\*"
HEADING: Final = """# Settings

Environment variables, or `flows settings SERVICE` on the command line. Written by `make settings`; the sources are the
`settings.py` of each package. A list is separated by commas, a pair is `name=meaning`, a rate is `12000/min`.
"""


@dataclass(frozen=True)
class DocumentedSetting:
    variable: str
    default: str
    meaning: str


def installed_settings() -> dict[str, type[BaseSettings]]:
    """By the name that `flows settings` takes."""
    found = sorted(entry_points(group="flows.settings"), key=lambda entry: entry.name)
    return {entry.name: entry.load() for entry in found}


def settings_of(cls: type[BaseSettings]) -> list[DocumentedSetting]:
    return [
        DocumentedSetting(variable(name), _default(field), _meaning(field)) for name, field in cls.model_fields.items()
    ]


def settings_listing(settings: Sequence[DocumentedSetting]) -> str:
    """For a terminal."""
    return "\n".join(f"{_assigned(setting)}\n    {setting.meaning}" for setting in settings)


def settings_page(classes: Mapping[str, type[BaseSettings]]) -> str:
    """As Markdown: what every service reads, then of each what no section before it said the same."""
    said: set[DocumentedSetting] = set()
    parts = [HEADING]
    titled: dict[str, type[BaseSettings]] = {"every service": ServiceSettings, **classes}
    for title, cls in titled.items():
        own = [setting for setting in settings_of(cls) if setting not in said]
        parts.append("\n".join([f"## {title}\n", f"{cls.__doc__}\n", *_table(own), ""]))
        said.update(own)
    return "\n".join(parts)


def _table(settings: Sequence[DocumentedSetting]) -> Iterator[str]:
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for setting in settings:
        default = setting.default if setting.default in NO_VALUES else f"`{setting.default}`"
        yield f"| `{setting.variable}` | {default or 'none'} | {setting.meaning.replace('*', STAR)} |"


def _assigned(setting: DocumentedSetting) -> str:
    has_no_value = setting.default in NO_VALUES
    return (
        f"{setting.variable} ({setting.default or 'none'})" if has_no_value else f"{setting.variable}={setting.default}"
    )


def _meaning(field: FieldInfo) -> str:
    """With the values that it may have, where its description does not name them."""
    meaning, annotation = field.description or "", field.annotation
    choices = [str(choice) for choice in get_args(annotation)] if get_origin(annotation) is Literal else []
    return meaning if all(choice in meaning for choice in choices) else f"{meaning}: {', '.join(choices)}"


def _default(field: FieldInfo) -> str:
    """As one would write it. What is computed at the start is told by its meaning."""
    if field.is_required():
        return MUST_BE_SET
    return UNSET if field.default_factory or field.default is None else _written(field.default)


def _written(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case dict():
            return ",".join(f"{name}={_written(meaning)}" for name, meaning in value.items())
        case tuple():
            return ",".join(map(_written, value))
        case _:
            return str(value)
