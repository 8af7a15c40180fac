"""`synthmill fit`: a model of a data file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from synthmill.client.progress import Meter
from synthmill.command_line.budget import budget_options
from synthmill.command_line.constraints import constraint_option, parsed
from synthmill.command_line.options import json_option, quiet_option
from synthmill.command_line.output import print_json, print_table
from synthmill.ending import raise_if_asked


@click.command(short_help="Learn a model from a data file.")
@click.argument("data", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
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
    metavar="COLUMN=ROLE",
    multiple=True,
    help="What a column is for: key, subject, category, number, time, code, personal, text or ignore; may be "
    "repeated.",
)
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
    privacy: str | None,
    budget: dict[str, Any] | None,
    constraints: tuple[str, ...],
    locale: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Learn from a table in CSV, Parquet or JSON, and write a model that rows like its own can be made of.

    Prints what each column was taken for, so that --role can correct it, and what holds in every row.
    docs/learning.md says what the model holds of the data and what it doesn't.

    \b
    synthmill fit patients.csv -o patients.model --role patient_id=subject
    synthmill fit stays.csv -o stays.model --constraint 'admitted<=discharged' --constraint 'age>=0'
    synthmill sample patients.model --rows 10000 -o made.csv
    synthmill fit patients.csv -o private.model --epsilon 1 --bounds age=0..120 --domain sex=F,M
    """
    given = dict(_role(text) for text in roles)
    if budget is not None and privacy is not None:
        raise click.UsageError(f"--privacy {privacy}: leave it out where there is --epsilon")
    _refuse_place(out)
    from synthmill.models import fit as fit_model

    with Meter(data.name, "steps", quiet=quiet) as meter:

        def report(done: int, total: int, what: str) -> None:
            raise_if_asked()
            meter.show(done, total)

        options: dict[str, Any] = {} if locale is None else {"locale": locale}
        if constraints:
            options["constraints"] = parsed(constraints)
        protected = budget or privacy or "careful"
        model = fit_model(data, method=method, roles=given, privacy=protected, report=report, **options)
    model.save(out)
    if as_json:
        print_json(model.description)
        return
    (table,) = model.description["tables"]
    print_table(
        ["column", "role", "type"], [[one["name"], one["role"], one["type"]] for one in table["columns"]]
    )
    for relation in table["relations"]:
        click.echo(f"holds in every row: {relation['relation']}")
    for warning in model.description["warnings"]:
        click.echo(f"note: {warning}", err=True)
    if not quiet:
        size = model.description["bytes"]
        click.echo(
            f"{out}: {size:,} bytes, learnt from {table['rows']:,} rows; {_statement(model)}", err=True
        )


def _refuse_place(out: Path) -> None:
    """Found before the work is done. Raises click.BadParameter."""
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}: make it first", param_hint="--out")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise click.BadParameter(f"{out} can't be written: give another place", param_hint="--out")


def _statement(model: object) -> str:
    description = model.description  # type: ignore[attr-defined]
    return f"{description['privacy']['mode']}: {description['privacy']['statement']}"


def _role(text: str) -> tuple[str, str]:
    """Raises click.UsageError for what isn't COLUMN=ROLE."""
    column, separator, role = text.rpartition("=")
    if not (column and separator and role):
        raise click.UsageError(f"--role {text}: give COLUMN=ROLE")
    return column, role
