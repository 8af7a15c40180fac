"""`synthmill conformance`: whether a dataset is what a recipe declares."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthmill.command_line.exit_codes import DIFFERENT, OK
from synthmill.command_line.options import json_option, with_client_if_asked
from synthmill.command_line.output import print_json, print_table
from synthmill.errors import ClientError

if TYPE_CHECKING:
    from synthmill.client.client import Client
    from synthmill.generators.conformance.report import Report


@click.command(short_help="Check a dataset against what its recipe declares.")
@click.argument("dataset", metavar="DIR|JOB")
@click.option(
    "--recipe",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check against this recipe instead of the dataset's own.",
)
@click.option(
    "--fail-under",
    metavar="SCORE",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Exit code 6 if the worst check scores less.",
)
@click.option(
    "--html",
    "page_path",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report as a page, too.",
)
@json_option
@with_client_if_asked
def conformance(
    client: Client | None,
    dataset: str,
    recipe: Path | None,
    fail_under: float,
    page_path: Path | None,
    as_json: bool,
) -> int:
    """Check the rows of a dataset against what its recipe declares: distributions with p-values, nulls, keys,
    rules, correlations, and the domain rules of its template. Of a strategy other than tabular: its domain
    rules alone, as no other declares distributions.

    DIR is a folder with a dataset; with --server, JOB is a job whose files are fetched. A check scores 1 if
    it passes, else 1 less how far off it is (a broken key: 0).

    \b
    synthmill conformance shop --fail-under 0.95 --html report.html
    """
    if client is None:
        report = _report(Path(dataset), recipe)
    else:
        with tempfile.TemporaryDirectory(prefix="synthmill-") as folder:
            client.download(dataset, folder)
            report = _report(Path(folder), recipe)
    if page_path is not None:
        from synthmill.generators.conformance.page import page

        page_path.write_text(page(report), "utf-8")
    if as_json:
        print_json(report.to_dict())
    else:
        _print(report)
    return OK if report.score >= fail_under else DIFFERENT


def _report(folder: Path, recipe: Path | None) -> Report:
    if not folder.is_dir():
        raise ClientError(f"no folder {folder}; give one with a dataset, or --server and a job's id")
    from synthmill.library import Dataset

    if recipe is None:
        return Dataset.open(folder).conformance()
    from synthmill.generators.recipes.recipe_file import load_recipe_file
    from synthmill.generators.recipes.request import parse

    return Dataset.open(folder).conformance(parse(load_recipe_file(recipe)).recipe)


def _print(report: Report) -> None:
    if report.failed:
        print_table(
            ["table", "column", "check", "declared", "observed", "p", "distance"],
            [
                [c.table, c.column, c.what, c.declared, c.observed, None if c.p is None else f"{c.p:.2g}",
                 f"{c.distance:.4f}"]
                for c in report.failed
            ],
        )  # fmt: skip
    total = len(report.checks)
    click.echo(f"score {report.score:.4f}: {total - len(report.failed)} of {total} checks passed")
    rules = [check for check in report.checks if check.what == "domain_rule"]
    if rules:
        held = sum(check.passed for check in rules)
        click.echo(f"{held} of {len(rules)} domain rules hold")
    click.echo("not checked:")
    for sentence in report.not_checked:
        click.echo(f"  {sentence}")
