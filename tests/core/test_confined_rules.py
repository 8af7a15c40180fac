"""Domain rules in a confined process: a query of whoever's ends with that process, whatever it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from synthmill.app.core.confined.executor import InProcessExecutor
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.pool import Pool
from synthmill.app.core.errors import BusyError, LimitExceededError
from synthmill.generators.recipes.request import parse
from tests.core.hostile import table, tabular
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

MIB = 2**20
LIMITS = Limits(cpu_seconds=4.0, seconds=120.0, memory_bytes=300 * MIB, answer_bytes=MIB)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(Pool(1, 60.0, LIMITS)) as pool:
        wait_until(lambda: is_ready(pool), "the processes of the pool", 300.0)
        yield pool


def is_ready(pool: Pool) -> bool:
    try:
        pool.run("check_rules", asked("SELECT true"))
    except BusyError:
        return False
    return True


def asked(query: str, seconds: float = 60.0) -> dict[str, Any]:
    request = {
        **tabular(table([{"name": "id", "kind": "sequence"}])),
        "seed": 1,
        "domain_rules": [{"name": "asked", "says": "It holds.", "query": query}],
    }
    recipe = parse(request).recipe
    return {"recipe": recipe.to_dict(), "seconds": seconds, "memory_bytes": 150 * MIB}


def name_of(arguments: dict[str, Any]) -> str:
    return str(arguments["recipe"]["parameters"]["tables"][0]["name"])


def test_it_says_what_this_process_would_say(pool: Pool) -> None:
    name = name_of(asked("SELECT true"))
    arguments = asked(f"SELECT id > 1, id FROM {name}")
    here = InProcessExecutor().run("check_rules", arguments).value()
    assert pool.run("check_rules", arguments).value() == here
    assert here["rules"][0]["broken"] == 1


def test_whole_templates_fit_their_limits(pool: Pool) -> None:
    recipe = parse({"template": "banking", "rows": 20_000, "seed": 1, "rules": "fail"}).recipe
    arguments = {"recipe": recipe.to_dict(), "seconds": 60.0, "memory_bytes": 150 * MIB}
    report = pool.run("check_rules", arguments).value()
    assert report["failed"] == 0, report["summary"]


@pytest.mark.parametrize(
    "query",
    [
        # Doubles a text until there is no room for it: DuckDB's own limit doesn't count it.
        "WITH RECURSIVE r AS (SELECT 'x' AS t UNION ALL SELECT concat(t, t) FROM r)\n"
        "SELECT max(length(t)) > 0 FROM r",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) > 0 FROM r",
        "SELECT sum(a.range * b.range) > 0 FROM range(1000000000) a, range(1000000000) b",
        "SELECT count(*) > 0 FROM (SELECT DISTINCT range, range + 1 FROM range(200000000))",
    ],
)
def test_what_takes_too_much_ends_and_the_next_request_is_answered(pool: Pool, query: str) -> None:
    try:
        report = pool.run("check_rules", asked(query)).value()
    except LimitExceededError as error:
        assert "takes more than" in error.errors[0].reason
    else:
        assert report["failed"] == 1
    assert pool.run("check_rules", asked("SELECT true")).value()["failed"] == 0


def test_a_recipe_is_not_believed_to_be_checked(pool: Pool) -> None:
    arguments = asked("SELECT true")
    arguments["recipe"]["rules"][0]["query"] = "SELECT true FROM read_text('/etc/passwd')"
    report = pool.run("check_rules", arguments).value()
    assert "uses the table function read_text" in report["rules"][0]["observed"]
