"""Reads of and writes to meters: the gateway documents them, meter-sync keeps and does them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flows_shared.contracts.route import Answer, ItemRoute, Request, Route
from flows_shared.dates import Moment
from flows_shared.idempotency import IdempotencyKeyText
from flows_shared.money import RATE_STEP
from flows_shared.numbers import PLAIN

HIGHEST_RATE: Final = 1
MOST_POUNDS: Final = 10_000
MOST_PENCE: Final = 10_000_000

# The same amount is the same text, however many zeros it came with.
FIVE_DECIMALS = AfterValidator(lambda amount: amount.quantize(RATE_STEP))
Rate = Annotated[Decimal, PLAIN, Field(ge=0, le=HIGHEST_RATE, decimal_places=5), FIVE_DECIMALS]
Amount = Annotated[Decimal, PLAIN, Field(ge=0, le=MOST_POUNDS, decimal_places=5), FIVE_DECIMALS]


class Arguments(BaseModel):
    """Of one kind of write; as JSON they stand in the command's row."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TariffArguments(Arguments):
    """A flat-rate future tariff. GBP: rates a kWh, the standing charge a day, the prepayment amounts."""

    unit_rate_a: Rate = Field(examples=["0.21080"])
    unit_rate_b: Rate = Field(examples=["0.21080"])
    standing_charge: Rate = Field(examples=["0.42944"])
    emergency_credit: Amount = Decimal(0)
    ecredit_availability: Amount = Decimal(0)
    debt_recovery_rate: Amount = Decimal(0)
    activation_at: Moment = Field(description="when the meter changes to it", examples=["2027-01-01T00:00:00Z"])


class TokenArguments(Arguments):
    """A top-up token."""

    token: str = Field(pattern=r"^[0-9]{20}$", examples=["00010000000112345678"])
    amount_pence: Annotated[int, PLAIN] | None = Field(
        None, gt=0, le=MOST_PENCE, description="what it is worth: tells it from another payment"
    )


class PrepayArguments(Arguments):
    """Prepay mode on or off."""

    enabled: bool


class DaylightSavingArguments(Arguments):
    """Whether the meter itself moves to summer time."""

    enabled: bool


class ClockArguments(Arguments):
    """Nothing: the time is ours, at the moment of sending."""


class BacklightArguments(Arguments):
    """The display's light, as the shadow names it."""

    setting: str = Field(examples=["always_on_sp"])


class LoadSwitchArguments(Arguments):
    """When the customer has to press the supply button, as the shadow names it."""

    setting: str = Field(examples=["no_button_credit_mode"])


ARGUMENTS: Final[Mapping[str, type[Arguments]]] = {
    "tariff": TariffArguments,
    "token": TokenArguments,
    "prepay": PrepayArguments,
    "clock": ClockArguments,
    "backlight": BacklightArguments,
    "load_switch": LoadSwitchArguments,
    "daylight_saving": DaylightSavingArguments,
}


class CommandRequest(Request):
    """A write to a meter; the same key asks for the same command."""

    kind: str
    arguments: dict[str, Any]
    idempotency_key: IdempotencyKeyText


class CommandAccepted(Answer):
    """The command; its row says how it goes."""

    command_id: UUID


Metric = Annotated[str, Field(pattern=r"^\w{1,64}$", examples=["SyncerReads"])]


class SyncRequest(Request):
    model_config = ConfigDict(json_schema_extra={"examples": [{"metrics": ["SyncerReads"]}]})

    metrics: list[Metric] | None = Field(None, min_length=1, max_length=100, description="all enabled ones when null")


class SyncAccepted(Answer):
    """The read is queued; GET the same path for how it went."""

    meter_id: UUID
    job_id: UUID


SYNC_METER = ItemRoute(str, Route("POST", "/internal/meters/{serial}/sync", SyncRequest, SyncAccepted, status=202))
WRITE_TO_METER = ItemRoute(
    str, Route("POST", "/internal/meters/{serial}/commands", CommandRequest, CommandAccepted, status=202)
)
