"""`synthmill export`: a dataset as an SQL script or an Excel workbook."""

from __future__ import annotations

from pathlib import Path

import click

from synthmill.errors import ClientError


@click.command(short_help="Write a dataset as SQL or as an Excel workbook.")
@click.argument("manifest", metavar="MANIFEST", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--to",
    "target",
    metavar="NAME",
    type=click.Choice(["postgresql", "sqlite", "xlsx"]),
    required=True,
    help="postgresql, sqlite or xlsx.",
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write.",
)
def export(manifest: Path, target: str, out: Path) -> None:
    """Write a dataset as one SQL script that loads with its types, primary and foreign keys, or as a workbook
    with a sheet for each table. Rows are made from the recipe in the manifest; no file is read but that.

    MANIFEST is a manifest.json or the folder it is in.

    \b
    synthmill export shop --to postgresql -o shop.sql && psql -f shop.sql
    synthmill export shop --to sqlite -o shop.sql && sqlite3 shop.db < shop.sql
    """
    from synthmill.generators.datasets.manifest import recipe_of
    from synthmill.generators.datasets.verify_input import AttestError, manifest_path, open_manifest
    from synthmill.generators.exporting.sql import sql
    from synthmill.generators.exporting.xlsx import write_xlsx

    try:
        recipe = recipe_of(open_manifest(manifest_path(manifest)))
    except AttestError as error:
        raise ClientError(str(error)) from error
    written = out.with_name(f".{out.name}.part")
    try:
        if target == "xlsx":
            write_xlsx(recipe, written)
        else:
            with written.open("w", encoding="utf-8") as file:
                file.writelines(sql(recipe, target))
        written.replace(out)
    finally:
        written.unlink(missing_ok=True)
    click.echo(f"{out}: {out.stat().st_size:,} bytes", err=True)
