"""What a server offers: strategies, templates, datasets, keys, previews."""

from __future__ import annotations

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.errors import NotFoundError, RefusedRequestError, UnauthorizedError
from tests.client.server import SHOP, RunningServer


def test_strategies_and_templates_can_be_listed_and_looked_at(client: Client) -> None:
    assert "tabular" in [strategy["name"] for strategy in client.strategies()]
    assert client.strategy("tabular")["parameters"]["type"] == "object"
    assert "retail" in [template["name"] for template in client.templates()]
    assert client.template("retail")["main"] == "order_items"
    for ask in (client.strategy, client.template, client.dataset):
        with pytest.raises(NotFoundError):
            ask("nope")


def test_a_dataset_has_its_manifest(client: Client, completed: Job) -> None:
    (listed,) = client.datasets()
    assert listed["job_id"] == completed.id
    assert client.dataset(listed["id"])["manifest"]["rows"] == 70_050
    assert list(client.datasets("other")) == []


def test_a_preview_shows_rows_and_stores_nothing(client: Client) -> None:
    request = {name: SHOP[name] for name in ("strategy", "parameters", "seed")}
    shown = client.preview(**request, limit=3, table="orders")
    (table,) = shown["tables"]
    assert (shown["seed"], table["name"], table["rows_total"]) == (7, "orders", 70_000)
    assert [row[0] for row in table["rows"]] == [1, 2, 3]
    assert list(client.jobs()) == []
    with pytest.raises(RefusedRequestError):
        client.preview(**request, limit=0)


def test_a_key_works_until_it_is_revoked(server: RunningServer, client: Client) -> None:
    made = client.create_key("notebook")
    with Client(server.url, made["key"]) as other:
        assert list(other.jobs()) == []
        client.revoke_key(made["id"])
        with pytest.raises(UnauthorizedError):
            list(other.jobs())
    assert "key" not in client.keys()[0]
