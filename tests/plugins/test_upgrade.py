"""Another version of a plugin, installed while a process runs: manifests name the one in use."""

from __future__ import annotations

import importlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import synthmill
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.plugins import usable_plugins
from synthmill.plugins import refresh
from tests.plugin_packages import DICE, on_the_path, write_package

RESTART = "start this process again"
ENTRY = "[synthmill.column_kinds]\ndice = {module}:KIND\nother_dice = {module}_other:KIND\n"
REQUEST = {
    "strategy": "tabular",
    "parameters": {"tables": [{"name": "t", "rows": 20, "columns": [{"name": "face", "kind": "dice"}]}]},
    "seed": 7,
}
SIDES = {"0.1": 6, "0.3": 600}
"""Other values in another version."""

Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Install a version of the plugin, in place of the one before, as `pip install` does it."""
    module = re.sub(r"\W", "_", f"upgraded_{tmp_path.name}")

    def install(version: str) -> None:
        for former in tmp_path.glob("*.dist-info"):
            shutil.rmtree(former)
        source = DICE.replace("% 6", f"% {SIDES[version]}")
        sources = {module: source, f"{module}_other": source.replace('"dice"', '"other_dice"')}
        write_package(tmp_path, "upgraded", version, ENTRY.format(module=module), sources)
        shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
        importlib.invalidate_caches()

    with on_the_path(tmp_path):
        yield install


def made(**changes: object) -> tuple[list[str], int]:
    """The plugins that a new dataset's manifest names, and its greatest value."""
    dataset = synthmill.generate(**REQUEST | changes)
    return dataset.manifest["recipe"]["plugins"], int(dataset.to_pandas()["face"].max())


def test_what_was_used_stays_what_it_was_until_it_is_looked_for_anew(install: Install) -> None:
    install("0.1")
    refresh()
    before = made()
    install("0.3")
    assert made() == before == (["upgraded==0.1"], before[1])
    assert before[1] <= 6


def test_another_version_of_what_was_used_is_refused_until_the_process_is_started_again(
    install: Install,
) -> None:
    install("0.1")
    refresh()
    made()
    install("0.3")
    refresh()
    with pytest.raises(InvalidRequestError, match=RESTART) as refusal:
        made()
    (error,) = refusal.value.errors
    assert "begun with upgraded==0.1, and upgraded==0.3 is installed now" in error.reason
    assert usable_plugins() == []


def test_a_version_that_came_after_its_metadata_were_read_is_refused(install: Install) -> None:
    install("0.1")
    refresh()
    synthmill.generate("retail", rows=1)
    with pytest.raises(InvalidRequestError):
        synthmill.generate(strategy="nonesuch")  # Reads what there is.
    install("0.3")
    with pytest.raises(InvalidRequestError, match=RESTART) as refusal:
        made()
    assert "version 0.3 is installed now" in str(refusal.value)
    refresh()
    assert made()[0] == ["upgraded==0.3"]


def test_one_name_of_a_package_is_not_used_beside_another_version_of_the_next(install: Install) -> None:
    install("0.1")
    refresh()
    made()
    install("0.3")
    other = {"name": "t", "rows": 20, "columns": [{"name": "face", "kind": "other_dice"}]}
    with pytest.raises(InvalidRequestError, match=RESTART):
        made(parameters={"tables": [other]})


def test_the_version_before_can_be_used_again(install: Install) -> None:
    install("0.1")
    refresh()
    before = made()
    install("0.3")
    refresh()
    install("0.1")
    refresh()
    assert made() == before


def test_another_version_is_used_where_nothing_of_the_former_is_left(
    install: Install, tmp_path: Path
) -> None:
    install("0.1")
    refresh()
    made()
    install("0.3")
    for module in [name for name, one in sys.modules.items() if str(tmp_path) in str(one)]:
        del sys.modules[module]
    refresh()
    assert made()[0] == ["upgraded==0.3"]
    assert made()[1] > 6


def test_a_plugin_that_failed_half_way_is_not_mixed_with_its_next_version(tmp_path: Path) -> None:
    (tmp_path / "halfway").mkdir()
    entry = "[synthmill.column_kinds]\ndice = halfway.kind:KIND\n"
    parts = {"halfway/__init__": "", "halfway/kind": "import halfway.sides\nraise RuntimeError"}
    write_package(tmp_path, "halfway", "0.1", entry, {**parts, "halfway/sides": "SIDES = 6"})
    with on_the_path(tmp_path):
        with pytest.raises(InvalidRequestError, match="RuntimeError"):
            made()
        shutil.rmtree(tmp_path / "halfway-0.1.dist-info")
        whole = "import halfway.sides" + DICE.replace("% 6", "% halfway.sides.SIDES")
        write_package(
            tmp_path, "halfway", "0.3", entry, {"halfway/kind": whole, "halfway/sides": "SIDES = 600"}
        )
        refresh()
        with pytest.raises(InvalidRequestError, match=RESTART):
            made()
