"""docs/streams.md: its figures and its example are true."""

from __future__ import annotations

import json
import re
from pathlib import Path

from synthmill.app.core.requests.streams import MAX_EVENTS_PER_SECOND, MAX_TRIGGER_SECONDS
from synthmill.app.core.settings import Settings
from synthmill.app.core.streams.bursts import BURSTS, DEFAULT_SECONDS, MAX_RATE
from synthmill.generators.limits import MAX_TABLE_ROWS
from synthmill.generators.strategies.market.endless import MAX_BAR_TICKS
from synthmill.generators.streams import parse_endless

PAGE = (Path(__file__).parents[2] / "docs" / "streams.md").read_text()


def test_the_table_of_patterns_is_true() -> None:
    rows = re.findall(r"^\| (`.*`) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    reported = {name: float(factor) for names, factor in rows for name in re.findall(r"`(\w+)`", names)}
    assert reported == BURSTS


def test_its_limits_are_those_that_hold() -> None:
    for figure in (
        f"1 to {MAX_EVENTS_PER_SECOND:,}",
        f"`seconds` ({DEFAULT_SECONDS}; at most {MAX_TRIGGER_SECONDS:,})",
        f"{MAX_RATE:,} a second",
        f"{MAX_TABLE_ROWS:,} rows",
        f"at most {MAX_BAR_TICKS:,} ticks",
        f"`SYNTHMILL_MAX_STREAMS` ({Settings().max_streams:,})",
    ):
        assert figure in " ".join(PAGE.split()), figure


def test_its_example_is_accepted() -> None:
    (body,) = re.findall(r"-d '(\{.*?\})'", PAGE)
    source = {name: value for name, value in json.loads(body).items() if name != "events_per_second"}
    assert parse_endless(source).table == "orders"
