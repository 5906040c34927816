"""Settings of the gateway."""

import re
from collections.abc import Collection
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_core.core_schema import ValidationInfo
from pydantic_settings import NoDecode

from flows_api.rates.rate import Rate
from flows_api.rest.options import RestOptions
from flows_api.rest.settings import Names, RestSettings, Timeouts, read_pairs
from flows_shared.settings import ServiceSettings
from flows_shared.tokens import KeyRing, parse_keys, secrets_ring


def _meaning(aliases: dict[str, str], known: Collection[str], kind: str) -> dict[str, str]:
    for meaning in aliases.values():
        if meaning not in known:
            raise ValueError(f"{meaning!r} is no {kind}: {', '.join(known)}")
    return aliases


def _rate(value: object) -> object:
    return Rate.parse(value) if isinstance(value, str) else value


Aliases: TypeAlias = Annotated[dict[str, str], NoDecode, BeforeValidator(read_pairs)]
RateLimit: TypeAlias = Annotated[Rate | None, NoDecode, BeforeValidator(_rate)]

ROLES = ("anon", "customer", "admin", "service", "mediator", "reporting")
ROLE_ALIASES = {"flows": "mediator", "public_backend": "service", "service_role": "service", "readers": "reporting"}
ROLE_SCOPES = {"flows": "read write:flows", "public_backend": "read write:public"}
SCOPE = re.compile(r"read|write(:\w+(\.\w+)?)?")


class ApiSettings(ServiceSettings, RestSettings):
    """The gateway, and its data API."""

    api_meter_sync_url: str = Field("http://127.0.0.1:8001", description="where the meter-sync service listens")
    api_billing_url: str = Field("http://127.0.0.1:8002", description="where the billing service listens")
    api_service_timeout_seconds: float = Field(10.0, gt=0, description="the gateway waits this long for a service")

    api_token_keys: SecretStr | None = Field(
        None,
        description="JSON Web Keys of logins, a JSON array: the first signs, all verify; unset: FLOWS_JWT_SECRET signs",
    )
    api_token_issuer: str = Field("flows", description="`iss` of the tokens that login gives")
    api_token_audience: str = Field("authenticated", description="`aud` that a token must carry")
    api_token_seconds: int = Field(3600, ge=60, description="life of the token that login gives")
    api_token_max_bytes: int = Field(8192, ge=512, description="a longer token is refused unread")
    api_token_cache_seconds: float = Field(60.0, ge=0, description="a verified token is believed this long")
    api_token_cache_size: int = Field(10_000, ge=1, description="verified tokens that are remembered")
    api_trusted_issuers: Names = Field((), description="other issuers whose tokens are taken")
    api_issuers_without_audience: Names = Field((), description="issuers whose tokens may carry no `aud`")
    api_role_aliases: Aliases = Field(ROLE_ALIASES, description="roles of older tokens and what they mean here")
    api_role_scopes: Aliases = Field(
        ROLE_SCOPES, description="what those roles may write, as scopes with a space between"
    )
    api_password_min_length: int = Field(10, ge=8, le=128, description="a shorter new password is refused")
    api_recovery_minutes: int = Field(60, ge=5, description="life of the link in a mail to choose a new password")
    api_refresh_reuse_seconds: int = Field(
        10, ge=0, le=300, description="a refresh token that is sent again within these gets the same answer again"
    )
    api_redirect_urls: Names = Field(
        (), description="pages that mails may lead to: * stands for a part between dots and slashes, ** for anything"
    )
    api_session_days: int = Field(30, ge=1, description="a login that is not refreshed for so long has ended")
    api_login_threads: int = Field(2, ge=1, le=32, description="passwords that are checked at the same time")

    api_rest_db_schemas: Names = Field(
        ("public", "flows"), min_length=1, description="schemas under /rest/v1, the default first"
    )
    api_rest_profiles: Aliases = Field({"myenergy": "public"}, description="further names of those schemas")
    api_rest_statement_timeout_seconds: float | None = Field(10.0, gt=0, description="a longer query is cancelled")

    api_rest_statement_timeouts: Timeouts = Field({"anon": 3.0}, description="the same for single roles: role=seconds")
    api_rest_db_count_ceiling: int | None = Field(
        10_000, ge=0, description="planned and estimated counts are exact up to it; unset: the planner guesses"
    )

    api_max_body_bytes: int = Field(1_048_576, ge=1024, description="a longer request body is refused")
    api_request_timeout_seconds: float = Field(
        30.0, gt=0, description="an answer that has not begun by then is given up"
    )
    api_rate_address: RateLimit = Field(Rate(12_000, 60), description="requests from one address, or off")
    api_rate_user: RateLimit = Field(Rate(6_000, 60), description="requests of one user or machine, or off")
    api_rate_key: RateLimit = Field(Rate(6_000, 60), description="requests with one API key, or off")
    api_rate_login_address: RateLimit = Field(Rate(60, 60), description="tries to log in from one address, or off")
    api_rate_login_account: RateLimit = Field(
        Rate(10, 60), description="tries to log in to one account from one address, or off"
    )
    api_rate_login_everywhere: RateLimit = Field(
        Rate(100, 60), description="tries to log in to one account from everywhere: more are slowed, or off"
    )
    api_login_pause_seconds: float = Field(1.0, ge=0, le=10, description="how long such a try waits")
    api_cors_origins: Names = Field((), description="web origins whose pages may call; * for all")

    @field_validator("api_role_aliases")
    @classmethod
    def _mean_roles(cls, aliases: dict[str, str]) -> dict[str, str]:
        return _meaning(aliases, ROLES, "role")

    @field_validator("api_rest_profiles")
    @classmethod
    def _mean_schemas(cls, profiles: dict[str, str], others: ValidationInfo) -> dict[str, str]:
        return _meaning(profiles, others.data.get("api_rest_db_schemas", ()), "exposed schema")

    @field_validator("api_role_scopes")
    @classmethod
    def _mean_scopes(cls, scopes: dict[str, str]) -> dict[str, str]:
        for scope in " ".join(scopes.values()).split():
            if not SCOPE.fullmatch(scope):
                raise ValueError(f"{scope!r} is no scope: read, write, write:SCHEMA or write:SCHEMA.TABLE")
        return scopes

    @field_validator("api_token_keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None:
            KeyRing(parse_keys(keys.get_secret_value()))
        return keys

    def token_keys(self) -> KeyRing:
        """Logins are signed by the first; the secrets verify tokens of machines, and of before there were keys."""
        own = parse_keys(self.api_token_keys.get_secret_value()) if self.api_token_keys else []
        return KeyRing([*own, *secrets_ring(self).keys])

    def rest_options(self) -> RestOptions:
        return self.options(self.database_url.get_secret_value(), profiles=self.api_rest_profiles, roles=ROLES)

    def issuers(self) -> set[str]:
        return {self.api_token_issuer, *self.api_trusted_issuers, *self.api_issuers_without_audience}
