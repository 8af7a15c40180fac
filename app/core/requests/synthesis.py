"""Requests for rows like those of data in the request, as the Genesis page makes them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import marshmallow as ma

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.learned.queries import get_model
from synthmill.app.core.services import Services
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.learning.constraints.parameters import check
from synthmill.generators.limits import MAX_DRAWN_SEED, MAX_SEED
from synthmill.generators.recipes.request import WholeNumber
from synthmill.generators.schema.wording import field_errors

TABLE = "data"
"""What the table of a request's own data is called."""
MAX_SAMPLES = 1_000_000
OPERATORS = ("eq", "in", "between", "ge", "gt", "le", "lt")
_OF_ROWS = ("positive", "non_negative", "range", "one_of")
"""Constraints that are conditions, too: a model that is there can be held to them."""
_OF_LEARNING = ("unique", "inequality", "fixed_combinations", "formula")
CONSTRAINTS = (*_OF_ROWS, *_OF_LEARNING)

f = ma.fields


class ConditionFields(ma.Schema):
    """What every row holds in a column."""

    column = f.String(required=True)
    operator = f.String(load_default="eq", validate=ma.validate.OneOf(OPERATORS))
    value = f.Raw(required=True, allow_none=True, metadata={"description": "`in` a list, `between` two"})


class ConstraintFields(ma.Schema):
    """A rule that every row holds."""

    type = f.String(required=True, validate=ma.validate.OneOf(CONSTRAINTS))
    column = f.String(
        load_default=None, metadata={"description": "none for `inequality`, `fixed_combinations`"}
    )
    params = f.Dict(
        load_default=dict,
        metadata={
            "description": "`range` min and max, `one_of` values, `inequality` low, high and strict, "
            "`fixed_combinations` columns, `formula` operator and of; else none"
        },
    )


class GeneratorFields(ma.Schema):
    """How to learn."""

    method = f.String(load_default=None)


class PrivacyFields(ma.Schema):
    """What the model may hold of the data."""

    level = f.String(
        load_default=None,
        validate=ma.validate.OneOf(("none", "low")),
        metadata={"description": "`low`: careful, as without it; `none`: open. Others would need an epsilon"},
    )
    epsilon: f.Field[Any] = f.Raw(
        metadata={"description": "differential privacy (dp): how much may be learnt of any one row"}
    )
    delta: f.Field[Any] = f.Raw(metadata={"description": "the probability of more, at most; 1e-6"})
    bounds: f.Field[Any] = f.Dict(
        metadata={"description": "public ranges of numbers and days by column, `min`, `max`, `decimals`"}
    )
    domains: f.Field[Any] = f.Dict(metadata={"description": "public lists of values by column"})


class SynthesisFields(ma.Schema):
    """Rows like those of `data`, or rows of a model that is there."""

    data = f.List(
        f.Dict(),
        load_default=None,
        metadata={"description": "rows to learn from, objects; the whole body has at most 64 MiB"},
    )
    model_id = f.String(load_default=None, metadata={"description": "instead of `data`"})
    n_samples = WholeNumber(load_default=1000, validate=ma.validate.Range(1, MAX_SAMPLES))
    method = f.String(
        load_default=None,
        metadata={"description": "auto, bayes, independent or dp; for others see `metadata.method_used`"},
    )
    discrete_columns = f.List(f.String(), load_default=list)
    conditions = f.List(f.Nested(ConditionFields), load_default=list)
    constraints = f.List(f.Nested(ConstraintFields), load_default=list)
    generator_config = f.Nested(GeneratorFields, load_default=dict)
    privacy_config = f.Nested(PrivacyFields, load_default=dict)
    async_mode = f.Boolean(load_default=False, metadata={"description": "answer with the job at once"})
    seed = WholeNumber(
        load_default=None,
        validate=ma.validate.Range(0, MAX_SEED),
        metadata={"description": "equal seeds make equal rows of a model; drawn where it is left out"},
    )


def synthesis_of(
    services: Services, principal: Principal, body: Mapping[str, Any], upload: str | None
) -> Submission:
    """The job that a body means, loaded by `SynthesisFields`, whose data are this upload (its sha256).

    Raises InvalidRequestError, and NotFoundError for a model that isn't there.
    """
    if (upload is None) == (body["model_id"] is None):
        raise InvalidRequestError.one(
            "data", "and model_id are both left out, or both given", "rows to learn from, or a model's id"
        )
    rules = [*enumerate(body["constraints"])]
    conditions = [
        *_conditions(body["conditions"]),
        *_constraints((at, one) for at, one in rules if one["type"] in _OF_ROWS),
    ]
    learnt = dict(_learnt((at, one) for at, one in rules if one["type"] in _OF_LEARNING))
    request: dict[str, Any] = {
        "rows": body["n_samples"],
        "seed": secrets.randbelow(MAX_DRAWN_SEED) if body["seed"] is None else body["seed"],
        "conditions": conditions,
        "name": None,
        "tables": {},
        "parameters": {},
        "model": None,
        "model_id": None,
    }
    if upload is not None:
        request["tables"] = {TABLE: {"upload": upload, "format": "json"}}
        request["parameters"] = _parameters(body)
        if learnt:
            request["parameters"]["constraints"] = list(learnt.values())
    else:
        _refuse_with_a_model(body, learnt)
        model = get_model(services, principal, body["model_id"])
        request |= {"model": model.sha256, "model_id": model.id}
    return Submission(request, raw=request, kind="synthesize")


def _parameters(body: Mapping[str, Any]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    methods = {body["method"], body["generator_config"].get("method")} - {None}
    if len(methods) > 1:
        raise InvalidRequestError.one(
            "generator_config.method", "isn't the same as method", "give one of them"
        )
    if methods:
        parameters["method"] = methods.pop()
    if body["discrete_columns"]:
        parameters["roles"] = {TABLE: dict.fromkeys(body["discrete_columns"], "category")}
    privacy = _privacy(body["privacy_config"])
    return parameters if privacy is None else {**parameters, "privacy": privacy}


def _privacy(asked: Mapping[str, Any]) -> Any:
    """What the library takes; None for what it does by itself."""
    budget = {name: value for name, value in asked.items() if name != "level"}
    if not budget:
        return "open" if asked.get("level") == "none" else None
    if asked.get("level") is not None:
        raise InvalidRequestError.one(
            "privacy_config.level", "is something else than an epsilon", "give one of them"
        )
    for name in ("bounds", "domains"):
        if name in budget:
            budget[name] = {TABLE: budget[name]}
    return budget


def _refuse_with_a_model(body: Mapping[str, Any], learnt: Mapping[str, Any]) -> None:
    """A model is as it was fitted."""
    fields = ("method", "discrete_columns", "generator_config", "privacy_config")
    given = [*(name for name in fields if body[name]), *learnt]
    if given:
        raise InvalidRequestError(
            FieldError(name, "is for learning, and the model of model_id is there", "leave it out")
            for name in given
        )


def _conditions(given: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for at, one in enumerate(given):
        field, operator, value = f"conditions[{at}].value", one["operator"], one["value"]
        if operator == "in" and not isinstance(value, list):
            raise InvalidRequestError.one(field, "isn't a list", "the values that may be")
        if operator == "between" and not (isinstance(value, list) and len(value) == 2):
            raise InvalidRequestError.one(field, "isn't a list of two", "the least and the greatest")
        if operator not in ("eq", "in", "between") and (
            isinstance(value, bool) or not isinstance(value, int | float | str)
        ):
            raise InvalidRequestError.one(field, "is no limit", "a number, or a date as text")
        yield {"column": one["column"], "operator": operator, "value": value, "field": f"conditions[{at}]"}


_TAKES = {"positive": (), "non_negative": (), "range": ("min", "max"), "one_of": ("values",)}


def _learnt(given: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rules that a model is fitted with, by their fields, as a fit takes them. Raises InvalidRequestError."""
    for at, one in given:
        field = f"constraints[{at}]"
        own = {} if one["column"] is None else {"column": one["column"]}
        if again := set(own) & set(one["params"]) | {"type"} & set(one["params"]):
            raise InvalidRequestError.one(f"{field}.params.{again.pop()}", "is said twice", "leave it out")
        rule = {"type": one["type"], **own, **one["params"]}
        wrong = check(rule)
        if wrong:
            raise InvalidRequestError(field_errors(wrong, rule, f"{field}.params"))
        yield field, rule


def _constraints(given: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Rules as conditions: they hold by construction, too."""
    for at, one in given:
        if one["column"] is None:
            raise InvalidRequestError.one(
                f"constraints[{at}].column", "is missing", "the column that it is about"
            )
        field, kind, params = f"constraints[{at}]", one["type"], one["params"]
        unknown = [name for name in params if name not in _TAKES[kind]]
        if unknown:
            known = f"known: {', '.join(_TAKES[kind])}" if _TAKES[kind] else "it takes none"
            raise InvalidRequestError.one(f"{field}.params.{unknown[0]}", "unknown parameter", known)
        rule = {"column": one["column"], "field": field}
        if kind in ("positive", "non_negative"):
            yield {**rule, "operator": "gt" if kind == "positive" else "ge", "value": 0}
        elif kind == "one_of":
            yield {**rule, "operator": "in", "value": _listed(params, field)}
        else:
            for operator, limit in _limits(params, field):
                yield {**rule, "operator": operator, "value": limit}


def _listed(params: Mapping[str, Any], field: str) -> list[Any]:
    values = params.get("values")
    if not isinstance(values, list) or not values:
        raise InvalidRequestError.one(f"{field}.params.values", "isn't a list of values", "what may be")
    return values


def _limits(params: Mapping[str, Any], field: str) -> Iterator[tuple[str, Any]]:
    if not params:
        raise InvalidRequestError.one(f"{field}.params", "has no min and no max", "one of them at least")
    for name, operator in (("min", "ge"), ("max", "le")):
        limit = params.get(name)
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float | str)):
            raise InvalidRequestError.one(f"{field}.params.{name}", "is no limit", "a number or a date")
        if limit is not None:
            yield operator, limit
