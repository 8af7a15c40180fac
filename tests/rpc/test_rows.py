from __future__ import annotations

import json
from typing import Any

import grpc
import pytest

from synthmill.app.core.confined import budgets
from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.errors import BusyError
from synthmill.app.core.services import Services
from synthmill.generators.datasets.slices import excerpt
from synthmill.generators.recipes.request import parse
from tests.rpc.caller import Caller, refused
from tests.rpc.conftest import REQUEST


def lines(table: str, start: int, stop: int, columns: list[str] | None = None) -> bytes:
    """What a file in JSON Lines has there."""
    return b"".join(excerpt(parse(REQUEST).recipe, table, start, stop, "jsonl", columns=columns))


def test_rows_are_the_lines_of_the_dataset_from_any_row_to_any(caller: Caller) -> None:
    for start, stop in ((0, 400), (123, 124), (399, 400), (5, 5)):
        answers = list(caller.rows(REQUEST, "order_items", start=start, stop=stop))
        assert b"".join(one.lines for one in answers) == lines("order_items", start, stop)
        assert sum(one.rows for one in answers) == stop - start


def test_many_rows_come_in_pieces_that_follow_on_from_each_other(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "_ROWS_AT_ONCE", 64)
    answers = list(caller.rows(REQUEST, "order_items", start=10))
    assert [one.start for one in answers] == list(range(10, 400, 64))
    assert b"".join(one.lines for one in answers) == lines("order_items", 10, 400)


def test_pieces_without_a_seed_are_of_one_dataset(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_ROWS_AT_ONCE", 64)
    request = {"template": "retail", "rows": 400}
    answers = list(caller.rows(request, "orders"))
    assert len({one.seed for one in answers}) == 1
    again = list(caller.rows({**request, "seed": answers[0].seed}, "orders"))
    assert again == answers


def test_columns_are_those_asked_for_in_their_order(caller: Caller) -> None:
    chosen = ["unit_price", "id"]
    answers = list(caller.rows(REQUEST, "order_items", stop=3, columns=chosen))
    assert answers[0].lines == lines("order_items", 0, 3, chosen)
    assert list(json.loads(answers[0].lines.splitlines()[0])) == chosen


def test_a_piece_has_no_more_lines_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert budgets.whole_lines(b"one\ntwo\nthree\n", 9) == b"one\ntwo\n"
    assert budgets.whole_lines(b"one\n", 4) == b"one\n"
    with pytest.raises(Exception, match="too long"):
        budgets.whole_lines(b"a long line\n", 5)


@pytest.mark.parametrize(
    ("table", "more", "field"),
    [
        ("nonsense", {}, "table"),
        ("orders", {"start": 10**9}, "start"),
        ("orders", {"stop": 10**9}, "stop"),
        ("orders", {"start": 9, "stop": 3}, "stop"),
        ("orders", {"columns": ["nonsense"]}, "columns"),
    ],
)
def test_rows_that_are_not_there_are_refused_by_name(
    caller: Caller, table: str, more: dict[str, object], field: str
) -> None:
    found = refused(lambda: caller.rows(REQUEST, table, **more))
    assert found.code == grpc.StatusCode.INVALID_ARGUMENT
    assert any(name.startswith(field) for name in found.fields), found.fields


def test_a_reader_waits_where_all_processes_are_busy(
    caller: Caller, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, asked = services.executor.run, []

    def busy_at_first(*arguments: Any) -> Answer:
        asked.append(arguments)
        if len(asked) < 3:
            raise BusyError("all processes are busy")
        return run(*arguments)

    monkeypatch.setattr(services.executor, "run", busy_at_first)
    answers = list(caller.rows(REQUEST, "orders", stop=5))
    assert b"".join(one.lines for one in answers) == lines("orders", 0, 5)
    assert len(asked) == 3
