"""What an index is given."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from tests.packaging.distribution import LINKED, ROOT, build, copy_sources, run

UNPUBLISHED = {"migrations/script.py.mako"}
"""What only somebody who changes Synthmill needs."""


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_installs_one_package_and_its_metadata(wheel: Path) -> None:
    top_level = {PurePosixPath(name).parts[0] for name in contents(wheel)}
    assert {name for name in top_level if not name.endswith(".dist-info")} == {"synthmill"}
    assert len(top_level) == 2


def test_the_wheel_holds_every_file_of_the_package_and_no_test(wheel: Path) -> None:
    sources = {
        path.relative_to(ROOT).as_posix()
        for name in (*LINKED, "synthmill")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected = {
        name if name.startswith("synthmill/") else f"synthmill/{name}" for name in sources - UNPUBLISHED
    }
    assert {name for name in contents(wheel) if ".dist-info/" not in name} == expected
    assert not [name for name in expected if "tests/" in name]


def test_the_sdist_has_no_links_and_builds_the_wheel_that_a_checkout_builds(
    distributions: Path, wheel: Path, tmp_path: Path
) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert {entry.type for entry in archive} <= {tarfile.REGTYPE, tarfile.DIRTYPE}
    (direct,) = build(copy_sources(tmp_path / "sources"), tmp_path / "dist", "--wheel").glob("*.whl")
    assert contents(direct) == contents(wheel)


def test_an_index_takes_them(distributions: Path, wheel: Path) -> None:
    tools = Path(sys.executable).parent
    for distribution in (wheel, *distributions.glob("*.tar.gz")):
        assert "PASSED" in run([tools / "twine", "check", "--strict", distribution]).stdout
    run([tools / "check-wheel-contents", wheel])


def test_the_tools_of_its_makers_are_no_extras(wheel: Path) -> None:
    (metadata,) = (data.decode() for name, data in contents(wheel).items() if name.endswith("/METADATA"))
    extras = {line.split(": ")[1] for line in metadata.splitlines() if line.startswith("Provides-Extra")}
    assert extras == {"server", "tracing", "embedded"}
