"""The kinds of writes: what each is asked with, and the write that this makes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from flows_meter_sync.emop.layout import NamedInt
from flows_meter_sync.emop.records import BacklightSetting, LoadSwitchSetting
from flows_meter_sync.emop.tariff import HIGHEST_RATE, FlatTariff
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
from flows_shared.db import JSON
from flows_shared.money import RATE_STEP

MOST_POUNDS = Decimal(10_000)

# The same amount is the same text, however many zeros it came with.
FIVE_DECIMALS = AfterValidator(lambda amount: amount.quantize(RATE_STEP))
Rate = Annotated[Decimal, Field(ge=0, le=HIGHEST_RATE, decimal_places=5), FIVE_DECIMALS]
Amount = Annotated[Decimal, Field(ge=0, le=MOST_POUNDS, decimal_places=5), FIVE_DECIMALS]


class Arguments(BaseModel, ABC):
    """What a kind of write is asked with, as JSON in the command's row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @abstractmethod
    def write(self) -> Write:
        """The write of these values."""


class TariffArguments(Arguments):
    """GBP: rates a kWh, the standing charge a day, the prepayment amounts."""

    unit_rate_a: Rate
    unit_rate_b: Rate
    standing_charge: Rate
    emergency_credit: Amount = Decimal(0)
    ecredit_availability: Amount = Decimal(0)
    debt_recovery_rate: Amount = Decimal(0)
    activation_at: AwareDatetime

    def write(self) -> TariffWrite:
        return TariffWrite(FlatTariff(**dict(self)))


class TokenArguments(Arguments):
    token: str = Field(pattern=r"^[0-9]{20}$")
    amount_pence: int | None = Field(None, gt=0, le=10_000_000)

    def write(self) -> TokenWrite:
        return TokenWrite(self.token, self.amount_pence)


class PrepayArguments(Arguments):
    enabled: bool

    def write(self) -> PrepayWrite:
        return PrepayWrite(self.enabled)


class DaylightSavingArguments(Arguments):
    enabled: bool

    def write(self) -> DaylightSavingWrite:
        return DaylightSavingWrite(self.enabled)


class ClockArguments(Arguments):
    """The time is ours, at the moment of sending."""

    def write(self) -> ClockWrite:
        return ClockWrite()


class BacklightArguments(Arguments):
    """`setting` as the shadow names it, such as `always_on_sp`."""

    setting: str

    def write(self) -> BacklightWrite:
        setting = 0 if self.setting in OFF.values() else _named(BacklightSetting, self.setting)
        return BacklightWrite(BacklightSetting(setting))


class LoadSwitchArguments(Arguments):
    """`setting` as the shadow names it, such as `no_button_credit_mode`."""

    setting: str

    def write(self) -> LoadSwitchWrite:
        return LoadSwitchWrite(LoadSwitchSetting(_named(LoadSwitchSetting, self.setting)))


KINDS: Final[Mapping[str, type[Arguments]]] = {
    "tariff": TariffArguments,
    "token": TokenArguments,
    "prepay": PrepayArguments,
    "clock": ClockArguments,
    "backlight": BacklightArguments,
    "load_switch": LoadSwitchArguments,
    "daylight_saving": DaylightSavingArguments,
}


def checked(kind: str, arguments: Mapping[str, Any]) -> dict[str, JSON]:
    """The arguments of a write as they are kept; `CommandInvalid` names the field that cannot be right."""
    given = _parsed(kind, arguments)
    given.write()
    values: dict[str, JSON] = given.model_dump(mode="json", exclude_none=True)
    return values


def write_of(kind: str, arguments: Mapping[str, Any]) -> Write:
    """The write that a command's row stands for."""
    return _parsed(kind, arguments).write()


def _parsed(kind: str, arguments: Mapping[str, Any]) -> Arguments:
    if kind not in KINDS:
        raise CommandInvalid(f"kind: {kind!r} is none of {', '.join(KINDS)}")
    try:
        return KINDS[kind].model_validate(arguments)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in error.errors()]
        raise CommandInvalid("; ".join(problems)) from None


def _named(settings: type[NamedInt], name: str) -> NamedInt:
    try:
        return settings.named(name)
    except KeyError:
        known = ", ".join([*(OFF.values() if settings is BacklightSetting else ()), *settings.names.values()])
        raise CommandInvalid(f"setting: {name!r} is none of {known}") from None
