from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from synthmill.commands.server.demo import FORMATS as SHOWN
from synthmill.generators.formats import FORMATS
from synthmill.generators.recipes.template import get_template
from synthmill.library import Dataset
from tests.waiting import wait_until

DEMO = [sys.executable, "-m", "synthmill", "demo", "--rows", "20000"]


def running_in(folder: Path) -> list[psutil.Process]:
    """Processes whose command line names the folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in argument for argument in process.info["cmdline"] or ()):
            found.append(process)
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    folder = tmp_path_factory.mktemp("demo")
    out = folder / "demo-data"
    return subprocess.run([*DEMO, "--out", str(out)], capture_output=True, text=True, timeout=240), out


@pytest.mark.slow
def test_it_ends_well_and_says_where_the_files_are(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    ran, out = demo
    assert ran.returncode == 0, ran.stderr
    assert f"The files are in {out / 'retail'}" in ran.stdout
    assert "20,000 of them order items" in ran.stdout
    assert "each block is what the manifest promises" in ran.stdout


@pytest.mark.slow
def test_it_ends_with_rows_rules_that_hold_and_what_to_try_next(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    shown = demo[0].stdout.partition("each block is what the manifest promises")[2]
    rows, rules = shown.split("What a shop's data has to keep to")
    assert "NaN" not in rows
    assert "None" not in rows
    for line in rows.splitlines():
        assert len(line) <= 100 or str(demo[1]) in line
    said = [line.split()[0] for line in rules.splitlines() if line.startswith("  ") and "break it" in line]
    assert said == ["holds"] * len(get_template("retail").rules)
    assert "synthmill conformance" in rules.partition("What to try next")[2]


@pytest.mark.slow
def test_the_files_stay_and_are_what_the_manifest_says(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    dataset = Dataset.open(demo[1] / "retail", check=True)
    assert len(dataset.to_pandas("order_items")) == 20_000
    assert str(demo[1] / "retail" / "order_items.parquet") in demo[0].stdout


@pytest.mark.slow
def test_nothing_else_stays(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    assert [path.name for path in demo[1].iterdir()] == ["retail"]
    assert running_in(demo[1]) == []


@pytest.mark.parametrize("seconds", [0.0, pytest.param(5.0, marks=pytest.mark.slow)])
def test_ctrl_c_stops_all_that_was_started(tmp_path: Path, seconds: float) -> None:
    process = subprocess.Popen([*DEMO, "--out", str(tmp_path / "d")], stderr=subprocess.PIPE, text=True)
    wait_until(lambda: (tmp_path / "d").exists(), "it has begun")
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (130, 0)  # 0: it was quicker than we were
    assert "Traceback" not in err
    assert running_in(tmp_path) == []
    assert not list((tmp_path / "d").glob("stack-*"))


def test_a_folder_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "out"
    ran = subprocess.run([*DEMO, "--out", str(out)], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (1, 1)
    assert str(out) in ran.stderr


def test_an_unknown_format_is_named_before_anything_is_started(tmp_path: Path) -> None:
    ran = subprocess.run(
        [*DEMO, "--out", str(tmp_path / "d"), "--format", "xlsx"], capture_output=True, text=True, timeout=120
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "'xlsx' is not one of" in ran.stderr
    assert not (tmp_path / "d").exists()


def test_every_format_can_be_demonstrated() -> None:
    assert sorted(SHOWN) == sorted(FORMATS.usable())
