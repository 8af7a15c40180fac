"""Synthetic rows beside real ones: how near they are, what they are good for, and what they give away.

`evaluate` compares, `compare` sets several synthetic datasets side by side. Nothing here knows how the rows
were made; of the library only the kernels, the fields of errors and the version are used.
"""

from __future__ import annotations

from synthmill.generators.evaluation.comparison import Comparison, compare
from synthmill.generators.evaluation.evaluate import evaluate
from synthmill.generators.evaluation.report import Report

__all__ = ["Comparison", "Report", "compare", "evaluate"]
