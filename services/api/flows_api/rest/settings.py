"""Settings of the data API: `FLOWS_API_REST_*`, each named after PostgREST's own option."""

import os
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from flows_api.rest.claim_path import ClaimPath
from flows_api.rest.options import HOISTED, OpenApiMode, RestOptions, TxEnd
from flows_api.rest.request.limits import Limits
from flows_api.rest.tokens import TokenRules, read_keys
from flows_shared.settings import PREFIX, HttpSettings, LogSettings

APP_SETTINGS = f"{PREFIX}API_REST_APP_SETTINGS_"
EXTRA_SEARCH_PATH = f"{PREFIX}API_REST_DB_EXTRA_SEARCH_PATH"
SYSTEM_SCHEMAS = {"pg_catalog", "information_schema"}


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def read_pairs(value: object) -> object:
    """`name=meaning,name=meaning`"""
    if not isinstance(value, str):
        return value
    parts = [part.partition("=") for part in value.split(",") if part.strip()]
    if any(not separator for _, separator, _ in parts):
        raise ValueError("must read name=meaning,name=meaning")
    return {name.strip(): meaning.strip() for name, _, meaning in parts}


Seconds: TypeAlias = Annotated[float, Field(gt=0)]
Timeouts: TypeAlias = Annotated[dict[str, Seconds], NoDecode, BeforeValidator(read_pairs)]
Names: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


def _search_path() -> tuple[str, ...]:
    """None, where the variable is there and empty."""
    return () if EXTRA_SEARCH_PATH in os.environ else ("public",)


def _app_settings() -> dict[str, str]:
    """Any variable with this prefix is a setting `app.settings.*` of the transaction."""
    given = os.environ.items()
    return {f"app.settings.{name.removeprefix(APP_SETTINGS)}": v for name, v in given if name.startswith(APP_SETTINGS)}


class RestSettings(LogSettings):
    """The data API, in the gateway or alone."""

    api_rest_db_schemas: Names = Field(("public",), min_length=1, description="exposed schemas, the default first")
    api_rest_db_extra_search_path: Names = Field(
        default_factory=_search_path, description="schemas searched after the request's own; unset: public; empty: none"
    )
    api_rest_db_pre_request: str | None = Field(None, description="function that is called before each request")
    api_rest_db_root_spec: str | None = Field(None, description="function that answers at the root")
    api_rest_db_max_rows: int | None = Field(None, ge=0, description="rows of one answer at most; unset: all")
    api_rest_db_aggregates_enabled: bool = Field(False, description="whether count, sum, avg, min, max may be asked")
    api_rest_db_plan_enabled: bool = Field(False, description="whether plans of statements are shown")
    api_rest_db_tx_end: TxEnd = Field("commit", description="how a transaction ends, and whether a request may choose")
    api_rest_db_channel: str = Field("pgrst", description="NOTIFY on this channel loads the schema again")
    api_rest_db_hoisted_tx_settings: Names = Field(HOISTED, description="functions' settings for whole transactions")
    api_rest_db_pool: int = Field(10, ge=1, le=500, description="connections for the data API at most, per process")
    api_rest_db_pool_acquisition_timeout: float = Field(10.0, gt=0, description="seconds to wait for one")
    api_rest_statement_timeout_seconds: float | None = Field(
        None, gt=0, description="a longer statement is cancelled; unset: as the database says"
    )
    api_rest_statement_timeouts: Timeouts = Field({}, description="the same for single roles: role=seconds,...")
    api_rest_db_pool_share: float = Field(
        0.5, gt=0, le=1, description="part of those connections that one caller may hold; all without a token are one"
    )
    api_rest_db_count_ceiling: int | None = Field(
        None, ge=0, description="planned and estimated counts are exact up to it; unset: the planner guesses"
    )
    api_rest_max_answer_bytes: int | None = Field(
        33_554_432, ge=1024, description="a larger answer is refused; unset: none"
    )
    api_rest_max_terms: int = Field(1_000, ge=1, description="columns, conditions or orders of one parameter at most")
    api_rest_max_name_length: int = Field(1_000, ge=63, description="characters of a name in a query string at most")
    api_rest_max_depth: int = Field(100, ge=1, le=200, description="conditions within conditions, steps into JSON")
    api_rest_max_embeds: int = Field(50, ge=0, description="related relations of one request at most")
    api_rest_max_embed_depth: int = Field(6, ge=0, le=20, description="relations within relations at most")
    api_rest_db_one_trip: bool = Field(
        True, description="whether reads and inserts are one round trip: needs a session kept by its pooler, if any"
    )
    api_rest_db_prepared_statements: bool = Field(
        True, description="whether connections keep statements that they prepared: not behind a transaction pooler"
    )
    api_rest_client_error_verbosity: Literal["verbose", "minimal"] = Field(
        "verbose", description="minimal hides details and hints of errors"
    )
    api_rest_openapi_mode: OpenApiMode = Field("follow-privileges", description="what the root describes")
    api_rest_openapi_security_active: bool = Field(False, description="whether the description asks for a token")
    api_rest_openapi_server_proxy_uri: str | None = Field(None, description="the address that the description names")
    api_rest_server_timing_enabled: bool = Field(False, description="whether answers have `Server-Timing`")
    api_rest_server_trace_header: str | None = Field(None, description="header that is sent back as it came")
    api_rest_url_use_legacy_target_names: bool = Field(
        True, description="whether filters may call a renamed relation by its own name"
    )
    api_rest_app_settings: dict[str, str] = Field(
        default_factory=_app_settings, description="FLOWS_API_REST_APP_SETTINGS_x is `app.settings.x`"
    )

    @field_validator("api_rest_db_schemas")
    @classmethod
    def _refuse_system_schemas(cls, schemas: tuple[str, ...]) -> tuple[str, ...]:
        if SYSTEM_SCHEMAS & set(schemas):
            raise ValueError(f"{' and '.join(sorted(SYSTEM_SCHEMAS))} are never exposed")
        return schemas

    def options(self, database_url: str, **more: object) -> RestOptions:
        """`more` is what the host knows besides."""
        return RestOptions(
            database_url=database_url,
            schemas=self.api_rest_db_schemas,
            extra_search_path=self.api_rest_db_extra_search_path,
            pre_request=self.api_rest_db_pre_request,
            root_function=self.api_rest_db_root_spec,
            max_rows=self.api_rest_db_max_rows,
            aggregates=self.api_rest_db_aggregates_enabled,
            plans=self.api_rest_db_plan_enabled,
            legacy_target_names=self.api_rest_url_use_legacy_target_names,
            tx_end=self.api_rest_db_tx_end,
            channel=self.api_rest_db_channel,
            hoisted_settings=self.api_rest_db_hoisted_tx_settings,
            app_settings=self.api_rest_app_settings,
            minimal_errors=self.api_rest_client_error_verbosity == "minimal",
            openapi_mode=self.api_rest_openapi_mode,
            openapi_security=self.api_rest_openapi_security_active,
            openapi_server=self.api_rest_openapi_server_proxy_uri,
            server_timing=self.api_rest_server_timing_enabled,
            trace_header=self.api_rest_server_trace_header,
            pool_size=self.api_rest_db_pool,
            pool_timeout_seconds=self.api_rest_db_pool_acquisition_timeout,
            statement_timeout_seconds=self.api_rest_statement_timeout_seconds,
            statement_timeouts=self.api_rest_statement_timeouts,
            pool_share=self.api_rest_db_pool_share,
            count_ceiling=self.api_rest_db_count_ceiling,
            max_answer_bytes=self.api_rest_max_answer_bytes,
            limits=self._limits(),
            one_trip=self.api_rest_db_one_trip,
            prepared_statements=self.api_rest_db_prepared_statements,
            **more,  # type: ignore[arg-type]
        )

    def _limits(self) -> Limits:
        return Limits(
            terms=self.api_rest_max_terms,
            name_length=self.api_rest_max_name_length,
            depth=self.api_rest_max_depth,
            embeds=self.api_rest_max_embeds,
            embed_depth=self.api_rest_max_embed_depth,
        )


class StandaloneSettings(HttpSettings, RestSettings):
    """`flows serve api --rest-only`, beside `FLOWS_API_REST_*` of the gateway: any database, and who is believed."""

    api_rest_db_uri: SecretStr = Field(
        SecretStr("postgresql://127.0.0.1:5432/flows"), description="PostgreSQL, as a role that may become the others"
    )
    api_rest_db_anon_role: str | None = Field(None, description="role of who has no token; unset: a token is needed")
    api_rest_db_one_trip: bool = Field(False, description="whether reads and inserts are one round trip")
    api_rest_jwt_secret: SecretStr | None = Field(None, description="text, JSON web key or set of them; unset: none")
    api_rest_jwt_secret_is_base64: bool = Field(False, description="whether the secret is base64 of the real one")
    api_rest_jwt_aud: str | None = Field(None, description="audience that a token which names some must name")
    api_rest_jwt_role_claim_key: str = Field("$.role", description="where a token's role stands")
    api_rest_jwt_cache_max_entries: int = Field(1_000, ge=0, description="verified tokens that are remembered")
    api_rest_server_cors_allowed_origins: Names = Field((), description="web origins that may call; unset: all")
    api_rest_max_body_bytes: int = Field(67_108_864, ge=1024, description="a longer request body is refused")

    @field_validator("api_rest_jwt_role_claim_key")
    @classmethod
    def _read_path(cls, text: str) -> str:
        return ClaimPath.parse(text).text

    def token_rules(self) -> TokenRules:
        """Raises a `ValueError` where the secret is none."""
        secret = self.api_rest_jwt_secret.get_secret_value() if self.api_rest_jwt_secret else None
        return TokenRules(
            keys=read_keys(secret, is_base64=self.api_rest_jwt_secret_is_base64),
            role_path=ClaimPath.parse(self.api_rest_jwt_role_claim_key),
            audience=self.api_rest_jwt_aud,
            anonymous_role=self.api_rest_db_anon_role,
            remembered=self.api_rest_jwt_cache_max_entries,
        )
