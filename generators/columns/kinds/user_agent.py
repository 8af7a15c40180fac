"""What browsers call themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Dictionary, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.schema.fields import Choice

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_AGENTS = (
    (
        "desktop",
        35,
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/%d.0.0.0 Safari/537.36",
        120,
        145,
    ),
    (
        "desktop",
        9,
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Chrome/%d.0.0.0 Safari/537.36",
        120,
        145,
    ),
    (
        "desktop",
        7,
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/%d.0.0.0 Safari/537.36 Edg/%d.0.0.0",
        120,
        145,
    ),
    (
        "desktop",
        5,
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_APPLE} Version/%d.0 Safari/605.1.15",
        16,
        19,
    ),
    (
        "desktop",
        4,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%d.0) Gecko/20100101 Firefox/%d.0",
        115,
        146,
    ),
    ("desktop", 2, "Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0", 115, 146),
    (
        "mobile",
        24,
        f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/%d.0.0.0 Mobile Safari/537.36",
        120,
        145,
    ),
    (
        "mobile",
        14,
        f"Mozilla/5.0 (iPhone; CPU iPhone OS %d_0 like Mac OS X) {_APPLE} "
        "Version/%d.0 Mobile/15E148 Safari/604.1",
        16,
        19,
    ),
)
"""Device, how common in percent, the text, and its first and last version."""


class UserAgentParameters(ColumnParameters):
    device = Choice("Where the browser runs.", ("any", "desktop", "mobile"), default="any")


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Discrete
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return coded(self.law.draw(rows.draw(self.key)), self.words)


def _agents(device: str) -> Iterator[tuple[str, float]]:
    """Texts with their weights: the later a version, the more common."""
    for where, share, text, first, last in _AGENTS:
        if device in ("any", where):
            total = sum(range(1, last - first + 2))
            for version in range(first, last + 1):
                weight = share * (version - first + 1) / total
                yield text % ((version,) * text.count("%d")), weight


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    texts, weights = zip(*_agents(parameters["device"]), strict=True)
    cells = _Cells(scope.key(), discrete(weights), Dictionary(strings(texts)))
    return Column(pa.string(), cells, mean_length(texts, weights), packing=Packing.WORDS)


KIND = Kind(
    name="user_agent",
    title="User agent",
    description="What a browser calls itself, the common ones more often.",
    Parameters=UserAgentParameters,
    compile=_compile,
    costs=usual_and(size=110.0),
    example={"device": "mobile"},
)
