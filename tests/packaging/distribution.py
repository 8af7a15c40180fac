"""Synthmill as an index would offer it, and as somebody has installed it from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
LINKED = ("app", "generators", "workers", "migrations", "templates", "proto")
"""The folders that the package is made of, by links."""


def copy_sources(folder: Path) -> Path:
    """What is built from, without what earlier builds and runs have left there."""
    folder.mkdir()
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "Procfile"):
        shutil.copyfile(ROOT / name, folder / name)
    for name in ("synthmill", *LINKED):
        shutil.copytree(
            ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


def build(sources: Path, out: Path, *arguments: str) -> Path:
    """The folder of the distributions of sources: by default an sdist, and a wheel that is made from it."""
    python = ("--no-build-isolation", "--python", sys.executable)
    run([UV, "build", "--quiet", *python, "--out-dir", out, *arguments, sources])
    return out


def run(
    command: Sequence[str | Path],
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run to the end, which has to be a good one. `before` happens in the child."""
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SYNTHMILL_"))
    }
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**outside, **(environment or {})},
        preexec_fn=before,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
    return ran


@dataclass(frozen=True)
class Installed:
    """An environment that holds a wheel alone, and sees in that of the tests what the wheel depends on."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "synthmill"

    @property
    def package(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages/synthmill")
        return found


def install(wheel: Path, folder: Path) -> Installed:
    """A fresh environment with a wheel, made without a network."""
    installed = Installed(folder)
    run([UV, "venv", "--quiet", "--python", sys.executable, folder])
    offline = ("--quiet", "--offline", "--no-deps", "--link-mode", "copy")
    run([UV, "pip", "install", *offline, "--python", installed.python, wheel])
    lines = installed.package.parent / "needed.pth"
    lines.write_text(sysconfig.get_path("purelib"))
    # and files of lines are read in the environment's own folder only.
    (installed.package.parent / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    # The command of a dependency, as its installation would have made it.
    gunicorn = folder / "bin" / "gunicorn"
    gunicorn.write_text(f"#!{installed.python}\nfrom gunicorn.app.wsgiapp import run\nrun()\n")
    gunicorn.chmod(0o755)
    return installed
