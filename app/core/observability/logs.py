"""Logging: one line of JSON an event, on standard error, so that any collector reads it; or text for people.

Lines carry the ids of what they are about (`request_id`, `job_id`, `part`, `trace_id` ...) and no secrets:
API keys, tickets and passwords in addresses are blotted out whatever a line is about.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

from synthmill.app.core.ids import timestamp
from synthmill.app.core.observability import tracing

FORMATS = ("json", "text")

_SECRETS = (
    (re.compile(r"\b(smk_live_|smt_)[0-9A-Za-z_-]{4,}"), r"\1***"),
    (re.compile(r"(://[^\s:/@\"']*:)[^\s/@\"']+@"), r"\1***@"),
)


def without_secrets(text: str) -> str:
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """A record as one JSON object; whatever was bound or passed as `extra` stands beside the message."""

    _own = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": timestamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= self._fields(record)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(line, default=str, ensure_ascii=False))

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        extra = {name: value for name, value in vars(record).items() if name not in self._own}
        return {**tracing.bound_fields(), **extra}


class Text(JsonLines):
    """A record as a line for people, its fields behind it."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in self._fields(record).items())
        line = (
            f"{timestamp(record.created)} {record.levelname:7} {record.name}: {record.getMessage()}{fields}"
        )
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return without_secrets(line)


def formatter(kind: str) -> logging.Formatter:
    """One of FORMATS."""
    return Text() if kind == "text" else JsonLines()


def set_up(level: str, kind: str = "json") -> None:
    """Send all of the process's logging through one formatter. Calling it again changes level and format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(kind))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Celery reports every slot twice; what matters of a slot is said by synthmill.app.core.execution.
    for chatty in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
