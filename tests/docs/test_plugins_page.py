"""docs/plugins.md leads from nothing to a plugin: it is followed to the letter."""

from __future__ import annotations

import dataclasses
import inspect
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import synthmill.plugins
from tests.docs.examples import ROOT, Example, examples

PAGE = "docs/plugins.md"
PLUGIN = ROOT / "examples" / "plugin"
TEXT = (ROOT / PAGE).read_text()
GUIDE = [one for one in examples(PAGE) if one.line < TEXT[: TEXT.index("\n## On a server")].count("\n")]

_MADE_BY_THE_TEST = ("python3 -m venv", ". .venv", "pip install synthmill")


def file_of(example: Example) -> Path | None:
    """The file that a block is, which the text before it has named last."""
    if example.language == "toml":
        return Path("pyproject.toml")
    if not example.code.startswith('"""'):
        return None
    before = "\n".join(TEXT.split("\n")[: example.line])
    return Path(re.findall(r"`(synthmill_example/\w+\.py)`", before)[-1])


def write(example: Example, file: Path, folder: Path) -> None:
    """Files of Python are whole; what stands of pyproject.toml comes after what stood before."""
    path = folder / file
    known = path.read_text() + "\n" if example.language == "toml" and path.exists() else ""
    path.write_text(known + example.code)


def test_its_files_are_those_of_the_example(tmp_path: Path) -> None:
    (tmp_path / "synthmill_example").mkdir()
    for example in GUIDE:
        file = file_of(example)
        if file is not None:
            write(example, file, tmp_path)
    written = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*.*")}
    kept = {path.relative_to(PLUGIN): path.read_text() for path in PLUGIN.rglob("*.*") if path.name in
            {"pyproject.toml", "part_number.py", "tournament.py", "markdown.py"}}  # fmt: skip
    assert written == kept


def test_it_lists_all_that_there_is_to_import() -> None:
    section = TEXT[TEXT.index("\n## What there is to import") : TEXT.index("\n## Their fields")]
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(synthmill.plugins.__all__)


def test_all_that_there_is_to_import_explains_itself() -> None:
    for name in synthmill.plugins.__all__:
        found = getattr(synthmill.plugins, name)
        assert found.__doc__ or not callable(found), name


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What the page's first commands make: an environment with Synthmill, entered."""
    folder = tmp_path / ".venv"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "synthmill.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
    for program, call in (
        ("pip", "from pip._internal.cli.main import main"),
        ("synthmill", "from synthmill.command import main"),
    ):
        path = folder / "bin" / program
        path.write_text(f"#!{folder}/bin/python\nimport sys\n{call}\nsys.exit(main())\n")
        path.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{folder}/bin{os.pathsep}{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def commands(block: str) -> list[list[str]]:
    """What is typed, with the lines that the page shows as its answer; not what the test has done."""
    typed = [one.splitlines() for one in block.removeprefix("$ ").split("\n$ ")]
    return [lines for lines in typed if not lines[0].startswith(_MADE_BY_THE_TEST)]


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, f"{command}:\n{ran.stdout}{ran.stderr}"
    return ran.stdout


@pytest.mark.slow
def test_following_it_makes_a_plugin_that_works(tmp_path: Path, environment: dict[str, str]) -> None:
    sessions = ""
    for example in GUIDE:
        file = file_of(example)
        if file is not None:
            write(example, file, tmp_path)
        elif example.language == "python":
            sessions += run(["python", "-c", example.code], tmp_path, environment)
        else:
            for command, *expected in commands(example.code):
                printed = run(["bash", "-euc", command], tmp_path, environment).splitlines()
                assert not expected or printed == expected
    assert "['synthmill-example==1.0']" in sessions
    assert (tmp_path / "season" / "matches.csv").is_file()
    assert (tmp_path / "season-as-markdown" / "matches.md").is_file()
    wheel = next(one.code for one in examples(PAGE) if "pip wheel" in one.code).splitlines()
    run(["bash", "-euc", wheel[0].removeprefix("$ ")], tmp_path, environment)
    (named,) = re.findall(r"dist/\S+\.whl", wheel[1])
    assert (tmp_path / named).is_file()


DESCRIBED = (
    "Plan",
    "TablePlan",
    "ColumnPlan",
    "ForeignKey",
    "Stage",
    "Kind",
    "Column",
    "Choices",
    "Encoded",
    "Block",
)


def test_it_tells_of_every_field_of_what_an_author_makes() -> None:
    section = TEXT[TEXT.index("\n## Their fields") :]
    reported: dict[str, list[str]] = {}
    owner = ""
    for of, names in re.findall(r"^\| (?:`(\w+)`)? ?\| (`.*?`) \|", section, re.MULTILINE):
        owner = of or owner
        reported.setdefault(owner, []).extend(re.findall(r"`(\w+)`", names))
    fields = {name: dataclasses.fields(getattr(synthmill.plugins, name)) for name in DESCRIBED}
    assert {name: sorted(names) for name, names in reported.items()} == {
        name: sorted(one.name for one in found) for name, found in fields.items()
    }


@pytest.mark.parametrize("name", synthmill.plugins.__all__)
def test_help_says_something_of_all_that_there_is_to_import(name: str) -> None:
    found = getattr(synthmill.plugins, name)
    assert not callable(found) or inspect.getdoc(found)
    assert not inspect.isclass(found) or (found.__doc__ and not found.__doc__.startswith(f"{name}("))


@pytest.mark.parametrize("page", ["docs/plugins.md", "docs/strategies.md"])
def test_code_for_authors_imports_from_one_place_alone(page: str) -> None:
    for example in examples(page):
        if example.language == "python":
            assert "synthmill.generators" not in example.code
