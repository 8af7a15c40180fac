"""`synthmill watch`: a job as it happens."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from synthmill.client.progress import JobMeter, Meter
from synthmill.command_line.options import quiet_option, with_client
from synthmill.command_line.output import print_fields, print_json_line

if TYPE_CHECKING:
    from synthmill.client.client import Client


@click.command(short_help="Follow a job until it ends.")
@click.argument("job_id", metavar="JOB")
@click.option("--after", metavar="SEQ", type=int, help="With --json: only events after this number.")
@click.option("--json", "as_json", is_flag=True, help="Print every event as a line of JSON.")
@quiet_option
@with_client
def watch(client: Client, job_id: str, after: int | None, as_json: bool, quiet: bool) -> None:
    """Follow a job until it ends, with a bar; the exit code says how it ended.

    With --json every event is printed, the numbered ones exactly once, whatever becomes of the connection.
    """
    if after is not None and not as_json:
        raise click.UsageError("--after goes with --json: the bar shows how the job is now, not its events")
    if as_json:
        for event in client.events(job_id, after or 0):
            print_json_line(asdict(event))
        job = client.job(job_id)
    else:
        job = client.job(job_id)
        with Meter(job.dataset, quiet=quiet) as meter:
            job = client.wait(job, on_event=JobMeter(job, meter))
        print_fields({"id": job.id, "state": job.state, "rows": job.rows_done, "seed": str(job.seed)})
    job.raise_unless_completed()
