"""How a model is to be fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.columns.locales import locale_field
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.learning.constraints.parameters import Constraints
from synthmill.generators.learning.private.declared import Budget, Privacy
from synthmill.generators.learning.roles import ROLES
from synthmill.generators.schema.fields import Choice, Flag, Number, Parameters, Whole, options, refused
from synthmill.generators.schema.json_values import plain, shown
from synthmill.generators.schema.wording import field_errors

METHODS = ("auto", "independent", "bayes", "dp")
"""auto         a chain of trees: each column by all before it
bayes        a network: each column by two others at most
independent  each column by itself
dp           a network of noisy tables, differentially private"""
OTHER_NAMES = {
    "gaussian_copula": "a Gaussian copula knows monotone dependence of two columns alone",
    "ctgan": "CTGAN isn't part of Synthmill (its licence forbids synthetic data services)",
    "tvae": "TVAE isn't part of Synthmill (its licence forbids synthetic data services)",
}
"""Names of other systems' methods that are taken, and why `auto` is used for them."""
FEWEST_SUBJECTS = 20
DEFAULT_MAX_ROWS = 1_000_000


class Roles(ma.fields.Field[dict[str, dict[str, str]]]):
    """Roles by table, then by column."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, dict[str, str]]:
        if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
            raise refused(f"{shown(value)} isn't an object of objects", "give roles by table, then by column")
        for table, roles in value.items():
            for column, role in roles.items():
                if role not in ROLES:
                    raise refused(
                        f"{shown(role)}, of {table}.{column}, isn't a role",
                        f"give one of: {', '.join(ROLES)}",
                    )
        return value

    def json_schema(self) -> dict[str, Any]:
        role = {"type": "string", "enum": list(ROLES)}
        return {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": role},
        }


class KeysField(ma.fields.Field[dict[str, dict[str, str]]]):
    """Columns that hold keys of other tables, by table, then by column."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, dict[str, str]]:
        fix = 'such as {"orders": {"customer_id": "customers.id"}}'
        if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
            raise refused(f"{shown(value)} isn't an object of objects", fix)
        for table, columns in value.items():
            for column, target in columns.items():
                if not isinstance(target, str):
                    raise refused(
                        f"{shown(target)}, of {table}.{column}, isn't a column of another table", fix
                    )
        return value

    def json_schema(self) -> dict[str, Any]:
        columns = {"type": "object", "additionalProperties": {"type": "string"}}
        return {"type": "object", "additionalProperties": columns}


class FitParameters(Parameters):
    """How a model is to be fitted."""

    method = Choice(
        "auto: a chain of trees; bayes: a network with two parents a column; independent: each column by "
        "itself; dp: differentially private, with a budget as privacy. gaussian_copula, ctgan and tvae are "
        "taken and answered with auto, which the model says.",
        (*METHODS, *OTHER_NAMES),
        default="auto",
    )
    roles = Roles(
        **options("What columns are for, by table and column, where it isn't as it is found.", {}, ())
    )
    keys = KeysField(
        **options(
            'Which columns hold keys of other tables, as {"orders": {"customer_id": "customers.id"}}. '
            "Left out: columns that are called as a key of another table and hold its values alone.",
            None,
            [{"orders": {"customer_id": "customers.id"}}],
        )
    )
    privacy = Privacy()
    holdout = Number(
        "The share of the subjects, by a hash, that choose the settings.", 0.0, 0.5, default=0.125
    )
    include_holdout = Flag(
        "Whether the model is fitted to these subjects, too, once the settings are chosen.", default=True
    )
    locale = locale_field(
        "Whose names, telephone numbers and cities replace personal ones. Left out: as the data look.", None
    )
    constraints = Constraints(
        **options(
            "What every made row holds, where nothing of it is null; docs/learning.md lists the types.",
            (),
            [[{"type": "inequality", "low": "admitted", "high": "discharged"}]],
        )
    )
    max_rows = Whole(
        "Rows, at most, that are learnt from; of more those of some subjects, by a hash, are taken.",
        FEWEST_SUBJECTS,
        limits.MAX_TABLE_ROWS,
        default=DEFAULT_MAX_ROWS,
    )


@dataclass(frozen=True)
class FitOptions:
    """Loaded FitParameters."""

    method: str = "auto"
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[str, Mapping[str, str]] | None = None
    privacy: str | Budget = "careful"
    holdout: float = 0.125
    include_holdout: bool = True
    max_rows: int = DEFAULT_MAX_ROWS
    locale: str | None = None
    constraints: Sequence[Mapping[str, Any]] = ()

    @property
    def level(self) -> str:
        """What is protected, in a word."""
        return "dp" if isinstance(self.privacy, Budget) else self.privacy


_NOT_PRIVATE = {
    "holdout": "a private fit chooses no settings by the data",
    "include_holdout": "a private fit holds nothing out",
    "locale": "a private fit replaces no personal columns",
    "constraints": "which rows keep to them would tell of those that don't",
    "max_rows": "a private fit learns from all rows, as which would be left out depends on the others",
}


def fit_options(raw: Mapping[str, Any]) -> FitOptions:
    """Options from what a request or a caller gives. Raises InvalidRequestError, which names each field."""
    checked = plain(raw)
    budgeted = isinstance(checked.get("privacy"), dict) or checked.get("method") == "dp"
    if "seed" in checked:
        reason = (
            "would make noise that can be made again, and taken off again"
            if budgeted
            else "isn't needed: nothing is drawn in a fit"
        )
        raise InvalidRequestError.one("seed", reason, "leave it out; rows of the model are made by a seed")
    try:
        options = FitOptions(**FitParameters().load(checked))
    except ma.ValidationError as error:
        raise InvalidRequestError(field_errors(error.messages, checked, "")) from error
    if isinstance(options.privacy, Budget):
        if options.method not in ("auto", "dp"):
            raise InvalidRequestError.one(
                "method", f"{options.method} isn't differentially private", "give dp, or leave epsilon out"
            )
        wrong = [
            FieldError(name, why, "leave it out") for name, why in _NOT_PRIVATE.items() if name in checked
        ]
        if wrong:
            raise InvalidRequestError(wrong)
    elif options.method == "dp":
        raise InvalidRequestError.one(
            "privacy", "isn't a budget, and dp needs one", 'give {"epsilon": 1}, or another method'
        )
    return options
