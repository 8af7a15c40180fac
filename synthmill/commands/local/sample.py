"""`synthmill sample`: rows of a model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click

from synthmill.command_line.options import json_option, quiet_option
from synthmill.command_line.output import print_json
from synthmill.errors import ClientError

_FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow"}


@click.command(short_help="Make rows of a model.")
@click.argument("model", metavar="MODEL", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rows",
    metavar="[TABLE=]N",
    multiple=True,
    help="Default: as many as were learnt from. Of several tables those without parents; may be repeated.",
)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Another one makes other rows.",
)
@click.option(
    "--where",
    metavar="COLUMN=VALUE",
    multiple=True,
    help="Only such rows, as many as asked for: a value, a,b for either, or low..high; may be repeated.",
)
@click.option(
    "-o",
    "--out",
    metavar="PATH",
    type=click.Path(path_type=Path),
    required=True,
    help="File to write, as its ending says: .csv, .jsonl, .parquet or .arrow; of several tables the folder.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(set(_FORMATS.values()))),
    default="csv",
    show_default=True,
    help="Of the files in a folder.",
)
@json_option
@quiet_option
def sample(
    model: Path,
    rows: tuple[str, ...],
    seed: int,
    where: tuple[str, ...],
    out: Path,
    form: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Make rows of a model that `synthmill fit` wrote: with the same seed the same rows, wherever.

    \b
    synthmill sample patients.model --rows 10000 -o made.csv
    synthmill sample patients.model --rows 500 --where sex=F --where age=18..30 -o young.parquet
    synthmill sample shop.model --rows customers=1000 -o made/ --format parquet
    """
    counts = _counts(rows)
    asked = [_column_and_value(text) for text in where]
    import tempfile

    from synthmill.generators.learning import ModelFileError, load
    from synthmill.library import Dataset, generate

    with tempfile.TemporaryDirectory(prefix="synthmill-") as folder:
        try:
            learnt = load(model)
        except ModelFileError as error:
            raise ClientError(f"{model}: {error.reason} ({error.fix})") from error
        tables = learnt.description["tables"]
        several = len(tables) > 1
        if not several and out.suffix.lower() not in _FORMATS:
            raise click.UsageError(f"--out {out}: end it with {', '.join(_FORMATS)}")
        columns = tables[0]["columns"]
        texts = {one["name"] for one in columns if one["type"] == "string"}
        conditions = {column: _condition(value, column in texts) for column, value in asked}
        parameters: dict[str, Any] = {"model": learnt.sha256, **({"where": conditions} if conditions else {})}
        made: Dataset = generate(
            strategy="model",
            parameters={**parameters, **({} if counts is None else {"rows": counts})},
            seed=seed,
            format=form if several else _FORMATS[out.suffix.lower()],
            inputs={learnt.sha256: model},
            out=Path(folder) / "made",
        )
        entries = made.manifest["files"]
        written = [out / entry["name"] if several else out for entry in entries]
        if several:
            out.mkdir(parents=True, exist_ok=True)
        for entry, target in zip(entries, written, strict=True):
            shutil.move(made.folder / entry["name"], target)
    said = [
        {"file": str(target), "rows": entry["rows"], "bytes": entry["size"], "seed": seed}
        for entry, target in zip(entries, written, strict=True)
    ]
    if as_json:
        print_json({"files": said} if several else said[0])
    elif not quiet:
        for one in said:
            click.echo(f"{one['file']}: {one['rows']:,} rows", err=True)


def _counts(given: tuple[str, ...]) -> int | dict[str, int] | None:
    """A number of rows, or those of tables by name. Raises click.UsageError."""
    found: dict[str, int] = {}
    for text in given:
        table, _, count = text.rpartition("=")
        if not count.isdigit() or int(count) < 1 or (not table and len(given) > 1):
            raise click.UsageError(f"--rows {text}: give a number of rows, or TABLE=N for each table")
        found[table] = int(count)
    return found.get("", found) if found else None


def _column_and_value(text: str) -> tuple[str, str]:
    """Raises click.UsageError for what isn't COLUMN=VALUE."""
    column, separator, value = text.partition("=")
    if not (column and separator):
        raise click.UsageError(f"--where {text}: give COLUMN=VALUE")
    return column, value


def _condition(value: str, of_text: bool) -> Any:
    """The condition that a model takes; `of_text` where the column holds texts, whatever they look like."""
    if ".." in value:
        low, high = value.split("..", 1)
        limits = {"min": _value(low, of_text), "max": _value(high, of_text)}
        return {name: limit for name, limit in limits.items() if limit != ""}
    values = [_value(one, of_text) for one in value.split(",")]
    return values if len(values) > 1 else values[0]


def _value(text: str, of_text: bool) -> Any:
    """A number, true, false or null as JSON has them; else the text. Of texts only null isn't one."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if of_text and not (value is None or isinstance(value, str)) else value
