"""The wheel in an environment of its own, used in a folder whose packages are called as ours once were."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import synthmill
from synthmill.client.client import Client
from tests.packaging.distribution import Installed, run
from tests.stack.stack import running_stack

HERE = """
import synthmill
dataset = synthmill.generate("retail", rows=1000, seed=7)
print(synthmill.__file__)
print(*[entry["root"] for entry in dataset.manifest["files"]])
"""


def test_a_dataset_is_made_whatever_the_working_folder_holds(
    installed: Installed, hostile_folder: Path
) -> None:
    file, roots = run([installed.python, "-c", HERE], hostile_folder).stdout.splitlines()
    assert Path(file) == installed.package / "__init__.py"
    here = synthmill.generate("retail", rows=1000, seed=7)
    assert roots.split() == [entry["root"] for entry in here.manifest["files"]]


def test_pip_shows_one_top_level_package(installed: Installed, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", installed.python]
    shown = run([*pip, "show", "-f", "synthmill"], tmp_path).stdout
    assert f"Location: {installed.package.parent}\n" in shown
    top_level = set(re.findall(r"^  ([^/\n]+)/", shown.partition("\nFiles:\n")[2], re.MULTILINE))
    scripts = {"..", "synthmill", f"synthmill-{synthmill.__version__}.dist-info"}
    assert top_level == scripts


@pytest.mark.slow
def test_a_server_runs_whatever_the_working_folder_holds(
    installed: Installed, hostile_folder: Path, tmp_path: Path
) -> None:
    program = ("env", "-C", str(hostile_folder), str(installed.program))
    with running_stack(tmp_path / "data", workers=1, program=program) as stack:
        commands = [process.cmdline() for process in stack.processes()]
        assert not [command for command in commands if sys.executable in command]
        with Client(data=stack.data) as client:
            job = client.submit(template="retail", rows=1000, seed=7)
            client.wait(job).download(tmp_path / "downloaded")
        here = synthmill.generate("retail", rows=1000, seed=7)
        for name, path in here.files.items():
            assert (tmp_path / "downloaded" / name).read_bytes() == path.read_bytes()
        assert stack.stop() == 0
