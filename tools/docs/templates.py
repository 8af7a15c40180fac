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
from tools.docs.public_figures import figures, section
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
        "`--rows` is the number of rows of one table, the *main* one, which its page names. Of the others",
        "a template says `{ratio: 0.4}`, so many for each of the main table's; `{rows: 30}`, which stay; or",
        "`{rows: 5000, least: 10}`, which shrink with the square root of the main table's where those are",
        "fewer than its default, down to `least`: fifty rows make a small world, not two accounts among",
        "five thousand merchants. A table's own number is `--rows merchants=300`. Streams have the default",
        "sizes.",
        "",
        "`rules` are what people of the trade expect of the data, checked by queries: see",
        "[domain rules](../conformance.md#domain-rules).",
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
    yield from _sizes(template, plan)
    if template.options:
        yield ""
        yield "| of `parameters` | what it is |"
        yield "|---|---|"
        for name, option in template.options.items():
            yield f"| `{name}` | {option.description} |"
    yield ""
    yield f"![Tables and foreign keys]({template.name}.svg)"
    if template.rules:
        yield from _domain_rules(template)
    known = figures()
    if template.name in known:
        yield ""
        yield from section(known[template.name])
    parameters = tables_by_name(recipe.parameters)
    for table in plan.tables:
        yield ""
        yield from _table(table, parameters[table.name] if recipe.strategy == "tabular" else None)
        yield ""
        yield from _sample(table, recipe)


def _sizes(template: Template, plan: Plan) -> Iterator[str]:
    """What `--rows` is, and how many rows the other tables have."""
    if len(plan.tables) == 1:
        yield f"`--rows` is the number of rows of `{template.main}`."
        return
    total = sum(table.rows for table in plan.tables)
    yield (
        f"`--rows` is the number of rows of `{template.main}`, the main table; with the default of"
        f" {template.default_rows:,} there are {total:,} rows in all {len(plan.tables)} tables."
    )
    following = [name for name, law in template.rows.items() if law.ratio is not None]
    shrinking = [
        f"`{name}` (to {law.least:,})" for name, law in template.rows.items() if law.least is not None
    ]
    staying = [name for name, law in template.rows.items() if law.ratio is None and law.least is None]
    said = [
        f"{_named(following)} follow it" if following else "",
        f"{', '.join(shrinking)} shrink with its square root where it is smaller" if shrinking else "",
        f"{_named(staying)} stay" if staying else "",
    ]
    yield f"Of the others {'; '.join(filter(None, said))}."


def _domain_rules(template: Template) -> Iterator[str]:
    """What its trade expects of the data."""
    yield ""
    yield "## Domain rules"
    yield ""
    yield "What has to hold, checked by `--rules fail` and in a [conformance report](../conformance.md):"
    yield ""
    for rule in template.rules:
        most = f" (At most {rule.at_most:.2%} may differ.)" if rule.at_most else ""
        yield f"- {rule.says}{most} `{rule.name}`"


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
