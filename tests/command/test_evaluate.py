from __future__ import annotations

import json
from pathlib import Path

import pytest

import synthmill
from tests.command.conftest import Run
from tests.evaluation.worlds import families, people


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("evaluate")
    for name, rows in (
        ("real", people(1, rows=600)),
        ("unseen", people(2, rows=600)),
        ("good", people(3, rows=600)),
        ("weak", people(3, correlation=-0.6, rows=600)),
    ):
        rows.to_csv(made / f"{name}.csv", index=False)
    people(3, rows=600).to_parquet(made / "good.parquet")
    for name, seed in (("given", 1), ("made", 3)):
        (made / name).mkdir()
        for table, rows in families(seed, parents=150).items():
            rows.to_csv(made / name / f"{table}.csv", index=False)
    return made


def test_scores_are_printed_and_the_page_is_written(run: Run, folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    ran = run(
        "evaluate",
        folder / "good.csv",
        "--real",
        folder / "real.csv",
        "--holdout",
        folder / "unseen.csv",
        "-o",
        page,
    )
    assert ran.code == 0
    assert "real.membership.closest" in ran.out
    assert "0 of 24 scores differ" in ran.out
    assert "7 of 7" in ran.err
    assert page.read_text().startswith("<!doctype html>")


def test_a_gate_that_is_not_met_ends_with_6_and_says_so(run: Run, folder: Path) -> None:
    options = (
        "--real",
        folder / "real.csv",
        "--fail-under",
        "correlation.worst=0.9",
        "--target",
        "income",
        "-q",
    )
    assert run("evaluate", folder / "good.csv", *options).code == 0
    ran = run("evaluate", folder / "weak.csv", *options)
    assert ran.code == 6
    assert "real.correlation.worst" in ran.err
    assert "must be at least 0.9" in ran.err
    assert "tstr.income" in ran.out


def test_several_are_set_side_by_side(run: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    ran = run(
        "evaluate",
        folder / "good.csv",
        folder / "good.parquet",
        folder / "weak.csv",
        "--real",
        folder / "real.csv",
        "-q",
        "-o",
        out,
    )
    assert ran.code == 0
    head = ran.out.splitlines()[0]
    assert "WEAK" in head
    assert "GOOD.PARQUET" in head
    reports = json.loads(out.read_text())["reports"]
    first, second = (reports[str(folder / f"good.{form}")]["scores"] for form in ("csv", "parquet"))
    assert first == second


def test_folders_of_tables_are_families(run: Run, folder: Path) -> None:
    ran = run(
        "evaluate",
        folder / "made",
        "--real",
        folder / "given",
        "--json",
        "-q",
        "--role",
        "orders.kind=category",
        "--child",
        "orders.customer_id=customers.id",
    )
    assert ran.code == 0
    assert {"aggregates", "lag"} <= {one["metric"] for one in ran.json["scores"]}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--fail-under", "c2st"), "METRIC=VALUE"),
        (("--fail-under", "c2ts=0.6"), "did you mean c2st"),
        (("--role", "age"), "COLUMN=ROLE"),
        (("--role", "age=nummer"), "did you mean number"),
        (("--child", "a=b"), "TABLE.COLUMN"),
        (("--target", "churn"), "did you mean churned"),
        (("-o", "report.pdf"), ".html"),
        (("--sample", "3"), "rows to compare"),
    ],
)
def test_wrong_options_are_one_line_with_the_fix(
    run: Run, folder: Path, options: tuple[str, ...], words: str
) -> None:
    ran = run("evaluate", folder / "good.csv", "--real", folder / "real.csv", "-q", *options)
    assert ran.code == 2
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1


def test_in_python_paths_frames_and_datasets_are_the_same(folder: Path, tmp_path: Path) -> None:
    by_path = synthmill.evaluate(folder / "real.csv", folder / "good.csv").as_dict()
    frame = people(3, rows=600)
    by_frame = synthmill.evaluate(str(folder / "real.csv"), frame).as_dict()
    assert by_path == by_frame
    columns = [{"name": "size", "kind": "integer", "min": 0, "max": 99}]
    tables = [
        {"name": "things", "rows": 100, "columns": columns},
        {"name": "few", "rows": 9, "columns": columns},
    ]
    made = synthmill.generate(
        strategy="tabular", parameters={"tables": tables}, seed=1, out=tmp_path / "made"
    )
    report = synthmill.evaluate(made, tmp_path / "made")
    assert [(table.name, bool(table.scores)) for table in report.tables] == [("things", True), ("few", False)]
    assert report.score("things.identical").value > 0.5
    both = synthmill.compare(folder / "real.csv", {"a": folder / "good.csv", "b": frame})
    assert both.reports["a"].as_dict() == both.reports["b"].as_dict()
