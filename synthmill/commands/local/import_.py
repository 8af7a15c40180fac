"""`synthmill import`: a recipe from what is there: DDL, a data file, a JSON Schema, a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthmill.errors import ClientError

if TYPE_CHECKING:
    from synthmill.generators.importing.model import Imported


_FORMS = {
    ".sql": "DDL", ".ddl": "DDL", ".json": "JSON Schema", ".parquet": "Parquet", ".pq": "Parquet",
}  # fmt: skip
"""By what a file's name ends with; of others it is CSV."""


@click.command("import", short_help="Make a recipe of DDL, a data file, JSON Schema or a database.")
@click.argument("source", metavar="FILE|URL")
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Recipe file to write.",
)
@click.option("--dialect", metavar="NAME", help="Of DDL: postgres, mysql, sqlite, tsql, oracle ...")
@click.option("--rows", type=click.IntRange(min=1), help="Rows of the largest tables.")
@click.option("--schema", metavar="NAME", help="Of a database: the schema whose tables are meant.")
@click.option(
    "--encoding",
    metavar="NAME",
    help="Of DDL, JSON and CSV: utf-8, utf-16, latin-1 ...; else the file shows it.",
)
@click.option(
    "--null",
    "nulls",
    metavar="TEXT",
    multiple=True,
    help="Of CSV: a text that is null without quotes, in every column; may be repeated. Left out, NA, NULL "
    "and their like are null among numbers, dates and truth values; '' leaves empty cells alone.",
)
def import_(
    source: str,
    out: Path | None,
    dialect: str | None,
    rows: int | None,
    schema: str | None,
    encoding: str | None,
    nulls: tuple[str, ...],
) -> None:
    """Make a recipe of tables that are there: columns, types, keys, ranges and categories. No row of a
    database is read, and no text of a data file taken over that isn't one of a few categories.

    FILE is SQL (.sql), data (.csv, .csv.gz, .parquet) or a JSON Schema (.json); URL is a database's, as
    SQLAlchemy has them. What couldn't be taken over is said on stderr.

    \b
    synthmill import schema.sql -o recipe.yaml
    synthmill import postgresql+psycopg://localhost/shop -o recipe.yaml
    """
    form = "a database" if "://" in source else _FORMS.get(Path(source).suffix.lower(), "CSV")
    for option, given, meant in (
        ("--dialect", dialect, ("DDL",)),
        ("--schema", schema, ("a database",)),
        ("--encoding", encoding, ("DDL", "JSON Schema", "CSV")),
        ("--null", nulls, ("CSV",)),
    ):
        if given and form not in meant:
            raise click.UsageError(f"{option} is for {' and '.join(meant)}, and this is {form}")
    path = Path(source)
    imported = _database(source, schema) if "://" in source else _file(path, form, dialect, encoding, nulls)
    from synthmill.generators.importing.recipe import recipe_yaml, request_for

    text = recipe_yaml(request_for(imported, rows))
    for note in imported.notes:
        click.echo(f"note: {note}", err=True)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
        click.echo(f"{out}: {len(imported.tables)} tables; try: synthmill preview --recipe {out}", err=True)


def _database(url: str, schema: str | None) -> Imported:
    try:
        from synthmill.database import read_database

        return read_database(url, schema)
    except ModuleNotFoundError as error:
        raise ClientError(
            f"a database is read with SQLAlchemy and its own driver, and there is no {error.name}; "
            "pip install 'synthmill[server]' installs them for PostgreSQL and SQLite"
        ) from error


def _file(
    path: Path, form: str, dialect: str | None, encoding: str | None, nulls: tuple[str, ...]
) -> Imported:
    if not path.is_file():
        raise ClientError(f"no file {path}; give DDL, a data file, a JSON Schema or a database's address")
    name = path.name.split(".")[0]
    if form in ("DDL", "JSON Schema"):
        from synthmill.generators.importing.encoding import decoded

        notes = list[str]()
        text = decoded(path.read_bytes(), encoding, notes)
        if form == "JSON Schema":
            from synthmill.generators.importing.json_schema import read_json_schema

            imported = read_json_schema(text, name)
        else:
            from synthmill.generators.importing.ddl import read_ddl

            imported = read_ddl(text, dialect)
        imported.notes[:0] = notes
        return imported
    from synthmill.generators.importing.csv_file import CsvOptions
    from synthmill.generators.importing.data import read_data

    options = CsvOptions(encoding, [one for one in nulls if one] if nulls else None)
    return read_data(path, name, form.lower(), options)
