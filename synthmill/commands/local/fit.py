"""`synthmill fit`: a model of a data file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from synthmill.client.progress import Meter
from synthmill.command_line.budget import budget_options
from synthmill.command_line.constraints import constraint_option, parsed
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
@click.option("--method", metavar="NAME", default="auto", help="auto (default), bayes, independent or dp.")
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
    help="careful (default), or open: closer to the data, and the file tells more of whose they are.",
)
@budget_options
@constraint_option
@click.option(
    "--locale",
    metavar="LOCALE",
    help="Whose names and numbers replace personal ones: de_DE, en_US; else as they look.",
)
@json_option
@quiet_option
def fit(
    data: Path,
    out: Path,
    method: str,
    roles: tuple[str, ...],
    keys: tuple[str, ...],
    privacy: str | None,
    budget: dict[str, Any] | None,
    constraints: tuple[str, ...],
    locale: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Learn from a table in CSV, Parquet or JSON, or from a folder of tables that belong together, and
    write a model that rows like theirs can be made of.

    Prints what each column was taken for, so that --role can correct it, and what holds in every row.
    docs/learning.md says what the model holds of the data and what it doesn't.

    \b
    synthmill fit patients.csv -o patients.model --role patient_id=subject
    synthmill fit stays.csv -o stays.model --constraint 'admitted<=discharged' --constraint 'age>=0'
    synthmill sample patients.model --rows 10000 -o made.csv
    synthmill fit patients.csv -o private.model --epsilon 1 --bounds age=0..120 --domain sex=F,M
    synthmill fit shop/ -o shop.model --child orders.customer_id=customers.id
    """
    given = _roles(roles, data.is_dir())
    if budget is not None and privacy is not None:
        raise click.UsageError(f"--privacy {privacy}: leave it out where there is --epsilon")
    _refuse_place(out)
    options: dict[str, Any] = {"keys": found} if (found := keys_of(keys)) else {}
    if locale is not None:
        options["locale"] = locale
    if constraints:
        options["constraints"] = parsed(constraints)
    from synthmill.models import fit as fit_model

    with Meter(data.name, "steps", quiet=quiet) as meter:

        def report(done: int, total: int, what: str) -> None:
            raise_if_asked()
            meter.show(done, total)

        protected = budget or privacy or "careful"
        model = fit_model(data, method=method, roles=given, privacy=protected, report=report, **options)
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
    for table in tables:
        of_table = f" of {table['name']}" if several else ""
        for relation in table["relations"]:
            click.echo(f"holds in every row{of_table}: {relation['relation']}")
    for warning in model.description["warnings"]:
        click.echo(f"note: {warning}", err=True)
    if not quiet:
        size = model.description["bytes"]
        click.echo(f"{out}: {size:,} bytes, learnt from {_counted(tables)}; {_statement(model)}", err=True)


def _counted(tables: Sequence[Mapping[str, Any]]) -> str:
    if len(tables) == 1:
        return f"{tables[0]['rows']:,} rows"
    return ", ".join(f"{one['rows']:,} {one['name']}" for one in tables)


def _refuse_place(out: Path) -> None:
    """Found before the work is done. Raises click.BadParameter."""
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}: make it first", param_hint="--out")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise click.BadParameter(f"{out} can't be written: give another place", param_hint="--out")


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
