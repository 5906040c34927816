"""The web side of notify: health and metrics. Its work comes through the queue."""

from fastapi import FastAPI

from flows_notify.settings import NotifySettings
from flows_shared.service import create_service_app
from flows_shared.settings import load_settings


def create_app() -> FastAPI:
    return create_service_app("notify", load_settings(NotifySettings))
