"""What README and quickstart tell people to type is typed, in order, against the real application."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from synthmill.command import COMMANDS
from tests.client.server import RunningServer
from tests.docs.examples import ROOT, Example, examples, file_name

PAGES = ["README.md", "docs/quickstart.md"]
OURS = "https://github.com/synthmill/synthmill/blob/main/"
"""What the README, which is shown on other sites as well, puts before the path of a file."""


def run(example: Example, page: str, folder: Path, environment: dict[str, str]) -> str:
    shell = ["bash", "-euo", "pipefail", "-c"] if example.language == "sh" else [sys.executable, "-c"]
    ran = subprocess.run(
        [*shell, example.code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, f"{page}, line {example.line}:\n{example.code}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_example_works_in_order(page: str, server: RunningServer, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SYNTHMILL_URL": server.url,
        "SYNTHMILL_API_KEY": server.key,
    }
    with server.working():
        for example in examples(page):
            name = file_name(example)
            if name is not None:
                (tmp_path / name).write_text(example.code)
            else:
                assert run(example, page, tmp_path, environment), f"{page}, line {example.line} says nothing"


@pytest.mark.parametrize("page", PAGES)
def test_every_example_is_in_a_language_that_can_be_tested(page: str) -> None:
    assert len(examples(page)) >= 5
    assert {example.language for example in examples(page)} == {"sh", "python", "yaml"}
    assert all(file_name(example) for example in examples(page) if example.language == "yaml")


def test_the_first_thing_in_the_readme_is_the_two_commands() -> None:
    assert re.findall(r"^    (make \w+)", (ROOT / "README.md").read_text(), re.MULTILINE)[:2] == [
        "make demo",
        "make test",
    ]


@pytest.mark.parametrize(
    "page", ["README.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_what_pages_call_commands_and_files_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    named = set(re.findall(r"`synthmill ([a-z]+)\b", text))
    assert named <= set(COMMANDS), f"{page} tells of commands that aren't there"
    missing = [link for link in links_of(text) if not leads_somewhere(link, (ROOT / page).parent)]
    assert not missing, f"{page} links to what isn't there"


def test_the_readme_can_be_read_on_an_indexs_page() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(links_of(text)) > 20
    assert [link for link in links_of(text) if not link.startswith("https://")] == []
    prose = re.sub(r"^(```.*?^```|    .*?)$", "", text, flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"(?<!`)\[([\w./ -]+)\](?![:(`])", prose))
    assert named == set(re.findall(r"^\[(.+)\]: ", text, re.MULTILINE))


def links_of(text: str) -> set[str]:
    """Where a page's links lead, in the line or at its end, without the place within a page."""
    inline, named = re.findall(r"\]\(([^)#]+)", text), re.findall(r"^\[.+\]: ([^\s#]+)", text, re.MULTILINE)
    return {*inline, *named}


def leads_somewhere(link: str, folder: Path) -> bool:
    """Whether a link's file is there, if it is one of ours."""
    if link.startswith(OURS):
        return (ROOT / link.removeprefix(OURS)).exists()
    return "://" in link or link.startswith("mailto:") or (folder / link).exists()
