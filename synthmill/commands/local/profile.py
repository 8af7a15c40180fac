"""`synthmill profile`: what the columns of a dataset hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.command_line.options import json_option, with_client_if_asked
from synthmill.command_line.output import print_json, print_table
from synthmill.errors import ClientError

if TYPE_CHECKING:
    from synthmill.client.client import Client


@click.command(short_help="Show what the columns of a dataset hold.")
@click.argument("dataset", metavar="DIR|ID")
@click.option("--table", metavar="NAME", help="Only this table.")
@json_option
@with_client_if_asked
def profile(client: Client | None, dataset: str, table: str | None, as_json: bool) -> None:
    """Show the profile of a dataset: nulls, extremes, mean, quantiles and common values of every column.

    DIR is a folder with a dataset; with --server, ID is a dataset's id. Nothing is computed: every dataset
    has its profile from when it was made. --json has all of it.

    \b
    synthmill profile shop --table orders
    """
    content = _of_folder(Path(dataset)) if client is None else client.profile(dataset)
    known = [one["name"] for one in content["tables"]]
    if table is not None and table not in known:
        raise click.BadParameter(f"unknown table {table!r}; one of {', '.join(known)}", param_hint="--table")
    content["tables"] = [one for one in content["tables"] if table in (None, one["name"])]
    if as_json:
        print_json(content)
        return
    for number, one in enumerate(content["tables"]):
        click.echo(f"{chr(10) if number else ''}{one['name']}, {one['rows']:,} rows")
        print_table(
            ["column", "type", "nulls", "distinct", "min", "mean", "max", "most common"],
            [_line(column) for column in one["columns"]],
        )


def _of_folder(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise ClientError(f"no folder {folder}; give one with a dataset, or --server and a dataset's id")
    from synthmill.library import Dataset

    return Dataset.open(folder).profile()


def _line(column: dict[str, Any]) -> list[Any]:
    length = column.get("length")
    extremes = [column.get(name) for name in ("min", "mean", "max")]
    if length:
        extremes = [f"{length['min']} letters", f"{length['mean']:.1f}", f"{length['max']} letters"]
    distinct = column["distinct"]
    common = ", ".join(f"{one['value']} {one['share']:.1%}" for one in column["top"][:2])
    return [
        column["name"],
        column["type"],
        f"{column['null_share']:.1%}",
        distinct if column["distinct_exact"] or distinct is None else f"~{distinct:,}",
        *(f"{value:g}" if isinstance(value, float) else value for value in extremes),
        common or None,
    ]
