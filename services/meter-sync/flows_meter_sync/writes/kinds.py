"""From what was asked to the write that it stands for."""

from collections.abc import Mapping
from typing import Any, TypeVar, assert_never

from pydantic import ValidationError

from flows_meter_sync.emop.layout import NamedInt
from flows_meter_sync.emop.records import BacklightSetting, LoadSwitchSetting
from flows_meter_sync.emop.tariff import FlatTariff
from flows_meter_sync.errors import CommandInvalid
from flows_meter_sync.syncers.backlight import OFF
from flows_meter_sync.writes.clock import ClockWrite
from flows_meter_sync.writes.settings import (
    BacklightWrite,
    DaylightSavingWrite,
    LoadSwitchWrite,
    PrepayWrite,
    TariffWrite,
)
from flows_meter_sync.writes.token import TokenWrite
from flows_meter_sync.writes.write import Write
from flows_shared.contracts import meters as contract
from flows_shared.db import JSON
from flows_shared.vocabulary.meters import WriteKind

N = TypeVar("N", bound=NamedInt)


def checked(kind: str, arguments: Mapping[str, Any]) -> dict[str, JSON]:
    """The arguments of a write as they are kept; `CommandInvalid` names the field that cannot be right."""
    given = _parsed(kind, arguments)
    _write(given)
    values: dict[str, JSON] = given.model_dump(mode="json", exclude_none=True)
    return values


def write_of(kind: str, arguments: Mapping[str, Any]) -> Write:
    """The write that a command's row stands for."""
    return _write(_parsed(kind, arguments))


def _write(given: contract.Given) -> Write:
    match given:
        case contract.TariffArguments():
            return TariffWrite(FlatTariff(**dict(given)))
        case contract.TokenArguments():
            return TokenWrite(given.token, given.amount_pence)
        case contract.PrepayArguments():
            return PrepayWrite(given.enabled)
        case contract.DaylightSavingArguments():
            return DaylightSavingWrite(given.enabled)
        case contract.BacklightArguments():
            off = given.setting in OFF.values()
            return BacklightWrite(BacklightSetting(0) if off else _named(BacklightSetting, given.setting))
        case contract.LoadSwitchArguments():
            return LoadSwitchWrite(_named(LoadSwitchSetting, given.setting))
        case contract.ClockArguments():
            return ClockWrite()
        case _:
            assert_never(given)


def _parsed(kind: str, arguments: Mapping[str, Any]) -> contract.Given:
    setting = next((setting for known, setting in contract.SETTINGS.items() if known == kind), None)
    if setting is None:
        raise CommandInvalid(f"kind: {kind!r} is none of {', '.join(WriteKind)}")
    try:
        return setting.arguments.model_validate(arguments)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in error.errors()]
        raise CommandInvalid("; ".join(problems)) from None


def _named(settings: type[N], name: str) -> N:
    try:
        return settings.named(name)
    except KeyError:
        known = ", ".join([*(OFF.values() if settings is BacklightSetting else ()), *settings.names.values()])
        raise CommandInvalid(f"setting: {name!r} is none of {known}") from None
