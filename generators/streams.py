"""Data without an end: a request for it, and its events as JSON.

An endless table is one as long as tables can be (`limits.MAX_TABLE_ROWS`): at a thousand events a second it
lasts four months, at ten a second 31 years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.engine.contract import STRATEGIES, EndlessStrategy
from synthmill.generators.engine.pipeline import make_events, make_plan
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recent import Recent
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.registry import check_plugins
from synthmill.generators.errors import FiniteTableError, InvalidRequestError, UnknownNameError
from synthmill.generators.formats import FORMATS
from synthmill.generators.recipes.request import (
    Admit,
    FindTemplate,
    SourceRequest,
    from_root,
    load_request,
    parameters_of,
    planned,
    unknown,
)
from synthmill.generators.recipes.template import get_template

BLOCKS_SHARE = 32
"""Events are made so many times fewer at once than rows of a file: somebody waits for them."""


class EndlessRequest(SourceRequest):
    """Data that goes on."""

    table = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(1, limits.MAX_NAME_LENGTH, error="isn't {min} to {max} characters long"),
        metadata={
            "description": "the table whose rows are the events; the only one that can go on if left out"
        },
    )


_KEPT: Recent[tuple[str, ...]] = Recent(32 * 2**20, lambda texts: sum(map(len, texts)) + 60.0 * len(texts))
"""Blocks of events that were made last, for all who watch the same."""


@dataclass(frozen=True)
class Endless:
    """What happens, event after event."""

    recipe: Recipe
    table: str
    template: str | None
    """The template's name, for people; all that it says is in the recipe."""
    count: int
    """How many events there are: far more than anybody waits for."""


def parse_endless(
    raw: Mapping[str, Any], find_template: FindTemplate = get_template, admit: Admit | None = None
) -> Endless:
    """What a request for endless data means. Raises InvalidRequestError, fields from the request's root.

    `admit` sees the recipe before it is planned, and may refuse it by raising.
    """
    request = load_request(EndlessRequest(), raw)
    check_plugins(request["plugins"])
    name, parameters = parameters_of(request, find_template=find_template)
    try:
        strategy = STRATEGIES.get(name)
    except UnknownNameError as error:
        raise unknown("strategy", error) from error
    if not isinstance(strategy, EndlessStrategy):
        others = [one.name for one in STRATEGIES.usable().values() if isinstance(one, EndlessStrategy)]
        raise InvalidRequestError.one(
            "strategy", f"{name} makes a whole of a stated size", f"these go on: {', '.join(others)}"
        )
    try:
        parameters, table = strategy.endless(parameters, request["table"])
    except FiniteTableError as error:
        raise InvalidRequestError.one("table", error.reason, error.fix) from error
    except InvalidRequestError as error:
        raise from_root(error) from error
    recipe, plan = planned(name, parameters, request["seed"], admit=admit)
    if needs := plan.table(table).needs:
        raise InvalidRequestError.one(
            "table",
            f"{table} can't go on: its rows follow from what is found out before ({', '.join(needs)})",
            "choose another table",
        )
    return Endless(recipe, table, request.get("template"), plan.table(table).rows)


class Events:
    """The events of endless data, made when asked for."""

    def __init__(self, recipe: Recipe, table: str) -> None:
        """Raises InvalidRequestError for a recipe of another engine version."""
        self._made = _Made(recipe, make_plan(recipe), table)

    @property
    def count(self) -> int:
        """How many there are: far more than anybody waits for."""
        return self._made.plan.table(self._made.table).rows

    def texts(self, start: int, stop: int) -> list[str]:
        """Events start to stop - 1, counted from 0: each a JSON object as a line of a JSON Lines file."""
        found: list[str] = []
        size = self._made.block_events
        for block in range(start // size, -(-stop // size)):
            first = block * size
            found += _block(self._made, block)[max(0, start - first) : stop - first]
        return found


@dataclass(frozen=True)
class _Made:
    """Equal by what its events follow from, so that watchers of equal streams share them."""

    recipe: Recipe
    plan: Plan
    table: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", (self.recipe.sha256, self.table))

    @property
    def block_events(self) -> int:
        return max(1, self.plan.table(self.table).block_rows // BLOCKS_SHARE)

    def __hash__(self) -> int:
        return hash(self._key)  # type: ignore[attr-defined]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Made) and self._key == other._key  # type: ignore[attr-defined]


def _block(made: _Made, block: int) -> tuple[str, ...]:
    return _KEPT.get((made, block), lambda: _made_block(made, block))


def _made_block(made: _Made, block: int) -> tuple[str, ...]:
    table = made.plan.table(made.table)
    start = block * made.block_events
    cells = make_events(made.plan, made.table, start, min(start + made.block_events, table.rows))
    lines = FORMATS.get("jsonl").encode(table, cells, "none").body.splitlines()
    return tuple(line.decode() for line in lines)
