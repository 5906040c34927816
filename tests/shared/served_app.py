"""A service's app with nothing of its own, served as `flows serve` does: `served_app.py PORT PROCESSES`."""

import sys
from importlib.metadata import EntryPoint

from fastapi import FastAPI

from flows_shared.serve import serve_app
from flows_shared.service import create_service_app
from flows_shared.settings import HttpSettings, ServiceSettings, load_settings


def create_app() -> FastAPI:
    return create_service_app("billing", load_settings(ServiceSettings))


if __name__ == "__main__":
    entry = EntryPoint("billing", "served_app:create_app", "flows.apps")
    serve_app(entry, "127.0.0.1", int(sys.argv[1]), int(sys.argv[2]), HttpSettings(grace_seconds=5))
