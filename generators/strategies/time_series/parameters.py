"""The parameters of the strategy: tables, whose samples they hold, and what their series are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.columns.numbers import decimals_field
from synthmill.generators.schema.fields import (
    Choice,
    Flag,
    Items,
    Name,
    Number,
    Parameters,
    Text,
    Whole,
    check_limits,
    options,
    refused,
)
from synthmill.generators.schema.times import Duration, Moment, length
from synthmill.generators.strategies.time_series.anomalies import SCHEMAS
from synthmill.generators.strategies.time_series.component import KindField, component_kinds
from synthmill.generators.strategies.time_series.varied import VariedNumber, limits_of

MAX_ENTITIES = 10**9
MAX_COMPONENTS = 1_000
"""Of all series together, so that plans are quick."""
_OF_COLUMNS = ("anomalies", "anomaly_column", "min", "max", "decimals", "nulls")
"""What means nothing for a series that is no column."""


EXAMPLE: list[dict[str, Any]] = [
    {
        "name": "readings",
        "rows": 100000,
        "entities": {"count": 50, "column": "device_id", "prefix": "dev-", "width": 3},
        "start": "2025-01-01T00:00:00Z",
        "interval": "5m",
        "jitter": 0.2,
        "gaps": {"share": 0.01, "mean_duration": "1h"},
        "series": [
            {
                "name": "weather",
                "shared": True,
                "hidden": True,
                "components": [
                    {"kind": "wave", "period": "1d", "amplitude": 5, "peak": 0.625},
                    {"kind": "ou", "half_life": "12h", "sd": 2},
                ],
            },
            {
                "name": "temperature",
                "base": [18, 24],
                "decimals": 2,
                "components": [
                    {"kind": "loading", "on": "weather", "weight": [0.3, 0.9], "lag": "20m"},
                    {"kind": "arma", "ar": [0.8], "sd": 0.4},
                ],
                "anomalies": [
                    {"kind": "spike", "every": "2d", "size": [6, 12]},
                    {"kind": "drop_out", "every": "5d", "lasts": ["10m", "2h"]},
                ],
            },
        ],
    }
]
"""Tables, as the page shows them."""


class EntitiesParameters(Parameters):
    """What is measured: devices, servers, shops. Each has random numbers and parameters of its own."""

    count = Whole("How many there are.", 1, MAX_ENTITIES, examples=[100])
    column = Name("The column that says which one.", default="entity", examples=["device_id"])
    prefix = Text(
        "What its name begins with, before its number; without, it is called by the number alone.",
        longest=64,
        default=None,
        examples=["dev-"],
    )
    width = Whole("To how many digits the number is filled up with zeros.", 0, 18, default=0)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["width"] and data["prefix"] is None:
            raise refused("numbers without a prefix aren't text", "give a prefix, or no width", "width")


class GapsParameters(Parameters):
    """Stretches of time without measurements; all series of an entity have them together."""

    share = Number("The share of all samples that is lost.", 0.0, 0.5, above=True, examples=[0.02])
    mean_duration = Duration("How long a gap is on average: up to twice this.", examples=("2h",))
    missing_rows = Flag(
        "Whether lost samples have no rows; if not, they have rows without values.", default=False
    )


class SeriesParameters(Parameters):
    """A series: a base and components, which are added up."""

    name = Name("What the series, and its column, is called.", examples=["temperature"])
    base = VariedNumber(
        "What the components are added to (or multiplied with).", default=0.0, examples=(20, [18, 24])
    )
    link = Choice(
        "`identity`: value = base + components; `log`: value = base * exp(components), always above 0.",
        ("identity", "log"),
        default="identity",
    )
    components = Items(
        "What it is made of.",
        KindField(lambda: {name: kind.Parameters for name, kind in component_kinds().items()}),
        fewest=0,
        most=100,
        default=[],
    )
    shared = Flag("Whether all entities have the same values: weather, a market.", default=False)
    hidden = Flag("Whether it is no column, but only a factor that other series load on.", default=False)
    anomalies = Items(
        "What happens now and then, labelled.", KindField(lambda: SCHEMAS), fewest=0, most=20, default=[]
    )
    anomaly_column = Name(
        "The column of the labels; the series' name and _anomaly if left out.", default=None
    )
    min = Number("Values below are set to it.", -9e15, 9e15, default=None)
    max = Number("Values above are set to it.", -9e15, 9e15, default=None)
    decimals = decimals_field()
    nulls = Number("The probability that a value is null by itself.", 0.0, 1.0, default=0.0)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["link"] == "log" and limits_of(data["base"])[0] <= 0:
            raise refused("isn't above 0, so there is nothing to multiply", "give a base such as 100", "base")
        check_limits(data)
        if data["anomaly_column"] is not None and not data["anomalies"]:
            raise refused("there are no anomalies to label", "give some, or leave it out", "anomaly_column")
        if data["hidden"]:
            for name in _OF_COLUMNS:
                if data[name] not in (None, [], 0):
                    raise refused("means nothing for a hidden series", "leave it out", name)


class TableParameters(Parameters):
    """A table: whose samples it has, when they are taken, and the series."""

    name = Name("What the table, and its file, is called.", examples=["readings"])
    rows = Whole(
        "How many rows it has in all, shared out evenly among the entities.",
        1,
        limits.MAX_TABLE_ROWS,
        examples=[100_000],
    )
    entities = ma.fields.Nested(
        EntitiesParameters, **options("What is measured; one, without a column, if left out.", None, ())
    )
    start = Moment("When the first samples are taken.", default="2024-01-01T00:00:00Z")
    interval = Duration("From sample to sample.", default="1m", examples=("1m",))
    time_column = Name("The column of times.", default="time")
    jitter = Number(
        "By which share of the interval a sample may be late: irregular sampling. Order is kept.",
        0.0,
        1.0,
        default=0.0,
        examples=[0.2],
    )
    gaps = ma.fields.Nested(
        GapsParameters, **options("Times without measurements; none if left out.", None, ())
    )
    order = Choice(
        "Whether the rows of an `entity` follow one another, or those of a `time`.",
        ("entity", "time"),
        default="entity",
    )
    series = Items("The series, in order.", ma.fields.Nested(SeriesParameters), most=limits.MAX_COLUMNS)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if length(data["interval"]) == 0:
            raise refused("is no time at all", "give a longer time", "interval")
        if data["order"] == "time" and data["gaps"] is not None and data["gaps"]["missing_rows"]:
            raise refused("isn't kept where rows are missing", "keep the rows, or order by entity", "order")
        _refuse_repeated("series", (series["name"] for series in data["series"]))
        if all(series["hidden"] for series in data["series"]):
            raise refused("are all hidden", "show one", "series")
        _refuse_repeated("series", column_names(data))


class TimeSeriesParameters(Parameters):
    """Tables of series that are sampled over time."""

    tables = Items(
        "The tables.", ma.fields.Nested(TableParameters), most=limits.MAX_TABLES, examples=[EXAMPLE]
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        _refuse_repeated("tables", (table["name"] for table in data["tables"]))
        series = [one for table in data["tables"] for one in table["series"]]
        parts = sum(len(one["components"]) + len(one["anomalies"]) for one in series)
        if parts > MAX_COMPONENTS:
            raise refused(
                f"have {parts} components and anomalies", f"give at most {MAX_COMPONENTS} in all", "tables"
            )


def column_names(table: dict[str, Any]) -> Iterable[str]:
    """The columns of a table with these loaded parameters, in order."""
    if table["entities"] is not None:
        yield table["entities"]["column"]
    yield table["time_column"]
    for series in table["series"]:
        if not series["hidden"]:
            yield series["name"]
            if series["anomalies"]:
                yield label_column(series)


def label_column(series: dict[str, Any]) -> str:
    name: str = series["anomaly_column"] or f"{series['name']}_anomaly"
    return name


def _refuse_repeated(what: str, names: Iterable[str]) -> None:
    # Names that differ in case alone would be one column in most databases.
    repeated = [name for name, times in Counter(name.lower() for name in names).items() if times > 1]
    if repeated:
        raise refused(
            f"several columns are called {', '.join(repeated)}", "give each a name of its own", what
        )
