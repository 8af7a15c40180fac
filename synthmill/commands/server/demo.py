"""`synthmill demo`: everything once, from nothing to DataFrames, leaving files and no process."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.client.progress import JobMeter, Meter

if TYPE_CHECKING:
    from synthmill.client.client import Client
    from synthmill.client.connection import Connection
    from synthmill.client.job import Job

_SHOWN_ROWS = 4
_NEXT = """
What to try next:
  synthmill conformance {folder}
      checks the rows against all that their recipe declares
  synthmill preview --template banking --limit 5
      shows rows before any are made; `synthmill templates` lists what there is
  synthmill generate --template banking --rows 20000 --rules fail --out bank
      makes them here, without a server, and checks their domain rules
  synthmill init mine.yaml --template retail
      writes a template of your own, to be changed
  synthmill up
      starts a server that stays; docs/quickstart.md goes on from there"""

START_SECONDS = 90.0
STOP_SECONDS = 30.0
WORKERS = 2
FORMATS = ("arrow", "csv", "jsonl", "parquet")
"""Written out, as asking for them would import Arrow for every --help; a test compares them."""


@click.command(short_help="Start everything, make the retail dataset, stop everything.")
@click.option(
    "--rows", type=click.IntRange(1, 100_000_000), default=1_000_000, show_default=True, help="Order items."
)
@click.option("--seed", type=click.IntRange(min=0), default=7, show_default=True, help="Seed of the dataset.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="parquet",
    show_default=True,
    help="File format.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Folder that gets the files, and the server's data while it runs.",
)
def demo(rows: int, seed: int, format_: str, out: Path) -> None:
    """Start the whole stack with two workers on free ports, make the retail dataset, download and check it,
    show some of its rows and what its domain rules say, and stop all that was started. The files stay.
    """
    from synthmill.client.client import Client

    began, folder = time.monotonic(), out / "retail"
    click.echo(f"Starting Synthmill with {WORKERS} workers ...")
    with _private_stack(out) as server, Client(server.url, server.key) as client:
        click.echo(f"Ready at {server.url} after {time.monotonic() - began:.1f} s")
        job = _make(client, {"template": "retail", "rows": rows, "seed": seed, "format": format_})
        _fetch(client, job, folder)
    _show(folder)
    _check(folder)
    click.echo(f"\nDone in {time.monotonic() - began:.1f} s. The files are in {folder}")
    click.echo(_NEXT.format(folder=folder))


def _make(client: Client, request: Mapping[str, Any]) -> Job:
    job = client.submit_request(request)
    click.echo(f"Job {job.id}: {job.rows_total:,} rows in all, {request['rows']:,} of them order items")
    with Meter("retail") as meter:
        job = client.wait(job, on_event=JobMeter(job, meter))
    job.raise_unless_completed()
    return job


def _fetch(client: Client, job: Job, folder: Path) -> None:
    with Meter("download", "bytes") as meter:
        paths = client.download(job, folder, on_bytes=meter.show)
    click.echo(f"Downloaded {len(paths) - 1} files; each block is what the manifest promises")


def _show(folder: Path) -> None:
    """The first rows of each table, as many columns as fit the terminal."""
    from synthmill.first_rows import first_rows
    from synthmill.library import Dataset

    dataset, width = Dataset.open(folder), shutil.get_terminal_size((100, 24)).columns
    for entry in dataset.manifest["files"]:
        click.echo(f"\n{folder / entry['name']}  {entry['rows']:,} rows  {entry['size'] / 1e6:,.1f} MB")
        for line in first_rows(dataset, entry["table"], _SHOWN_ROWS, width):
            click.echo(line)


def _check(folder: Path) -> None:
    """What the rows say to the domain rules, each a line."""
    from synthmill.library import Dataset

    click.echo("\nWhat a shop's data has to keep to, checked in the files:")
    report = Dataset.open(folder).check_rules()
    for result in report.results:
        click.echo(f"  {'holds ' if result.passed else 'BROKEN'}  {result.rule.says}  {result.observed}")


@contextmanager
def _private_stack(out: Path) -> Iterator[Connection]:
    """A server of our own, in a folder of its own that is gone afterwards, as is every process of it."""
    from synthmill.servers import process

    try:
        out.mkdir(parents=True, exist_ok=True)
        data = Path(tempfile.mkdtemp(prefix="stack-", dir=out))
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror}") from None
    log = data / "demo.log"
    command = [
        sys.executable,
        "-m",
        "synthmill",
        "up",
        "--no-grpc",
        "--port",
        "0",
        "--workers",
        str(WORKERS),
        "--data",
        str(data),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SYNTHMILL_")}
    try:
        supervisor = process.start(command, environment, log)
        try:
            yield _ready(data, log, supervisor)
        finally:
            with _signals_hurry() as hurry:
                click.echo("\nStopping what was started ...", err=True)
                process.stop([supervisor], STOP_SECONDS, lambda: bool(hurry))
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _ready(data: Path, log: Path, supervisor: Any) -> Connection:
    from synthmill.client.connection import read_connection
    from synthmill.errors import UnreachableError
    from synthmill.servers.errors import StackError
    from synthmill.servers.process import last_lines
    from synthmill.supervisor.address import ask_ready

    end, reason = time.monotonic() + START_SECONDS, ""
    while time.monotonic() < end:
        if supervisor.poll() is not None:
            raise StackError(last_lines(log, 1).removeprefix("error: ") or "the server ended at once")
        try:
            server = read_connection(data)
            ready, reason = ask_ready(server.url)
            if ready:
                return server
        except UnreachableError as error:
            reason = str(error)
        time.sleep(0.05)
    raise StackError(f"the server isn't ready after {START_SECONDS:.0f} s: {reason}")


@contextmanager
def _signals_hurry() -> Iterator[list[int]]:
    """While all is being stopped, Ctrl-C doesn't interrupt that but is kept in the list."""
    hurry: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    former = {number: signal.signal(number, lambda got, _: hurry.append(got)) for number in numbers}
    try:
        yield hurry
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
