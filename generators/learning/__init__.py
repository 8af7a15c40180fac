"""Learning from real data: fit a model to tables, keep it in a file, make rows of it.

`fit` is the same on every machine, `Model.sample` a pure function of model, seed and row. The strategy
`model`, the commands and the server stand on this; it knows of none of them. docs/learning.md says what is
done and why.
"""

from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.families.fitting import fit
from synthmill.generators.learning.model import MEDIA_TYPE, Model, load
from synthmill.generators.learning.parameters import FitOptions, FitParameters, fit_options
from synthmill.generators.learning.private.declared import for_table

__all__ = [
    "MEDIA_TYPE",
    "FitOptions",
    "FitParameters",
    "Model",
    "ModelFileError",
    "fit",
    "fit_options",
    "for_table",
    "load",
]
