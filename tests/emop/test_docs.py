"""docs/emop.md is run as written: each command prints what stands below it."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from flows_meter_sync.emop.request_text import REQUESTS, usage
from flows_meter_sync.emop_cli import commands

PAGE = (Path(__file__).parents[2] / "docs" / "emop.md").read_text()
PIPED = re.compile(r"echo '(?P<stdin>.*)' \| (?P<command>.*)")


class Example(NamedTuple):
    """A command, what is piped into it, and what it prints."""

    command: str
    stdin: str | None
    output: str


def examples() -> list[Example]:
    found = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for text in block.split("$ ")[1:]:
            command, output = text.split("\n", 1)
            piped = PIPED.fullmatch(command)
            found.append(Example(piped["command"] if piped else command, piped and piped["stdin"], output))
    return found


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.command)
def test_command_prints_what_the_page_says(example: Example) -> None:
    flows, emop, *arguments = shlex.split(example.command)
    assert (flows, emop) == ("flows", "emop")
    assert CliRunner().invoke(commands, arguments, input=example.stdin).output == example.output


def test_page_has_examples_and_names_every_request() -> None:
    assert len(examples()) == 10
    assert [usage(kind) for kind in REQUESTS if f"`{usage(kind)}`" not in PAGE] == []
