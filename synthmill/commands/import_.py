"""`synthmill import`: a recipe from what is there: DDL, a data file, a JSON Schema, a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthmill.errors import ClientError

if TYPE_CHECKING:
    from synthmill.generators.importing.model import Imported


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
def import_(source: str, out: Path | None, dialect: str | None, rows: int | None, schema: str | None) -> None:
    """Make a recipe of tables that are there: columns, types, keys, ranges and categories. No row of a
    database is read, and no text of a data file taken over that isn't one of a few categories.

    FILE is SQL (.sql), data (.csv, .csv.gz, .parquet) or a JSON Schema (.json); URL is a database's, as
    SQLAlchemy has them. What couldn't be taken over is said on stderr.

    \b
    synthmill import schema.sql -o recipe.yaml
    synthmill import postgresql+psycopg://localhost/shop -o recipe.yaml
    """
    imported = _read(source, dialect, schema)
    from synthmill.generators.importing.recipe import recipe_yaml, request_for

    text = recipe_yaml(request_for(imported, rows))
    for note in imported.notes:
        click.echo(f"note: {note}", err=True)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
        click.echo(f"{out}: {len(imported.tables)} tables; try: synthmill preview --recipe {out}", err=True)


def _read(source: str, dialect: str | None, schema: str | None) -> Imported:
    if "://" in source:
        from synthmill.database import read_database

        return read_database(source, schema)
    path = Path(source)
    if not path.is_file():
        raise ClientError(f"no file {path}; give DDL, a data file, a JSON Schema or a database's address")
    name = path.name.split(".")[0]
    if path.suffix == ".json":
        from synthmill.generators.importing.json_schema import read_json_schema

        return read_json_schema(path.read_text("utf-8"), name)
    if path.suffix in (".sql", ".ddl"):
        from synthmill.generators.importing.ddl import read_ddl

        return read_ddl(path.read_text("utf-8"), dialect)
    from synthmill.generators.importing.data import read_data

    form = "parquet" if path.suffix in (".parquet", ".pq") else "csv"
    return read_data(path, name, form)
