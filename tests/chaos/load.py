"""Whoever uses the stack while it breaks: asks for jobs, pauses, resumes and stops them, and watches."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import grpc
import httpx
import websocket
from sqlalchemy import insert

from synthmill.app.core.access import keys
from synthmill.app.core.db import db_now, models
from synthmill.app.core.ids import new_id
from synthmill.app.core.services import Services
from synthmill.proto import jobs_pb2 as pb
from synthmill.proto.jobs_pb2_grpc import JobServiceStub
from tests.chaos.scenario import Order, data_to_learn

PATIENCE_SECONDS = 600.0
TERMINAL = {"complete", "error", "shutdown"}


class Ports(NamedTuple):
    web: int
    grpc: int


def make_keys(services: Services, count: int) -> list[str]:
    """Tokens of so many new workspaces."""
    tokens = []
    for number in range(count):
        workspace = new_id("ws")
        with services.db.write() as session:
            session.execute(
                insert(models.Workspace).values(id=workspace, name=f"chaos-{number}", created_at=db_now())
            )
        tokens.append(keys.create(services, workspace, "chaos")[1])
    return tokens


class Owner:
    """One job's owner. Every request is repeated until it is answered: so clients live with faults."""

    def __init__(self, ports: Ports, token: str, order: Order, name: str, chance: random.Random) -> None:
        self.order, self.name = order, name
        self._url, self._headers = f"http://127.0.0.1:{ports.web}", {"X-API-Key": token}
        self._grpc = f"127.0.0.1:{ports.grpc}"
        self._pause = chance.uniform(1, 4)
        self._pause_length = chance.uniform(1, 4)
        self._path, self._request = "/generate", order.request
        self.job_id = ""
        self.complaints: list[str] = []
        self.seen: list[tuple[int, str]] = []
        """Numbered events as the watcher got them: number and type."""

    def send_data(self) -> None:
        """Send what a model is to be fitted on, while nothing is broken yet."""
        if self.order.rows_of_data:
            sent = self._insist("POST", "/uploads", content=data_to_learn(self.order.rows_of_data))
            upload = sent.json()["data"]["id"]
            tables = {name: {**one, "upload": upload} for name, one in self.order.request["tables"].items()}
            self._path, self._request = "/fit", {**self.order.request, "tables": tables}

    def act(self) -> None:
        """Ask for the job and do with it as ordered."""
        answer = self._insist("POST", self._path, json=self._request, key=self.name)
        if answer.status_code not in (200, 202):
            self.complaints.append(f"{self.name} was refused: {answer.status_code} {answer.text[:300]}")
            return
        self.job_id = answer.json()["data"]["id"]
        if self.order.watched:
            watch = self._watch_grpc if self.order.watched == "grpc" else self._watch
            threading.Thread(target=watch, daemon=True).start()
        if self.order.verb != "nothing":
            time.sleep(self._pause)
            self._do(self.order.verb)
        if self.order.verb == "pause":
            time.sleep(self._pause_length)
            self._do("resume")

    def _do(self, verb: str) -> None:
        answer = self._insist("POST", f"/jobs/{self.job_id}/{verb}")
        # 409: it had ended, or was being put together.
        if answer.status_code not in (200, 409):
            self.complaints.append(f"{verb} {self.name}: {answer.status_code} {answer.text[:300]}")

    def _insist(self, method: str, path: str, key: str | None = None, **given: Any) -> httpx.Response:
        headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            with suppress(httpx.HTTPError):
                answer = httpx.request(
                    method, f"{self._url}/api/v1{path}", headers=headers, timeout=15, **given
                )
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
            if time.monotonic() > end:
                raise TimeoutError(f"{method} {path} was not answered for {PATIENCE_SECONDS:g} s")
            time.sleep(0.3)

    def _watch(self) -> None:
        """Follow the job to its end, over as many connections as that takes."""
        address = f"{self._url.replace('http', 'ws', 1)}/ws/jobs/{self.job_id}"
        header = [f"{name}: {value}" for name, value in self._headers.items()]
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and not self.saw_the_end:
            after = self.seen[-1][0] if self.seen else 0
            with suppress(OSError, websocket.WebSocketException, ValueError):
                connection = websocket.create_connection(f"{address}?after={after}", timeout=8, header=header)
                self._receive(connection.recv)
                connection.close()
            time.sleep(0.2)

    def _watch_grpc(self) -> None:
        """The same, over as many calls as that takes."""
        key = [(name.lower(), value) for name, value in self._headers.items()]
        end = time.monotonic() + PATIENCE_SECONDS
        with grpc.insecure_channel(self._grpc) as channel:
            watch = JobServiceStub(channel).Watch
            while time.monotonic() < end and not self.saw_the_end:
                after = self.seen[-1][0] if self.seen else 0
                with suppress(grpc.RpcError):
                    for event in watch(pb.WatchRequest(job_id=self.job_id, after=after), metadata=key):
                        if event.HasField("seq"):
                            self.seen.append((event.seq, event.type))
                time.sleep(0.2)

    def _receive(self, receive: Callable[[], Any]) -> None:
        """Events until the end, or until twenty were seen: then the watcher connects again."""
        for _ in range(20):
            event = json.loads(receive())
            if event["seq"] is not None:
                self.seen.append((event["seq"], event["type"]))
            if self.saw_the_end:
                return

    @property
    def saw_the_end(self) -> bool:
        return bool(self.seen) and self.seen[-1][1] in TERMINAL
