"""`synthmill download`: a job's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthmill.client.progress import Meter
from synthmill.command_line.options import json_option, out_option, quiet_option, with_client
from synthmill.command_line.output import print_json

if TYPE_CHECKING:
    from synthmill.client.client import Client


@click.command(short_help="Fetch a job's files, each block checked.")
@click.argument("job_id", metavar="JOB")
@out_option
@json_option
@quiet_option
@with_client
def download(client: Client, job_id: str, out: Path, as_json: bool, quiet: bool) -> None:
    """Fetch every file of a completed job and its manifest; print their paths.

    Every block is checked against the manifest as it comes; a file gets its name when all of it is right.
    A download that was cut off goes on where it stopped; files that are there already are not fetched again.
    """
    with Meter("download", "bytes", quiet=quiet) as meter:
        paths = client.download(job_id, out, on_bytes=meter.show)
    if as_json:
        print_json({"job": job_id, "paths": [str(path) for path in paths]})
    else:
        click.echo("\n".join(map(str, paths)))
