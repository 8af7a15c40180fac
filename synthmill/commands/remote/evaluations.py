"""`synthmill evaluations`: comparisons of synthetic with real data on a server."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.client.progress import JobMeter, Meter
from synthmill.command_line.options import Command, json_option, quiet_option, with_client
from synthmill.command_line.output import print_accepted, print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

_COLUMNS = ("id", "job_id", "created_at")
_SCORES = ("metric", "value", "reference", "standard_error", "n")


def _file_option(name: str, about: str) -> Callable[[Command], Command]:
    return click.option(
        name, metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=about
    )


@click.group(short_help="Compare synthetic with real data on a server.")
def evaluations() -> None:
    """Comparisons that the workspace has on a server; `synthmill evaluate` compares here, without one."""


@evaluations.command("create", short_help="Send files, and have them compared there.")
@click.argument("real", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_file_option("--synthetic", "Rows to judge.")
@click.option("--dataset", "dataset_id", metavar="ID", help="A dataset of the workspace to judge instead.")
@_file_option("--holdout", "Real rows that no model was given.")
@click.option(
    "--target", "targets", metavar="COLUMN", multiple=True, help="A column to predict; may be repeated."
)
@click.option("--wait", is_flag=True, help="Stay until the job has ended, and print the scores.")
@json_option
@quiet_option
@with_client
def create(
    client: Client,
    real: Path,
    synthetic: Path | None,
    dataset_id: str | None,
    holdout: Path | None,
    targets: tuple[str, ...],
    wait: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Have the server compare rows with the REAL ones. Prints the job's id, or with --wait the scores.

    \b
    synthmill evaluations create given.csv --synthetic made.csv --holdout unseen.csv --wait
    synthmill evaluations create given.csv --dataset DATASET_ID --wait
    """
    options: dict[str, Any] = {"targets": list(targets)} if targets else {}
    job = client.evaluations.create(real, synthetic, dataset_id=dataset_id, holdout=holdout, **options)
    if not wait:
        print_accepted(job, as_json, quiet)
        return
    with Meter(real.name, "steps", quiet=quiet) as meter:
        job = client.wait(job, on_event=JobMeter(job, meter))
    job.raise_unless_completed()
    found = client.evaluations.get((job.result or {})["evaluation_id"])
    if as_json:
        print_json(found)
        return
    print_table(_SCORES, [[str(one[name]) for name in _SCORES] for one in found["report"]["scores"]])
    click.echo(f"{found['id']}: {'passed' if found['report']['passed'] else 'differs'}", err=True)


@evaluations.command("list", short_help="List the evaluations.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most to list.")
@json_option
@with_client
def list_evaluations(client: Client, limit: int, as_json: bool) -> None:
    """List the evaluations, the newest first."""
    found = list(islice(client.evaluations.list(), limit))
    if as_json:
        print_json(found)
    else:
        print_table(_COLUMNS, [[str(one[column]) for column in _COLUMNS] for one in found])


@evaluations.command("show", short_help="Show one evaluation.")
@click.argument("evaluation_id", metavar="ID")
@with_client
def show(client: Client, evaluation_id: str) -> None:
    """Print an evaluation with its report, as JSON."""
    print_json(client.evaluations.get(evaluation_id))


@evaluations.command("download", short_help="Fetch an evaluation's page.")
@click.argument("evaluation_id", metavar="ID")
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="HTML file to write.",
)
@with_client
def download(client: Client, evaluation_id: str, out: Path) -> None:
    """Fetch an evaluation's report as one page of HTML."""
    click.echo(str(client.evaluations.download(evaluation_id, out)))


@evaluations.command("delete", short_help="Delete an evaluation.")
@click.argument("evaluation_id", metavar="ID")
@json_option
@with_client
def delete(client: Client, evaluation_id: str, as_json: bool) -> None:
    """Delete an evaluation and the job that made it."""
    client.evaluations.delete(evaluation_id)
    if as_json:
        print_json({"id": evaluation_id, "deleted": True})
    else:
        click.echo(f"{evaluation_id} deleted")
