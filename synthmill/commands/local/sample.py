"""`synthmill sample`: rows of a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from synthmill.command_line.options import json_option, quiet_option
from synthmill.command_line.output import print_json
from synthmill.errors import ClientError

_FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow"}


@click.command(short_help="Make rows of a model.")
@click.argument("model", metavar="MODEL", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rows", metavar="N", type=click.IntRange(min=1), help="Default: as many as were learnt from.")
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
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write, as its ending says: .csv, .jsonl, .parquet or .arrow.",
)
@json_option
@quiet_option
def sample(
    model: Path,
    rows: int | None,
    seed: int,
    where: tuple[str, ...],
    out: Path,
    as_json: bool,
    quiet: bool,
) -> None:
    """Make rows of a model that `synthmill fit` wrote: with the same seed the same rows, wherever.

    \b
    synthmill sample patients.model --rows 10000 -o made.csv
    synthmill sample patients.model --rows 500 --where sex=F --where age=18..30 -o young.parquet
    """
    if out.suffix.lower() not in _FORMATS:
        raise click.UsageError(f"--out {out}: end it with {', '.join(_FORMATS)}")
    asked = [_column_and_value(text) for text in where]
    import tempfile

    from synthmill.generators.learning import ModelFileError, load
    from synthmill.library import Dataset, generate

    with tempfile.TemporaryDirectory(prefix="synthmill-") as folder:
        try:
            learnt = load(model)
        except ModelFileError as error:
            raise ClientError(f"{model}: {error.reason} ({error.fix})") from error
        columns = learnt.description["tables"][0]["columns"]
        texts = {one["name"] for one in columns if one["type"] == "string"}
        conditions = {column: _condition(value, column in texts) for column, value in asked}
        parameters: dict[str, Any] = {"model": learnt.sha256, **({"where": conditions} if conditions else {})}
        made: Dataset = generate(
            strategy="model",
            parameters={**parameters, **({"rows": rows} if rows is not None else {})},
            seed=seed,
            format=_FORMATS[out.suffix.lower()],
            inputs={learnt.sha256: model},
            out=Path(folder) / "made",
        )
        (entry,) = made.manifest["files"]
        (made.folder / entry["name"]).replace(out)
    if as_json:
        print_json({"file": str(out), "rows": entry["rows"], "bytes": entry["size"], "seed": seed})
    elif not quiet:
        click.echo(f"{out}: {entry['rows']:,} rows", err=True)


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
