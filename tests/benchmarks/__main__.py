"""`python -m benchmarks [NAME ...]`: run all benchmarks or those named, print a table, write bench.json."""

import asyncio
import importlib
import json
import pkgutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.harness import BENCHMARKS, SERVER_SETTINGS, Environment, Figure
from flows_local.servers import Postgres, Valkey

REPORT = Path("bench.json")


def main(names: list[str]) -> int:
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("bench_"):
            importlib.import_module(f"benchmarks.{module.name}")
    if unknown := set(names) - set(BENCHMARKS):
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(sorted(BENCHMARKS))}", file=sys.stderr)
        return 2
    figures = measure(names or sorted(BENCHMARKS))
    show(figures)
    REPORT.write_text(json.dumps([describe(figure) for figure in figures], indent=2) + "\n")
    print(f"written to {REPORT}")
    return 0


def measure(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="flows-bench-") as directory:
        data = Path(directory)
        with Postgres(data / "postgres", settings=SERVER_SETTINGS) as postgres, Valkey(data / "valkey") as valkey:
            for name in names:
                print(f"{name} ...", flush=True)
                figures += asyncio.run(BENCHMARKS[name](Environment(postgres, valkey)))
    return figures


def describe(figure: Figure) -> dict[str, object]:
    return {**asdict(figure), "goal": f"{figure.goal_is} {figure.goal:g}", "reached": figure.reached}


def show(figures: list[Figure]) -> None:
    table = Table("figure", "value", "unit", "reference", "ratio", "goal", "")
    for figure in figures:
        cells = [f"{figure.value:,.4g}", figure.unit, figure.reference, f"{figure.ratio:.2f}"]
        table.add_row(figure.name, *cells, f"{figure.goal_is} {figure.goal:g}", "" if figure.reached else "missed")
    Console(width=160).print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
