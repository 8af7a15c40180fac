from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import synthmill
from tests.client.server import SHOP
from tests.command.conftest import Ran, Run
from tests.roots import root_of
from tests.trial_strategies import trial_strategies


def test_files_and_manifest_are_where_asked_with_the_hashes_printed(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run(
        "generate", "--template", "retail", "--rows", 1000, "--seed", 7, "--format", "csv",
        "--part-rows", 100, "--out", out, "--json",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["manifest"] == str(out / "manifest.json")
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["manifest.json", "profile.json", *(file["name"] for file in ran.json["files"])]
    )
    entries = {entry["name"]: entry for entry in json.loads((out / "manifest.json").read_text())["files"]}
    for file in ran.json["files"]:
        data = Path(file["path"]).read_bytes()
        assert (root_of(data, entries[file["name"]]), len(data)) == (file["root"], file["bytes"])
    assert next(file["rows"] for file in ran.json["files"] if file["name"] == "order_items.csv") == 1000


def test_the_command_and_the_library_make_the_same_bytes(run: Run, tmp_path: Path, shop: Path) -> None:
    run("generate", "--recipe", shop, "--format", "parquet", "--out", tmp_path / "command")
    synthmill.generate(**SHOP, format="parquet", out=tmp_path / "library")
    for path in (tmp_path / "library").iterdir():
        assert (tmp_path / "command" / path.name).read_bytes() == path.read_bytes()


def test_a_yaml_recipe_means_what_the_same_json_means(run: Run, tmp_path: Path, shop: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("template: retail\nrows: 500\nseed: 3\nformat: jsonl\ncompression: gzip\n")
    by_file = run("generate", "--recipe", recipe, "--out", "a", "--json")
    by_options = run(
        "generate", "--template", "retail", "--rows", 500, "--seed", 3, "--format", "jsonl", "--compression",
        "gzip", "--out", "b", "--json",
    )  # fmt: skip
    assert [f["root"] for f in by_file.json["files"]] == [f["root"] for f in by_options.json["files"]]
    assert by_file.json["files"][0]["name"].endswith(".jsonl.gz")


def test_options_win_over_the_recipe_file(run: Run, shop: Path) -> None:
    ran = run(
        "generate", "--recipe", shop, "--rows", "orders=10", "--rows", "customers=3", "--out", "o", "--json"
    )
    assert {file["name"]: file["rows"] for file in ran.json["files"]} == {
        "customers.csv": 3,
        "orders.csv": 10,
    }


def rows_of(ran: Ran) -> dict[str, int]:
    return {file["name"].removesuffix(".csv"): file["rows"] for file in ran.json["files"]}


def test_rows_of_one_table_leave_the_recipe_its_rows(run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "shop.yaml"
    recipe.write_text("template: retail\nrows: 1000\nseed: 7\n")
    plain = rows_of(run("generate", "--recipe", recipe, "--out", "a", "--json"))
    over = rows_of(run("generate", "--recipe", recipe, "--rows", "orders=99", "--out", "b", "--json"))
    assert over == plain | {"orders": 99}


def test_rows_in_all_and_of_one_table_go_together(run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "shop.yaml"
    recipe.write_text("template: retail\nrows: {products: 5}\nseed: 7\n")
    ran = run(
        "generate", "--recipe", recipe, "--rows", 800, "--rows", "customers=50", "--out", "shop", "--json"
    )  # fmt: skip
    rows = rows_of(ran)
    assert (rows["order_items"], rows["customers"], rows["products"]) == (800, 50, 5)


def test_a_recipe_that_is_no_yaml_is_one_line_with_the_place(run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("template: retail\nrows: [1, 2\nseed: 7\n")
    ran = run("generate", "--recipe", recipe, "--out", "out")
    (line,) = ran.err.splitlines()
    assert (ran.code, line.startswith("error: r.yaml: not YAML")) == (2, True)
    assert "line 3, column 5" in line


def test_a_wrong_option_is_one_line(run: Run) -> None:
    ran = run("generate", "--colour", "red")
    (line,) = ran.err.splitlines()
    assert ran.code == 2
    assert "--colour" in line
    assert "synthmill generate --help" in line


def test_a_template_option_replaces_the_strategy_of_the_recipe_file(run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("strategy: tabular\nseed: 1\n")
    ran = run("generate", "--recipe", recipe, "--template", "retail", "--rows", 10, "--out", "o", "--json")
    assert "order_items.csv" in [file["name"] for file in ran.json["files"]]


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_parameters_come_from_the_line_or_a_file(run: Run, tmp_path: Path, suffix: str) -> None:
    text = json.dumps(SHOP["parameters"])
    file = tmp_path / f"parameters{suffix}"
    file.write_text(text)
    arguments = ("generate", "--strategy", "tabular", "--seed", 7, "--json")
    given = run(*arguments, "--parameters", text, "--out", "a")
    read = run(*arguments, "--parameters", f"@{file}", "--out", "b")
    assert [f["root"] for f in given.json["files"]] == [f["root"] for f in read.json["files"]]


def test_a_drawn_seed_is_told_and_makes_the_same_again(run: Run) -> None:
    drawn = run("generate", "--template", "retail", "--rows", 10, "--out", "a", "--json")
    again = run(
        "generate", "--template", "retail", "--rows", 10, "--seed", drawn.json["seed"], "--out", "b", "--json"
    )
    assert [f["root"] for f in drawn.json["files"]] == [f["root"] for f in again.json["files"]]


def test_without_json_paths_and_hashes_are_columns_and_the_seed_is_told(run: Run) -> None:
    ran = run("generate", "--template", "retail", "--rows", 10, "--out", "here")
    seed = json.loads(Path("here/manifest.json").read_text())["recipe"]["seed"]
    assert ran.out.splitlines()[0].split() == ["FILE", "ROWS", "BYTES", "ROOT"]
    assert "here/order_items.csv" in ran.out
    assert ran.err.splitlines()[-2:] == [
        "10 rows of order_items, the table that --rows is for; 4 tables, 27 rows in all",
        f"seed {seed} was drawn; --seed {seed} makes the same again",
    ]


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["--template", "nope"], "template: unknown template 'nope'"),
        (["--template", "retail", "--rows", "0"], "rows"),
        (["--template", "retail", "--rows", "nope=5"], "nope"),
        (["--template", "retail", "--format", "xlsx"], "format: unknown format 'xlsx'"),
        (["--template", "retail", "--seed", "-1"], "seed"),
        (["--template", "retail", "--rows", "many"], "'many' is not a whole number"),
        (["--template", "retail", "--rows", "1", "--rows", "2"], "comes twice"),
        (["--template", "retail", "--rows", "orders=1", "--rows", "orders=2"], "table 'orders' comes twice"),
        (["--template", "retail", "--rows", "1", "--rows", "order_items=2"], "'order_items' comes twice"),
        (["--template", "retail", "--rows", "=2"], "names no table"),
        (["--strategy", "tabular", "--rows", "1", "--rows", "a=2"], "give TABLE=N"),
        (["--template", "retail", "--parameters", "{"], "--parameters"),
        (["--template", "retail", "--parameters", "[]"], "isn't an object"),
        (["--template", "retail", "--parameters", '{"nope": 1}'], "nope"),
        (["--template", "a", "--strategy", "b"], "exclude each other"),
        ([], "nothing says what to make"),
    ],
)
def test_what_is_wrong_is_named_on_stderr_without_a_traceback(
    run: Run, arguments: list[str], reported: str
) -> None:
    ran = run("generate", *arguments, "--out", "out")
    assert (ran.code, ran.out) == (2, "")
    assert reported in ran.err
    assert "Traceback" not in ran.err
    assert not Path("out").exists()


def test_every_problem_gets_a_line_of_its_own(run: Run) -> None:
    ran = run("generate", "--template", "retail", "--seed", -1, "--part-rows", 0, "--out", "out")
    assert len([line for line in ran.err.splitlines() if line.startswith("error: ")]) == 2


def test_what_belongs_to_a_server_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("template: retail\ndataset: shop\n")
    ran = run("generate", "--recipe", recipe, "--out", "out")
    assert ran.code == 2
    assert "dataset" in ran.err


def test_a_recipe_file_with_an_unknown_key_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("template: retail\nrow: 5\n")
    ran = run("generate", "--recipe", recipe, "--out", "out")
    assert ran.code == 2
    assert "row: unknown field" in ran.err


def test_a_folder_that_can_not_be_made_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = run("generate", "--template", "retail", "--rows", 10, "--out", tmp_path / "file" / "out")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1


def test_sha256_is_there_where_it_is_asked_for_and_changes_nothing_else(run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("template: retail\nrows: 500\nseed: 3\nsha256: true\n")
    plain = run("generate", "--template", "retail", "--rows", 500, "--seed", 3, "--out", "a", "--json").json
    for how in (["--recipe", recipe], ["--template", "retail", "--rows", 500, "--seed", 3, "--sha256"]):
        asked = run("generate", *how, "--out", "b", "--json").json
        for file, other in zip(asked["files"], plain["files"], strict=True):
            assert file["sha256"] == hashlib.sha256(Path(file["path"]).read_bytes()).hexdigest()
            assert file["root"] == other["root"]
            assert "sha256" not in other


def test_a_file_is_given_for_the_parameter_that_names_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lines = tmp_path / "lines.txt"
    lines.write_text("one\ntwo\n")
    out = tmp_path / "out"
    asked = ("generate", "--strategy", "lines", "--parameters", '{"rows": 20}', "--seed", 1, "--out", out)
    with trial_strategies():
        assert run(*asked, "--input", f"file={lines}", "--quiet").code == 0
        refused = run(*asked, "--input", "file=nowhere.txt")
    rows = [line.split(",") for line in (out / "lines.csv").read_text().split()[1:]]
    assert [number for number, _ in rows] == [str(number) for number in range(20)]
    assert {line for _, line in rows} == {"one", "two"}
    assert refused.code == 2
    assert "give PARAMETER=FILE with a file that is there" in refused.err
