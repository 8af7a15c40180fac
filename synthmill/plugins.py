"""What an author of a plugin needs, and all that stays as it is from release to release.

A plugin is a package of its own whose entry points name strategies, column kinds and formats:

    [project.entry-points."synthmill.column_kinds"]
    part_number = "synthmill_example.part_number:KIND"

docs/plugins.md builds one from nothing, and lists what is here. `synthmill plugins check PACKAGE` says if
it keeps the promises that Synthmill's own strategies, column kinds and formats keep.

Import from here alone: the modules behind these names are Synthmill's own affair.
"""

from __future__ import annotations

from synthmill.generators.columns.children import Children
from synthmill.generators.columns.costs import Costing, usual_cost
from synthmill.generators.columns.kind import (
    PARENT,
    Choices,
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
)
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import cells_of, gathered, numbers_of, to_arrow, to_batch
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Floats,
    Integers,
    Text,
    masked,
)
from synthmill.generators.engine.cells import Fixed as Uuids
from synthmill.generators.engine.contract import CostedStrategy, EndlessStrategy, StagedStrategy, Strategy
from synthmill.generators.engine.costs import ColumnCost, Cost, Estimate, TableCost
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import (
    BLOCK_BYTES,
    MAX_BLOCK_ROWS,
    ColumnPlan,
    ForeignKey,
    Packing,
    Plan,
    TablePlan,
    block_rows,
)
from synthmill.generators.engine.registry import refresh
from synthmill.generators.engine.stages import Results, Stage, StageContext
from synthmill.generators.errors import (
    FieldError,
    FiniteTableError,
    InvalidRequestError,
    PluginError,
    UnknownNameError,
)
from synthmill.generators.formats.contract import Block, Encoded, Format, ReadableFormat
from synthmill.generators.formats.members import COMPRESSIONS, compress
from synthmill.generators.formats.members import codec as compression_codec
from synthmill.generators.kernels.elementary import exp, log, normal_quantile, open_unit, rounded
from synthmill.generators.kernels.integers import below, bounded
from synthmill.generators.kernels.mix import F64, I64, U64, key, mix
from synthmill.generators.schema.fields import Choice as ChoiceField
from synthmill.generators.schema.fields import Flag as FlagField
from synthmill.generators.schema.fields import Items as ItemsField
from synthmill.generators.schema.fields import Name as NameField
from synthmill.generators.schema.fields import Number as NumberField
from synthmill.generators.schema.fields import Parameters, refused
from synthmill.generators.schema.fields import Scalar as ScalarField
from synthmill.generators.schema.fields import Text as TextField
from synthmill.generators.schema.fields import Whole as WholeField
from synthmill.generators.schema.input_field import InputFile as InputField

get_kind = KINDS.get
"""A kind by name, of ours or of a plugin. Raises UnknownNameError, and PluginError for one of no use."""

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
    "ColumnCost",
    "ColumnParameters",
    "ColumnPlan",
    "Concat",
    "Cost",
    "CostedStrategy",
    "Costing",
    "Dictionary",
    "DictionaryCells",
    "Digits",
    "Encoded",
    "EndlessStrategy",
    "Estimate",
    "FieldError",
    "FiniteTableError",
    "FlagField",
    "Floats",
    "ForeignKey",
    "Format",
    "Input",
    "InputField",
    "InputPaths",
    "Integers",
    "InvalidRequestError",
    "ItemsField",
    "Kind",
    "NameField",
    "NumberField",
    "Packing",
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
    "TableCost",
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
    "key",
    "log",
    "masked",
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
    "usual_cost",
]
