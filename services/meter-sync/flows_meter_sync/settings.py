"""What the meter-sync service is told from outside."""

from decimal import Decimal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from flows_meter_sync.counter import METER_AMPERES
from flows_meter_sync.estimation.methods import Method
from flows_meter_sync.networks import PRIVATE, parse_networks
from flows_shared.settings import DatabaseSettings, LogSettings, ServiceSettings


class GatewaySettings(LogSettings):
    """How `flows meter` reaches the gateway, and as whom: with a token, or with a login."""

    gateway_url: str = Field("http://127.0.0.1:8000", description="the gateway")
    gateway_token: SecretStr | None = Field(None, description="a token; without one, the login")
    gateway_email: str | None = Field(None, description="address of the login")
    gateway_password: SecretStr | None = Field(None, description="password of the login")
    gateway_timeout_seconds: float = Field(30.0, gt=0, description="the gateway may take so long to answer")


class SupplySettings(DatabaseSettings):
    """What can pass through a meter: nothing above it is taken as energy."""

    readings_meter_amperes: int = Field(
        METER_AMPERES, ge=1, le=10_000, description="what a meter carries a phase, where no fuse is known"
    )


class SyncSettings(SupplySettings):
    """How meters are talked to, and how what they say is stored."""

    meter_sync_networks: str = Field(
        PRIVATE, description="networks that meters may be in; an address outside is not talked to"
    )
    meter_sync_concurrency: int = Field(
        50,
        ge=1,
        le=10_000,
        description="meters talked to at the same time, per process, besides those that rest between two connections;"
        " and half as many that were away",
    )
    meter_sync_pace_seconds: float = Field(
        2.0, ge=0, description="pause before another connection to the same meter, which may refuse one right after"
    )
    meter_sync_connect_timeout_seconds: float = Field(10.0, gt=0, description="a meter that takes longer is away")
    meter_sync_away_timeout_seconds: float = Field(
        3.0, gt=0, description="the same for a meter that was away the last time, which has one try"
    )
    meter_sync_read_timeout_seconds: float = Field(10.0, gt=0, description="time for the answer to a request")
    meter_sync_attempts: int = Field(5, ge=1, le=100, description="tries of a request, and of a meter that is away")
    meter_sync_keep_open: bool = Field(
        True, description="ask again on the same connection; a meter that closes it gets a connection a request"
    )
    meter_sync_identity_seconds: float = Field(
        90_000.0, ge=0, description="a meter is believed to be who it said for so long, but where bills are made of it"
    )
    meter_sync_profile_days: int = Field(
        62, ge=1, le=1100, description="half hours missing in so many days are asked for; older ones are given up"
    )
    meter_sync_missing_tries: int = Field(
        5, ge=1, le=1100, description="half hours that a meter has no reading of are asked for so often by the clock"
    )
    meter_sync_visit_seconds: float = Field(
        600, gt=0, description="half hours are read for so long at once; the rest is read the next time"
    )
    meter_sync_lease_seconds: float = Field(
        15.0, ge=1, description="a meter whose worker was silent for so long is free for another"
    )
    meter_sync_lease_wait_seconds: float = Field(
        60.0, gt=0, description="a write waits this long for a meter that is being read"
    )
    meter_sync_flush_seconds: float = Field(0.25, gt=0, description="what was read is stored this often")
    meter_sync_flush_rows: int = Field(20_000, ge=1, description="and as soon as so many rows wait")

    @field_validator("meter_sync_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        parse_networks(text)
        return text

    @property
    def own_ports(self) -> frozenset[int]:
        """Of the servers behind Flows: a meter's address shall not lead there."""
        return frozenset({urlsplit(self.database_url.get_secret_value()).port or 5432})


class ReadingsSettings(SupplySettings):
    """When half hours look wrong, and what is done about those that are missing."""

    readings_estimate_after_days: int = Field(
        3, ge=1, le=366, description="half hours missing for so many days are estimated, until the reading comes"
    )
    readings_estimate_method: Method = Field(
        Method.AUTO, description="weekday_profile, linear, weekday_average, or the best that what is known allows"
    )
    readings_check_days: int = Field(3, ge=1, le=366, description="days that are checked anew every day")
    readings_spike_factor: int = Field(5, ge=2, description="so many times the most of the weeks before is a spike")
    readings_spike_least_kwh: Decimal = Field(Decimal(2), ge=0, description="in half an hour; less is no spike")
    readings_sum_tolerance_kwh: Decimal = Field(
        Decimal("0.010"), ge=0, description="by so much half hours may differ from the register's advance"
    )


class MeterSyncSettings(SyncSettings, ReadingsSettings, ServiceSettings):
    """The app and the workers of meter-sync."""

    @property
    def own_ports(self) -> frozenset[int]:
        return super().own_ports | {urlsplit(self.redis_url.get_secret_value()).port or 6379}

    meter_sync_slice: int = Field(200, ge=1, le=10_000, description="meters in one job")
    meter_sync_command_tries: int = Field(
        20, ge=1, le=50, description="tries of a write to a meter before it counts as failed"
    )
    meter_sync_command_retry_seconds: float = Field(
        30.0, ge=0, description="pause after a write's first try, doubled after each one up to an hour"
    )
    meter_sync_clock_drift_seconds: int = Field(20, ge=1, description="a clock that is off by more is corrected daily")
    meter_sync_source_overlap_days: int = Field(
        3, ge=0, le=366, description="days of half hours held that a passive meter's source is asked for again"
    )
    meter_sync_measure_seconds: float = Field(30.0, gt=0, description="the fleet's state is counted this often")
