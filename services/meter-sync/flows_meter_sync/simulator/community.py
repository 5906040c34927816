"""Many meters at once: so many of a usual mixture, or those that a YAML file describes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from flows_meter_sync.simulator.config import PORT, Hardware, MeterConfig
from flows_meter_sync.simulator.errors import CommunityWrong

FIRST_ADDRESS = "127.1.0.1"
FIRST_SERIAL = 2_100_000_001
# Of ten meters: a home with one element, one with electric heating, some solar, and a landlord's three-phase supply.
Settings: TypeAlias = dict[str, Any]  # of a MeterConfig, by name
MIXTURE: tuple[Settings, ...] = (
    {},
    {"hardware": Hardware.C1W},
    {"nature": "solar"},
    {"hardware": Hardware.B1W},
    {"hardware": Hardware.C1W, "prepay": True},
    {},
    {"nature": "solar"},
    {"hardware": Hardware.C1W},
    {"prepay": True},
    {"hardware": Hardware.P1AX},
    {},
    {"hardware": Hardware.C1W},
    {"nature": "solar"},
    {"hardware": Hardware.B1W},
    {"hardware": Hardware.C1W, "prepay": True},
    {},
    {"nature": "solar"},
    {"hardware": Hardware.C1W},
    {"prepay": True},
    {"hardware": Hardware.P1CX, "intervals_a_block": 5, "interval_frame_bytes": 96},
)

_METER = TypeAdapter(MeterConfig)


class Community(BaseModel):
    """What a file says; an entry of `meters` with a `count` stands for so many, with serials that count up."""

    model_config = ConfigDict(extra="forbid")

    seed: int = 0
    address: IPv4Address = IPv4Address(FIRST_ADDRESS)
    port: int = Field(PORT, ge=0, le=65_535)
    one_address: bool = False
    defaults: Settings = {}
    meters: list[Settings] = Field(min_length=1)


def mixture(count: int, seed: int = 0, **common: Any) -> list[MeterConfig]:
    """So many meters of a usual mixture: homes, electric heating, solar, prepay, three-phase."""
    return [
        MeterConfig(f"EML{FIRST_SERIAL + number}", seed=seed, **MIXTURE[number % len(MIXTURE)], **common)
        for number in range(count)
    ]


def placed(
    configs: Iterable[MeterConfig], address: str = FIRST_ADDRESS, port: int = PORT, one_address: bool = False
) -> list[MeterConfig]:
    """Each at the next address and the same port, or at one address and the next port; port 0 is any free one."""
    first = IPv4Address(address)
    if one_address:
        return [replace(each, address=address, port=port and port + at) for at, each in enumerate(configs)]
    return [replace(each, address=str(first + at), port=port) for at, each in enumerate(configs)]


def exchanged(old: MeterConfig, serial: str, on: date) -> tuple[MeterConfig, MeterConfig]:
    """A meter, and the one that takes its place at midnight UTC: a new serial and new registers, the same home."""
    home = old.home or old.serial
    new = replace(old, serial=serial, home=home, installed_on=on, removed_on=None, first_wh=0, register_resets=())
    return replace(old, removed_on=on), new


def load(path: Path) -> list[MeterConfig]:
    """The meters of a YAML file, placed; `CommunityWrong` says what cannot be understood, and where."""
    import yaml  # of the extra, and this module is imported with every command

    try:
        community = Community.model_validate(yaml.safe_load(path.read_text()))
        configs = [_METER.validate_python(meter) for meter in _entries(community)]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise CommunityWrong(f"{path}: {_reason(error)}") from error
    if all("address" not in entry for entry in community.meters):
        return placed(configs, str(community.address), community.port, community.one_address)
    return configs


def _entries(community: Community) -> Iterator[Settings]:
    for entry in community.meters:
        meter = {"seed": community.seed, "port": community.port, **community.defaults, **entry}
        for number in range(int(meter.pop("count", 1))):
            yield {**meter, "serial": _plus(str(meter.get("serial", "")), number)}


def _plus(serial: str, number: int) -> str:
    """The serial that comes so many after this one."""
    if not number:
        return serial
    digits = serial[len(serial.rstrip("0123456789")) :]
    return f"{serial.removesuffix(digits)}{int(digits or 0) + number:0{len(digits)}}"


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}, not {first['input']!r:.80}"
