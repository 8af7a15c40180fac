"""What commands print on stdout: JSON, or columns for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from synthmill.client.job import Job


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_json_line(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def print_accepted(job: Job, as_json: bool, quiet: bool = False) -> None:
    """A new job: its id alone on stdout, for `JOB=$(...)`, or all of it as JSON."""
    if as_json:
        print_json(job.view)
    else:
        click.echo(job.id)
        if not quiet:
            click.echo(f"accepted; watch it with: synthmill watch {job.id}", err=True)


def print_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns as wide as they need to be, numbers to the right; a header alone where there are no rows."""
    lines = [[shown(cell) for cell in row] for row in rows]
    numeric = [
        bool(lines) and all(_looks_numeric(line[column]) for line in lines) for column in range(len(header))
    ]
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    for line in [[name.upper() for name in header], *lines]:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def print_fields(fields: Mapping[str, Any]) -> None:
    """One `name  value` a line, for a single thing."""
    width = max(map(len, fields), default=0)
    for name, value in fields.items():
        click.echo(f"{name.ljust(width)}  {shown(value)}")


def shown(value: Any) -> str:
    """A value in a cell: no control characters, whatever somebody called their dataset."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.1f}"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _looks_numeric(text: str) -> bool:
    return text == "-" or text.replace(",", "").replace(".", "", 1).removeprefix("-").isdigit()
