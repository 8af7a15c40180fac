from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.fixtures import server
from tests.plugin_packages import on_the_path

__all__ = ["server"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugin"


@pytest.fixture(scope="session")
def installed_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example plugin, built and installed as pip does it, in a folder of its own."""
    # Building leaves things beside the sources.
    source = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "plugin")
    target = tmp_path_factory.mktemp("installed")
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index",
        "--no-build-isolation", "--no-deps", "--target", str(target), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, env=os.environ | {"PIP_CONFIG_FILE": os.devnull})
    return target


@pytest.fixture
def example(installed_example: Path) -> Iterator[None]:
    """The example plugin is installed in this process."""
    with on_the_path(installed_example):
        yield
