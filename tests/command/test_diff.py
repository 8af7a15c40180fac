from __future__ import annotations

import json
from pathlib import Path

from tests.command.conftest import Run


def test_it_says_which_parameter_differs_and_what_that_caused(run: Run, shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        shop.read_text() + "\nseed: 99\n" if "seed" not in shop.read_text() else shop.read_text()
    )
    assert run("generate", "--recipe", shop, "--seed", 5, "--out", tmp_path / "a", "--quiet").code == 0
    assert run("generate", "--recipe", shop, "--seed", 6, "--out", tmp_path / "b", "--quiet").code == 0
    ran = run("diff", tmp_path / "a", tmp_path / "b")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "seed: 5 -> 6"
    assert ran.out.splitlines()[1].split() == ["TABLE", "ALIKE", "CHANGED", "MISSING", "ADDED", "COLUMNS"]
    assert ran.out.splitlines()[-1] == "rows differ"
    assert run("diff", tmp_path / "a", tmp_path / "b", "--exit-code").code == 6


def test_a_dataset_doesn_t_differ_from_itself(run: Run, shop: Path, tmp_path: Path) -> None:
    assert run("generate", "--recipe", shop, "--seed", 5, "--out", tmp_path / "a", "--quiet").code == 0
    ran = run("diff", tmp_path / "a", tmp_path / "a" / "manifest.json", "--exit-code")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "all rows are alike"
    report = json.loads(run("diff", tmp_path / "a", tmp_path / "a", "--json").out)
    assert report["equal"] and report["recipe"] == []


def test_a_file_that_is_no_dataset_is_refused(run: Run, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    ran = run("diff", tmp_path, shop)
    assert ran.code == 1
    assert "isn't a manifest" in ran.err
    assert run("diff", shop, tmp_path / "none").code == 2
