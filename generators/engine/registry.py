"""Where strategies, column kinds and formats come from: entry points, Synthmill's own and those of plugins.

Names are known without importing anything. What a name stands for is imported when it is first asked for, so
a plugin that can't be imported spoils nothing but its own use.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from synthmill.generators.engine.imported import RESTART, note_modules, other_version
from synthmill.generators.errors import FieldError, InvalidRequestError, PluginError, UnknownNameError
from synthmill.generators.version import VERSION

T = TypeVar("T")

PREFIX = "synthmill."
"""What the names of all our groups of entry points begin with."""

_ADVICE = "or a plugin's: pip install the package that has it"

_OWN = Path(__file__).parents[1] / "entry_points.txt"
"""What setup.cfg makes our own entry points of. Read here, so that a checkout needn't be installed again."""


REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9._+!-]*")
"""A package in one version, as `pip install` takes it."""


@dataclass(frozen=True, order=True)
class Package:
    """A distribution as pip knows it."""

    name: str
    """Normalised: lower case, words separated by dashes."""
    version: str

    @property
    def requirement(self) -> str:
        """What `pip install` takes, and what recipes and workers know it by: `name==version`."""
        return f"{self.name}=={self.version}"


OWN = Package("synthmill", VERSION)


@dataclass(frozen=True, order=True)
class Entry:
    """A name in a group, and where what it stands for is."""

    group: str
    """`strategies`, `column_kinds` or `formats`; plugins for later versions may have others."""
    name: str
    target: str
    """`module:attribute`."""
    package: Package

    @property
    def identity(self) -> str:
        """Equal for two machines that have the same thing: `synthmill-example==1.0 formats/markdown`."""
        return f"{self.package.requirement} {self.group}/{self.name}"


@dataclass(frozen=True)
class Installed:
    """A package with entry points of ours."""

    package: Package
    entries: tuple[Entry, ...]
    problem: str = ""
    """Why its entry points can't be read; it has none then."""


@cache
def installed() -> tuple[Installed, ...]:
    """Synthmill itself, and after it the plugins in alphabetical order. Imports none of them."""
    own = Installed(OWN, _entries(_OWN.read_text(), OWN))
    return (own, *sorted(_plugins(), key=lambda one: one.package))


def plugins() -> Sequence[Installed]:
    """The packages that aren't Synthmill itself."""
    return installed()[1:]


def _plugins() -> Iterator[Installed]:
    found = {OWN.name}
    for distribution in metadata.distributions():
        text = distribution.read_text("entry_points.txt") or ""
        if f"[{PREFIX}" not in text:
            continue
        named = distribution.metadata["Name"] or "unknown"
        package = Package(normalised(named), distribution.version or "0")
        if package.name in found:
            continue  # Of two on the path Python imports the first.
        found.add(package.name)
        try:
            yield Installed(package, _entries(text, package))
        except configparser.Error as error:
            yield Installed(package, (), f"its entry_points.txt can't be read: {error}".replace("\n", " "))


def normalised(name: str) -> str:
    """A package's name as recipes have it: `Synthmill_Example` is `synthmill-example`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _entries(text: str, package: Package) -> tuple[Entry, ...]:
    """Raises configparser.Error."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return tuple(
        sorted(
            Entry(section.removeprefix(PREFIX), name, target.split("[")[0].strip(), package)
            for section in parser.sections()
            if section.startswith(PREFIX)
            for name, target in parser.items(section)
        )
    )


_used: ContextVar[set[Entry] | None] = ContextVar("_used", default=None)


@contextmanager
def plugins_used() -> Iterator[set[Entry]]:
    """Collects the entries of plugins that are asked for by name in the block, by whatever it calls."""
    entries: set[Entry] = set()
    outer = _used.get()
    token = _used.set(entries)
    try:
        yield entries
    finally:
        _used.reset(token)
        if outer is not None:
            outer |= entries


class Registry(Generic[T]):
    """All that there is of one group, by name."""

    def __init__(self, group: str, what: str, problem: Callable[[Any], str]) -> None:
        """`what` a user calls one of them; `problem` says why something can't be one, or nothing."""
        self.group, self.what = group, what
        self._problem = problem

    def names(self) -> tuple[str, ...]:
        """All names, in alphabetical order, also of what turns out to be of no use. Imports nothing."""
        return tuple(_by_name(self.group))

    def get(self, name: str) -> T:
        """What has this name. Raises UnknownNameError, and PluginError for what can't be used."""
        return self.load(self.entry(name))

    def entry(self, name: str) -> Entry:
        """The entry of this name, noted as used. Raises UnknownNameError, PluginError where two have it."""
        entries = _by_name(self.group).get(name)
        if entries is None:
            raise UnknownNameError(self.what, name, self.names(), _ADVICE)
        if len(entries) > 1:
            raise self._ambiguous(name, entries)
        used = _used.get()
        if used is not None and entries[0].package != OWN:
            used.add(entries[0])
        return entries[0]

    def usable(self) -> Mapping[str, T]:
        """All that can be used, by name, in alphabetical order."""
        found = {}
        for name, entries in _by_name(self.group).items():
            if len(entries) == 1 and not isinstance(one := self._outcome(entries[0]), PluginError):
                found[name] = one
        return MappingProxyType(found)

    def load(self, entry: Entry) -> T:
        """What an entry of this group stands for. Raises PluginError."""
        outcome = self._outcome(entry)
        if isinstance(outcome, PluginError):
            raise outcome
        return outcome

    def problem(self, entry: Entry) -> str:
        """Why an entry of this group can't be used; empty if it can."""
        entries = _by_name(self.group)[entry.name]
        if len(entries) > 1:
            return str(self._ambiguous(entry.name, entries))
        outcome = self._outcome(entry)
        return outcome.reason if isinstance(outcome, PluginError) else ""

    def _outcome(self, entry: Entry) -> T | PluginError:
        if entry not in _outcomes:
            try:
                _outcomes[entry] = self._imported(entry)
            except PluginError as error:
                _outcomes[entry] = error
        outcome: T | PluginError = _outcomes[entry]
        return outcome

    def _imported(self, entry: Entry) -> T:
        broken = f"the {self.what} {entry.name!r} of {entry.package.name} {entry.package.version} is broken"
        if entry.package != OWN and (other := other_version(entry.package)):
            raise PluginError(self.what, entry.name, other, RESTART)
        try:
            found = metadata.EntryPoint(entry.name, entry.target, PREFIX + entry.group).load()
        # Somebody else's module may raise anything, and even ask for the process to end.
        except (Exception, SystemExit) as error:
            fix = f"mend it, or another version: pip install --upgrade {entry.package.name}"
            reason = f"{broken}: {type(error).__name__}: {error}"
            raise PluginError(self.what, entry.name, reason, fix) from error
        finally:
            if entry.package != OWN:
                note_modules(entry.target, entry.package)
        problem = self._problem(found)
        if not problem and found.name != entry.name:
            problem = f"it calls itself {found.name!r}"
        if problem:
            fix = f"its author finds out by: synthmill plugins check {entry.package.name}"
            raise PluginError(self.what, entry.name, f"{broken}: {problem}", fix)
        return found  # type: ignore[no-any-return]

    def _ambiguous(self, name: str, entries: tuple[Entry, ...]) -> PluginError:
        packages = [entry.package.name for entry in entries]
        others = [package for package in packages if package != OWN.name]
        return PluginError(
            self.what,
            name,
            f"two packages have a {self.what} {name!r}: {' and '.join(packages)}",
            f"keep one: pip uninstall {' or '.join(others)}",
        )


@cache
def _by_name(group: str) -> Mapping[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for one in installed():
        for entry in one.entries:
            if entry.group == group:
                found.setdefault(entry.name, []).append(entry)
    return MappingProxyType({name: tuple(found[name]) for name in sorted(found)})


_outcomes: dict[Entry, Any] = {}
"""What entries stand for, or the PluginError that says why they are of no use."""


def refresh() -> None:
    """See what was installed or removed since this process began: a notebook need not be started again.

    Except for another version of what was used already: Python can't replace a module that it has imported,
    so the use of that package is refused until the process is started again.
    """
    installed.cache_clear()
    _by_name.cache_clear()
    for entry in [entry for entry, outcome in _outcomes.items() if isinstance(outcome, PluginError)]:
        del _outcomes[entry]


def check_plugins(requirements: Sequence[str], field: str = "plugins") -> None:
    """Refuse (InvalidRequestError) plugins, as `name==version`, that aren't here in that version."""
    versions = {one.package.name: one.package.version for one in installed()}
    wrong = []
    for requirement in requirements:
        named, _, version = requirement.partition("==")
        name = normalised(named)
        if name not in versions or _comparable(versions[name]) != _comparable(version):
            found = f"version {versions[name]} is installed" if name in versions else "it isn't installed"
            reason = f"{requirement} is needed, and {found} here"
            wrong.append(FieldError(field, reason, f"pip install {requirement}"))
    if wrong:
        raise InvalidRequestError(wrong)


def _comparable(version: str) -> tuple[list[str], str]:
    """Equal for versions that are the same to pip: 1.0 and 1.0.0, 2.0rc1 and 2.0-RC1."""
    found = re.fullmatch(r"v?(\d+(?:\.\d+)*)(.*)", version.lower())
    if found is None:
        return [], version
    numbers = [number.lstrip("0") for number in found[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers, re.sub(r"[-_.]", "", found[2])


def requirements_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The packages of some entries, each once, in alphabetical order, as `name==version`."""
    return tuple(sorted({entry.package.requirement for entry in entries}))
