"""What is done in confined processes: from JSON to JSON, with nothing of the server at hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from synthmill.app.core.confined.budgets import (
    MAX_SECONDS,
    admit_blocks,
    admit_plan,
    admit_preview,
    admit_reading,
    admit_stream,
    rows_at_once,
    whole_lines,
)
from synthmill.app.core.confined.importing import import_text
from synthmill.app.core.confined.laying_out import laid_out
from synthmill.generators.datasets.preview import json_rows, preview, staged
from synthmill.generators.datasets.slices import lines
from synthmill.generators.domain_rules.check import bind_rules
from synthmill.generators.domain_rules.made import check_made
from synthmill.generators.domain_rules.sandbox import RuleLimits
from synthmill.generators.engine.costs import Estimate, estimate, estimate_of_plan
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.stages import NO_RESULTS
from synthmill.generators.errors import FieldError, InvalidRequestError, UnknownNameError
from synthmill.generators.learning import fit_options
from synthmill.generators.recipes.request import Generation, parse
from synthmill.generators.recipes.template import Template, get_template, template_of, templates
from synthmill.generators.streams import parse_endless

_ROWS_AT_ONCE = 100
"""Rows of a preview that are encoded at once."""


class World(Protocol):
    """What lies outside, as work sees it."""

    def ask(self, question: str, about: Any) -> Any:
        """The answer, JSON both ways. Raises what is refused."""

    def note(self, costliest: str) -> None:
        """Say, before the work begins, what will cost most: it may never come to its end."""


def _preview(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    limit, table, columns = (arguments[name] for name in ("limit", "table", "columns"))
    cost: Estimate | None = None

    def admit(recipe: Recipe) -> None:
        nonlocal cost
        cost = estimate(recipe)
        if cost is not None:
            admit_preview(cost, limit, table, columns)
            _note(world, cost, limit)

    generation, inputs = _generation(arguments["request"], world, admit)
    recipe = generation.recipe
    plan = make_plan(recipe, inputs)
    if cost is None:
        admit_preview(estimate_of_plan(plan), limit, table, columns)
    yield b'{"seed":%d,"recipe":%b,"tables":[' % (recipe.seed, _json(recipe.to_dict()))
    for number, (name, rows) in enumerate(preview(recipe, limit, table, columns, inputs).items()):
        yield b"," if number else b""
        yield from _shown(plan.table(name), rows)
    yield b"]}"


def _shown(table: TablePlan, rows: Any) -> Iterator[bytes]:
    """A table of a preview, some rows at a time."""
    chosen = table.chosen(rows.schema.names)
    head = {
        "name": chosen.name,
        "rows_total": chosen.rows,
        "columns": [
            {"name": c.name, "type": str(c.type), "kind": c.kind, "nullable": c.nullable}
            for c in chosen.columns
        ],
    }
    yield _json(head)[:-1] + b',"rows":['
    for start in range(0, rows.num_rows, _ROWS_AT_ONCE):
        yield b"," if start else b""
        yield _json(json_rows(chosen, rows.slice(start, _ROWS_AT_ONCE)))[1:-1]
    yield b"]}"


def _lay_out(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    """The lay-out of a dataset that a request asks for, or of one whose recipe is known already."""
    seconds = arguments["plan_seconds"]
    if "request" in arguments:
        generation, inputs = _generation(arguments["request"], world, _admitting(world, seconds))
    else:
        recipe = Recipe.from_dict(arguments["recipe"])
        _admitting(world, seconds)(recipe)
        output = Output.from_dict(arguments["output"])
        generation = Generation(
            recipe, output, arguments["part_rows"], arguments["template"], arguments["rules"]
        )
        inputs = _finding(world)(recipe.inputs)
    plan = make_plan(generation.recipe, inputs)
    cost = estimate(generation.recipe) or estimate_of_plan(plan)
    admit_blocks(cost, {table.name: table.block_rows for table in plan.tables})
    yield _json(laid_out(plan, generation, arguments["min_piece"]))


def _check_template(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    """Whether a template can be planned with its own numbers of rows."""
    template = template_of(arguments["content"])
    admit_reading(arguments["content"])
    request = {"template": template.name, "seed": 0}
    recipe = parse(request, lambda _: template, _finding(world), _admitting(world)).recipe
    if recipe.rules:
        plan = make_plan(recipe, _finding(world)(recipe.inputs))
        bind_rules(recipe.rules, {table.name: table.schema for table in plan.tables}, "rules")
    yield b"{}"


def _endless(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    """What a stream is of: the web process makes its events, so they have to be cheap."""
    request = arguments["request"]
    admit_reading(request)
    cost: Estimate | None = None

    def admit(recipe: Recipe) -> None:
        nonlocal cost
        cost = estimate(recipe)
        if cost is not None:
            admit_stream(cost)

    found = parse_endless(request, _templates(world), admit)
    if cost is None:
        admit_stream(estimate_of_plan(make_plan(found.recipe)))
    yield _json({**vars(found), "recipe": found.recipe.to_dict()})


def _import(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    yield _json(import_text(**arguments))


def _check_rules(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    """The domain rules of a recipe on all of its rows."""
    recipe = Recipe.from_dict(arguments["recipe"])
    plan = make_plan(recipe, _finding(world)(recipe.inputs))
    limits = RuleLimits(arguments["seconds"], arguments["memory_bytes"])
    report = check_made(recipe, plan, limits)
    yield _json({**report.to_dict(), "summary": report.summary})


def _check_fit(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    """Whether a model can be asked for in this way; what the data say to it shows when it is fitted."""
    admit_reading(arguments["parameters"])
    try:
        fit_options(arguments["parameters"])
    except InvalidRequestError as error:
        raise InvalidRequestError(
            FieldError(f"parameters.{one.field}", one.reason, one.fix) for one in error.errors
        ) from error
    yield b"{}"


def _rows(arguments: Mapping[str, Any], world: World) -> Iterator[bytes]:
    """As many rows of a table, from one row on, as one answer has room and time for; at least one."""
    generation, inputs = _generation(arguments["request"], world, _admitting(world))
    recipe = generation.recipe
    plan = make_plan(recipe, inputs)
    cost = estimate(recipe) or estimate_of_plan(plan)
    name, columns = arguments["table"], arguments["columns"]
    names = [table.name for table in plan.tables]
    if name not in names:
        raise UnknownNameError("table", name, names)
    table = plan.table(name) if columns is None else plan.table(name).chosen(columns)
    start, stop = _range_of(arguments, table.rows)
    count = rows_at_once(cost, name, columns, stop - start)
    pieces = lines("jsonl", plan, table, start, start + count, staged(plan, table, NO_RESULTS))
    text = whole_lines(b"".join(pieces), arguments["most_bytes"])
    answer = {
        "seed": recipe.seed,
        "start": start,
        "stop": stop,
        "rows": text.count(b"\n"),
        "lines": text.decode(),
    }
    yield _json(answer)


def _range_of(arguments: Mapping[str, Any], rows: int) -> tuple[int, int]:
    start = arguments["start"]
    stop = rows if arguments["stop"] is None else arguments["stop"]
    for field, row in (("start", start), ("stop", stop)):
        if row > rows:
            raise InvalidRequestError.one(field, f"{row:,} is beyond the table", f"it has {rows:,} rows")
    if start > stop:
        raise InvalidRequestError.one("stop", f"{stop:,} is before start, {start:,}", "a row after the first")
    return start, stop


WORKS: Mapping[str, Callable[[Mapping[str, Any], World], Iterator[bytes]]] = {
    "preview": _preview,
    "rows": _rows,
    "lay_out": _lay_out,
    "check_template": _check_template,
    "endless": _endless,
    "import": _import,
    "check_rules": _check_rules,
    "check_fit": _check_fit,
}


def _generation(
    request: Mapping[str, Any], world: World, admit: Callable[[Recipe], None]
) -> tuple[Generation, InputPaths]:
    """What a request means, and where its inputs are."""
    admit_reading(request)
    found: InputPaths = {}

    def find(wanted: Sequence[Input]) -> InputPaths:
        nonlocal found
        found = _finding(world)(wanted)
        return found

    return parse(request, _templates(world), find, admit), found


def _admitting(world: World, seconds: float = MAX_SECONDS) -> Callable[[Recipe], None]:
    def admit(recipe: Recipe) -> None:
        cost = estimate(recipe)
        if cost is not None:
            admit_plan(cost, seconds)
            _note(world, cost, 0)

    return admit


def _note(world: World, cost: Estimate, rows: int) -> None:
    made = cost.rows({table.name: rows for table in cost.tables}).time
    planned = cost.plan_time()
    costliest = made.costliest if made.total > planned.total else planned.costliest
    if costliest:
        world.note(f"parameters.{costliest}")


def _templates(world: World) -> Callable[[str], Template]:
    """Our own templates, and those of the workspace that asks."""

    def find(name: str) -> Template:
        if name in templates():
            return get_template(name)
        answer = world.ask("template", name)
        if "content" not in answer:
            raise UnknownNameError("template", name, answer["known"])
        return template_of(answer["content"])

    return find


def _finding(world: World) -> Callable[[Sequence[Input]], InputPaths]:
    def find(wanted: Sequence[Input]) -> InputPaths:
        if not wanted:
            return {}
        answer = world.ask("inputs", [one.to_dict() for one in wanted])
        return {sha256: Path(path) for sha256, path in answer.items()}

    return find


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
