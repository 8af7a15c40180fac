"""`synthmill jobs` and `synthmill show`: the jobs of the key's workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from synthmill.command_line.options import json_option, with_client
from synthmill.command_line.output import print_fields, print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

COLUMNS = (
    "id", "kind", "state", "dataset", "template", "format", "rows_total", "percentage", "created_at",
)  # fmt: skip


@click.command(short_help="List the jobs.")
@click.option("--state", metavar="STATE", help="queued, running, paused, completed, failed or cancelled.")
@click.option("--kind", metavar="KIND", help="Only jobs of this kind: dataset.")
@click.option("--strategy", metavar="NAME", help="Only jobs of this strategy.")
@click.option("--template", metavar="NAME", help="Only jobs of this template.")
@click.option("--dataset", metavar="NAME", help="Only jobs for this dataset.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most jobs to list.")
@json_option
@with_client
def jobs(
    client: Client,
    state: str | None,
    kind: str | None,
    strategy: str | None,
    template: str | None,
    dataset: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the jobs, the newest first."""
    found = client.jobs(state=state, kind=kind, strategy=strategy, template=template, dataset=dataset)
    views = [job.view for job in islice(found, limit)]
    if as_json:
        print_json(views)
    else:
        print_table(COLUMNS, [[view[name] for name in COLUMNS] for view in views])


@click.command(short_help="Show one job.")
@click.argument("job_id", metavar="JOB")
@json_option
@with_client
def show(client: Client, job_id: str, as_json: bool) -> None:
    """Show one job, with its files if it has completed; --json has its recipe too."""
    view = client.job(job_id).view
    if as_json:
        print_json(view)
        return
    print_fields({name: value for name, value in _fields(view) if name not in ("recipe", "files")})
    if view["files"]:
        click.echo()
        print_table(
            ["file", "rows", "bytes", "root"],
            [[f["name"], f["rows"], f["size"], f["root"]] for f in view["files"]],
        )


def _fields(view: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a job says of itself, each as one line has it."""
    for name, value in view.items():
        if name == "seed" and value is not None:
            yield name, str(value)
        elif name == "stage" and value is not None:
            yield name, f"{value['name']}, {value['percentage']:g} %"
        elif isinstance(value, dict):
            yield name, json.dumps(value, ensure_ascii=False)
        else:
            yield name, value
