from __future__ import annotations

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.generators.errors import UnknownNameError
from tests.client.server import SHOP, RunningServer


def test_a_table_becomes_a_data_frame(completed: Job) -> None:
    orders = completed.to_pandas("orders")
    assert len(orders) == 70_000
    assert list(orders.columns) == ["id", "amount"]
    assert orders["amount"].between(1, 500).all()


def test_without_a_name_all_tables_come(completed: Job) -> None:
    assert {name: len(frame) for name, frame in completed.to_pandas().items()} == {
        "customers": 50,
        "orders": 70_000,
    }


@pytest.mark.parametrize("format_, compression", [("jsonl", "gzip"), ("parquet", "zstd"), ("csv", "zstd")])
def test_every_format_reads_the_same(
    server: RunningServer, client: Client, completed: Job, format_: str, compression: str
) -> None:
    other = client.submit(**SHOP, format=format_, compression=compression)
    server.work()
    assert other.to_pandas("orders").equals(completed.to_pandas("orders"))


def test_a_dataset_from_the_list_will_do(client: Client, completed: Job) -> None:
    (dataset,) = client.datasets()
    assert len(client.to_pandas(dataset, "customers")) == 50


def test_an_unknown_table_is_named_with_the_known_ones(completed: Job) -> None:
    with pytest.raises(UnknownNameError, match="customers, orders"):
        completed.to_pandas("nope")
