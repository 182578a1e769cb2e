"""Structured logs: one JSON line a unit of work on standard output; no measurement values at info, no secrets."""

from __future__ import annotations

import logging
import sys

import structlog

_NOISY = ("aiokafka", "faust", "mode", "pymongo", "uvicorn.access")
"""Libraries that write hundreds of lines while a server is away; their errors are counted by metrics instead."""


def configure(service: str, level: str) -> None:
    """Set up logging for a process: ours at `level`, the libraries' from error on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s", force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return a logger that names its module."""
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return log
