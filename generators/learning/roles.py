"""What a column is for: found from its name and its values, or said by the user."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow.types as pt

from synthmill.generators.columns.guesses import snake, text_guess
from synthmill.generators.errors import FieldError, InvalidRequestError, did_you_mean
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.codec import SHARED, subjects_of
from synthmill.generators.learning.codecs.masks import masks_of
from synthmill.generators.learning.source import Column, Source, units_of

ROLES = ("key", "subject", "category", "number", "time", "code", "personal", "text", "ignore")
"""key       each row's own; made anew
subject   whose rows they are: what is protected is counted by it, and it is made anew
category  one of some values
number    a quantity
time      a day, a day and a time of day, or a whole number that counts years or steps
code      a text of a pattern, such as AB-1234
personal  a name, an e-mail address, a telephone number: replaced by one that is nobody's
text      free text: words without the sentences
ignore    left out
"""
PERSONAL = frozenset({"email", "first_name", "last_name", "name", "phone"})
_KEY_NAME = re.compile(r"(^|_)(id|key|uuid|guid|no|nr|number|index|rowid)$")
_SAMPLE = 2_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_SHARED_PART = 0.5
"""Of the rows, those whose value enough subjects share, from which on texts are categories."""
_CODED_PART = 0.9
_CODE_MASKS = 64


def roles_of(source: Source, given: Mapping[str, str]) -> dict[str, str]:
    """The role of each column: as given, else as found. Raises InvalidRequestError."""
    check_roles(source.name, source.columns, given)
    subjects = source.subjects.astype(np.int64)
    return {name: given.get(name) or found_role(column, subjects) for name, column in source.columns.items()}


def check_roles(table: str, columns: Mapping[str, Column], given: Mapping[str, str]) -> None:
    """Raises InvalidRequestError for a role of a column that isn't there or can't have it."""
    wrong = []
    for name, role in given.items():
        field = f"roles[{table}][{name}]"
        if role == "ignore":
            continue
        if name not in columns:
            near = did_you_mean(name, columns)
            wrong.append(
                FieldError(field, f"there is no such column{near}", f"columns: {', '.join(columns)}")
            )
            continue
        reason = _misfit(columns[name], role)
        if reason:
            fix = f"give another of {', '.join(ROLES)}, or leave it out"
            wrong.append(FieldError(field, reason, fix))
    if wrong:
        raise InvalidRequestError(wrong)


def _misfit(column: Column, role: str) -> str:
    """Why a column can't have a role; empty where it can."""
    type_ = column.type
    is_text = pt.is_string(type_)
    fits = {
        "number": pt.is_integer(type_) or pt.is_floating(type_) or pt.is_decimal(type_),
        "time": pt.is_date(type_) or pt.is_timestamp(type_) or pt.is_integer(type_),
        "key": is_text or pt.is_integer(type_),
        "subject": is_text or pt.is_integer(type_),
        "code": is_text,
        "personal": is_text,
        "text": is_text,
        "category": True,
    }
    return "" if fits[role] else f"a column of {type_} can't be a {role}"


def found_role(column: Column, subjects: I64) -> str:
    """The role that a column's name, type and values suggest."""
    type_, known = column.type, column.known
    if pt.is_boolean(type_):
        return "category"
    if pt.is_date(type_) or pt.is_timestamp(type_):
        return "time"
    if pt.is_string(type_):
        return _text_role(column, subjects)
    if pt.is_integer(type_) and known.all() and _KEY_NAME.search(snake(column.name)):
        numbers = units_of(column.values)
        if len(np.unique(numbers)) == len(numbers):
            return "key"
    return "number"


def _text_role(column: Column, subjects: I64) -> str:
    words, places = column.words
    rows = int(column.known.sum())
    if not rows:
        return "category"
    sample = words.slice(0, _SAMPLE).to_pylist()
    guessed = text_guess(column.name, None)
    if (guessed is not None and guessed["kind"] in PERSONAL) or all(map(_EMAIL.match, sample)):
        return "personal"
    here = places[column.known]
    shared = subjects_of(here, subjects[column.known], len(words))
    counts = np.bincount(here, minlength=len(words))
    if int(counts[shared >= SHARED].sum()) >= _SHARED_PART * rows:
        return "category"
    if guessed is not None and guessed["kind"] == "city":
        return "personal"
    masks = masks_of(words.to_pylist())
    coded = _share_of_masks(masks, here)
    if coded and len(words) == rows and rows == len(column.known):
        return "key"
    return "code" if coded else "text"


def _share_of_masks(masks: list[str], places: I64) -> bool:
    """Whether a few masks without words hold nearly all rows."""
    different = sorted(set(masks))
    number = {mask: at for at, mask in enumerate(different)}
    of_words = np.array([number[mask] for mask in masks], np.int64)
    counts = np.bincount(of_words[places], minlength=len(different))
    usable = np.array(["9" in mask or " " not in mask for mask in different]) & (counts >= SHARED)
    return bool(np.sort(counts[usable])[-_CODE_MASKS:].sum() >= _CODED_PART * len(places))
