"""Rows have what the templates' pages say of their domains: laws against public figures."""

from __future__ import annotations

import pytest

from synthmill.generators.recipes.template import templates
from tools.docs.public_figures import Figures, figures

KNOWN = figures()
FEWEST_SOURCES, FEWEST_LAWS = 2, 3


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_laws_hold_with_another_seed_than_the_pages(name: str) -> None:
    assert off(KNOWN[name], KNOWN[name].observed(seed=1)) == []


def test_every_template_of_a_domain_has_laws() -> None:
    assert set(templates()) - set(KNOWN) == {"tabular_random"}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_law_has_its_source(name: str) -> None:
    of = KNOWN[name]
    assert len(of.sources) >= FEWEST_SOURCES
    assert len(of.laws) >= FEWEST_LAWS
    assert {law.source for law in of.laws} <= {source.title for source in of.sources}


def test_a_law_that_does_not_hold_is_seen() -> None:
    of = KNOWN["sales_data"]
    assert off(of, [3.0] * len(of.laws)) == [(law.says, 3.0) for law in of.laws]


def off(of: Figures, observed: list[float]) -> list[tuple[str, float]]:
    """Laws that don't hold, each with what was observed."""
    return [
        (law.says, value)
        for law, value in zip(of.laws, observed, strict=True)
        if not law.between[0] <= value <= law.between[1]
    ]
