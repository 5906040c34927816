"""`python -m benchmarks [NAME ...]`: run all benchmarks or those named, print a table, write bench.json."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.harness import BENCHMARKS, Figure
from benchmarks.processes import load, measure_apart

REPORT = Path("bench.json")


def main(names: list[str]) -> int:
    load()
    if unknown := set(names) - set(BENCHMARKS):
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(sorted(BENCHMARKS))}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for name in names or sorted(BENCHMARKS):
        print(f"{name} ...", flush=True)
        figures += measure_apart(name)
    show(figures)
    REPORT.write_text(json.dumps([describe(figure) for figure in figures], indent=2) + "\n")
    print(f"written to {REPORT}")
    return 0


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
