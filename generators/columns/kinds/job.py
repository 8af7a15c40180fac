"""What people do for a living."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.columns.people.names import weighted
from synthmill.generators.engine.plan import Packing


class JobParameters(ColumnParameters):
    locale = locale_field("In whose language.")


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    titles = weighted(scope, "job", locale_data(parameters["locale"])["jobs"])
    return Column(pa.string(), titles, titles.width, packing=Packing.WORDS)


KIND = Kind(
    name="job",
    title="Job",
    description="What a person does for a living.",
    Parameters=JobParameters,
    compile=_compile,
    example={"locale": "de_DE"},
)
