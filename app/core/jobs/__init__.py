"""The verbs on jobs."""

from app.core.jobs.control import clone, delete, pause, resume, retry, stop
from app.core.jobs.kind import Submission
from app.core.jobs.query import JobFilter, JobView, Page, get_job, list_jobs, wait
from app.core.jobs.submit import submit

__all__ = [
    "JobFilter",
    "JobView",
    "Page",
    "Submission",
    "clone",
    "delete",
    "get_job",
    "list_jobs",
    "pause",
    "resume",
    "retry",
    "stop",
    "submit",
    "wait",
]
