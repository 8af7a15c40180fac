"""Where a model's bytes lie in storage: everything beneath one prefix, the model's own."""

from __future__ import annotations


def model_prefix(model_id: str) -> str:
    return f"models/{model_id}/"


def model_key(model_id: str, sha256: str) -> str:
    return f"{model_prefix(model_id)}{sha256}"
