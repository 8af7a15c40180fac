"""The pages about templates, from the templates: `python -m tools.docs.templates FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from synthmill.generators.datasets.preview import json_rows, preview
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.recipes.row_counts import tables_by_name
from synthmill.generators.recipes.template import Template, get_template, resolve, templates
from tools.docs.template_picture import picture

SAMPLE_ROWS = 3
"""Rows of each table on a page, of seed 0."""


def pages() -> dict[str, str]:
    """All pages and pictures by file name."""
    made = {"README.md": _index()}
    for name in templates():
        template = get_template(name)
        recipe = make_recipe(template.strategy, resolve(template, {}, None), 0)
        plan = make_plan(recipe)
        made[f"{name}.md"] = "\n".join(_page(template, recipe, plan)) + "\n"
        made[f"{name}.svg"] = picture(plan)
    return made


def _index() -> str:
    lines = [
        "# Templates",
        "",
        "These pages are written by `python -m tools.docs.templates docs/templates`; a test",
        "says when they are out of date.",
        "",
        "A template is a recipe filled in for a domain. `synthmill generate --template NAME --rows N` makes",
        "it, `synthmill init --template NAME` writes it to a file to be changed, and the parameters of a",
        "request are laid over it. See [relations and rules](../relations.md) for what its tables are made",
        "with.",
        "",
        "| template | tables | what it is |",
        "|---|---|---|",
    ]
    for name, template in templates().items():
        count = max(1, len(tables_by_name(template.parameters)))
        lines.append(f"| [{name}]({name}.md) | {count} | {' '.join(template.description.split())} |")
    return "\n".join(lines) + "\n"


def _page(template: Template, recipe: Recipe, plan: Plan) -> Iterator[str]:
    yield f"# {template.title}"
    yield ""
    yield " ".join(template.description.split())
    yield ""
    yield "```sh"
    yield f"synthmill generate --template {template.name} --rows {template.default_rows} --format parquet"
    yield "```"
    yield ""
    yield f"`--rows` is the number of rows of `{template.main}`; the other tables follow it."
    if template.options:
        yield ""
        yield "| of `parameters` | what it is |"
        yield "|---|---|"
        for name, option in template.options.items():
            yield f"| `{name}` | {option.description} |"
    yield ""
    yield f"![Tables and foreign keys]({template.name}.svg)"
    parameters = tables_by_name(recipe.parameters)
    for table in plan.tables:
        yield ""
        yield from _table(table, parameters[table.name] if recipe.strategy == "tabular" else None)
        yield ""
        yield from _sample(table, recipe)


def _table(table: TablePlan, parameters: Mapping[str, Any] | None) -> Iterator[str]:
    """`parameters`: the table in the parameters of `tabular`, whose rules and kinds have pages."""
    yield f"## {table.name}"
    yield ""
    rules = [] if parameters is None else _rules(table, parameters)
    yield f"{table.rows:,} rows. {' '.join(rules)}".rstrip()
    yield ""
    yield "| column | type | kind | refers to |"
    yield "|---|---|---|---|"
    refers = {key.columns[0]: f"{key.table}.{key.references[0]}" for key in table.foreign_keys}
    for column in table.columns:
        null = ", may be null" if column.nullable else ""
        kind = f"`{column.kind}`" if parameters is None else f"[`{column.kind}`](../columns.md#{column.kind})"
        yield f"| `{column.name}` | {column.type}{null} | {kind} | {refers.get(column.name, '')} |"


def _rules(table: TablePlan, parameters: Mapping[str, Any]) -> Iterator[str]:
    if table.primary_key:
        yield f"Primary key: {_named(table.primary_key)}."
    above = parameters["children_of"]
    if above is not None:
        yield _children(above)
    for names in parameters["unique_keys"]:
        yield f"Unique: {_named(names)}."
    for names in parameters["orderings"]:
        yield f"In order: {' ≤ '.join(f'`{name}`' for name in names)}."


def _children(above: Mapping[str, Any]) -> str:
    parents = f"`{above['table']}`"
    if above["steps_of"] is not None:
        return f"A row for every state in `{above['steps_of']}` that a row of {parents} goes through."
    if above["schedule"] is not None:
        return f"A row of {parents} has one at regular times of its life."
    if above["counts"] == "exposure":
        return f"A row of {parents} has the more of them the longer its life is, at most {above['max']}."
    return f"A row of {parents} has {above['min']} to {above['max']} of them."


def _named(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sample(table: TablePlan, recipe: Recipe) -> Iterator[str]:
    rows = preview(recipe, SAMPLE_ROWS, table.name)[table.name]
    names = [column.name for column in table.columns]
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for row in json_rows(table, rows):
        yield f"| {' | '.join('' if value is None else str(value) for value in row)} |"


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
