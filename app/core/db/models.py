"""The tables. Times are seconds since 1970 by the database's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, composite, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), int: BigInteger(), dict[str, Any]: JSON(), bytes: LargeBinary()}  # noqa: RUF012


class Workspace(Base):
    """Who owns things; the limit of what a key can see."""

    __tablename__ = "workspaces"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), unique=True)
    created_at: Mapped[float]


class ApiKey(Base):
    """An API key; the token itself is never stored, only its hash."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(128))
    prefix: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[float]
    last_used_at: Mapped[float | None]
    revoked_at: Mapped[float | None]


class Ticket(Base):
    """A one-time pass for a WebSocket, so that no key stands in an address."""

    __tablename__ = "tickets"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    job_id: Mapped[str | None] = mapped_column(String(40))
    expires_at: Mapped[float]


class Job(Base):
    """One request of a kind, with parts and a result."""

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str] = mapped_column(String(32), default="dataset", server_default="dataset")
    """What is asked for: a file of app/core/kinds."""
    state: Mapped[str] = mapped_column(String(16))
    strategy: Mapped[str] = mapped_column(String(128), default="")
    template: Mapped[str | None] = mapped_column(String(128))
    dataset: Mapped[str] = mapped_column(String(128), default="")
    dataset_version: Mapped[int | None]
    recipe: Mapped[dict[str, Any]] = mapped_column(default=dict)
    output: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """From `strategy` to here of jobs of the kind `dataset` alone, as is `part_rows`; empty in others."""
    request: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a completed job gave, as its kind says it."""
    engine: Mapped[str] = mapped_column(String(32))
    """The recipe's engine version: no other makes the job's parts."""
    unmanned_since: Mapped[float | None]
    """Since when the sweeper has found no living worker of that engine version."""
    queue: Mapped[str] = mapped_column(String(16))
    part_rows: Mapped[int | None]
    max_parallel: Mapped[int]
    rows_total: Mapped[int] = mapped_column()
    """In the units of its kind, which are rows for a dataset; the units of stages are counted apart."""
    rows_done: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str | None] = mapped_column(String(64))
    """The stage that it is at; None while there is none, or all have been run."""
    stage_units: Mapped[int] = mapped_column(default=0, server_default="0")
    stage_units_done: Mapped[int] = mapped_column(default=0, server_default="0")
    stage_began: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """How long it had been running when its present stage, or the rows after the last, began."""
    bytes_done: Mapped[int] = mapped_column(default=0)
    bytes_expected: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of its files, as estimated from a sample when it was accepted."""
    parts_total: Mapped[int]
    """That there are by now: those of a further stage, and of the rows after it, come when it begins."""
    parts_done: Mapped[int] = mapped_column(default=0)
    first_attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    """Attempts at its parts up to this one are of before it was last retried."""
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float]
    started_at: Mapped[float | None]
    finished_at: Mapped[float | None]
    running_since: Mapped[float | None]
    """Start of the present stretch of running; None while queued, paused or ended."""
    ran_seconds: Mapped[float] = mapped_column(default=0.0)
    """Length of the earlier stretches, pauses left out."""
    progress_at: Mapped[float] = mapped_column(default=0.0)
    """When the last numbered progress event was written."""
    woken_at: Mapped[float] = mapped_column(default=0.0)
    """When slots were last asked for, or one last began."""
    waiting_for: Mapped[str | None]
    """What storage, or a disk, said when it last took nothing of the job; None once it takes bytes again."""
    waiting_since: Mapped[float | None]
    """Since when it has been so."""
    hold_until: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """Until then no part of it is claimed: storage that takes nothing is tried now and then, by one part."""
    run: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it has been retried: part of its files' keys."""
    finalise_attempt: Mapped[int] = mapped_column(default=0)
    finalise_until: Mapped[float | None]
    """Until when somebody puts the files together, or clears them away."""
    finaliser: Mapped[str | None] = mapped_column(String(128))
    """The worker that puts the files together."""
    cleaned: Mapped[bool] = mapped_column(default=False)
    """An ended job's pieces, uploads and (unless it completed) files are gone from storage."""
    deleted: Mapped[bool] = mapped_column(default=False)
    """Invisible from now on; its rows go when its objects are gone."""
    error: Mapped[str | None]
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The W3C trace of the request that made it."""

    __table_args__ = (
        Index("ix_jobs_workspace_id_id", "workspace_id", "id"),
        Index(
            "ix_jobs_finished_at",
            "finished_at",
            sqlite_where=text("finished_at IS NOT NULL"),
            postgresql_where=text("finished_at IS NOT NULL"),
        ),
        Index(
            "ix_jobs_unfinished",
            "state",
            sqlite_where=text("state IN ('queued', 'running', 'paused')"),
            postgresql_where=text("state IN ('queued', 'running', 'paused')"),
        ),
        Index(
            "ix_jobs_uncleaned", "id", sqlite_where=text("cleaned = 0"), postgresql_where=text("NOT cleaned")
        ),
        Index("ix_jobs_deleted", "id", sqlite_where=text("deleted = 1"), postgresql_where=text("deleted")),
    )


class JobPlugin(Base):
    """Something of a plugin that a job is made with: only workers that have it make the job's parts."""

    __tablename__ = "job_plugins"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    plugin: Mapped[str] = mapped_column(String(512), primary_key=True)
    """An entry's identity: `synthmill-example==1.0 formats/markdown`."""


class File(Base):
    """One file of a job: all of one table."""

    __tablename__ = "files"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    table: Mapped[str] = mapped_column(String(128), primary_key=True)
    position: Mapped[int]
    """Place of the table in the recipe."""
    name: Mapped[str] = mapped_column(String(160))
    parts: Mapped[int]
    direct: Mapped[bool]
    """Pieces go straight into the file's one multipart upload; else each is an object until the end."""
    upload_id: Mapped[str | None]
    upload_until: Mapped[float | None]
    """While a worker begins the upload: when another may take that over."""
    size: Mapped[int | None]
    root: Mapped[str | None] = mapped_column(String(64))
    """Set when the file is whole in storage."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Set with it where the output asks for it."""
    run: Mapped[int] = column_property(
        select(Job.run).where(Job.id == job_id).correlate_except(Job).scalar_subquery().label("run")
    )
    """The job's, when this was read."""


@dataclass(frozen=True)
class Work:
    """What a part is to do. Its job's kind alone reads it; a dataset's rows have all four of a table."""

    table: str = ""
    piece: int = 0
    """Place in the table's file, from 0."""
    first_block: int = 0
    last_block: int = 0
    """One past the last."""

    def __str__(self) -> str:
        return self.table


class Part(Base):
    """A contiguous range of whole blocks: the unit of work, retry and checkpoint."""

    __tablename__ = "parts"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Place in the job, from 0."""
    stage: Mapped[str | None] = mapped_column(String(64))
    """The stage that it is of; None: of the rows."""
    table: Mapped[str] = mapped_column(String(128))
    piece: Mapped[int]
    first_block: Mapped[int]
    last_block: Mapped[int]
    work: Mapped[Work] = composite(Work, "table", "piece", "first_block", "last_block")
    rows: Mapped[int]
    """In the units of its kind, or of its stage."""
    state: Mapped[str] = mapped_column(String(16), default="pending")
    attempt: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    """How often its worker died, and no other part of the same hand is known to have been in work."""
    begun: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of the parts that its worker claimed together, the one that was in work when it was last reported."""
    begun_block: Mapped[int | None]
    """The block that is being made, where the part has lost a worker before; None before the first."""
    block_losses: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """By block (empty: before the first) how often its worker died there."""
    worker: Mapped[str | None] = mapped_column(String(128))
    lease_until: Mapped[float | None]
    not_before: Mapped[float] = mapped_column(default=0.0)
    rows_made: Mapped[int] = mapped_column(default=0)
    """Rows encoded so far by the present attempt."""
    size: Mapped[int | None]
    etag: Mapped[str | None] = mapped_column(String(128))
    """As storage answered for a piece of an upload; None where the piece is an object of its own, empty where
    it went into the upload together with the piece before it."""
    blocks: Mapped[bytes | None]
    """The blocks made, packed by synthmill.app.core.execution.part."""
    profile: Mapped[bytes | None] = mapped_column(deferred=True)
    """What its columns hold, packed by generators.datasets.profile; dropped when merged with others'."""
    result: Mapped[bytes | None] = mapped_column(deferred=True)
    """Of a stage: what its blocks combined to (None: it is in storage), or the sha256 of each block kept."""

    __table_args__ = (
        Index(
            "ix_parts_pending",
            "job_id",
            "losses",
            "number",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_parts_running",
            "job_id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_parts_leases",
            "lease_until",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )


class StageResult(Base):
    """A stage of a job, and what it gave once it has been run."""

    __tablename__ = "stage_results"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Place among the job's stages, from 0."""
    name: Mapped[str] = mapped_column(String(64))
    stage: Mapped[dict[str, Any]]
    """All that its strategy said of it."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Set when it has been run."""
    data: Mapped[bytes | None] = mapped_column(deferred=True)
    """What its blocks combined to, where that is small; else it is in storage."""
    attempt: Mapped[int | None]
    """Of the finaliser that combined it: part of the key in storage."""


class Profile(Base):
    """Profiles of neighbouring parts of a table merged into one, see core/execution/files/profiles.py."""

    __tablename__ = "profiles"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    table: Mapped[str] = mapped_column(String(128), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    """1: of parts; each higher one: of profiles of the level below."""
    number: Mapped[int] = mapped_column(primary_key=True)
    """Place in its level, from 0."""
    attempts: Mapped[int]
    """The sum of the attempts of the parts that it is of: another where one of them was made again."""
    packed: Mapped[bytes] = mapped_column(deferred=True)


class Event(Base):
    """A numbered, stored fact about a job."""

    __tablename__ = "events"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[float]
    data: Mapped[dict[str, Any]]


class Dataset(Base):
    """The finished, unchanging result of a job; versioned inside a workspace."""

    __tablename__ = "datasets"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(128))
    version: Mapped[int]
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), unique=True)
    rows: Mapped[int]
    size: Mapped[int]
    manifest: Mapped[dict[str, Any]]
    created_at: Mapped[float]

    __table_args__ = (UniqueConstraint("workspace_id", "name", "version"),)


class Idempotency(Base):
    """Which job an Idempotency-Key made, and from what body."""

    __tablename__ = "idempotency"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    created_at: Mapped[float]


class Upload(Base):
    """A file that a workspace has sent, or is sending: an input that recipes can name."""

    __tablename__ = "uploads"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Of one attempt to send it: its object's key has it too, so a broken attempt never shows."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    state: Mapped[str] = mapped_column(String(16))
    """`receiving`, `stored` or `removing`."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of a stored one; a workspace stores equal bytes once."""
    size: Mapped[int]
    """Bytes; of one that is being received, what is reserved for it."""
    media_type: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(255))
    lease_until: Mapped[float]
    """A receiver that hasn't renewed it by then has died."""
    created_at: Mapped[float]
    used_at: Mapped[float]
    """When it was last uploaded or named by a new job: retention counts from then."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "sha256"),
        Index("ix_uploads_workspace_id_id", "workspace_id", "id"),
        Index("ix_uploads_state_lease_until", "state", "lease_until"),
    )


class JobInput(Base):
    """An upload that a job's recipe names; it can't be removed before the job has ended."""

    __tablename__ = "job_inputs"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    field: Mapped[str]
    """The first of the recipe's parameters that names it."""

    __table_args__ = (Index("ix_job_inputs_sha256", "sha256"),)


class Template(Base):
    """A template that a workspace has made for itself."""

    __tablename__ = "templates"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    content: Mapped[dict[str, Any]]
    """What its file would say."""
    etag: Mapped[str] = mapped_column(String(64))
    """The sha256 of the content."""
    updated_at: Mapped[float]


class MarketTicker(Base):
    """A ticker that a workspace added to its market."""

    __tablename__ = "market_tickers"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[float]


class MarketDay(Base):
    """A closed day of a ticker, minute by minute: a cache of what can be computed again."""

    __tablename__ = "market_days"
    security: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The sha256 of all that its ticks follow from."""
    day: Mapped[int] = mapped_column(primary_key=True)
    """Counted from 1970."""
    minutes: Mapped[bytes]
    """Packed by synthmill.app.core.market.day_cache."""
    created_at: Mapped[float]

    __table_args__ = (Index("ix_market_days_created_at", "created_at"),)


class Stream(Base):
    """Endless data and a clock: which event it is at follows from the row and the time alone."""

    __tablename__ = "streams"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    """Whose limit it counts for."""
    is_default: Mapped[bool] = mapped_column("usual")
    """Made by /stream/start: the newest such is the workspace's default stream."""
    state: Mapped[str] = mapped_column(String(16))
    """As last ordered; running also when `max_events` is reached."""
    template: Mapped[str | None] = mapped_column(String(128))
    recipe: Mapped[dict[str, Any]]
    table: Mapped[str] = mapped_column(String(128))
    events_per_second: Mapped[int]
    max_events: Mapped[int]
    timeline: Mapped[list[Any]] = mapped_column("course", JSON())
    """Since when it has run how fast, as synthmill.app.core.streams.timeline writes it."""
    changed_us: Mapped[int]
    """When the last order takes effect, in microseconds since 1970."""
    ends_at: Mapped[float | None]
    """When `max_events` is reached, unless something is changed before."""
    created_at: Mapped[float]

    __table_args__ = (
        Index("ix_streams_workspace_id_id", "workspace_id", "id"),
        Index("ix_streams_key_id", "key_id"),
    )


class Worker(Base):
    """A worker process that has given a sign of life."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    host: Mapped[str] = mapped_column(String(128))
    pid: Mapped[int]
    engine: Mapped[str] = mapped_column(String(32))
    queues: Mapped[str] = mapped_column(String(256), server_default="interactive,bulk")
    """Those that it takes slots from, separated by commas."""
    started_at: Mapped[float]
    heartbeat_at: Mapped[float]


class WorkerPlugin(Base):
    """Something of a plugin that a worker can use."""

    __tablename__ = "worker_plugins"
    worker_id: Mapped[str] = mapped_column(ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True)
    plugin: Mapped[str] = mapped_column(String(512), primary_key=True)


class Counter(Base):
    """What all processes together have counted so far; see app/core/observability/counters.py."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]


class Lock(Base):
    """A name that one holder has until a time: elects the sweeper."""

    __tablename__ = "locks"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(128))
    until: Mapped[float]
    reap_after: Mapped[float] = mapped_column(default=0.0)
    """Before that no lease is taken for lost: nobody could renew one while the database was away."""
