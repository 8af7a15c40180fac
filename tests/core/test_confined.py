"""Processes that do what a request sets the cost of: limited, watched, replaced, gone with who has them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from synthmill.app.core.confined.caller import caller, caller_gone
from synthmill.app.core.confined.child import BEHIND
from synthmill.app.core.confined.executor import InProcessExecutor
from synthmill.app.core.confined.fork_server import NICENESS
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.pool import Pool
from synthmill.app.core.errors import BusyError, CallerGoneError, LimitExceededError
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from tests.core.hostile import IMPORTS, PREVIEWS, table, tabular
from tests.fuzz.costs import Trial, run
from tests.plugin_packages import write_package
from tests.waiting import is_gone, wait_until

pytestmark = pytest.mark.slow

MIB = 2**20
LIMITS = Limits(cpu_seconds=1.0, seconds=60.0, memory_bytes=200 * MIB, answer_bytes=8 * MIB)

GREEDY = """
import os, signal, time
import numpy as np
import pyarrow as pa
from synthmill.plugins import ChoiceField, Column, ColumnParameters, Integers, Kind

KEPT = []

class GreedyParameters(ColumnParameters):
    way = ChoiceField("How.", ("memory", "cpu", "sleep", "crash", "bus", "kill", "keep", "error", "deep"))

def deep(n):
    return deep(n + 1)

def cells(way):
    def make(rows):
        if way == "memory":
            np.ones(2**32)
        elif way == "cpu":
            while True:
                np.sort(np.arange(10**6)[::-1])
        elif way == "sleep":
            time.sleep(600)
        elif way == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif way == "bus":
            os.kill(os.getpid(), signal.SIGBUS)
        elif way == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif way == "keep":
            KEPT.append(np.ones(12 * 2**20))
        elif way == "error":
            raise ZeroDivisionError("a fault of this kind")
        elif way == "deep":
            deep(0)
        return Integers(np.zeros(len(rows), np.int64))
    return make

def compile_greedy(parameters, scope):
    return Column(pa.int64(), cells(parameters["way"]))

KIND = Kind("greedy", "Greedy", "Takes what there is.", GreedyParameters, compile_greedy, {"way": "keep"})
"""
"""A column kind that says nothing of what it costs."""

Show = Callable[..., Any]


@pytest.fixture(scope="module")
def greedy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The kind is installed for processes that are started now."""
    folder = tmp_path_factory.mktemp("greedy")
    entry_points = "[synthmill.column_kinds]\ngreedy = greedy:KIND\n"
    write_package(folder, "greedy", "1.0", entry_points, {"greedy": GREEDY})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
        yield


@pytest.fixture(scope="module")
def pool(greedy: None) -> Iterator[Pool]:
    with closing(Pool(2, 1.0, LIMITS)) as pool:
        yield pool


def asked(request: Any, limit: int = 10) -> dict[str, Any]:
    return {"request": request, "limit": limit, "table": None, "columns": None}


def taking(way: str) -> dict[str, Any]:
    return asked(tabular(table([{"name": "g", "kind": "greedy", "way": way}])))


PLAIN = asked({"template": "retail", "rows": 400, "seed": 7})


def children(pool: Pool) -> list[psutil.Process]:
    """The processes that the pool's fork server has."""
    server = pool._fork_server._server
    return [] if server is None else psutil.Process(server.pid).children()


def test_it_answers_what_this_process_would_answer(pool: Pool) -> None:
    assert pool.run("preview", PLAIN).value() == InProcessExecutor().run("preview", PLAIN).value()
    laid_out = {"request": PLAIN["request"], "min_piece": 5 * MIB, "plan_seconds": 0.8}
    assert pool.run("lay_out", laid_out).value() == InProcessExecutor().run("lay_out", laid_out).value()


def test_who_has_had_much_is_served_by_a_process_of_lower_priority(pool: Pool) -> None:
    def served(who: str) -> list[int]:
        token = caller.set(who)
        try:
            pool.run("preview", PLAIN)
        finally:
            caller.reset(token)
        return [one.nice() - os.nice(0) for one in children(pool) if one.pid == pool._idle[-1].pid]

    for who, seconds in (("greedy", 9.0), ("modest", 0.1)):
        pool._turns._note(who, seconds)
    assert served("greedy") == [NICENESS + BEHIND]
    assert served("modest") == [NICENESS]
    assert served("greedy") == [NICENESS + BEHIND]
    pool._turns._accounts.clear()


def test_what_is_refused_is_refused_with_its_fields(pool: Pool) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        pool.run("preview", asked({"strategy": "tabular", "parameters": {"tables": []}}))
    with pytest.raises(InvalidRequestError) as here:
        InProcessExecutor().run("preview", asked({"strategy": "tabular", "parameters": {"tables": []}}))
    assert refused.value.errors == here.value.errors


def test_a_healthy_process_takes_the_next_request(pool: Pool) -> None:
    pool.run("preview", PLAIN)
    before = {child.pid for child in children(pool)}
    for _ in range(3):
        pool.run("preview", PLAIN)
    assert {child.pid for child in children(pool)} == before


@pytest.mark.parametrize(
    ("way", "says", "counts"),
    [
        ("memory", "takes more than 200 MiB of memory", {"memory": 1}),
        ("cpu", "takes more than 1 seconds of CPU", {"cpu": 1}),
        ("crash", r"ended by signal 11 \(SIGSEGV\)", {"SIGSEGV": 1}),
        ("bus", r"ended by signal 7 \(SIGBUS\)", {"SIGBUS": 1}),
        ("kill", "takes more than a request may take of this server", {"SIGKILL": 1}),
        ("deep", "is nested too deep", {}),
    ],
)
def test_what_takes_too_much_is_refused_and_the_next_request_is_answered(
    pool: Pool, way: str, says: str, counts: dict[str, int]
) -> None:
    pool.ended.clear()
    with pytest.raises((LimitExceededError, InvalidRequestError), match=says) as refused:
        pool.run("preview", taking(way))
    if way in ("memory", "cpu"):
        # Known before the work began, by estimate.
        assert refused.value.errors[0].field == "parameters.tables[t].columns[g]"
        assert "SYNTHMILL_REQUEST_" in refused.value.errors[0].fix
    assert pool.run("preview", PLAIN).value()
    assert dict(pool.ended) == counts


def test_what_only_waits_is_ended_at_its_deadline(greedy: None) -> None:
    with closing(Pool(1, 1.0, Limits(1.0, 2.0, 200 * MIB, MIB))) as impatient:
        impatient.run("preview", PLAIN)
        with pytest.raises(LimitExceededError, match="takes more than 2 seconds"):
            impatient.run("preview", taking("sleep"))


def test_an_answer_that_is_too_long_is_refused(greedy: None) -> None:
    with closing(Pool(1, 1.0, Limits(1.0, 60.0, 200 * MIB, 40_000))) as brief:
        with pytest.raises(LimitExceededError, match="more than 40,000 bytes"):
            brief.run("preview", asked(PLAIN["request"], 50))
        assert brief.run("preview", PLAIN).size < 40_000


def test_a_process_that_keeps_too_much_is_replaced(pool: Pool) -> None:
    pool.run("preview", taking("keep"))
    before = {child.pid for child in children(pool)}
    pool.run("preview", taking("keep"))
    pool.run("preview", PLAIN)
    assert {child.pid for child in children(pool)} != before


def test_a_fault_of_ours_is_told_as_one(pool: Pool) -> None:
    with pytest.raises(RuntimeError, match="a fault of this kind"):
        pool.run("preview", taking("error"))
    assert pool.run("preview", PLAIN).value()


def test_it_says_when_a_request_would_find_a_process() -> None:
    with closing(Pool(1, 1.0, LIMITS)) as pool:
        pool.start()
        assert not pool.is_ready()
        wait_until(pool.is_ready, "the processes are there")
        wait_until(lambda: len(children(pool)) == 1, "one is forked before anybody asks")
        (spare,) = children(pool)
        pool.run("preview", PLAIN)
        assert spare in children(pool)
        psutil.Process(pool._fork_server._server.pid).kill()  # type: ignore[union-attr]
        wait_until(lambda: not pool.is_ready(), "its end is noticed")
        wait_until(pool.is_ready, "another is there")


def test_a_process_that_was_killed_while_it_waited_is_replaced(pool: Pool) -> None:
    pool.run("preview", PLAIN)
    for child in children(pool):
        child.kill()
        wait_until(lambda child=child: is_gone(child), "the process is gone")
    assert pool.run("preview", PLAIN).value()


def test_the_fork_server_is_started_again_where_it_was_killed(greedy: None) -> None:
    with closing(Pool(1, 1.0, LIMITS)) as pool:
        pool.run("preview", PLAIN)
        (old,) = [one for one in psutil.Process().children() if "fork_server" in " ".join(one.cmdline())][-1:]
        left = children(pool)
        old.kill()
        for child in left:
            wait_until(lambda child=child: is_gone(child), "its children are gone")
        assert pool.run("preview", PLAIN).value()


def test_whoever_finds_all_processes_busy_is_told_to_come_back(greedy: None) -> None:
    with closing(Pool(1, 0.2, Limits(5.0, 60.0, 200 * MIB, MIB))) as small:
        small.run("preview", PLAIN)
        gone = threading.Event()

        def sleep() -> None:
            caller_gone.set(gone.is_set)
            with pytest.raises(CallerGoneError):
                small.run("preview", taking("sleep"))

        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        wait_until(lambda: small._turns._running.total() == 1, "the process is taken")
        with pytest.raises(BusyError, match="busy for 0"):
            small.run("preview", PLAIN)
        gone.set()
        sleeper.join(30)
        assert small.run("preview", PLAIN).value()


def test_work_is_ended_where_its_caller_has_gone(greedy: None) -> None:
    with closing(Pool(1, 1.0, LIMITS)) as single:
        single.run("preview", PLAIN)
        (at_work,) = single._idle
        before = caller_gone.set(lambda: True)
        try:
            with pytest.raises(CallerGoneError):
                single.run("preview", taking("sleep"))
        finally:
            caller_gone.reset(before)
        wait_until(lambda: not psutil.pid_exists(at_work.pid), "it is no more")
        assert single.run("preview", PLAIN).value()


def test_questions_are_answered_and_refused_by_whoever_asked_for_the_work(pool: Pool) -> None:
    own = {
        "name": "mine",
        "title": "Mine",
        "description": "Numbers.",
        "strategy": "tabular",
        "main": "t",
        "default_rows": 10,
        "parameters": {"tables": [table([{"name": "id", "kind": "sequence"}])]},
    }

    def template(name: Any) -> dict[str, Any]:
        return {"content": own} if name == "mine" else {"known": ["mine"]}

    questions = {"template": template}
    shown = pool.run("preview", asked({"template": "mine"}), questions).value()
    assert [one["name"] for one in shown["tables"]] == ["t"]
    with pytest.raises(InvalidRequestError, match="known: mine"):
        pool.run("preview", asked({"template": "yours"}), questions)

    def failing(name: Any) -> dict[str, Any]:
        raise UnknownNameError("upload", str(name), ())

    with pytest.raises(InvalidRequestError, match="upload"):
        pool.run("preview", asked({"template": "mine"}), {"template": failing})


HOLDER = """
import sys, time
from synthmill.app.core.confined.fork_server import NICENESS
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.pool import Pool
pool = Pool(1, 1.0, Limits(60.0, 60.0, 200 * 2**20, 2**20))
request = {"template": "retail", "rows": 400}
pool.run("preview", {"request": request, "limit": 1, "table": None, "columns": None})
print(pool._fork_server._server.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_web_process_leaves_no_process_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        server = psutil.Process(int(holder.stdout.readline()))
        left = [server, *server.children()]
        assert len(left) >= 2
        holder.send_signal(signal.SIGKILL)
    for process in left:
        wait_until(lambda process=process: is_gone(process), "it ends with whoever started it")


def test_it_has_no_secret_and_nothing_open_but_its_sockets(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTHMILL_S3_SECRET_KEY", "hidden")
    with (tmp_path / "open").open("w"), closing(Pool(1, 1.0, LIMITS)) as other:
        other.run("preview", PLAIN)
        for child in children(other):
            assert not any(name.startswith("SYNTHMILL_") for name in child.environ())
            assert child.open_files() == []
            assert len(child.net_connections("unix")) <= 1
            assert child.num_threads() <= 2  # Arrow's allocator has one of its own.


@pytest.mark.parametrize("name", [*PREVIEWS, *IMPORTS])
def test_hostile_requests_are_refused_or_answered_within_their_limits(pool: Pool, name: str) -> None:
    began = time.monotonic()
    try:
        if name in PREVIEWS:
            pool.run("preview", asked(PREVIEWS[name], 1_000))
        else:
            form, content = IMPORTS[name]
            pool.run(
                "import",
                {
                    "format": form,
                    "content": content,
                    "name": "t",
                    "dialect": None,
                    "nulls": None,
                    "rows": None,
                },
            )
    except (LimitExceededError, InvalidRequestError) as refused:
        assert refused.errors[0].field
    # A second of CPU on a machine that has much else to do.
    assert time.monotonic() - began < 30


def test_large_recipes_at_random_take_no_more_than_they_may(pool: Pool) -> None:
    trial = Trial(pool)
    run(trial, 12, derandomize=True)
    assert sum(trial.outcomes.values()) == 36
    assert not trial.ended, "estimates let them through; python -m tests.fuzz.costs finds more"
