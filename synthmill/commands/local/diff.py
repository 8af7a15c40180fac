"""`synthmill diff`: what two datasets differ in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthmill.command_line.exit_codes import DIFFERENT, OK
from synthmill.command_line.options import json_option
from synthmill.command_line.output import print_json, print_table
from synthmill.errors import ClientError

if TYPE_CHECKING:
    from synthmill.generators.datasets.diff_report import Counts, DiffReport


@click.command(short_help="Say what two datasets differ in.")
@click.argument("before", metavar="A", type=click.Path(exists=True, path_type=Path))
@click.argument("after", metavar="B", type=click.Path(exists=True, path_type=Path))
@click.option("--table", "tables", metavar="NAME", multiple=True, help="Only this table; may be repeated.")
@click.option("--by", metavar="COLUMN", help="Count by the values of this column, too.")
@click.option("--exit-code", is_flag=True, help="Exit code 6 if any row differs.")
@json_option
def diff(
    before: Path, after: Path, tables: tuple[str, ...], by: str | None, exit_code: bool, as_json: bool
) -> int:
    """Say what two datasets differ in: parameters of their recipes, and in every table the rows that are
    missing, added or changed, and in which columns. Rows are the same row if their primary key is.

    A and B are folders with a dataset, manifests, or recipe files. Where a dataset's files are there they are
    read; otherwise rows are made of the recipe.

    \b
    synthmill diff books late --by document_type
    synthmill diff shop.yaml other.yaml --table orders --json
    """
    from synthmill.generators.datasets.diff import diff as compare
    from synthmill.generators.datasets.verify_input import AttestError

    try:
        report = compare(before, after, tables=tables, by=by)
    except AttestError as error:
        raise ClientError(str(error)) from error
    if as_json:
        print_json(report.to_dict())
    else:
        _print(report)
    return DIFFERENT if exit_code and not report.equal else OK


def _print(report: DiffReport) -> None:
    for change in report.recipe:
        click.echo(f"{change.field}: {_value(change.before)} -> {_value(change.after)}")
    if report.tables:
        print_table(
            ["table", "alike", "changed", "missing", "added", "columns"],
            [
                row
                for table in report.tables
                for row in (
                    _row(table.table, table.counts),
                    *(_row(f"  {value}", counts) for value, counts in table.groups.items()),
                )
            ],
        )
    for table in report.tables:
        for columns, which in ((table.missing_columns, "A"), (table.added_columns, "B")):
            if columns:
                click.echo(f"{table.table}: only {which} has {', '.join(columns)}")
    for tables, which in ((report.missing_tables, "A"), (report.added_tables, "B")):
        if tables:
            click.echo(f"only {which} has the tables {', '.join(tables)}")
    click.echo("all rows are alike" if report.equal else "rows differ")


def _row(name: str, counts: Counts) -> list[str | int]:
    columns = ", ".join(f"{column} {count:,}" for column, count in counts.columns.items())
    return [name, counts.alike, counts.changed, counts.missing, counts.added, columns]


def _value(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 80 else text[:77] + "..."
