"""Names of companies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.columns.people import Weighted, weighted
from synthmill.generators.engine.cells import Cells, Concat, DictionaryCells


class CompanyParameters(ColumnParameters):
    locale = locale_field("Whose family names and legal forms.")


@dataclass(frozen=True)
class _Cells:
    founder: Weighted
    partner: Weighted
    """As the founder's name goes on: not at all, mostly."""
    ending: Weighted

    def __call__(self, rows: Rows) -> Cells:
        parts: tuple[DictionaryCells, ...] = tuple(
            one.part(rows) for one in (self.founder, self.partner, self.ending)
        )
        return Concat(parts)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    data = locale_data(parameters["locale"])
    names = data["last_names"]["male"]
    space = " " if data["last_name_first"] is None else ""
    founder = weighted(scope, "founder", names["words"], names.get("weights"))
    partners = ["", *(f" & {name}" for name in names["words"])]
    partner = weighted(scope, "partner", partners, [3.0 * len(names["words"]), *[1.0] * len(names["words"])])
    ending = weighted(scope, "ending", [space + ending for ending in data["company_endings"]])
    return Column(pa.string(), _Cells(founder, partner, ending), founder.width + ending.width + 3)


KIND = Kind(
    name="company",
    title="Company",
    description="A company's name: a founder's or two, and a legal form.",
    Parameters=CompanyParameters,
    compile=_compile,
    costs=usual_and(plan_time=1.2e-3),
    example={"locale": "fr_FR"},
)
