"""The simulator is an extra: what serves real meters neither needs nor imports what simulates them."""

import subprocess
import sys
from typing import Final

import pytest

from flows_meter_sync.simulator.extra import PACKAGES

WITHOUT_THE_EXTRA: Final = f"""
import sys
sys.modules.update(dict.fromkeys({PACKAGES!r}))  # an import of one of them fails
"""


def run(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("edge", ["app", "jobs", "cli"])
def test_service_imports_nothing_that_only_the_simulator_needs(edge: str) -> None:
    program = f"import sys, flows_meter_sync.{edge}; print({{*sys.modules}} & {{*{PACKAGES!r}}})"
    assert run(program).stdout == "set()\n"


def test_simulate_names_the_extra_that_it_needs() -> None:
    result = run(f"{WITHOUT_THE_EXTRA}\nfrom flows_shared.cli import main; main()", "simulate")
    assert result.returncode == 1
    assert result.stderr == ("flows: demandlib is not installed: pip install 'flows-meter-sync[simulator]'\n")


@pytest.mark.parametrize("command", ["sync", "meter", "emop", "readings", "simulate"])
def test_commands_are_there_without_the_extra(command: str) -> None:
    result = run(f"{WITHOUT_THE_EXTRA}\nfrom flows_shared.cli import main; main()", command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
