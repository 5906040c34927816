"""Structured logs on stderr: an event's name and its fields, one JSON object a line."""

import logging
import re
import sys
from typing import Any, TextIO, TypeAlias

import structlog
from structlog.typing import Processor

from flows_shared.settings import LogSettings

Logger: TypeAlias = structlog.stdlib.BoundLogger

# Libraries that log each step of their own; what matters of it is logged here as an event.
QUIET = ("arq", "uvicorn", "uvicorn.access", "uvicorn.error", "httpx", "httpcore", "alembic", "fontTools")

# Put into a URL by mistake, it is in the sentence that refuses the request as well.
SECRET = re.compile(r"eyJ[\w-]{8,}\.[\w-]*\.?[\w-]*|flows_[\w-]{20,}", re.ASCII)


def get_logger() -> Logger:
    """A logger of events: `log.info("meter_unreachable", serial=serial)`."""
    logger: Logger = structlog.get_logger()
    return logger


def configure_logging(settings: LogSettings, service: str) -> None:
    """Send structlog's events and the standard library's records to stderr in the same form."""

    def add_service(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event.setdefault("service", service)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StderrHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_render(settings.log_format),
                _mask_secrets,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(other for other in root.handlers if not isinstance(other, _StderrHandler)), handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stderr` is at the time: a progress bar or a test may have replaced it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _mask_secrets(_logger: Any, _method: str, line: Any) -> str:
    """The line without tokens and keys, whichever of its fields they are in."""
    return SECRET.sub("***", str(line))


def _render(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    return [
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    ]
