"""`synthmill preview`: the first rows, before anything is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.command_line.options import (
    build_request,
    columns_option,
    json_option,
    request_options,
    with_client_if_asked,
)
from synthmill.command_line.output import print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

Rows = list[dict[str, Any]]


@click.command(short_help="Show the first rows of a dataset.")
@request_options
@click.option(
    "--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Rows of every table."
)
@click.option("--table", metavar="NAME", help="Only this table.")
@columns_option
@json_option
@with_client_if_asked
def preview(
    client: Client | None,
    recipe: Path | None,
    flags: Mapping[str, Any],
    limit: int,
    table: str | None,
    columns: list[str] | None,
    as_json: bool,
) -> None:
    """Show the first rows of the very dataset that the same options make with `generate` or `submit`."""
    request = build_request(recipe, flags, for_server=client is not None)
    seed, tables = (
        _ask(client, request, limit, table, columns) if client else _make(request, limit, table, columns)
    )
    if as_json:
        print_json({"seed": seed, "tables": tables})
        return
    for number, (name, rows) in enumerate(tables.items()):
        click.echo(("\n" if number else "") + name)
        shown = list(rows[0]) if rows else []
        print_table(shown, [[_text(row[column]) for column in shown] for row in rows])
    if "seed" not in request:
        click.echo(f"seed {seed} was drawn; --seed {seed} makes the same again", err=True)


def _ask(
    client: Client,
    request: Mapping[str, Any],
    limit: int,
    table: str | None,
    columns: list[str] | None,
) -> tuple[int, dict[str, Rows]]:
    found = client.preview_request(request, limit, table, columns)
    tables = {}
    for shown in found["tables"]:
        names = [column["name"] for column in shown["columns"]]
        tables[shown["name"]] = [dict(zip(names, row, strict=True)) for row in shown["rows"]]
    return found["seed"], tables


def _make(
    request: Mapping[str, Any], limit: int, table: str | None, columns: list[str] | None
) -> tuple[int, dict[str, Rows]]:
    from synthmill.generators.datasets.preview import json_rows
    from synthmill.generators.datasets.preview import preview as first_rows
    from synthmill.generators.engine.pipeline import make_plan
    from synthmill.generators.errors import InvalidRequestError, UnknownNameError
    from synthmill.generators.recipes.request import parse

    recipe = parse(request).recipe
    plan = make_plan(recipe)
    try:
        shown = first_rows(recipe, limit, table, columns)
    except UnknownNameError as error:
        raise InvalidRequestError.one(
            "table", f"unknown table {error.name!r}", f"one of {', '.join(error.known)}"
        ) from error
    tables = {
        name: [dict(zip(rows.column_names, row, strict=True)) for row in json_rows(plan.table(name), rows)]
        for name, rows in shown.items()
    }
    return recipe.seed, tables


def _text(value: Any) -> str | None:
    """A cell as it stands in the file: no thousands separators in what may be an id."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
