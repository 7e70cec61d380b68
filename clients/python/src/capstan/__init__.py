"""Capstan's client: `Client` and `AsyncClient` submit jobs and tasks, `Worker` works on tasks."""

from capstan import models
from capstan._exchange import Retry
from capstan._options import Concurrency, JobItem, JobRef, Rate, TaskOptions, Unique, task
from capstan._version import __version__
from capstan.async_client import AsyncClient
from capstan.client import Client
from capstan.context import Dependency, StopSignal, TaskContext
from capstan.errors import (
    CapstanError,
    NonRetryable,
    TaskCancelled,
    TaskFailed,
    Unreachable,
    WaitTimeout,
    WorkerRefused,
)
from capstan.worker import Worker

__all__ = [
    "AsyncClient",
    "CapstanError",
    "Client",
    "Concurrency",
    "Dependency",
    "JobItem",
    "JobRef",
    "NonRetryable",
    "Rate",
    "Retry",
    "StopSignal",
    "TaskCancelled",
    "TaskContext",
    "TaskFailed",
    "TaskOptions",
    "Unique",
    "Unreachable",
    "WaitTimeout",
    "Worker",
    "WorkerRefused",
    "__version__",
    "models",
    "task",
]
