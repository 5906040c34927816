"""Settings explain themselves: on the command line, and on a page that is theirs."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from typer.testing import CliRunner

from flows_shared.cli import app
from flows_shared.settings_reference import DocumentedSetting, installed_settings, settings_of, settings_page

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


class Kettle(BaseSettings):
    """What a kettle reads."""

    kettle_secret: SecretStr = Field(description="opens the lid")
    kettle_litres: float = Field(1.5, description="water at most")
    kettle_whistles: bool = Field(True, description="whether it is heard")
    kettle_colours: tuple[str, ...] = Field(("red", "blue"), description="in the shop")
    kettle_cups: dict[str, int] = Field({}, description="by guest")
    kettle_name: str | None = Field(None, description="on its side")
    kettle_heat: Literal["low", "high"] = Field("low", description="of the flame")


def test_default_is_shown_as_one_would_write_it() -> None:
    assert settings_of(Kettle) == [
        DocumentedSetting("FLOWS_KETTLE_SECRET", "must be set", "opens the lid"),
        DocumentedSetting("FLOWS_KETTLE_LITRES", "1.5", "water at most"),
        DocumentedSetting("FLOWS_KETTLE_WHISTLES", "true", "whether it is heard"),
        DocumentedSetting("FLOWS_KETTLE_COLOURS", "red,blue", "in the shop"),
        DocumentedSetting("FLOWS_KETTLE_CUPS", "", "by guest"),
        DocumentedSetting("FLOWS_KETTLE_NAME", "unset", "on its side"),
        DocumentedSetting("FLOWS_KETTLE_HEAT", "low", "of the flame: low, high"),
    ]


def test_every_setting_has_a_meaning() -> None:
    classes = installed_settings()
    assert {"api", "billing", "meter-sync", "notify"} <= classes.keys()
    assert [row.variable for cls in classes.values() for row in settings_of(cls) if not row.meaning] == []


def test_page_is_that_of_the_present_settings() -> None:
    assert settings_page(installed_settings()) == PAGE.read_text("utf-8"), "call make settings"


def test_command_prints_the_settings_of_a_service() -> None:
    result = CliRunner().invoke(app, ["settings", "notify"])
    assert result.exit_code == 0
    assert "FLOWS_NOTIFY_SMTP_PORT=25\n    its port: 25, 587 with starttls, 465 with tls\n" in result.stdout
    assert "FLOWS_JWT_SECRET (must be set)\n" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["nobody"], ["notify", "--markdown"]])
def test_command_used_wrongly_names_the_services(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["settings", *arguments])
    assert result.exit_code == 2
    assert "meter-sync" in result.output
