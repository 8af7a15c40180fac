"""`synthmill rows`: any rows of a dataset, without the rest."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from synthmill.command_line.options import columns_option
from synthmill.errors import ClientError


@click.command(short_help="Print any rows of a dataset, without the rest.")
@click.argument("manifest", metavar="MANIFEST", type=click.Path(exists=True, path_type=Path))
@click.argument("table", metavar="TABLE")
@click.argument("rows", metavar="START:STOP")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "jsonl", "json"]),
    default="csv",
    show_default=True,
    help="How to print them.",
)
@click.option("--no-header", is_flag=True, help="Print CSV without its first line.")
@columns_option
def rows(
    manifest: Path, table: str, rows: str, format_: str, no_header: bool, columns: list[str] | None
) -> None:
    """Print any rows of a dataset, made from the recipe in its manifest alone; no file is read but that.

    Rows count from 0, and STOP isn't included: 0:10 are the first ten, 5000000: all from there on, 7 one row.

    \b
    synthmill rows shop/manifest.json orders 5000000:5000100
    """
    from synthmill.generators.datasets.manifest import ManifestError, recipe_of
    from synthmill.generators.datasets.slices import excerpt, parse_range
    from synthmill.generators.datasets.verify_input import (
        AttestError,
        attested_plan,
        manifest_path,
        open_manifest,
    )
    from synthmill.generators.errors import InvalidRequestError

    try:
        recipe = recipe_of(open_manifest(manifest_path(manifest)))
        plan = attested_plan(recipe)
    except (AttestError, ManifestError) as error:
        raise ClientError(str(error)) from error
    names = [one.name for one in plan.tables]
    if table not in names:
        raise InvalidRequestError.one("table", f"unknown table {table!r}", f"one of {', '.join(names)}")
    start, stop = parse_range(rows, plan.table(table).rows)
    if columns is not None:
        plan.table(table).chosen(columns)
    sys.stdout.flush()
    for piece in excerpt(recipe, table, start, stop, format_, not no_header, columns):
        sys.stdout.buffer.write(piece)
