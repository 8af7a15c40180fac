"""What an author of a plugin needs, and all that stays as it is from release to release.

A plugin is a package of its own whose entry points name strategies, column kinds and formats:

    [project.entry-points."synthmill.column_kinds"]
    part_number = "synthmill_example.part_number:KIND"

docs/plugins.md builds one from nothing, and lists what is here. `synthmill plugins check PACKAGE` says if
it keeps the promises that Synthmill's own strategies, column kinds and formats keep.

Import from here alone: the modules behind these names are Synthmill's own affair.
"""

from __future__ import annotations

from generators.arrays import strings
from generators.cells import (
    Arrow,
    Booleans,
    Cells,
    Digits,
    Floats,
    Integers,
    Text,
    cells_of,
    gathered,
    hidden,
    numbers_of,
    to_arrow,
    to_batch,
)
from generators.cells import Coded as DictionaryCells
from generators.cells import Fixed as Uuids
from generators.cells import Pieces as Concat
from generators.cells import Words as Dictionary
from generators.columns import get_kind
from generators.columns.fields import Choice as ChoiceField
from generators.columns.fields import Flag as FlagField
from generators.columns.fields import Items as ItemsField
from generators.columns.fields import Name as NameField
from generators.columns.fields import Number as NumberField
from generators.columns.fields import Parameters, refused
from generators.columns.fields import Scalar as ScalarField
from generators.columns.fields import Text as TextField
from generators.columns.fields import Whole as WholeField
from generators.columns.kind import (
    PARENT,
    Children,
    Choices,
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
    Source,
)
from generators.contract import EndlessStrategy, StagedStrategy, Strategy
from generators.errors import (
    FieldError,
    FiniteTableError,
    InvalidRequestError,
    PluginError,
    UnknownNameError,
)
from generators.formats.contract import Block, Encoded, Format, ReadableFormat
from generators.formats.members import COMPRESSIONS, compress
from generators.formats.members import codec as compression_codec
from generators.inputs import Input, InputPaths
from generators.kernels.elementary import exp, log, normal_quantile, open_unit, rounded
from generators.kernels.integers import below, bounded
from generators.kernels.mix import F64, I64, U64, key, mix
from generators.plan import BLOCK_BYTES, MAX_BLOCK_ROWS, ColumnPlan, ForeignKey, Plan, TablePlan, block_rows
from generators.registry import refresh
from generators.stages import Results, Stage, StageContext

__all__ = [
    "BLOCK_BYTES",
    "COMPRESSIONS",
    "F64",
    "I64",
    "MAX_BLOCK_ROWS",
    "PARENT",
    "U64",
    "Arrow",
    "Block",
    "Booleans",
    "Cells",
    "Children",
    "ChoiceField",
    "Choices",
    "Column",
    "ColumnParameters",
    "ColumnPlan",
    "Concat",
    "Dictionary",
    "DictionaryCells",
    "Digits",
    "Encoded",
    "EndlessStrategy",
    "FieldError",
    "FiniteTableError",
    "FlagField",
    "Floats",
    "ForeignKey",
    "Format",
    "Input",
    "InputPaths",
    "Integers",
    "InvalidRequestError",
    "ItemsField",
    "Kind",
    "NameField",
    "NumberField",
    "ParameterError",
    "Parameters",
    "Plan",
    "PluginError",
    "ReadableFormat",
    "Results",
    "Rows",
    "ScalarField",
    "Scope",
    "Source",
    "Stage",
    "StageContext",
    "StagedStrategy",
    "Strategy",
    "TablePlan",
    "Text",
    "TextField",
    "UnknownNameError",
    "Uuids",
    "WholeField",
    "below",
    "block_rows",
    "bounded",
    "cells_of",
    "compress",
    "compression_codec",
    "exp",
    "gathered",
    "get_kind",
    "hidden",
    "key",
    "log",
    "mix",
    "normal_quantile",
    "numbers_of",
    "open_unit",
    "refresh",
    "refused",
    "rounded",
    "strings",
    "to_arrow",
    "to_batch",
]
