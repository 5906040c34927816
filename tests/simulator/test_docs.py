"""docs/simulator.md is run as written, and leaves nothing out."""

import re
from dataclasses import fields
from pathlib import Path

from flows_meter_sync.simulator import Faults, Hardware, MeterConfig, Simulator, load, mixture, placed
from flows_meter_sync.simulator.control import create_control

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()


def test_example_of_a_file_describes_the_meters_that_the_page_says(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "meters.yaml"
    file.write_text(text)
    first, *others = load(file)
    assert (first.serial, first.hardware, first.faults) == ("EML2137580826", Hardware.C1W, Faults(drop=0.05))
    assert [each.serial for each in others] == [f"EML22000000{number:02}" for number in range(1, 21)]
    assert {each.latency_ms for each in (first, *others)} == {20}


def test_every_key_and_every_fault_is_described() -> None:
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert {field.name for field in fields(MeterConfig)} - named == set()
    assert {field.name for field in fields(Faults)} - named - {"times"} == set()


def test_every_request_to_the_control_port_is_described() -> None:
    for path, methods in create_control(Simulator([])).openapi()["paths"].items():
        assert [f"`{method.upper()} {path}`" for method in methods if f"`{method.upper()} {path}`" not in PAGE] == []


def test_three_meters_are_those_of_the_page() -> None:
    for config in placed(mixture(3)):
        line = f"{config.address}:{config.port}  {config.serial}  {config.hardware}  {config.nature}\n"
        assert line in PAGE
