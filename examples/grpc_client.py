"""A job by gRPC, watched to its end whatever happens to the server meanwhile; then some of its rows.

    SYNTHMILL_GRPC=127.0.0.1:50051 SYNTHMILL_API_KEY=smk_live_... python examples/grpc_client.py

It needs grpcio and protobuf, and the code that protoc makes of proto/jobs.proto: in Python that is in the
package synthmill.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator

import grpc

from synthmill.proto import jobs_pb2 as pb
from synthmill.proto.jobs_pb2_grpc import JobServiceStub

REQUEST = json.dumps({"template": "retail", "rows": int(os.environ.get("ROWS", "20000")), "seed": 7})
LAST = ("complete", "error", "shutdown")
PAUSE_SECONDS = 1.0
GONE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
"""How a call ends whose server goes away; it can be made again."""


class Client:
    def __init__(self, address: str, key: str) -> None:
        self._jobs = JobServiceStub(grpc.insecure_channel(address))
        self._with_key = [("x-api-key", key)]

    def submit(self) -> pb.Job:
        """The key of the request makes it safe to send it again, as often as it takes."""
        wanted = pb.SubmitRequest(request_json=REQUEST, idempotency_key=str(uuid.uuid4()))
        while True:
            try:
                job: pb.Job = self._jobs.Submit(wanted, metadata=self._with_key, timeout=60)
                return job
            except grpc.RpcError as error:
                _pause_or_raise(error)

    def watch(self, job_id: str) -> Iterator[pb.Event]:
        """Every event once: a new call goes on after the last number that the one before gave."""
        seen = 0
        while True:
            try:
                wanted = pb.WatchRequest(job_id=job_id, after=seen)
                for event in self._jobs.Watch(wanted, metadata=self._with_key):
                    seen = event.seq or seen
                    yield event
                return
            except grpc.RpcError as error:
                _pause_or_raise(error)

    def rows(self, table: str, start: int, stop: int) -> bytes:
        """Rows as a JSON Lines file has them."""
        wanted = pb.RowsRequest(request_json=REQUEST, table=table, start=start, stop=stop)
        return b"".join(piece.lines for piece in self._jobs.Rows(wanted, metadata=self._with_key))


def _pause_or_raise(error: grpc.RpcError) -> None:
    if error.code() not in GONE:
        raise error
    time.sleep(PAUSE_SECONDS)


def main() -> None:
    client = Client(os.environ.get("SYNTHMILL_GRPC", "127.0.0.1:50051"), os.environ["SYNTHMILL_API_KEY"])
    job = client.submit()
    print(f"{job.id}: {job.rows_total} rows", flush=True)
    for event in client.watch(job.id):
        if event.HasField("seq"):
            print(event.seq, event.type, flush=True)
    assert event.type in LAST
    print(client.rows("order_items", 100, 103).decode(), end="")


if __name__ == "__main__":
    main()
