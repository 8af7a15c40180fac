"""docs/operations.md says of every metric what it is."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.api.caller import Caller

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_metric_is_documented_and_no_other(api: Caller) -> None:
    reported = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in text_string_to_metric_families(api.get("/metrics").text)
        if not family.name.endswith("_created")
    }
    table = PAGE.read_text().partition("## Metrics")[2].partition("## Logs")[0]
    names = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(synthmill_\w+)`", line.split("|")[1])
    }
    assert names == reported
