"""`python -m tests.docs.paths_page [--print]`: docs/paths.md, the files that a request and a part pass.

They are seen by a profiler while a small job is submitted and made, in a process that has done both before.
What comes after the job's only part, from the first look at whether all are done, is the end of the job.
"""

from __future__ import annotations

import ast
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from synthmill.app.core.confined.works import WORKS
from synthmill.app.core.db import Database
from synthmill.app.core.db.migrate import migrate
from synthmill.app.core.execution.attempt import attempt_finalising
from tests.api.caller import Caller
from tests.api.world import World, running_world

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "paths.md"
OURS = ("app", "generators", "workers", "synthmill")
_REQUEST = {
    "strategy": "tabular",
    "format": "csv",
    "parameters": {
        "tables": [
            {
                "name": "people",
                "rows": 100,
                "columns": [
                    {"name": "id", "kind": "sequence"},
                    {"name": "age", "kind": "integer", "max": 99},
                ],
            }
        ]
    },
}
_HEAD = """# The files that a request and a part pass

This page is written by `python -m tests.docs.paths_page`; a test says when it is out of date. A profiler saw
these files of ours while a job of one table with two columns was submitted, made and finished, in a process
that had done all of it before. What each is for is its docstring's beginning.
[architecture.md](architecture.md) describes the request step by step, [engine.md](engine.md) a column.
"""


class Passed(NamedTuple):
    """Files by what passes them."""

    request: set[str]
    confined: set[str]
    part: set[str]
    end: set[str]


def page() -> str:
    """The page as it should be."""
    found = passed()
    return "\n".join(
        [
            _HEAD,
            f"{len(found.request)} files for the request, {len(found.confined)} in the process that plans "
            f"it, {len(found.part)} for a part, {len(found.end)} for the end of its job, "
            f"{len(set().union(*found))} together.\n",
            *_section("`POST /generate`", found.request),
            "",
            *_section("What `POST /generate` has done in a confined process", found.confined),
            "",
            *_section("A part", found.part),
            "",
            *_section("The end of its job", found.end),
            "",
        ]
    )


def _section(title: str, files: set[str]) -> list[str]:
    rows = [f"| `{name}` | {_about(ROOT / name)} |" for name in sorted(files)]
    return [f"## {title}\n", "| file | what it is |", "|---|---|", *rows]


def _about(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_text())) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("|", "\\|")


def passed() -> Passed:
    """The files of a request, of the part that it asks for, and of the end of its job."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'migrated.db'}")
        migrate(database)
        database.close()
        (folder / "world").mkdir()
        with running_world(folder / "world", folder / "migrated.db") as world:
            _post(world, 1)
            world.work()
            request, confined = _files(lambda: _post(world, 2), during=WORKS["lay_out"])
            part, end = _files(world.work, then=attempt_finalising)
            return Passed(request, confined, part, end)


def _post(world: World, seed: int) -> None:
    answer = Caller(world.app, world.token).post("/generate", json={**_REQUEST, "seed": seed})
    assert answer.status_code == 202, answer.text


def _files(
    do: Callable[[], None],
    then: Callable[..., Any] | None = None,
    during: Callable[..., Any] | None = None,
) -> tuple[set[str], set[str]]:
    """Our files in which something is called: those before one function is called and those from then on, or
    those outside of another and those that it passes."""
    before: set[str] = set()
    after: set[str] = set()
    names = before
    begin_after, inside = (None if one is None else one.__code__ for one in (then, during))

    def on_event(frame: FrameType, event: str, _: Any) -> None:
        nonlocal names
        if event == "return" and frame.f_code is inside:
            names = before
        if event == "call" and frame.f_code.co_name != "<module>":
            if frame.f_code is begin_after or frame.f_code is inside:
                names = after
            names.add(frame.f_code.co_filename)

    threading.setprofile(on_event)
    sys.setprofile(on_event)
    try:
        do()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return _ours(before), _ours(after)


def _ours(names: set[str]) -> set[str]:
    found = {Path(name).resolve() for name in names if name.endswith(".py")}
    inside = (file.relative_to(ROOT) for file in found if file.is_relative_to(ROOT))
    return {str(file) for file in inside if file.parts[0] in OURS}


if __name__ == "__main__":
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page())
