"""docs/strategies.md: its strategies are true ones, which keep what the page promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from synthmill.generators.contract_checks.promise import DoesNotApplyError
from synthmill.generators.contract_checks.strategy import CHECKS, StrategySubject
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.staging import run_stages
from tests.plugin_packages import on_the_path, write_package

PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The page's code as a plugin's module."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    assert len(blocks) == 2
    folder = tmp_path_factory.mktemp("page")
    points = "[synthmill.strategies]\ndice = page_dice:STRATEGY\ncounted_dice = page_dice:COUNTED\n"
    source = "\n\n".join(blocks) + "\n\nCOUNTED = Counted()\n"
    write_package(folder, "page-dice", "1.0", points, {"page_dice": source})
    with on_the_path(folder):
        yield


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", ["dice", "counted_dice"])
def test_the_pages_strategies_keep_their_promises(
    name: str, check: Callable[[StrategySubject], None]
) -> None:
    with suppress(DoesNotApplyError):
        check(StrategySubject(name, {"throws": 1_000}))


def test_the_stage_counts_the_faces() -> None:
    plan = make_plan(make_recipe("counted_dice", {"throws": 5_000}, 0))
    rows = make_rows(plan, "throws", 0, 5_000, None, run_stages(plan)).to_pandas()
    assert (rows["times"] == rows.groupby("face")["face"].transform("size")).all()
