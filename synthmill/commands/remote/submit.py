"""`synthmill submit`: ask a server for a dataset, and stay for it if wished."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.client.progress import JobMeter, Meter
from synthmill.command_line.options import (
    build_request,
    json_option,
    quiet_option,
    request_options,
    rules_option,
    with_client,
)
from synthmill.command_line.output import print_accepted, print_fields, print_json

if TYPE_CHECKING:
    from synthmill.client.client import Client
    from synthmill.client.job import Job


@click.command(short_help="Ask a server for a dataset.")
@request_options
@rules_option
@click.option("--workspace", metavar="NAME", help="Workspace of the dataset; the key's own if left out.")
@click.option(
    "--dataset", metavar="NAME", help="Name of the dataset; the same name again makes a new version."
)
@click.option("--max-parallel", type=int, help="Most workers at work on the job at once.")
@click.option(
    "--idempotency-key", metavar="KEY", help="The same key and request make one job, however often sent."
)
@click.option("--wait", is_flag=True, help="Stay until the job has ended.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Stay, then download the files to this folder.",
)
@json_option
@quiet_option
@with_client
def submit(
    client: Client,
    recipe: Path | None,
    flags: Mapping[str, Any],
    rules: str | None,
    workspace: str | None,
    dataset: str | None,
    max_parallel: int | None,
    idempotency_key: str | None,
    wait: bool,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Ask a server for a dataset. Prints the job's id, or with --wait how it ended.

    \b
    synthmill submit --template retail --rows 400000 --seed 7 --wait
    synthmill submit --template retail --format parquet --out retail
    """
    if idempotency_key == "":
        raise click.BadParameter(
            "is empty; give a key, or leave the option out", param_hint="--idempotency-key"
        )
    flags = {
        **flags,
        "workspace": workspace,
        "dataset": dataset,
        "max_parallel": max_parallel,
        "rules": rules,
    }
    job = client.submit_request(build_request(recipe, flags, for_server=True), idempotency_key)
    if not (wait or out):
        print_accepted(job, as_json, quiet)
        return
    job = _wait(client, job, quiet)
    paths = _download(client, job, out, quiet) if out and job.state == "completed" else []
    if as_json:
        print_json({**job.view, "paths": [str(path) for path in paths]} if out else job.view)
    elif paths:
        click.echo("\n".join(map(str, paths)))
    else:
        print_fields({"id": job.id, "state": job.state, "dataset": job.dataset, "seed": str(job.seed)})
        if job.state == "completed" and not quiet:
            click.echo(f"fetch its files with: synthmill download {job.id} --out DIR", err=True)
    broken = (job.view.get("result") or {}).get("rules")
    if broken and broken["failed"] and not quiet:
        click.echo(broken["summary"], err=True)
    job.raise_unless_completed()


def _wait(client: Client, job: Job, quiet: bool) -> Job:
    try:
        with Meter(job.dataset, quiet=quiet) as meter:
            return client.wait(job, on_event=JobMeter(job, meter))
    except KeyboardInterrupt:
        click.echo(f"job {job.id} continues; watch it with: synthmill watch {job.id}", err=True)
        raise


def _download(client: Client, job: Job, out: Path, quiet: bool) -> list[Path]:
    with Meter("download", "bytes", quiet=quiet) as meter:
        return client.download(job, out, on_bytes=meter.show)
