"""Options of commands that fit: a budget of differential privacy, and what is public of columns."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

import click

Command = Callable[..., Any]

_OPTIONS = (
    click.option("--epsilon", type=float, help="Fit privately (dp): how much may be learnt of anyone."),
    click.option(
        "--delta",
        type=float,
        help="With --epsilon: the probability of more, at most (1e-6); take much less than 1 / people.",
    ),
    click.option(
        "--bounds",
        metavar="COLUMN=MIN..MAX",
        multiple=True,
        help="With --epsilon: a number's or a day's range, known other than from the data; with :2 after it "
        "the decimals. May be repeated.",
    ),
    click.option(
        "--domain",
        metavar="COLUMN=A,B,...",
        multiple=True,
        help="With --epsilon: a category's values, known other than from the data. May be repeated.",
    ),
    click.option(
        "--rows-per-subject",
        type=int,
        help="With --epsilon and a role subject: how many rows of one are learnt from (1).",
    ),
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_BOUNDS = re.compile(r"([^=]+)=(.+?)\.\.(.+?)(?::([0-9]))?\Z")


def budget_options(command: Command) -> Command:
    """Gives the command `budget`: None, or the object that the library takes as `privacy`, with bounds and
    domains by column."""

    @functools.wraps(command)
    def run(
        *args: Any,
        epsilon: float | None,
        delta: float | None,
        bounds: Sequence[str],
        domain: Sequence[str],
        rows_per_subject: int | None,
        **rest: Any,
    ) -> Any:
        given = {
            "delta": delta,
            "bounds": dict(_range(text) for text in bounds),
            "domains": dict(_values(text) for text in domain),
            "rows_per_subject": rows_per_subject,
        }
        asked = {name: value for name, value in given.items() if value}
        if epsilon is None and asked:
            option = min(asked).replace("domains", "domain").replace("_", "-")
            raise click.UsageError(f"--{option}: give --epsilon, too")
        return command(*args, budget=None if epsilon is None else {"epsilon": epsilon, **asked}, **rest)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def _range(text: str) -> tuple[str, dict[str, Any]]:
    """Raises click.UsageError for what isn't COLUMN=MIN..MAX."""
    found = _BOUNDS.match(text)
    if not found:
        raise click.UsageError(f"--bounds {text}: give COLUMN=MIN..MAX")
    column, low, high, decimals = found.groups()
    limits: dict[str, Any] = {"min": _limit(low), "max": _limit(high)}
    return column, limits if decimals is None else {**limits, "decimals": int(decimals)}


def _limit(text: str) -> Any:
    if not _NUMBER.match(text):
        return text
    return float(text) if "." in text else int(text)


def _values(text: str) -> tuple[str, list[str]]:
    """Raises click.UsageError for what isn't COLUMN=A,B."""
    column, separator, values = text.partition("=")
    if not (column and separator and values):
        raise click.UsageError(f"--domain {text}: give COLUMN=A,B,...")
    return column, values.split(",")
