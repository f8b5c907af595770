"""Structured logs: constant event names, typed fields, no personal data."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict

_PERSONAL_KEYS = {
    "name",
    "phone",
    "id_number",
    "address",
    "email",
    "text",
    "body",
    "password",
    "code",
    "token",
}
_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_TOKEN_PATH = re.compile(r"/(p|join|feed|link)/[A-Za-z0-9_.~-]{12,}")


def scrub(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Drop known personal keys; blot out what looks like an ID number, a phone or a secret address."""
    return {key: "…" if key in _PERSONAL_KEYS else _scrubbed(value) for key, value in event.items()}


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        value = _ID_NUMBER.sub("[id]", value)
        value = _PHONE.sub("[phone]", value)
        return _TOKEN_PATH.sub(r"/\1/…", value)
    if isinstance(value, dict):
        return {key: "…" if key in _PERSONAL_KEYS else _scrubbed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(item) for item in value]
    return value


def configure(*, json: bool, level: str = "INFO") -> None:
    """Once per process. JSON in production, colours on a terminal; the standard library's logs go the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        scrub,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
