"""The wheel where neither its package nor a home folder can be written to, as in a hardened container."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import synthmill
from synthmill.generators.kernels.backend import use
from tests.packaging.distribution import Installed, install, run

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
ROWS = 200_000
"""Enough that kernels are worth compiling."""
MAKE = f"""
import synthmill
dataset = synthmill.generate("retail", rows={ROWS}, seed=7, out="made")
print(*[entry["root"] for entry in dataset.manifest["files"]])
"""
CANT_COMPILE = "Synthmill's kernels can't be compiled here"
COMPILING = "Compiling Synthmill's kernels for this CPU, once"


def obey_rights() -> None:
    """root writes whatever the rights of a file say; in this process, and after exec, it no longer does."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def set_writable(folder: Path, writable: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200 if writable else path.stat().st_mode & ~0o222)


@pytest.fixture
def read_only(wheel: Path, tmp_path: Path) -> Iterator[Installed]:
    """An environment that nobody can write to."""
    installed = install(wheel, tmp_path / "venv")
    set_writable(installed.folder, False)
    yield installed
    set_writable(installed.folder, True)


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home that can't be written to, and a folder of temporary files that can."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir(mode=0o555)
    temporary.mkdir()
    probe = f"open({str(home / 'probe')!r}, 'w')"
    with pytest.raises(AssertionError, match="Permission denied"):
        run(["python3", "-c", probe], before=obey_rights)
    yield {"HOME": str(home), "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": "", "TMPDIR": str(temporary)}
    home.chmod(0o755)


def make(installed: Installed, folder: Path, surroundings: Mapping[str, str]) -> tuple[list[str], str]:
    """The roots of the files that are made in a folder, and what is said on the way."""
    folder.mkdir(exist_ok=True)
    ran = run([installed.python, "-c", MAKE], folder, surroundings, before=obey_rights)
    return ran.stdout.split(), ran.stderr


def expected(folder: Path) -> list[str]:
    with use("numpy"):
        made = synthmill.generate("retail", rows=ROWS, seed=7, out=folder)
    return [entry["root"] for entry in made.manifest["files"]]


def test_where_no_compiled_code_can_be_kept_numpy_makes_the_same_and_says_so(
    read_only: Installed, surroundings: dict[str, str], tmp_path: Path
) -> None:
    # Code is never taken from a folder that others can write to.
    (tmp_path / "temporary" / f"synthmill-{os.getuid()}").mkdir()
    (tmp_path / "temporary" / f"synthmill-{os.getuid()}").chmod(0o777)
    roots, said = make(read_only, tmp_path / "work", surroundings)
    assert roots == expected(tmp_path / "expected")
    (line,) = said.splitlines()
    assert line.startswith(CANT_COMPILE)
    assert "NUMBA_CACHE_DIR may name a folder" in line


def test_kernels_that_were_compiled_when_the_image_was_made_are_used(
    read_only: Installed, surroundings: dict[str, str], tmp_path: Path
) -> None:
    ours, kernels = Path(synthmill.__file__).parent, Path("generators", "kernels", "compiled")
    set_writable(read_only.package, True)
    for cache in (ours / kernels).rglob("__pycache__"):
        shutil.copytree(cache, read_only.package / cache.relative_to(ours), dirs_exist_ok=True)
    set_writable(read_only.package, False)
    roots, said = make(read_only, tmp_path / "work", surroundings)
    assert roots == expected(tmp_path / "expected")
    assert said == ""


@pytest.mark.slow
def test_else_they_are_compiled_once_into_a_private_temporary_folder_which_is_named(
    read_only: Installed, surroundings: dict[str, str], tmp_path: Path
) -> None:
    private = tmp_path / "temporary" / f"synthmill-{os.getuid()}"
    first, said = make(read_only, tmp_path / "work", surroundings)
    (line,) = said.splitlines()
    assert line.startswith(COMPILING)
    assert f"They are kept in {private}" in line
    assert private.stat().st_mode & 0o077 == 0
    again, said = make(read_only, tmp_path / "work", surroundings)
    assert said == ""
    assert first == again == expected(tmp_path / "expected")
