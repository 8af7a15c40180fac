from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.distribution import LINKED, Installed, build, copy_sources, install


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist, and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("distributions")
    return build(copy_sources(folder / "sources"), folder / "dist")


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    (found,) = distributions.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("installed") / "venv")


@pytest.fixture
def hostile_folder(tmp_path: Path) -> Path:
    """A project with packages of its own that are called as our folders are."""
    for name in (*LINKED, "tests", "tools"):
        package = tmp_path / "project" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise RuntimeError('{name} of the working folder')")
    return tmp_path / "project"
