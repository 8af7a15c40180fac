"""Synthetic data as a pure function of its recipe: `synthmill.generate` here, `synthmill.Client` on a server.

Importing this package is quick; what needs numpy, pyarrow or a network is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from synthmill.generators.version import VERSION

if TYPE_CHECKING:
    from synthmill.client.client import Client
    from synthmill.errors import (
        ApiError,
        ClientError,
        ConflictError,
        DamagedDownloadError,
        ForbiddenError,
        JobFailedError,
        NotFinishedError,
        NotFoundError,
        RefusedRequestError,
        ServerAnswerError,
        ServerFailedError,
        TooManyRequestsError,
        UnauthorizedError,
        UnreachableError,
    )
    from synthmill.evaluation import compare, evaluate
    from synthmill.generators.datasets.diff import diff
    from synthmill.generators.datasets.manifest import ManifestError
    from synthmill.generators.datasets.verify import verify
    from synthmill.generators.datasets.verify_input import AttestError
    from synthmill.generators.domain_rules.check import BrokenRulesError
    from synthmill.generators.errors import (
        DamagedDatasetError,
        FieldError,
        InvalidRequestError,
        PluginError,
        UnknownNameError,
    )
    from synthmill.generators.learning.errors import ModelFileError
    from synthmill.generators.recipes.template import TemplateError
    from synthmill.library import Dataset, generate
    from synthmill.models import Model, fit

__version__ = VERSION

_LAZY = {
    "generate": "synthmill.library",
    "Dataset": "synthmill.library",
    "fit": "synthmill.models",
    "Model": "synthmill.models",
    "Client": "synthmill.client.client",
    "evaluate": "synthmill.evaluation",
    "compare": "synthmill.evaluation",
    "verify": "synthmill.generators.datasets.verify",
    "diff": "synthmill.generators.datasets.diff",
    # What these may raise.
    "InvalidRequestError": "synthmill.generators.errors",
    "FieldError": "synthmill.generators.errors",
    "UnknownNameError": "synthmill.generators.errors",
    "PluginError": "synthmill.generators.errors",
    "DamagedDatasetError": "synthmill.generators.errors",
    "ManifestError": "synthmill.generators.datasets.manifest",
    "ModelFileError": "synthmill.generators.learning.errors",
    "TemplateError": "synthmill.generators.recipes.template",
    "AttestError": "synthmill.generators.datasets.verify_input",
    "BrokenRulesError": "synthmill.generators.domain_rules.check",
    "ClientError": "synthmill.errors",
    "UnreachableError": "synthmill.errors",
    "ServerAnswerError": "synthmill.errors",
    "JobFailedError": "synthmill.errors",
    "NotFinishedError": "synthmill.errors",
    "DamagedDownloadError": "synthmill.errors",
    "ApiError": "synthmill.errors",
    "UnauthorizedError": "synthmill.errors",
    "ForbiddenError": "synthmill.errors",
    "NotFoundError": "synthmill.errors",
    "ConflictError": "synthmill.errors",
    "RefusedRequestError": "synthmill.errors",
    "TooManyRequestsError": "synthmill.errors",
    "ServerFailedError": "synthmill.errors",
}

__all__ = [
    "ApiError",
    "AttestError",
    "BrokenRulesError",
    "Client",
    "ClientError",
    "ConflictError",
    "DamagedDatasetError",
    "DamagedDownloadError",
    "Dataset",
    "FieldError",
    "ForbiddenError",
    "InvalidRequestError",
    "JobFailedError",
    "ManifestError",
    "Model",
    "ModelFileError",
    "NotFinishedError",
    "NotFoundError",
    "PluginError",
    "RefusedRequestError",
    "ServerAnswerError",
    "ServerFailedError",
    "TemplateError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnknownNameError",
    "UnreachableError",
    "__version__",
    "compare",
    "diff",
    "evaluate",
    "fit",
    "generate",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
