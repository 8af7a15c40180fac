"""Any rows of a dataset to be, made piece by piece while the caller takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.errors import BusyError
from synthmill.app.core.questions import questions_of
from synthmill.app.core.services import Services


@dataclass(frozen=True)
class RowsWanted:
    """Rows start to stop - 1 of a table; to its end where stop is None."""

    request: dict[str, Any]
    """A generation request: what is for the library of a body."""
    table: str
    start: int
    stop: int | None
    columns: list[str] | None


@dataclass(frozen=True)
class Piece:
    start: int
    rows: int
    lines: bytes
    """As a JSON Lines file has them."""
    seed: int


def read_pieces(
    services: Services,
    principal: Principal,
    wanted: RowsWanted,
    most_bytes: int,
    waits: Callable[[], bool] = lambda: False,
) -> Iterator[Piece]:
    """The rows in their order, in pieces of at most so many bytes, each made when it is asked for.

    `waits` is asked whether the reader goes on waiting, where all processes for such work are busy. Raises
    InvalidRequestError for rows that aren't there, and what the executor raises for what costs too much.
    """
    request = wanted.request
    start, stop = wanted.start, wanted.stop
    while True:
        arguments = {
            **vars(wanted),
            "request": request,
            "start": start,
            "stop": stop,
            "most_bytes": most_bytes,
        }
        try:
            with questions_of(services, principal.workspace_id) as questions:
                made = services.executor.run("rows", arguments, questions).value()
        except BusyError:
            if waits():
                continue
            raise
        # The rows are of one dataset, though its seed be drawn and its length known only now.
        request, stop = {**request, "seed": made["seed"]}, made["stop"]
        if made["rows"]:
            yield Piece(start, made["rows"], made["lines"].encode(), made["seed"])
        start += made["rows"]
        if start >= made["stop"]:
            return
