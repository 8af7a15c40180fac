"""Every setting of the server, and the only place that reads the environment.

A field's environment variable is its name in capitals after `SYNTHMILL_`; `.env.example` lists them all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

PREFIX = "SYNTHMILL_"


class SettingsError(ValueError):
    """A variable of the environment can't be used; the text names it."""


@dataclass(frozen=True)
class Settings:
    data: Path = field(
        default=Path("data"),
        metadata={"help": "folder of the embedded parts: database, broker, objects, logs"},
    )
    database_url: str = field(
        default="",
        metadata={"help": "sqlite:///FILE or postgresql+psycopg://...; default: SQLite in the data folder"},
    )
    redis_url: str = field(
        default="redis://127.0.0.1:6379/0",
        metadata={"help": "Redis or Valkey: wakes workers, carries live events"},
    )
    storage_url: str = field(
        default="",
        metadata={"help": "file:///FOLDER or s3://BUCKET/PREFIX; default: a folder in the data folder"},
    )
    s3_endpoint: str = field(default="", metadata={"help": "address of the S3 service; default: AWS"})
    s3_region: str = field(default="us-east-1", metadata={"help": "region of the bucket"})
    s3_access_key: str = field(default="", metadata={"help": "S3 access key", "secret": True})
    s3_secret_key: str = field(default="", metadata={"help": "S3 secret key", "secret": True})
    s3_public_endpoint: str = field(
        default="",
        metadata={"help": "S3 address that clients reach: downloads then answer 302 to a signed link"},
    )
    host: str = field(default="127.0.0.1", metadata={"help": "address the web process listens on"})
    port: int = field(default=8080, metadata={"help": "port the web process listens on"})
    web_threads: int = field(
        default=64, metadata={"help": "requests served at once by one web process; WebSockets hold none"}
    )
    grpc_port: int = field(default=50051, metadata={"help": "port the gRPC process listens on"})
    grpc_calls: int = field(
        default=512,
        metadata={
            "help": "calls served at once by the gRPC process, streams among them; a key may have half"
        },
    )
    max_sockets: int = field(
        default=10_000, metadata={"help": "most WebSockets that one key may have open on one web process"}
    )
    allowed_origins: str = field(
        default="", metadata={"help": "further origins, comma separated, whose pages may open a WebSocket"}
    )
    log_level: str = field(default="INFO", metadata={"help": "DEBUG, INFO, WARNING or ERROR"})
    log_format: str = field(
        default="json", metadata={"help": "json, one object a line for collectors, or text for people"}
    )
    trace_endpoint: str = field(
        default="",
        metadata={
            "help": "where spans are sent by OTLP, like http://collector:4318; needs the extra `tracing`"
        },
    )
    retention_days: int = field(
        default=0,
        metadata={"help": "delete ended jobs, datasets and streams after so many days; 0 keeps them"},
    )
    upload_retention_days: int = field(
        default=0,
        metadata={"help": "delete uploads so many days after their last use; 0 keeps them"},
    )
    rate_limit: int = field(
        default=12_000, metadata={"help": "requests that one key may make in any 60 seconds; 0: any number"}
    )
    anonymous_rate_limit: int = field(
        default=1_200,
        metadata={
            "help": "requests without a valid key that one address may make in any 60 seconds; 0: any number"
        },
    )
    proxies: int = field(
        default=0,
        metadata={"help": "how many proxies in front are to be believed when they say whose request it is"},
    )
    head_seconds: int = field(
        default=10, metadata={"help": "how long a client may take to send a request's head"}
    )
    request_seconds: int = field(
        default=30,
        metadata={"help": "how long a request may take to come, body included, and an answer to be taken"},
    )
    max_connections: int = field(
        default=10_000,
        metadata={"help": "most HTTP connections of a web process; beyond it the one idle longest is closed"},
    )
    max_connections_per_address: int = field(
        default=1_000,
        metadata={"help": "most HTTP connections of one address; beyond it its one idle longest is closed"},
    )
    max_connections_per_key: int = field(
        default=1_000, metadata={"help": "most requests that one key may have under way at a web process"}
    )
    max_waits_per_key: int = field(
        default=16,
        metadata={
            "help": "most event streams and waits (`Prefer: wait`) that one key may have at a web process"
        },
    )
    max_body_bytes: int = field(default=1024 * 1024, metadata={"help": "largest request body"})
    request_processes: int = field(
        default=4,
        metadata={"help": "processes for what a request sets the cost of: previews, plans, imports"},
    )
    request_wait_seconds: float = field(
        default=5.0, metadata={"help": "how long a request waits for one of them before it is answered 503"}
    )
    request_cpu_seconds: float = field(
        default=1.0, metadata={"help": "most CPU of one such request; beyond it is refused"}
    )
    plan_cpu_seconds: float = field(
        default=5.0, metadata={"help": "most CPU of a job's plan, which grows with the rows of its parents"}
    )
    request_work_seconds: float = field(
        default=20.0, metadata={"help": "how long one such request may take on a busy machine"}
    )
    request_memory_bytes: int = field(
        default=200 * 2**20, metadata={"help": "most memory of one such request"}
    )
    answer_bytes: int = field(
        default=32 * 2**20, metadata={"help": "most bytes of the answer to a preview or an import"}
    )
    rules_rows: int = field(
        default=20_000_000,
        metadata={"help": "most rows, all tables together, of a job that checks domain rules"},
    )
    rules_cpu_seconds: float = field(
        default=600.0, metadata={"help": "most CPU that a job's domain rules may take, their rows made again"}
    )
    rules_memory_bytes: int = field(
        default=2 * 2**30, metadata={"help": "most memory that a job's domain rules may take"}
    )
    fit_rows: int = field(
        default=1_000_000, metadata={"help": "most rows of a table that is learnt from or compared"}
    )
    fit_bytes: int = field(
        default=2 * 2**30,
        metadata={"help": "most bytes of the files that are learnt from or compared at once, in memory"},
    )
    evaluations_per_file: int = field(
        default=100,
        metadata={"help": "most evaluations that a workspace may ask about one real file; 0: any number"},
    )
    max_upload_bytes: int = field(default=5 * 2**30, metadata={"help": "largest file that may be uploaded"})
    max_uploads_bytes: int = field(
        default=50 * 2**30, metadata={"help": "most bytes of all uploads of a workspace"}
    )
    input_cache_bytes: int = field(
        default=10 * 2**30,
        metadata={"help": "most bytes of uploads that a machine keeps in its data folder, as inputs"},
    )
    max_rows: int = field(
        default=10_000_000_000, metadata={"help": "most rows of a job, all tables together"}
    )
    max_bytes: int = field(
        default=2**40, metadata={"help": "most bytes of a job's files, as estimated from a sample"}
    )
    max_queued_jobs: int = field(default=1_000, metadata={"help": "most unfinished jobs of a workspace"})
    max_queued_rows: int = field(
        default=50_000_000_000, metadata={"help": "most rows of all unfinished jobs of a workspace"}
    )
    max_queued_bytes: int = field(
        default=5 * 2**40, metadata={"help": "most estimated bytes of all unfinished jobs of a workspace"}
    )
    max_running_parts: int = field(
        default=10_000, metadata={"help": "most parts of all jobs of a workspace worked on at once"}
    )
    max_parallel: int = field(default=1_000, metadata={"help": "most parts of one job worked on at once"})
    max_streams: int = field(default=1_000, metadata={"help": "most streams of one key that haven't ended"})
    market_interval_ms: int = field(
        default=100, metadata={"help": "milliseconds between a ticker's ticks; divides a minute"}
    )
    market_cache_days: int = field(
        default=30, metadata={"help": "forget computed days of the market after so many days"}
    )
    lease_seconds: float = field(
        default=15.0,
        metadata={
            "help": "how long a part stays with a worker that gives no sign of life; chaos rests on it"
        },
    )
    engine_wait_seconds: float = field(
        default=600.0,
        metadata={
            "help": "fail a job when no worker of its engine version was there for so long; chaos rests on it"
        },
    )
    worker_memory_bytes: int = field(
        default=4 * 2**30,
        metadata={
            "help": "most memory of a worker: a part that needs more fails; 0: no limit; chaos rests on it"
        },
    )
    min_free_bytes: int = field(
        default=256 * 2**20,
        metadata={
            "help": "with less free disk for data and objects no job or part is begun; chaos rests on it"
        },
    )

    def __post_init__(self) -> None:
        data = self.data.absolute()
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{data / 'synthmill.db'}")
        if not self.storage_url:
            object.__setattr__(self, "storage_url", f"file://{data / 'objects'}")
        if self.log_format not in ("json", "text"):
            raise SettingsError(f"{PREFIX}LOG_FORMAT={self.log_format!r} is not json or text")
        if not 10 <= self.market_interval_ms <= 60_000 or 60_000 % self.market_interval_ms:
            raise SettingsError(
                f"{PREFIX}MARKET_INTERVAL_MS={self.market_interval_ms} doesn't divide a minute"
            )

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from SYNTHMILL_* variables. Raises SettingsError for a bad value or an unknown name."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in (os.environ if environment is None else environment).items()
            if name.startswith(PREFIX) and value != "" and name not in CLIENT_VARIABLES
        }
        types = get_type_hints(cls)
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in given.items():
            if name not in known:
                raise SettingsError(f"{PREFIX}{name.upper()} is no setting; see .env.example")
            try:
                values[name] = types[name](text)
            except ValueError as error:
                raise SettingsError(
                    f"{PREFIX}{name.upper()}={text!r} is not a {types[name].__name__}"
                ) from error
        return cls(**values)


CLIENT_VARIABLES = frozenset({"SYNTHMILL_URL", "SYNTHMILL_API_KEY"})
"""Read by the command and the Python client, of no meaning to the server."""
