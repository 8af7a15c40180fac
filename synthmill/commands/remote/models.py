"""`synthmill models`: models on a server."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.client.progress import JobMeter, Meter
from synthmill.command_line.budget import budget_options
from synthmill.command_line.constraints import constraint_option, parsed
from synthmill.command_line.options import json_option, quiet_option, with_client
from synthmill.command_line.output import print_accepted, print_fields, print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

COLUMNS = ("id", "name", "method_used", "privacy", "size", "sha256", "created_at")


@click.group(short_help="Fit, list, fetch and delete models on a server.")
def models() -> None:
    """Models that the workspace has on a server; `synthmill fit` makes one here, without a server."""


@models.command("fit", short_help="Send a file, and fit a model to it there.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Of the model; otherwise its table's, which is the file's.")
@click.option("--method", metavar="NAME", help="auto (default), bayes, independent or dp.")
@click.option("--privacy", metavar="MODE", help="careful (default) or open.")
@budget_options
@constraint_option
@click.option("--wait", is_flag=True, help="Stay until the job has ended.")
@json_option
@quiet_option
@with_client
def fit(
    client: Client,
    file: Path,
    name: str | None,
    method: str | None,
    privacy: str | None,
    budget: dict[str, Any] | None,
    constraints: tuple[str, ...],
    wait: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Send FILE to the server and ask for a model of it. Prints the job's id, or with --wait the model's.

    \b
    synthmill models fit patients.csv --wait
    """
    if budget is not None and privacy is not None:
        raise click.UsageError(f"--privacy {privacy}: leave it out where there is --epsilon")
    given: dict[str, Any] = {
        "method": method,
        "privacy": budget or privacy,
        "constraints": parsed(constraints) or None,
    }
    parameters = {option: value for option, value in given.items() if value is not None}
    job = client.models.fit(file, name=name, **parameters)
    if not wait:
        print_accepted(job, as_json, quiet)
        return
    with Meter(file.name, "steps", quiet=quiet) as meter:
        job = client.wait(job, on_event=JobMeter(job, meter))
    job.raise_unless_completed()
    result = job.result or {}
    if as_json:
        print_json(job.view)
        return
    print_fields({key: str(result[key]) for key in ("model_id", "sha256", "method_used", "privacy")})
    for warning in result["warnings"]:
        click.echo(f"note: {warning}", err=True)


@models.command("list", short_help="List the models.")
@click.option("--name", help="Only those of this name.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most models to list."
)
@json_option
@with_client
def list_models(client: Client, name: str | None, limit: int, as_json: bool) -> None:
    """List the models, the newest first."""
    found = list(islice(client.models.list(name=name), limit))
    if as_json:
        print_json(found)
    else:
        print_table(COLUMNS, [[str(one[column]) for column in COLUMNS] for one in found])


@models.command("show", short_help="Show one model.")
@click.argument("model_id", metavar="ID")
@with_client
def show(client: Client, model_id: str) -> None:
    """Print all that a model says of itself, as JSON."""
    print_json(client.models.get(model_id))


@models.command("download", short_help="Fetch a model's file.")
@click.argument("model_id", metavar="ID")
@click.option(
    "-o",
    "--out",
    metavar="MODEL",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Model file to write.",
)
@click.option(
    "--allow-open", is_flag=True, help="Let an open model's file leave the server, which records it."
)
@with_client
def download(client: Client, model_id: str, out: Path, allow_open: bool) -> None:
    """Fetch a model's file, for `synthmill sample`. One of an open model says much of the data's rows."""
    click.echo(str(client.models.download(model_id, out, allow_open=allow_open)))


@models.command("delete", short_help="Delete a model.")
@click.argument("model_id", metavar="ID")
@json_option
@with_client
def delete(client: Client, model_id: str, as_json: bool) -> None:
    """Delete a model; what was made with it stays. Refused while an unfinished job needs it."""
    client.models.delete(model_id)
    if as_json:
        print_json({"id": model_id, "deleted": True})
    else:
        click.echo(f"{model_id} deleted")
