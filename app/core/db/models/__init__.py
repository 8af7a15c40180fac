"""The tables, by subject. Times are seconds since 1970 by the database's clock."""

from synthmill.app.core.db.models.access import ApiKey, Ticket, Workspace
from synthmill.app.core.db.models.base import Base
from synthmill.app.core.db.models.files import Dataset, File
from synthmill.app.core.db.models.jobs import Event, Idempotency, Job, JobInput, JobPlugin
from synthmill.app.core.db.models.kept import Template, Upload
from synthmill.app.core.db.models.learned import Disclosure, Evaluation, Model, ModelExport
from synthmill.app.core.db.models.live import MarketDay, MarketTicker, Stream
from synthmill.app.core.db.models.parts import Part, Profile, StageResult, Work
from synthmill.app.core.db.models.processes import Counter, Lock, Worker, WorkerPlugin

__all__ = [
    "ApiKey",
    "Base",
    "Counter",
    "Dataset",
    "Disclosure",
    "Evaluation",
    "Event",
    "File",
    "Idempotency",
    "Job",
    "JobInput",
    "JobPlugin",
    "Lock",
    "MarketDay",
    "MarketTicker",
    "Model",
    "ModelExport",
    "Part",
    "Profile",
    "StageResult",
    "Stream",
    "Template",
    "Ticket",
    "Upload",
    "Work",
    "Worker",
    "WorkerPlugin",
    "Workspace",
]
