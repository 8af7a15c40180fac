"""For each rule of `rules` a check of the rows that were made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from tests.generators.rules import HORIZON, MOST, WAYS

Made: TypeAlias = dict[str, pa.RecordBatch]
CHECKS: dict[str, Callable[[Made], None]] = {}


def check(of: Callable[[Made], None]) -> Callable[[Made], None]:
    CHECKS[of.__name__.removesuffix("_holds")] = of
    return of


def frame(made: Made, table: str) -> pd.DataFrame:
    return made[table].to_pandas()


@check
def free_total_holds(made: Made) -> None:
    lines = frame(made, "kids").groupby("parent_id", sort=False)["line"]
    counts = lines.size()
    assert list(counts.index) == frame(made, "parents")["id"].tolist()
    assert counts.between(1, MOST).all()
    assert (lines.cumcount() + 1 == frame(made, "kids")["line"]).all()


@check
def no_thing_twice_holds(made: Made) -> None:
    kids = frame(made, "kids")
    assert kids["thing_id"].isin(frame(made, "things")["id"]).all()
    assert not kids.duplicated(["parent_id", "thing_id", "box"]).any()
    assert (frame(made, "parents")["id"].searchsorted(kids["parent_id"]) < len(frame(made, "parents"))).all()


@check
def no_star_twice_holds(made: Made) -> None:
    kids = frame(made, "kids")
    assert kids["star_id"].isin(frame(made, "things")["id"]).all()
    assert not kids.duplicated(["parent_id", "star_id"]).any()
    if len(kids) > 3_000:
        assert kids["star_id"].value_counts().head(5).sum() > 0.3 * len(kids)


@check
def no_pair_twice_holds(made: Made) -> None:
    pairs = frame(made, "pairs")
    assert pairs["thing_id"].isin(frame(made, "things")["id"]).all()
    assert not pairs.duplicated(["thing_id", "box", "on"]).any()


@check
def tree_holds(made: Made) -> None:
    staff = frame(made, "parents")
    assert staff["boss_id"].isna().tolist() == [True] + [False] * (len(staff) - 1)
    below = staff.iloc[1:]
    assert (below["boss_id"] < below["id"]).all()
    assert below["boss_id"].isin(staff["id"]).all()
    assert (below["boss_hired"] <= below["hired"]).all()
    hired = staff.set_index("id")["hired"]
    assert (hired.loc[below["boss_id"]].to_numpy() == below["boss_hired"].to_numpy()).all()


@check
def sums_holds(made: Made) -> None:
    parents, kids = frame(made, "parents").set_index("id"), frame(made, "kids")
    kids["amount"] = (kids["amount"].astype(float) * 100).round()
    groups = kids.groupby("parent_id")

    def like(column: str, wanted: pd.Series, scale: float = 1.0) -> None:
        seen = (parents[column].astype(float) * scale).to_numpy()
        expected = wanted.reindex(parents.index).astype(float).to_numpy()
        assert np.allclose(seen, expected, rtol=1e-12, atol=1e-9, equal_nan=True), column

    like("sum_amount", groups["amount"].sum().reindex(parents.index).fillna(0), 100)
    like("sum_ratio", groups["ratio"].sum().reindex(parents.index).fillna(0))
    like("sum_n", groups["n"].sum().reindex(parents.index).fillna(0))
    like("sum_points", groups["points"].sum().reindex(parents.index).fillna(0))
    like("min_n", groups["n"].min())
    like("max_amount", groups["amount"].max(), 100)
    like("mean_n", groups["n"].mean())
    like("kids", groups.size().reindex(parents.index).fillna(0))
    like("germans", kids[kids["land"] == "DE"].groupby("parent_id").size().reindex(parents.index).fillna(0))


@check
def balances_holds(made: Made) -> None:
    parents, kids = frame(made, "parents").set_index("id"), frame(made, "kids")
    cents = {
        name: (frame_[name].astype(float) * 100).round()
        for frame_, name in ((parents, "opening"), (parents, "closing"), (kids, "amount"), (kids, "balance"))
    }
    opening = cents["opening"].reindex(kids["parent_id"]).to_numpy()
    movements = cents["amount"].groupby(kids["parent_id"]).cumsum()
    assert (movements.to_numpy() + opening == cents["balance"].to_numpy()).all()
    last = cents["balance"].groupby(kids["parent_id"]).last()
    assert (cents["closing"].reindex(last.index) == last).all()
    assert np.allclose(kids.groupby("parent_id")["ratio"].cumsum(), kids["so_far"], rtol=1e-12)


@check
def order_holds(made: Made) -> None:
    rows = frame(made, "parents")
    middle = rows["middle"].fillna(rows["low"])
    assert (rows["low"] <= middle).all()
    assert (middle <= rows["high"]).all()


@check
def cases_holds(made: Made) -> None:
    kids = frame(made, "kids")
    tax, amount = kids["tax"].astype(float), kids["amount"].astype(float)
    german = kids["land"].isin(["DE", "AT"])
    american = (kids["land"] == "US") & (amount > 50)
    assert tax[german].between(19, 20).all()
    assert tax[american].between(5, 9).all()
    assert tax[~german & ~american].isna().all()
    assert ((kids["code"] == "none") == kids["n"].isna()).all()
    numbers = kids["code"][~kids["n"].isna()].str.removeprefix("K-").astype(int)
    assert (numbers == numbers.index + 1).all()


@check
def function_of_columns_holds(made: Made) -> None:
    kids = frame(made, "kids")
    assert (kids.groupby(["land", "n"], dropna=False)["agent"].nunique() == 1).all()
    assert kids["agent"].nunique() == len(kids.drop_duplicates(["land", "n"]))
    assert (kids["land"].map({"US": "USD", "FR": "EUR"}).fillna("?") == kids["currency"]).all()


@check
def states_holds(made: Made) -> None:
    parents, events = frame(made, "parents").set_index("id"), frame(made, "events")
    siblings = events.groupby("parent_id")
    assert len(siblings) == len(parents)
    last = siblings.last()
    assert (last["state"] == parents["status"]).all()
    assert (last["time"] == parents["since"]).all()
    assert (siblings["time"].first() == parents["at"]).all()
    paid = events[events["state"] == "paid"].groupby("parent_id")["time"].first()
    assert paid.reindex(parents.index).equals(parents["paid_at"].rename("time"))
    assert (events["time"] <= pd.Timestamp(HORIZON)).all()
    assert siblings.size().max() <= 9
    ways = {(way["state"], way["next"]): way for way in WAYS}
    later = events[events["step"] > 1]
    before = siblings.shift(1).loc[later.index]
    assert (before["state"] == later["previous"]).all()
    took = (later["time"] - before["time"]).dt.total_seconds()
    assert (took == later["seconds"]).all()
    for (one, other), times in took.groupby([later["previous"], later["state"]]):
        way = ways[one, other]
        assert times.between(_seconds(way.get("min", "0s")), _seconds(way["max"])).all()
    final = {"lost", "kept"}
    assert not later["previous"].isin(final).any()


def _seconds(duration: str) -> int:
    return int(duration[:-1]) * {"s": 1, "h": 3_600, "d": 86_400}[duration[-1]]


@check
def later_holds(made: Made) -> None:
    kids = frame(made, "kids")
    at = frame(made, "parents").set_index("id")["at"].reindex(kids["parent_id"]).reset_index(drop=True)
    assert (at == kids["parent_at"]).all()
    assert (kids["at"] - at).between(pd.Timedelta(hours=1), pd.Timedelta(days=9)).all()


@check
def by_weight_holds(made: Made) -> None:
    kids, things = frame(made, "kids"), frame(made, "things").set_index("id")["weight"]
    assert (things.reindex(kids["chosen"]).to_numpy() == kids["chosen_weight"].to_numpy()).all()
    assert (kids["chosen_weight"] > 0).all()
    if len(kids) > 3_000:
        seen = kids["chosen"].value_counts(normalize=True).reindex(things.index).fillna(0)
        assert (seen - things / things.sum()).abs().max() < 5 * (3 / things.sum() / len(kids)) ** 0.5
