"""The pages about how Synthmill is built name what there is, and all files that a request passes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.paths_page import PAGE, ROOT

PAGES = ("architecture.md", "engine.md", "strategies.md", "paths.md")
LONGEST = 300
MOST_FILES = 50
"""Of one request, and of one part: what somebody can read who wants to know all of it."""
FILE = re.compile(
    r"`((?:app|generators|workers|synthmill|tests|tools|migrations|templates|benchmarks)/[\w/]+\.py)`"
)


def test_the_page_of_paths_is_what_a_request_and_a_part_pass() -> None:
    # In a process of its own: what other tests have loaded or changed must not be seen.
    command = [sys.executable, "-m", "tests.docs.paths_page", "--print"]
    page = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert PAGE.read_text() == page, "run python -m tests.docs.paths_page"


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    named = FILE.findall((ROOT / "docs" / name).read_text())
    assert named
    assert not [file for file in named if not (ROOT / file).is_file()]


def test_every_function_that_the_engines_page_names_is_there() -> None:
    text = (ROOT / "docs" / "engine.md").read_text()
    named = {call.rsplit(".", 1)[-1] for call in re.findall(r"`([A-Za-z_][\w.]*)`", text)}
    known = _names_of_ours()
    words = {name for name in named if name.islower() and "_" in name}
    assert not sorted(words - known)


@pytest.mark.parametrize(
    "title", ["`POST /generate`", "What `POST /generate` has done in a confined process", "A part"]
)
def test_a_request_and_a_part_pass_no_more_files_than_can_be_read(title: str) -> None:
    section = PAGE.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert 0 < len(FILE.findall(section)) <= MOST_FILES


def test_no_file_on_the_way_is_longer_than_can_be_read_at_once() -> None:
    files = [ROOT / name for name in FILE.findall(PAGE.read_text())]
    assert not [str(file) for file in files if file.read_text().count("\n") > LONGEST]


def _names_of_ours() -> set[str]:
    """Every module, function, class, field, argument and column kind of the product."""
    found: set[str] = set()
    for folder in ("app", "generators", "workers", "synthmill"):
        for file in (ROOT / folder).rglob("*.py"):
            found.add(file.stem)
            found.add(file.parent.name)
            found |= _names_in(file)
    return found


def _names_in(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case (
                ast.Name(id=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.Attribute(attr=name)
            ):
                found.add(name)
    return found
