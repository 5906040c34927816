"""Numbers that come as text: what is not plainly a number is refused at every door, never read as another one."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
import typer
from pydantic import BaseModel, ValidationError
from typer.testing import CliRunner

from flows_meter_sync.emop import AskedWrongly
from flows_meter_sync.emop.request_text import request_of
from flows_meter_sync.files.own import read as read_file
from flows_shared.cli import add_service_commands
from flows_shared.cli import app as flows
from flows_shared.contracts.meters import TariffArguments, TokenArguments
from flows_shared.contracts.money import PaymentArguments
from flows_shared.numbers import decimal, number_option, plain, whole, whole_option

ODD = [
    "1_0",
    "１０",
    "٣",
    "+5",
    " 5 ",
    "5\n",
    "1e3",
    "1E3",
    "0x10",
    "",
    ".",
    "5.",
    ".5",
    "nan",
    "Infinity",
    "--5",
    "1,5",
]


@pytest.mark.parametrize("text", ODD)
def test_what_python_would_read_as_another_number_is_refused(text: str) -> None:
    for parse in (plain, decimal, whole):
        with pytest.raises(ValueError, match="is no"):
            parse(text)


def test_plain_numbers_are_read_as_they_stand() -> None:
    assert (decimal("-0.10"), whole("007"), whole("fFfff8", 16)) == (Decimal("-0.10"), 7, 0xFFFFF8)
    assert (plain("12.5"), plain(7), plain(None)) == ("12.5", 7, None)
    with pytest.raises(ValueError, match="is no number"):
        plain("9" * 131_072)
    with pytest.raises(ValueError, match="is no whole number"):
        whole("1_0", 16)


@pytest.mark.parametrize("text", ODD)
def test_no_option_of_a_command_takes_it(text: str) -> None:
    app = typer.Typer()

    @app.command()
    def show(
        count: Annotated[int, typer.Option(parser=whole_option(1, 20))] = 2,
        seconds: Annotated[float, typer.Option(parser=number_option(0))] = 1,
    ) -> None:
        typer.echo(f"{count} {seconds}")

    for option in ("--count", "--seconds"):
        assert CliRunner().invoke(app, [f"{option}={text}"]).exit_code == 2
    assert CliRunner().invoke(app, ["--count", "21"]).exit_code == 2
    assert CliRunner().invoke(app, ["--count", "1.5"]).exit_code == 2
    assert CliRunner().invoke(app, ["--count", "20", "--seconds", "0.5"]).output == "20 0.5\n"


def test_every_number_of_the_command_line_is_read_so() -> None:
    add_service_commands()
    callbacks = list(_callbacks(flows))
    assert len(callbacks) > 40
    assert [f"{each.__name__} {name}" for each in callbacks for name in _loose(each)] == []


def _callbacks(app: typer.Typer) -> Iterator[Callable[..., Any]]:
    yield from (command.callback for command in app.registered_commands if command.callback)
    for group in app.registered_groups:
        if group.typer_instance:
            yield from _callbacks(group.typer_instance)


def _loose(callback: Callable[..., Any]) -> Iterator[str]:
    """Its numbers that typer reads by itself."""
    for name, hint in get_type_hints(callback, include_extras=True).items():
        kind, *infos = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        if {int, float} & {kind, *get_args(kind)} and not any(getattr(info, "parser", None) for info in infos):
            yield name


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(
    ("model", "field", "others"),
    [
        (PaymentArguments, "amount_pence", {"method": "cash"}),
        (TokenArguments, "amount_pence", {"token": "0" * 20}),
        (
            TariffArguments,
            "unit_rate_a",
            {"unit_rate_b": "0.1", "standing_charge": "0.1", "activation_at": "2027-01-01T00:00:00Z"},
        ),
    ],
)
def test_no_field_of_a_command_takes_it(model: type[BaseModel], field: str, others: dict[str, str], text: str) -> None:
    with pytest.raises(ValidationError, match=field):
        model.model_validate({field: text, **others})
    for number in ("1", 1):
        assert getattr(model.model_validate({field: number, **others}), field) == 1


@pytest.mark.parametrize("text", [text for text in ODD if text.strip() == text and "," not in text])
def test_no_row_of_a_file_takes_it(text: str) -> None:
    row = "EML1,SINGLE,2026-10-25T00:30:00Z,{},measured\n"
    contents = read_file("a.csv", "serial,element,start,kwh,source\n" + row.format(text) + row.format("0.5"))
    assert len(contents.refusals) == 1
    assert [value.energy for value in contents.values] == [5000]


@pytest.mark.parametrize("text", ODD)
def test_no_word_of_a_request_to_a_meter_takes_it(text: str) -> None:
    for words in (["event-log", text], ["write", "prepay_balance", text], ["write", "backlight", text]):
        with pytest.raises(AskedWrongly):
            request_of(words)
