"""Where names come from: our own entry points and those of packages, alike."""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

import pytest

import synthmill
from synthmill.generators.engine import registry
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.registry import check_plugins
from synthmill.generators.errors import InvalidRequestError, PluginError, UnknownNameError
from synthmill.generators.formats import FORMATS, codec
from synthmill.generators.plugins import package_states
from synthmill.generators.recipes.request import parse
from tests.generators.worlds import one_column
from tests.plugin_packages import DICE, on_the_path, write_package

GENERATORS = Path(registry.__file__).parents[1]

FORMAT = """
from synthmill.plugins import COMPRESSIONS, Encoded

class Numbers:
    name, extension, media_type = "NAME", "txt", "text/plain"
    compressions, compresses_inside = ("none",), False
    def codec(self, compression): return "NAME 1"
    def prefix(self, table, compression): return b""
    def encode(self, table, cells, compression): return Encoded(b"1")
    def suffix(self, table, compression, blocks): return b""

FORMAT = Numbers()
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Install a package with one entry point; `source` is that of its module."""
    with ExitStack() as stack:

        def install(name: str, entry: str, source: str, group: str = "formats", version: str = "1.0") -> None:
            folder = tmp_path / name
            folder.mkdir()
            module = re.sub(r"\W", "_", f"{name}_{tmp_path.name}")
            line = (
                f"[synthmill.{group}]\n{entry} = {module}:{'KIND' if group == 'column_kinds' else 'FORMAT'}\n"
            )
            write_package(folder, name, version, line, {module: source.replace("NAME", entry)})
            stack.enter_context(on_the_path(folder))

        yield install


@pytest.mark.parametrize(
    ("group", "folder", "name"),
    [
        ("strategies", "strategies", "STRATEGY"),
        ("column_kinds", "columns/kinds", "KIND"),
        ("formats", "formats", "FORMAT"),
    ],
)
def test_every_module_of_ours_that_has_one_is_registered_and_no_other(
    group: str, folder: str, name: str
) -> None:
    own = registry.installed()[0]
    targets = {entry.target for entry in own.entries if entry.group == group}
    package = f"synthmill.generators.{folder.replace('/', '.')}"
    modules = {
        f"{package}.{found.name}"
        for found in pkgutil.iter_modules([str(GENERATORS / folder)])
        if hasattr(import_module(f"{package}.{found.name}"), name)
    }
    assert targets == {f"{module}:{name}" for module in modules}


def test_the_package_says_the_same_to_pip() -> None:
    from importlib import metadata

    reported = {(one.group, one.name, one.value) for one in metadata.distribution("synthmill").entry_points}
    (own,) = (one for one in registry.installed() if one.package == registry.OWN)
    ours = {(f"synthmill.{entry.group}", entry.name, entry.target) for entry in own.entries}
    assert ours <= reported, "install again: the metadata is older than entry_points.txt"


def test_importing_synthmill_reads_no_entry_points_and_asking_for_csv_imports_no_other_format() -> None:
    program = (
        "import sys, synthmill; assert 'importlib.metadata' not in sys.modules;"
        "from synthmill.generators.formats import FORMATS; FORMATS.get('csv');"
        "print([name for name in sys.modules if name.startswith('synthmill.generators.formats.')])"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "formats.csv" in made.stdout
    assert "parquet" not in made.stdout
    assert "jsonl" not in made.stdout


def test_a_packages_format_is_found_like_ours(install: Install) -> None:
    install("acme", "numbers", FORMAT)
    assert list(FORMATS.usable()) == ["arrow", "csv", "jsonl", "numbers", "parquet"]
    assert codec("numbers", "none") == "acme==1.0 numbers 1"
    assert codec("csv", "none") == "csv 1"


def test_two_packages_of_one_name_are_refused_naming_both_and_the_fix(install: Install) -> None:
    install("acme", "numbers", FORMAT)
    install("bolts", "numbers", FORMAT)
    with pytest.raises(PluginError) as refusal:
        FORMATS.get("numbers")
    assert refusal.value.reason == "two packages have a format 'numbers': acme and bolts"
    assert refusal.value.fix == "keep one: pip uninstall acme or bolts"
    assert "numbers" not in FORMATS.usable()
    with pytest.raises(InvalidRequestError, match="format: two packages have a format 'numbers'"):
        parse({"template": "retail", "format": "numbers"})


def test_a_plugin_cannot_take_a_name_of_ours(install: Install) -> None:
    install("acme", "csv", FORMAT)
    with pytest.raises(PluginError, match="synthmill and acme; keep one: pip uninstall acme"):
        FORMATS.get("csv")
    assert FORMATS.get("jsonl").name == "jsonl"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("OTHER = 1", "AttributeError: module"),
        ("FORMAT = 7", "a format needs name, extension"),
        (FORMAT.replace('"NAME", "txt"', '"letters", "txt"'), "it calls itself 'letters'"),
    ],
)
def test_a_broken_plugin_is_listed_and_only_its_use_fails(install: Install, source: str, reason: str) -> None:
    install("acme", "numbers", source)
    assert list(FORMATS.usable()) == ["arrow", "csv", "jsonl", "parquet"]
    with pytest.raises(PluginError) as refusal:
        FORMATS.get("numbers")
    assert "the format 'numbers' of acme 1.0 is broken: " in refusal.value.reason
    assert reason in refusal.value.reason
    assert refusal.value.fix
    _, acme = package_states()
    (entry,) = acme.entries
    assert (acme.name, acme.state, entry.state, entry.reason) == (
        "acme",
        "broken",
        "broken",
        refusal.value.reason,
    )
    with pytest.raises(InvalidRequestError, match=r"format: the format 'numbers' of acme"):
        parse({"template": "retail", "format": "numbers"})
    parse({"template": "retail", "format": "csv"})


def test_metadata_that_nobody_can_read_is_listed_as_broken(tmp_path: Path) -> None:
    write_package(tmp_path, "torn", "1.0", "[synthmill.formats]\nnumbers\n", {})
    with on_the_path(tmp_path):
        _, torn = package_states()
        assert (torn.name, torn.state, torn.entries) == ("torn", "broken", ())
        assert "entry_points.txt can't be read" in str(torn.reason)
        assert FORMATS.get("csv").name == "csv"


def test_a_group_of_another_version_is_listed_with_that_reason(tmp_path: Path) -> None:
    write_package(tmp_path, "later", "1.0", "[synthmill.telepathy]\nmind = later:MIND\n", {})
    with on_the_path(tmp_path):
        (_, later) = package_states()
        assert f"Synthmill {synthmill.__version__} has no synthmill.telepathy" in str(later.entries[0].reason)


def test_unknown_names_say_that_a_plugin_may_have_them() -> None:
    with pytest.raises(UnknownNameError, match="pip install the package that has it"):
        STRATEGIES.get("tournament")
    with pytest.raises(InvalidRequestError) as refusal:
        parse({"strategy": "tournament"})
    (error,) = refusal.value.errors
    assert error.field == "strategy"
    assert "pip install the package that has it" in error.fix


def test_a_recipe_names_the_plugins_that_it_uses_and_no_others(install: Install) -> None:
    before = make_recipe("tabular", one_column("boolean"), 0)
    install("Acme.Dice", "dice", DICE, "column_kinds", "2.1")
    assert make_recipe("tabular", one_column("boolean"), 0) == before
    assert "plugins" not in before.to_dict()
    used = make_recipe("tabular", one_column("dice"), 0)
    assert used.to_dict()["plugins"] == ["acme-dice==2.1"]
    assert type(used).from_dict(json.loads(json.dumps(used.to_dict()))) == used
    inner = {"kind": "array", "of": {"kind": "dice"}}
    assert make_recipe("tabular", one_column(inner.pop("kind"), **inner), 0).plugins == ("acme-dice==2.1",)


def test_a_recipe_of_a_plugin_that_is_not_here_says_what_to_install(install: Install) -> None:
    install("acme", "dice", DICE, "column_kinds")
    recipe = make_recipe("tabular", one_column("dice"), 0)
    make_plan(recipe)
    (missing,) = _refusals(lambda: make_plan(type(recipe)(**{**vars(recipe), "plugins": ("acme==2.0",)})))
    assert (missing.field, missing.fix) == ("plugins", "pip install acme==2.0")
    assert missing.reason == "acme==2.0 is needed, and version 1.0 is installed here"
    (unsaid,) = _refusals(lambda: make_plan(type(recipe)(**{**vars(recipe), "seed": 5, "plugins": ()})))
    assert unsaid.reason == "the recipe uses acme==1.0 without saying so"


@pytest.mark.parametrize("version", ["1.0", "1", "1.0.0", "v1.0", "01.0"])
def test_versions_that_are_the_same_to_pip_are_the_same_here(install: Install, version: str) -> None:
    install("acme", "dice", DICE, "column_kinds", "1.0")
    request = {"strategy": "tabular", "parameters": one_column("dice"), "plugins": [f"Acme=={version}"]}
    assert parse(request).recipe.plugins == ("acme==1.0",)


@pytest.mark.parametrize(
    ("wanted", "installed"),
    [("1.0", "1.0.1"), ("1.0", "10"), ("1.0rc1", "1.0"), ("1.0+a", "1.0"), ("x", "y")],
)
def test_versions_that_pip_tells_apart_are_others_here(install: Install, wanted: str, installed: str) -> None:
    install("acme", "dice", DICE, "column_kinds", installed)
    (error,) = _refusals(lambda: check_plugins([f"acme=={wanted}"]))
    assert error.fix == f"pip install acme=={wanted}"


@pytest.mark.parametrize(
    ("plugins", "field", "fix"),
    [
        (["synthmill-example==1.0"], "plugins", "pip install synthmill-example==1.0"),
        (["synthmill-example"], "plugins", "NAME==VERSION"),
        ("synthmill-example==1.0", "plugins", "NAME==VERSION"),
        ([7], "plugins", "NAME==VERSION"),
    ],
)
def test_a_request_may_say_which_plugins_it_needs(plugins: object, field: str, fix: str) -> None:
    (error,) = _refusals(lambda: parse({"strategy": "tournament", "plugins": plugins}))
    assert error.field == field
    assert fix in error.fix


def test_an_output_of_a_format_that_is_not_here_says_what_to_install(
    install: Install, tmp_path: Path
) -> None:
    install("acme", "numbers", FORMAT)
    made = synthmill.generate("retail", rows=10, format="numbers", out=tmp_path / "made")
    with pytest.raises(InvalidRequestError, match="files of the format numbers can't be read back"):
        made.to_pandas("orders")
    manifest = tmp_path / "made" / "manifest.json"
    stored = json.loads(manifest.read_text())
    stored["output"]["codec"] = "acme==0.9 numbers 1"
    manifest.write_text(json.dumps(stored))
    with pytest.raises(ValueError, match=r"pip install acme==0\.9"):
        synthmill.verify(tmp_path / "made")


def test_strategies_are_listed_without_plugins_as_ever() -> None:
    assert list(STRATEGIES.usable()) == ["accounting", "market", "model", "tabular", "time_series"]


def _refusals(attempt: Callable[[], object]) -> tuple[object, ...]:
    with pytest.raises(InvalidRequestError) as refusal:
        attempt()
    return refusal.value.errors
