"""The gRPC process of a whole stack, with workers that work, killed while the example watches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from synthmill.generators.datasets.slices import excerpt
from synthmill.generators.recipes.request import parse
from tests.docs.examples import examples
from tests.stack.stack import running_stack
from tests.waiting import PATIENCE, wait_until

EXAMPLE = Path(__file__).parents[2] / "examples" / "grpc_client.py"
ROWS = 150_000


@pytest.mark.slow
def test_the_example_sees_every_event_once_though_its_server_is_killed(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", grpc=True) as stack:
        stack.wait_for("grpc", 1)
        environment = {
            **os.environ,
            "SYNTHMILL_GRPC": stack.connection["grpc"],
            "SYNTHMILL_API_KEY": stack.api_key,
            "ROWS": str(ROWS),
        }
        with subprocess.Popen(
            [sys.executable, str(EXAMPLE)], env=environment, stdout=subprocess.PIPE, text=True
        ) as client:
            assert client.stdout is not None
            lines = [client.stdout.readline(), client.stdout.readline()]
            stack.wait_for("grpc", 1, besides=stack.kill("grpc"))
            lines += client.stdout.read().splitlines()
            assert client.wait(PATIENCE) == 0
    events = [line.split() for line in lines[1:-3]]
    assert [int(seq) for seq, _ in events] == list(range(1, len(events) + 1))
    assert events[-1][1] == "complete"
    recipe = parse({"template": "retail", "rows": ROWS, "seed": 7}).recipe
    assert (
        "\n".join(lines[-3:]) + "\n" == b"".join(excerpt(recipe, "order_items", 100, 103, "jsonl")).decode()
    )


@pytest.mark.slow
def test_the_code_of_the_page_works_as_printed(tmp_path: Path) -> None:
    code = next(one.code for one in examples("docs/grpc.md") if one.language == "python")
    with running_stack(tmp_path / "data", grpc=True) as stack:
        environment = {
            **os.environ,
            "SYNTHMILL_GRPC": stack.connection["grpc"],
            "SYNTHMILL_API_KEY": stack.api_key,
        }
        wait_until(lambda: is_serving(stack.connection["grpc"]), "gRPC is served")
        ran = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
    assert ran.returncode == 0, ran.stderr
    assert "complete" in ran.stdout
    recipe = parse({"template": "retail", "rows": 1000, "seed": 7}).recipe
    assert ran.stdout.endswith(b"".join(excerpt(recipe, "orders", 0, 3, "jsonl")).decode())


def is_serving(address: str) -> bool:
    with grpc.insecure_channel(address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        answer = health.Check(health_pb2.HealthCheckRequest(), wait_for_ready=True, timeout=PATIENCE)
    serving: bool = answer.status == health_pb2.HealthCheckResponse.SERVING
    return serving
