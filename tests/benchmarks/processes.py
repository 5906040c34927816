"""One benchmark in a process and on servers of its own: what another left in memory is no part of its figures."""

import asyncio
import importlib
import pkgutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import benchmarks
from benchmarks.harness import BENCHMARKS, SERVER_SETTINGS, Environment, Figure
from flows_local.servers import Postgres, Valkey


def load() -> None:
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("bench_"):
            importlib.import_module(f"benchmarks.{module.name}")


def measure_apart(name: str) -> list[Figure]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, name).result()


def measure(name: str) -> list[Figure]:
    load()
    with tempfile.TemporaryDirectory(prefix="flows-bench-") as directory:
        data = Path(directory)
        with Postgres(data / "postgres", settings=SERVER_SETTINGS) as postgres, Valkey(data / "valkey") as valkey:
            return asyncio.run(BENCHMARKS[name](Environment(postgres, valkey)))
