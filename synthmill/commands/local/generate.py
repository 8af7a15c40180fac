"""`synthmill generate`: a dataset made in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.client.progress import Meter
from synthmill.command_line.exit_codes import DIFFERENT, OK
from synthmill.command_line.options import (
    build_request,
    json_option,
    out_option,
    quiet_option,
    request_options,
    rules_option,
)
from synthmill.command_line.output import print_json, print_table
from synthmill.ending import raise_if_asked

if TYPE_CHECKING:
    from synthmill.generators.domain_rules.check import RulesReport


@click.command(short_help="Make a dataset in this process.")
@request_options
@out_option
@json_option
@quiet_option
@rules_option
@click.option(
    "--input",
    "inputs",
    metavar="PARAMETER=FILE",
    multiple=True,
    help="A file that a parameter names, by the parameter or the file's sha256; may be repeated.",
)
def generate(
    recipe: Path | None,
    flags: Mapping[str, Any],
    out: Path,
    as_json: bool,
    quiet: bool,
    rules: str | None,
    inputs: tuple[str, ...],
) -> int:
    """Make a dataset in this process, without a server: the very bytes that a server would make.

    \b
    synthmill generate --template retail --rows 400000 --seed 7 --format csv --out retail
    synthmill generate --recipe shop.yaml --rows 1000 --rows customers=50 --out shop
    """
    request = build_request(recipe, {**flags, "rules": rules}, for_server=False)
    from synthmill.generators.datasets.writer import write
    from synthmill.generators.kernels.memory import keep_freed
    from synthmill.generators.recipes.request import parse
    from synthmill.inputs import given_inputs

    keep_freed()
    with given_inputs(_files(inputs)) as given:
        generation = parse(given.filled_in(request), find_inputs=given.find)
        with Meter(generation.template or generation.recipe.strategy, quiet=quiet) as meter:

            def on_progress(done: int, total: int) -> None:
                raise_if_asked()
                meter.show(done, total)

            manifest = write(
                generation.recipe, generation.output, out, generation.part_rows, on_progress, given.paths
            )
    files = [
        {
            "name": entry["name"],
            "path": str(out / entry["name"]),
            "rows": entry["rows"],
            "bytes": entry["size"],
            "root": entry["root"],
            **({"sha256": entry["sha256"]} if "sha256" in entry else {}),
        }
        for entry in manifest["files"]
    ]
    seed = generation.recipe.seed
    report = _checked_rules(out, generation.rules)
    code = DIFFERENT if report and report.failed and generation.rules == "fail" else OK
    if as_json:
        checked = {} if report is None else {"rules": report.to_dict()}
        print_json({"files": files, "manifest": str(out / "manifest.json"), "seed": seed, **checked})
        return code
    print_table(
        ["file", "rows", "bytes", "root"], [[f["path"], f["rows"], f["bytes"], f["root"]] for f in files]
    )
    if not quiet:
        click.echo(_sizes(manifest, generation.template), err=True)
    if report is not None:
        click.echo(report.summary, err=True)
    if "seed" not in request:
        click.echo(f"seed {seed} was drawn; --seed {seed} makes the same again", err=True)
    return code


def _checked_rules(folder: Path, mode: str | None) -> RulesReport | None:
    """What the files say to the domain rules, where that is asked for."""
    if mode is None:
        return None
    from synthmill.library import Dataset

    return Dataset.open(folder).check_rules()


def _sizes(manifest: Mapping[str, Any], template: str | None) -> str:
    """What `--rows` was for: `1,000 rows of transactions, the main table; 7 tables, 7,912 rows in all`."""
    from synthmill.generators.recipes.template import get_template

    files = {entry["table"]: entry["rows"] for entry in manifest["files"]}
    total = f"{len(files)} tables, {manifest['rows']:,} rows in all"
    if template is None or len(files) == 1:
        return total if len(files) > 1 else f"{manifest['rows']:,} rows"
    main = get_template(template).main
    return f"{files[main]:,} rows of {main}, the table that --rows is for; {total}"


def _files(inputs: tuple[str, ...]) -> dict[str, str]:
    """Files by parameter. Raises click.UsageError for what isn't PARAMETER=FILE."""
    files = {}
    for given in inputs:
        name, separator, file = given.partition("=")
        if not (name and separator and Path(file).is_file()):
            raise click.UsageError(f"--input {given}: give PARAMETER=FILE with a file that is there")
        files[name] = file
    return files
