"""`synthmill pause`, `resume`, `stop`, `retry`, `clone` and `delete`: what is to become of a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from synthmill.command_line.options import json_option, with_client
from synthmill.command_line.output import print_accepted, print_json

if TYPE_CHECKING:
    from synthmill.client.client import Client
    from synthmill.client.job import Job


def _verb(name: str, do: Callable[[Client, str], Job], short_help: str, text: str) -> click.Command:
    """A command that does one thing to a job and prints how the job is then."""

    @click.command(name, short_help=short_help, help=text)
    @click.argument("job_id", metavar="JOB")
    @json_option
    @with_client
    def command(client: Client, job_id: str, as_json: bool) -> None:
        job = do(client, job_id)
        if as_json:
            print_json(job.view)
        else:
            click.echo(f"{job.id} {job.state}")

    return command


pause = _verb(
    "pause",
    lambda client, job_id: client.pause(job_id),
    "Begin no further part of a job.",
    "Begin no further part of a job; those in hand are finished.",
)
resume = _verb(
    "resume",
    lambda client, job_id: client.resume(job_id),
    "Go on with a paused job.",
    "Go on with a paused job where it was; no part is made twice.",
)
stop = _verb(
    "stop",
    lambda client, job_id: client.stop(job_id),
    "End a job for good; it leaves no files.",
    "End a job for good: parts in hand are abandoned, and it leaves no files.",
)
retry = _verb(
    "retry",
    lambda client, job_id: client.retry(job_id),
    "Begin a failed or stopped job again.",
    "Begin a failed or stopped job again, with the same recipe.",
)


@click.command(short_help="Make a new job with a job's recipe and output.")
@click.argument("job_id", metavar="JOB")
@json_option
@with_client
def clone(client: Client, job_id: str, as_json: bool) -> None:
    """Make a new job with a job's recipe, seed included, and its output. Prints the new job's id."""
    print_accepted(client.clone(job_id), as_json)


@click.command(short_help="Remove a job with its dataset and files.")
@click.argument("job_id", metavar="JOB")
@json_option
@with_client
def delete(client: Client, job_id: str, as_json: bool) -> None:
    """Remove a job with its dataset, files and events; a job at work is stopped first."""
    client.delete(job_id)
    if as_json:
        print_json({"id": job_id, "deleted": True})
    else:
        click.echo(f"{job_id} deleted")
