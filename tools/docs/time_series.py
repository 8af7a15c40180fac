"""The page about time series: `python -m tools.docs.time_series`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import marshmallow as ma

from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.strategies.time_series.anomalies import SCHEMAS
from synthmill.generators.strategies.time_series.component import component_kinds
from synthmill.generators.strategies.time_series.components.regimes import RegimeParameters
from synthmill.generators.strategies.time_series.parameters import (
    EXAMPLE,
    EntitiesParameters,
    GapsParameters,
    SeriesParameters,
    TableParameters,
)
from synthmill.generators.strategies.time_series.runs import MAX_LOOK_BACK, TOLERANCE
from tools.docs.columns import members

REQUEST: dict[str, Any] = {
    "strategy": "time_series",
    "parameters": {"tables": EXAMPLE},
    "seed": 7,
    "format": "parquet",
}
"""A request, as the page shows it."""

_HEAD = f"""# Time series

This page is written by `python -m tools.docs.time_series`; a test says when it
is out of date. The plots are made by `python docs/plots.py`.

The strategy `time_series` makes measurements over time: of one thing or of a million entities, each with
random numbers and parameters of its own. A series is a base and components, which are added up (or
multiplied, with the link `log`): trends, seasons, noise with memory, events, other series. Anomalies
come with labels, gaps and irregular sampling can be asked for, and any rows are made alone, in any
order: a series has no state that would have to be stored.

![Components and their sum](plots/components.svg)

## A request

```json
{json.dumps(REQUEST, indent=2)}
```

Templates to begin with: `iot_fleet`, `web_traffic`, `energy_load`, `server_metrics`.

## Numbers for entities

Where a parameter takes a number, most also take a list of two: then each entity has its own, evenly
distributed between them. Lengths of time are a whole number and `ms`, `s`, `m`, `h`, `d` or `w`.
Standard deviations are those of the process in the long run, not of the noise that drives it.

A further entity, component or row changes none of the others. The samples of an entity are numbered from
0; gaps count, too.

## How a step is made without those before it

- **Noise, seasons, trends, events** follow from the sample's number and time.
- **A random walk** is found from above: where it is after 2**34 nodes is drawn first, then the middle,
  then the middle of a half (P. Levy's construction), and between neighbouring nodes leads a Brownian
  bridge.
- **ARMA, Ornstein-Uhlenbeck, GARCH, regimes** remember what was before. The state at each anchor (one in
  1,024 steps, or as many as a run looks back) is by definition that of a run which began earlier with
  the process's mean: so many steps that no more than {TOLERANCE:g} of its standard deviation could still
  depend on what came before. A process that remembers more than {MAX_LOOK_BACK:,} steps is refused; a
  random walk, or a longer interval, is what it asks for.
- **A slow Ornstein-Uhlenbeck process** is made at every 256th step first, as one of its own, and then by
  bridges between, so that a half-life may come to more than a million steps.

![Processes](plots/processes.svg)

Autocorrelations, variances, durations and amplitudes are those of theory:
`tests/generators/test_time_series_law.py` says within which tolerances. Below, measured (points) and
stated (lines):

![Autocorrelation](plots/autocorrelation.svg)

## Anomalies and their labels

A series with anomalies has a second column, by its name and `_anomaly`, which says what is at work in
each row: `none`, `spike`, `level_shift`, `drift` or `drop_out`. Where two would meet, the one listed
first occurs alone. Sizes count before the link, so with `log` a size of 0.7 doubles. Loadings see a
series without its anomalies.

![Anomalies](plots/anomalies.svg)

Time is cut into spans of half of `every`; in one span of two, an anomaly occurs, anywhere in it. Gaps
come in every span of theirs, and two spans together always lose the same: so the share is exact, and
where lost samples have no rows (`missing_rows`) a row still finds its sample by itself.
"""


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *_tables(), *_kinds()])


def _tables() -> Iterator[str]:
    yield from _schema("Tables", "The parameters are `tables`, a list of objects.", TableParameters)
    yield from _schema("Entities", "`entities` is an object:", EntitiesParameters)
    yield from _schema("Gaps", "`gaps` is an object:", GapsParameters)
    yield from _schema("Series", "`series` is a list of objects:", SeriesParameters)


def _kinds() -> Iterator[str]:
    yield "## Components"
    yield ""
    yield "A further kind is one more file of `generators/strategies/time_series/components`."
    yield ""
    for kind in component_kinds().values():
        yield from _schema(f"`{kind.name}`: {kind.title}", _about(kind.Parameters), kind.Parameters, "###")
        if kind.name == "regimes":
            yield "A state is an object:"
            yield ""
            yield from members(object_schema(RegimeParameters)["properties"])
            yield ""
        yield "```json"
        yield json.dumps({"kind": kind.name, **kind.example})
        yield "```"
        yield ""
    yield "## Kinds of anomalies"
    yield ""
    for name, schema in SCHEMAS.items():
        yield from _schema(f"`{name}`", _about(schema), schema, "###")


def _about(schema: type[ma.Schema]) -> str:
    return " ".join((schema.__doc__ or "").split())


def _schema(title: str, about: str, schema: type[ma.Schema], level: str = "##") -> Iterator[str]:
    yield f"{level} {title}"
    yield ""
    yield about
    yield ""
    yield from members(object_schema(schema)["properties"])
    yield ""


if __name__ == "__main__":
    print(page(), end="")
