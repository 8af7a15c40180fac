"""What is small to ask for and would cost much is refused before it costs anything."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from synthmill.app.core.confined.executor import InProcessExecutor
from synthmill.app.core.errors import LimitExceededError
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.template import templates
from tests.core.hostile import PREVIEWS, many, series, table, tabular


def show(request: Any, limit: int = 1_000, name: str | None = None, columns: Any = None) -> dict[str, Any]:
    arguments = {"request": request, "limit": limit, "table": name, "columns": columns}
    shown: dict[str, Any] = InProcessExecutor().run("preview", arguments).value()
    return shown


BEYOND_ESTIMATES = {"100 ARMA in each of nine series"}
"""What only the limits of a process end; see test_confined.py."""


@pytest.mark.parametrize("name", [name for name in PREVIEWS if name not in BEYOND_ESTIMATES])
def test_a_preview_that_costs_too_much_is_refused_by_its_estimate(name: str) -> None:
    with pytest.raises((LimitExceededError, InvalidRequestError)) as refused:
        show(PREVIEWS[name])
    (error, *_) = refused.value.errors
    assert error.fix
    if isinstance(refused.value, LimitExceededError):
        # The number and its limit; in a refusal of all that is said, the largest part stands first.
        assert any(character.isdigit() for character in error.reason)
        assert "at most" in error.fix


def test_the_refusal_names_the_column_that_costs_most() -> None:
    words = {"kind": "text", "min_words": 900, "max_words": 900}
    cheap = many(30, {"kind": "integer", "max": 9})
    with pytest.raises(LimitExceededError) as refused:
        show(tabular(table([*cheap, *({"name": f"story{at}", **words} for at in range(5))])))
    assert "parameters.tables[t].columns[story0] costs most" in refused.value.errors[0].fix


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_template_can_be_previewed_in_full(name: str) -> None:
    (first, *_) = show({"template": name, "seed": 1}, 100)["tables"]
    assert len(first["rows"]) == min(100, first["rows_total"])


def test_a_million_short_cells_can_be_previewed_and_no_more() -> None:
    wide = tabular(table(many(1_000, {"kind": "constant", "value": 1}), rows=1_001))
    with pytest.raises(LimitExceededError):
        show(
            {
                **wide,
                "parameters": {
                    "tables": [*wide["parameters"]["tables"], table(many(9, {"kind": "uuid"}), "u")]
                },
            }
        )


def test_columns_that_are_not_asked_for_cost_a_preview_nothing() -> None:
    request = tabular(
        table(
            [
                {"name": "id", "kind": "sequence"},
                *many(99, {"kind": "text", "min_words": 500, "max_words": 500}),
            ]
        )
    )
    with pytest.raises(LimitExceededError):
        show(request, 1_000, "t")
    assert len(show(request, 1_000, "t", ["id"])["tables"][0]["rows"]) == 1_000


def test_columns_that_those_asked_for_follow_from_cost_what_they_cost() -> None:
    long = many(60, {"kind": "text", "min_words": 900, "max_words": 900})
    shown = {"name": "sum", "kind": "formula", "formula": " + ".join(f"length(c{at})" for at in range(60))}
    with pytest.raises(LimitExceededError):
        show(tabular(table([*long, shown])), 1_000, "t", ["sum"])


def test_series_that_load_one_another_with_the_same_lags_are_made_once_for_each_lag() -> None:
    loads = [{"kind": "loading", "on": "s{}", "lag": lag} for lag in ("1m", "2m")]
    given = [{"name": "s0", "components": [{"kind": "noise", "sd": 1}]}]
    for at in range(1, 16):
        given.append(
            json.loads(json.dumps({"name": f"s{at}", "components": loads}).replace("s{}", f"s{at - 1}"))
        )
    rows = show(series(*given), 20)["tables"][0]["rows"]
    # 2 ** 15 ways lead from the last series to the first.
    assert len(rows) == 20


def test_a_text_can_be_repeated_as_long_as_it_stays_short() -> None:
    repeated = [{"name": "c0", "kind": "constant", "value": "ab"}]
    repeated += [
        {"name": f"c{at}", "kind": "formula", "formula": f"c{at - 1} & c{at - 1}"} for at in range(1, 12)
    ]
    assert show(tabular(table(repeated)), 1)["tables"][0]["rows"][0][-1] == "ab" * 2**11
    for at in range(12, 30):
        repeated.append({"name": f"c{at}", "kind": "formula", "formula": f"c{at - 1} & c{at - 1}"})
    with pytest.raises(InvalidRequestError, match="repeat less") as refused:
        parse(tabular(table(repeated)))
    assert re.fullmatch(r"parameters.tables\[t\].columns\[c1\d\].formula", refused.value.errors[0].field)


def test_a_stream_that_is_dear_to_make_is_refused_where_a_preview_of_it_is_not() -> None:
    request = tabular(
        table(
            [
                {"name": "id", "kind": "sequence"},
                *many(150, {"kind": "text", "min_words": 40, "max_words": 60}),
            ]
        )
    )
    assert show(request, 10)
    with pytest.raises(LimitExceededError):
        InProcessExecutor().run("endless", {"request": {**request, "table": "t"}})
