"""Log lines: what is in them, and what never is."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from synthmill.app.core.observability import logs, tracing

SECRETS = [
    "smk_live_" + "aB3" * 12 + "xy",
    "smt_" + "x" * 43,
    "redis://:hunter2@127.0.0.1:6379/0",
    "postgresql+psycopg://synthmill:hunter2@db/synthmill",
]


@pytest.fixture(params=logs.FORMATS)
def log(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger, and what it has written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter(request.param))
    logger = logging.getLogger(f"tests.{request.param}")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield logger, written
    logger.removeHandler(handler)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_blotted_out_wherever_it_stands(
    log: tuple[logging.Logger, io.StringIO], secret: str
) -> None:
    logger, written = log
    logger.info("it is %s", secret)
    logger.info("a line", extra={"address": f"x {secret} y"})
    with tracing.bound(key=secret):
        try:
            raise ValueError(f"can't use {secret}")
        except ValueError:
            logger.exception("failed")
    assert written.getvalue().count("***") >= 4
    assert "hunter2" not in written.getvalue()
    assert secret not in written.getvalue()


def test_fields_are_in_every_line_while_they_are_bound(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    with tracing.bound(job_id="job_1"), tracing.bound(part=3):
        logger.info("inside")
    logger.info("outside")
    inside, outside = written.getvalue().splitlines()
    assert "job_1" in inside
    assert "job_1" not in outside


def test_a_line_of_json_has_message_level_and_fields() -> None:
    record = logging.makeLogRecord({"name": "app", "levelname": "INFO", "msg": "made %s", "args": ("it",)})
    record.rows = 7
    with tracing.bound(job_id="job_1"):
        line = json.loads(logs.formatter("json").format(record))
    del line["timestamp"]
    assert line == {"level": "info", "logger": "app", "event": "made it", "job_id": "job_1", "rows": 7}
