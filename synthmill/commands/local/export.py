"""`synthmill export`: a dataset as an SQL script, an Excel workbook, or the files of a tax office."""

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
    type=click.Choice(["postgresql", "sqlite", "xlsx", "fec"]),
    required=True,
    help="postgresql, sqlite, xlsx or fec.",
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="File to write; of fec the folder.",
)
def export(manifest: Path, target: str, out: Path) -> None:
    """Write a dataset as one SQL script that loads with its types, primary and foreign keys, or as a workbook
    with a sheet for each table; books also as the files that the tax office of France asks for (FEC), one for
    each French company and fiscal year. Rows are made from the recipe in the manifest; no other file is read.

    MANIFEST is a manifest.json or the folder it is in.

    \b
    synthmill export shop --to postgresql -o shop.sql && psql -f shop.sql
    synthmill export shop --to sqlite -o shop.sql && sqlite3 shop.db < shop.sql
    synthmill export books --to fec -o fec
    """
    from synthmill.generators.datasets.manifest import recipe_of
    from synthmill.generators.datasets.verify_input import AttestError, manifest_path, open_manifest
    from synthmill.generators.exporting.fec import fec
    from synthmill.generators.exporting.sql import sql
    from synthmill.generators.exporting.xlsx import write_xlsx

    try:
        recipe = recipe_of(open_manifest(manifest_path(manifest)))
    except AttestError as error:
        raise ClientError(str(error)) from error
    if target != "fec" and out.is_dir():
        raise click.BadParameter(f"{out} is a folder: name a file", param_hint="--out")
    if target == "fec":
        for name, lines in fec(recipe):
            out.mkdir(parents=True, exist_ok=True)
            with (out / name).open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
            click.echo(f"{out / name}: {(out / name).stat().st_size:,} bytes", err=True)
        return
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
