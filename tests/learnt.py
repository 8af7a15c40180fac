"""Data to learn from, small and with a dependence, and what tests do with it on a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.caller import Caller

ROWS: list[dict[str, Any]] = [
    {
        "age": 20 + (number * 7) % 45,
        "income": 1_000 * (20 + (number * 7) % 45) + (number * 37) % 900,
        "city": ("Bern", "Genf", "Chur")[(number * 7) % 45 // 15],
    }
    for number in range(400)
]
CSV = "\n".join(
    ["age,income,city", *(f"{row['age']},{row['income']},{row['city']}" for row in ROWS)]
).encode()


def fit_request(api: Caller, content: bytes = CSV, **changes: Any) -> dict[str, Any]:
    """A request to learn from this content, which is uploaded."""
    upload = api.post("/uploads", data=content).json["data"]["id"]
    return {"tables": {"people": {"upload": upload, "format": "csv"}}, **changes}


def fitted(api: Caller, work: Callable[[], None], **changes: Any) -> dict[str, Any]:
    """A model of it."""
    job = api.post("/fit", json=fit_request(api, **changes))
    assert job.status_code == 202, job.text
    work()
    done = api.get(f"/jobs/{job.json['data']['id']}").json["data"]
    assert done["state"] == "completed", done
    model: dict[str, Any] = api.get(f"/models/{done['result']['model_id']}").json["data"]
    return model
