"""`synthmill fit` of a folder and `synthmill sample` into one; several tables in a notebook."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.csv
import pytest

import synthmill
from synthmill.generators.learning import fit, load
from tests.command.conftest import Run
from tests.learning.families import KEYS, families, options

CHILDREN = [
    argument
    for child, columns in KEYS.items()
    for column, target in columns.items()
    for argument in ("--child", f"{child}.{column}={target}")
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, table in families(150).items():
        pyarrow.csv.write_csv(table, folder / f"{name}.csv")
    return folder


def test_a_folder_becomes_a_folder_by_two_commands(run: Run, shop: Path, tmp_path: Path) -> None:
    ran = run("fit", shop, "-o", tmp_path / "shop.model", *CHILDREN)
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["orders.customer_id", "reference", "string", "customers.id"] in lines
    ran = run(
        "sample", tmp_path / "shop.model", "--rows", "customers=70", "--rows", "shops=25", "-o",
        tmp_path / "made",
    )  # fmt: skip
    assert ran.code == 0
    made = {name: pd.read_csv(tmp_path / "made" / f"{name}.csv") for name in families(150)}
    assert (len(made["customers"]), len(made["shops"])) == (70, 25)
    assert set(made["orders"]["customer_id"]) <= set(made["customers"]["id"])
    assert list(made["orders"].columns) == families(150)["orders"].column_names


def test_command_and_notebook_make_the_same_model(run: Run, shop: Path, tmp_path: Path) -> None:
    assert run("fit", shop, "-o", tmp_path / "shop.model", "--quiet", *CHILDREN).code == 0
    model = load(tmp_path / "shop.model")
    assert synthmill.fit(shop, keys=KEYS).sha256 == model.sha256
    assert fit(families(150), options()).sha256 == model.sha256
    frames = {name: table.to_pandas() for name, table in families(150).items()}
    assert synthmill.fit(frames, keys=KEYS).sha256 == model.sha256


def test_roles_of_several_tables_name_theirs(run: Run, shop: Path, tmp_path: Path) -> None:
    model = tmp_path / "shop.model"
    ran = run(
        "fit", shop, "-o", model, *CHILDREN, "--role", "items.line=number", "--role", "shops.place=ignore"
    )
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["items.line", "number", "int64"] in lines
    assert not any(line and line[0] == "shops.place" for line in lines)
    ran = run("fit", shop, "-o", model, *CHILDREN, "--role", "line=number")
    assert ran.code == 2
    assert "give TABLE.COLUMN=ROLE" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--child", "orders.customer=customers.id"), "did you mean customer_id"),
        (("--child", "orders=customers"), "isn't TABLE.COLUMN=TABLE.COLUMN"),
    ],
)
def test_keys_that_cannot_be_are_refused(
    run: Run, shop: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("fit", shop, "-o", tmp_path / "a.model", *arguments)
    assert ran.code == 2
    assert said in ran.err.replace("?", "")


@pytest.mark.parametrize("rows", ["many", "0", "customers=x"])
def test_numbers_of_rows_that_are_none_are_refused(run: Run, shop: Path, tmp_path: Path, rows: str) -> None:
    assert run("fit", shop, "-o", tmp_path / "shop.model", *CHILDREN).code == 0
    ran = run("sample", tmp_path / "shop.model", "--rows", rows, "-o", tmp_path / "made")
    assert ran.code == 2
    assert f"--rows {rows}" in ran.err


def test_a_report_of_families_uses_the_models_keys() -> None:
    model = synthmill.fit(families(300), keys=KEYS)
    scores = {score.name for score in model.report(families(300, seed=4)).scores}
    assert any("aggregates" in name for name in scores)
    assert any("lag" in name for name in scores)
