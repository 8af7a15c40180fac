"""What can be wrong with a request, said so that its author can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing wrong: where (`parameters.tables[orders].rows`), why, and what would be right."""

    field: str
    reason: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" + (f" ({self.fix})" if self.fix else "")


class InvalidRequestError(ValueError):
    """The request can't be carried out as it is written; `errors` says all that is wrong with it."""

    code = "invalid-request"

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(map(str, self.errors)))

    @classmethod
    def one(cls, field: str, reason: str, fix: str = "") -> InvalidRequestError:
        return cls([FieldError(field, reason, fix)])


class GrammarError(ValueError):
    """A text in a request, such as a formula or a pattern, isn't of the language that it should be of."""

    def __init__(self, reason: str, fix: str = "") -> None:
        self.reason, self.fix = reason, fix
        super().__init__(reason)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """What to say of a name that isn't known, if others are like it."""
    near = difflib.get_close_matches(name, list(known), 3)
    return f", did you mean {' or '.join(near)}?" if near else ""


class UnknownNameError(LookupError):
    """No strategy, template, format or column kind has this name."""

    code = "invalid-request"

    def __init__(self, what: str, name: str, known: Iterable[str], advice: str = "") -> None:
        """`advice`: where else the name may come from."""
        self.what, self.name, self.known = what, name, tuple(sorted(known))
        near = did_you_mean(name, self.known)
        self.reason = f"unknown {what} {name!r}{near}"
        self.fix = f"known: {', '.join(self.known)}" + (f"; {advice}" if advice else "")
        super().__init__(f"{self.reason}{'' if near else ';'} {self.fix}")

    @property
    def errors(self) -> tuple[FieldError, ...]:
        return (FieldError(self.what, self.reason, self.fix),)


class PluginError(UnknownNameError):
    """The name is known, but can't be used: what it stands for can't be loaded, or two packages have it."""

    def __init__(self, what: str, name: str, reason: str, fix: str) -> None:
        super().__init__(what, name, ())
        self.reason, self.fix = reason, fix
        self.args = (f"{reason}; {fix}",)


class FiniteTableError(ValueError):
    """A table can't go on without an end."""

    def __init__(self, reason: str, fix: str) -> None:
        self.reason, self.fix = reason, fix
        super().__init__(f"{reason} ({fix})")


class DamagedDatasetError(ValueError):
    """A file of a dataset can't be read, or isn't what the manifest says it is."""
