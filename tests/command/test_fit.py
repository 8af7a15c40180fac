"""`synthmill fit` and `synthmill sample`: from a file to a model, from a model to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.csv
import pyarrow.parquet
import pytest

import synthmill
from synthmill.command_line.constraints import parsed
from tests.command.conftest import Run
from tests.learning.models import people


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    pyarrow.csv.write_csv(people(), file)
    return file


def test_a_csv_becomes_a_csv_by_two_commands(run: Run, data: Path, tmp_path: Path) -> None:
    ran = run("fit", data, "-o", tmp_path / "people.model")
    assert ran.code == 0
    assert ["town", "category", "string"] in [line.split() for line in ran.out.splitlines()]
    assert "no value of fewer than 5 subjects" in ran.err
    ran = run("sample", tmp_path / "people.model", "--rows", 50, "--seed", 3, "-o", tmp_path / "made.csv")
    assert ran.code == 0
    made = pd.read_csv(tmp_path / "made.csv")
    assert list(made.columns) == people().column_names
    assert len(made) == 50


def test_command_notebook_and_file_of_another_form_make_the_same_model_and_rows(
    run: Run, data: Path, tmp_path: Path
) -> None:
    said = run("fit", data, "-o", tmp_path / "a.model", "--json").json
    model = synthmill.fit(data)
    assert said["sha256"] == model.sha256
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(data), tmp_path / "people.parquet")
    assert (
        run("sample", tmp_path / "a.model", "--rows", 70, "--seed", 4, "-o", tmp_path / "m.parquet").code == 0
    )
    made = pyarrow.parquet.read_table(tmp_path / "m.parquet")
    for name in made.column_names:
        assert (
            made.column(name).to_pylist()
            == model.learnt.sample(70, seed=4)["people"].column(name).to_pylist()
        )


def test_conditions_are_given_by_column(run: Run, data: Path, tmp_path: Path) -> None:
    run("fit", data, "-o", tmp_path / "a.model", "--quiet")
    conditions = ("--where", "town=Ulm,Bonn", "--where", "children=1..2", "--where", "member=true")
    ran = run("sample", tmp_path / "a.model", "--rows", 40, *conditions, "-o", tmp_path / "m.csv", "--json")
    assert ran.json["rows"] == 40
    made = pd.read_csv(tmp_path / "m.csv")
    assert set(made["town"]) <= {"Ulm", "Bonn"}
    assert made["children"].between(1, 2).all()
    assert made["member"].all()


def test_roles_are_corrected(run: Run, data: Path, tmp_path: Path) -> None:
    said = run(
        "fit", data, "-o", tmp_path / "a", "--role", "children=category", "--role", "note=ignore", "--json"
    )
    roles = {one["name"]: one["role"] for one in said.json["tables"][0]["columns"]}
    assert roles["children"] == "category"
    assert "note" not in roles


def test_a_private_model_is_fitted_by_an_epsilon(run: Run, data: Path, tmp_path: Path) -> None:
    model = tmp_path / "private.model"
    given = (
        "--epsilon", 5, "--bounds", "earnings=10000..60000:2", "--bounds", "born=1940-01-01..1999-12-31",
        "--bounds", "weight=-1.5..200", "--domain", "town=Ulm,Bonn,Kiel,Jena", "--role", "note=ignore",
    )  # fmt: skip
    said = run("fit", data, "-o", model, *given, "--json").json
    assert said["method_used"] == "dp"
    assert said["privacy"]["epsilon"] == 5.0
    assert said["privacy"]["declared"] == {"bounds": ["born", "earnings", "weight"], "domains": ["town"]}
    assert run("sample", model, "--rows", 50, "-o", tmp_path / "made.csv").code == 0
    made = pd.read_csv(tmp_path / "made.csv")
    assert set(made["town"]) <= {"Ulm", "Bonn", "Kiel", "Jena"}
    ran = run("fit", data, "-o", model, *given)
    assert "dp: (5, 1e-06)-differential privacy" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--role", "town"), "--role town: give COLUMN=ROLE"),
        (("--role", "town=kind"), "isn't a role"),
        (("--method", "magic"), "isn't one of its values"),
        (("--privacy", "dp"), "isn't one of its values"),
        (("--method", "dp"), "dp needs one"),
        (("--method", "bayes", "--epsilon", "1"), "isn't differentially private"),
        (("--epsilon", "1", "--privacy", "careful"), "leave it out where there is --epsilon"),
        (("--delta", "1e-6"), "--delta: give --epsilon, too"),
        (("--domain", "town=Ulm"), "--domain: give --epsilon, too"),
        (("--epsilon", "1", "--bounds", "children=3"), "give COLUMN=MIN..MAX"),
        (("--epsilon", "1", "--domain", "town"), "give COLUMN=A,B"),
        (("--epsilon", "1", "--bounds", "childern=0..9"), "did you mean children?"),
        (("--epsilon", "0"), "privacy.epsilon"),
        (("--epsilon", "1", "--rows-per-subject", "2"), "no column says whose a row is"),
    ],
)
def test_what_cannot_be_is_refused(
    run: Run, data: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("fit", data, "-o", tmp_path / "a.model", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "a.model").exists()


def test_a_file_that_is_no_model_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    ran = run("sample", data, "-o", tmp_path / "m.csv")
    assert ran.code != 0
    assert "doesn't begin as a safetensors file does" in ran.err


def test_an_ending_that_no_format_has_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    run("fit", data, "-o", tmp_path / "m.model")
    ran = run("sample", tmp_path / "m.model", "-o", tmp_path / "m.xyz")
    assert ran.code == 2
    assert "end it with .csv" in ran.err


def test_a_data_frame_becomes_rows_like_its_own() -> None:
    frame = people().to_pandas()
    model = synthmill.fit(frame, roles={"children": "category"})
    made = model.sample(100, where={"town": "Ulm"})
    assert list(made.columns) == list(frame.columns)
    assert set(made["town"]) == {"Ulm"}


def test_a_model_is_saved_and_opened(tmp_path: Path) -> None:
    model = synthmill.fit(people())
    model.save(tmp_path / "a.model")
    again = synthmill.Model.open(tmp_path / "a.model")
    assert again.sha256 == model.sha256
    assert again.sample(10).equals(model.sample(10))


def test_a_model_reports_how_its_rows_compare_with_the_data() -> None:
    rows = people(900)
    learnt, unseen = rows.slice(0, 600), rows.slice(600)
    said = synthmill.fit(learnt).report(learnt, holdout=unseen.to_pandas(), sample=500).as_dict()
    assert said["tables"]


def test_a_condition_on_texts_that_look_like_numbers_is_a_text(run: Run, tmp_path: Path) -> None:
    codes = ["01003", "10010", "20019"] * 40
    pyarrow.parquet.write_table(
        pyarrow.table({"postcode": codes, "visits": range(120)}), tmp_path / "a.parquet"
    )
    run("fit", tmp_path / "a.parquet", "-o", tmp_path / "a.model", "--quiet")
    for asked in ("10010", "10010,20019", '"10010"'):
        ran = run(
            "sample",
            tmp_path / "a.model",
            "--rows",
            9,
            "--where",
            f"postcode={asked}",
            "-o",
            tmp_path / "m.csv",
        )
        assert ran.code == 0, ran.err
        assert set(pd.read_csv(tmp_path / "m.csv", dtype=str)["postcode"]) <= {"10010", "20019"}


def test_a_place_where_no_model_can_be_written_is_found_before_fitting(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthmill.models.fit", lambda *a, **k: pytest.fail("it was fitted"))
    ran = run("fit", data, "-o", tmp_path / "nowhere" / "a.model")
    assert ran.code == 2
    assert "there is no folder" in ran.err


def test_constraints_are_given_in_a_few_signs_and_what_holds_is_printed(
    run: Run, data: Path, tmp_path: Path
) -> None:
    rules = ["children>=1", "children<=3", "town in Ulm,Bonn", "unique:badge", "together:town,job"]
    options = [one for rule in rules for one in ("--constraint", rule)]
    ran = run("fit", data, "-o", tmp_path / "a.model", *options)
    assert ran.code == 0, ran.err
    assert "holds in every row: town, job stand together as they did" in ran.out
    assert "children from 1 to ..." in ran.err
    made = synthmill.Model.open(tmp_path / "a.model").sample(500)
    assert made.children.between(1, 3).all() and set(made.town) == {"Ulm", "Bonn"}
    assert made.badge.is_unique


@pytest.mark.parametrize(
    ("rule", "constraint"),
    [
        ("a<=b", {"type": "inequality", "low": "a", "high": "b"}),
        ("a > b", {"type": "inequality", "low": "b", "high": "a", "strict": True}),
        ("a>0", {"type": "positive", "column": "a"}),
        ("a>=-1.5", {"type": "range", "column": "a", "min": -1.5}),
        ("day <= 2026-01-31", {"type": "range", "column": "day", "max": "2026-01-31"}),
        ("t = p * n", {"type": "formula", "column": "t", "operator": "product", "of": ["p", "n"]}),
        ("a=b", {"type": "formula", "column": "a", "operator": "copy", "of": ["b"]}),
        ("c in 1,x", {"type": "one_of", "column": "c", "values": [1, "x"]}),
        ('{"type": "unique", "column": "a>b"}', {"type": "unique", "column": "a>b"}),
    ],
)  # fmt: skip
def test_signs_are_the_librarys_constraints(rule: str, constraint: dict[str, Any]) -> None:
    assert parsed([rule]) == [constraint]


@pytest.mark.parametrize("rule", ["a", "a>5", "{a", ""])
def test_rules_that_are_none_are_refused(run: Run, data: Path, tmp_path: Path, rule: str) -> None:
    ran = run("fit", data, "-o", tmp_path / "a.model", "--constraint", rule)
    assert ran.code == 2 and f"--constraint {rule}" in ran.err


def test_a_locale_is_said(run: Run, data: Path, tmp_path: Path) -> None:
    assert run("fit", data, "-o", tmp_path / "a.model", "--locale", "de_DE", "--quiet").code == 0
    ran = run("fit", data, "-o", tmp_path / "a.model", "--locale", "xx")
    assert ran.code != 0 and "locale" in ran.err
