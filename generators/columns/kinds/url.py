"""Addresses of pages that lead nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.kinds.email import DOMAINS
from synthmill.generators.columns.pieces import OneOfEach, one_of_each
from synthmill.generators.columns.wordlist import mean_length, words
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, coded
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import Flag, Items, Text, Whole


class UrlParameters(ColumnParameters):
    domains = Items(
        "Where the pages are.", Text("A domain."), default=list(DOMAINS), examples=[["shop.example.com"]]
    )
    depth = Whole("Words in the path.", 1, 5, default=2)
    secure = Flag("https rather than http.", default=True)


@dataclass(frozen=True)
class _Cells:
    key: int
    starts: Dictionary
    path: OneOfEach

    def __call__(self, rows: Rows) -> Cells:
        chosen = bounded(rows.draw(self.key), len(self.starts)).view(np.int64)
        return Concat((coded(chosen, self.starts), *self.path.parts(rows)))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    scheme = "https://" if parameters["secure"] else "http://"
    starts = [f"{scheme}{domain}/" for domain in parameters["domains"]]
    path = one_of_each(scope, [words("words")] * parameters["depth"], "/")
    cells = _Cells(scope.key("domain"), Dictionary(strings(starts)), path)
    return Column(pa.string(), cells, mean_length(starts) + path.width)


KIND = Kind(
    name="url",
    title="URL",
    description="A page's address at a reserved domain, or at given ones.",
    Parameters=UrlParameters,
    compile=_compile,
    example={"domains": ["shop.example.com"], "depth": 2},
)
