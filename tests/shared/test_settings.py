from typing import get_args

import pytest
from pydantic import Field, SecretStr

from flows_shared.settings import ServiceSettings, SettingsError, describe_settings, load_settings


class MeterSettings(ServiceSettings):
    meter_sync_concurrency: int = Field(50, ge=1, description="meters read at the same time")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_JWT_SECRET", "s" * 32)


def test_defaults_work_on_one_machine() -> None:
    settings = load_settings(ServiceSettings)
    assert settings.database_url.get_secret_value() == "postgresql://127.0.0.1:5432/flows"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_METER_SYNC_CONCURRENCY", "7")
    assert load_settings(MeterSettings).meter_sync_concurrency == 7


def test_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_METER_SYNC_CONCURRENCY", "")
    assert load_settings(MeterSettings).meter_sync_concurrency == 50


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("FLOWS_METER_SYNC_CONCURRENCY", "0", "input should be greater than or equal to 1, not '0'"),
        ("FLOWS_PORT", "http", "input should be a valid integer, unable to parse string as an integer, not 'http'"),
        ("FLOWS_LOG_LEVEL", "loud", "input should be 'debug', 'info', 'warning' or 'error', not 'loud'"),
    ],
)
def test_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(MeterSettings)
    assert str(caught.value) == f"{variable}: {sentence}"


def test_missing_secret_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLOWS_JWT_SECRET")
    with pytest.raises(SettingsError, match=r"^FLOWS_JWT_SECRET: is missing$"):
        load_settings(ServiceSettings)


def test_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_JWT_SECRET", "hunter2")
    with pytest.raises(SettingsError) as caught:
        load_settings(ServiceSettings)
    assert "FLOWS_JWT_SECRET" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_every_wrong_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_PORT", "0")
    monkeypatch.setenv("FLOWS_OUTBOX_BATCH", "many")
    with pytest.raises(SettingsError) as caught:
        load_settings(ServiceSettings)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["FLOWS_PORT", "FLOWS_OUTBOX_BATCH"]


def test_description_shows_places_but_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_DATABASE_URL", "postgresql://flows:hunter2@db:5432/flows")
    monkeypatch.setenv("FLOWS_REDIS_URL", "redis://:hunter2@cache:6379/0")
    shown = describe_settings(load_settings(ServiceSettings))
    assert shown["FLOWS_DATABASE_URL"] == "postgresql://flows:***@db:5432/flows"
    assert shown["FLOWS_REDIS_URL"] == "redis://:***@cache:6379/0"
    assert shown["FLOWS_JWT_SECRET"] == "***"
    assert shown["FLOWS_PORT"] == "8000"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in ServiceSettings.model_fields.values())


def test_secrets_are_secret_strings() -> None:
    fields = ServiceSettings.model_fields
    kinds = [fields[name].annotation for name in fields if name.endswith(("_url", "_secret"))]
    assert all(SecretStr in (kind, *get_args(kind)) for kind in kinds)
