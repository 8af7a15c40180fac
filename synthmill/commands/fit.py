"""`synthmill fit`: a model of a data file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from synthmill.client.progress import Meter
from synthmill.command_line.keys import child_option, keys_of
from synthmill.command_line.options import json_option, quiet_option
from synthmill.command_line.output import print_json, print_table
from synthmill.ending import raise_if_asked


@click.command(short_help="Learn a model from data files.")
@click.argument("data", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--out",
    metavar="MODEL",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Model file to write.",
)
@click.option("--method", metavar="NAME", default="auto", help="auto (default), bayes or independent.")
@click.option(
    "--role",
    "roles",
    metavar="[TABLE.]COLUMN=ROLE",
    multiple=True,
    help="What a column is for: key, subject, category, number, time, code, personal, text or ignore; may be "
    "repeated.",
)
@child_option
@click.option(
    "--privacy",
    metavar="MODE",
    default="careful",
    help="careful (default), or open: closer to the data, and the file tells more of whose they are.",
)
@json_option
@quiet_option
def fit(
    data: Path,
    out: Path,
    method: str,
    roles: tuple[str, ...],
    keys: tuple[str, ...],
    privacy: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Learn from a table in CSV, Parquet or JSON, or from a folder of tables that belong together, and
    write a model that rows like theirs can be made of.

    Prints what each column was taken for, so that --role can correct it. docs/learning.md says what the
    model holds of the data and what it doesn't.

    \b
    synthmill fit patients.csv -o patients.model --role patient_id=subject
    synthmill sample patients.model --rows 10000 -o made.csv
    synthmill fit shop/ -o shop.model --child orders.customer_id=customers.id
    """
    given = _roles(roles, data.is_dir())
    options = {"keys": found} if (found := keys_of(keys)) else {}
    from synthmill.models import fit as fit_model

    with Meter(data.name, "steps", quiet=quiet) as meter:

        def report(done: int, total: int, what: str) -> None:
            raise_if_asked()
            meter.show(done, total)

        model = fit_model(data, method=method, roles=given, privacy=privacy, report=report, **options)
    model.save(out)
    if as_json:
        print_json(model.description)
        return
    tables = model.description["tables"]
    several = len(tables) > 1
    print_table(
        ["column", "role", "type", *(["key of"] if several else [])],
        [
            [
                f"{table['name']}.{one['name']}" if several else one["name"],
                one["role"],
                one["type"],
                *([table.get("keys", {}).get(one["name"], "")] if several else []),
            ]
            for table in tables
            for one in table["columns"]
        ],
    )
    for warning in model.description["warnings"]:
        click.echo(f"note: {warning}", err=True)
    if not quiet:
        size = model.description["bytes"]
        click.echo(f"{out}: {size:,} bytes, learnt from {_counted(tables)}; {_statement(model)}", err=True)


def _counted(tables: Sequence[Mapping[str, Any]]) -> str:
    if len(tables) == 1:
        return f"{tables[0]['rows']:,} rows"
    return ", ".join(f"{one['rows']:,} {one['name']}" for one in tables)


def _statement(model: object) -> str:
    description = model.description  # type: ignore[attr-defined]
    return f"{description['privacy']['mode']}: {description['privacy']['statement']}"


def _roles(given: tuple[str, ...], several: bool) -> dict[str, Any]:
    """By column, or of several tables by table and column. Raises click.UsageError for what isn't
    [TABLE.]COLUMN=ROLE."""
    found: dict[str, Any] = {}
    for text in given:
        place, separator, role = text.rpartition("=")
        table, dot, column = place.partition(".") if several else ("", "", place)
        if not (place and separator and role) or (several and not (table and dot and column)):
            raise click.UsageError(f"--role {text}: give {'TABLE.' if several else ''}COLUMN=ROLE")
        if several:
            found.setdefault(table, {})[column] = role
        else:
            found[column] = role
    return found
