"""Synthetic data as a pure function of its recipe: `synthmill.generate` here, `synthmill.Client` on a server.

Importing this package is quick; what needs numpy, pyarrow or a network is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from synthmill.generators.version import VERSION

if TYPE_CHECKING:
    from synthmill.client.client import Client
    from synthmill.generators.datasets.verify import verify
    from synthmill.library import Dataset, generate

__version__ = VERSION

__all__ = ["Client", "Dataset", "__version__", "generate", "verify"]

_LAZY = {
    "generate": "synthmill.library",
    "Dataset": "synthmill.library",
    "Client": "synthmill.client.client",
    "verify": "synthmill.generators.datasets.verify",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
