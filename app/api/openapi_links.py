"""Links of the OpenAPI document: what an answer names, and the operations that take it."""

from __future__ import annotations

from typing import Any

_NAMED = {
    "generate": {"job_id": "/data/id"},
    "fit_model": {"job_id": "/data/id", "model_id": "/data/result/model_id"},
    "evaluate_data": {"job_id": "/data/id", "evaluation_id": "/data/result/evaluation_id"},
    "clone_job": {"job_id": "/data/id"},
    "get_job": {"job_id": "/data/id", "file_name": "/data/files/0/name"},
    "create_stream": {"stream_id": "/data/id"},
    "start_stream": {"stream_id": "/data/id"},
    "upload_file": {"upload_id": "/data/id"},
    "create_key": {"key_id": "/data/id"},
    "add_template": {"name": "/data/name"},
    "add_ticker": {"symbol": "/data/ticker", "ticker": "/data/ticker"},
}
"""By operation, where its answer has the parameter of other operations' paths."""
_OTHER_NAMES = frozenset({"show_strategy"})
"""Operations whose `name` is of something else."""


def add_links(document: dict[str, Any]) -> None:
    """Every operation whose path is filled by what an answer names follows from that answer."""
    operations = {
        operation["operationId"]: (path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
    for name, named in _NAMED.items():
        expressions = {parameter: f"$response.body#{pointer}" for parameter, pointer in named.items()}
        links = {
            follower: {"operationId": follower, "parameters": wanted}
            for follower, (path, _) in operations.items()
            if follower not in _OTHER_NAMES and (wanted := _filled(path, expressions))
        }
        for status, response in operations[name][1]["responses"].items():
            if status.startswith("2"):
                response["links"] = links


def _filled(path: str, expressions: dict[str, str]) -> dict[str, str]:
    """What is known of the path's parameters; others (a pattern, a file's name) are the caller's choice."""
    parameters = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return {parameter: expressions[parameter] for parameter in parameters if parameter in expressions}
