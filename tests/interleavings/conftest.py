from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthmill.app.core.services import Services
from tests.interleavings.world import opened


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """What all plays of a module stand on: each clears away what the one before has left."""
    folder = tmp_path_factory.mktemp("interleavings")
    if request.param == "sqlite":
        file = folder / "synthmill.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        url = f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.new_database(like=request.getfixturevalue("migrated_postgres"))
    with opened(Path(folder), url) as found:
        yield found
