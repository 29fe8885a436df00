"""A run over texts: which, under which settings, and the report on each, in order."""

from __future__ import annotations

import argparse
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from itertools import combinations
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from ..api import Policy, check_selection, report_on
from ..baseline import Baseline
from ..configuration import BY_NAME, Configuration, Settings, nearest, read
from ..errors import ConfigurationError, InputError, PolicyError, SpinfixError
from ..parallel import ordered, processors
from ..records import Detail
from ..report import Report
from . import files, walk
from .arguments import VERBS, Parser, flags
from .talk import STDIN, progress, say

WAYS: Final = ("write", "diff", "word_diff", "stream")  # of restoring: one at a time
# M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc, bytes: every array comes from the heap, of which no more than this stays free at its end
HEAP: Final = ((-3, 1 << 25), (-1, 1 << 22))


class Input(NamedTuple):
    """One text: where it comes from, its bytes, its text, and how to decide about it; or what is wrong with it."""

    path: str  # as given; - for standard input
    name: str  # as reports call it
    data: bytes | None = None  # None where it could not be read
    text: str = ""
    policy: Policy | None = None
    trouble: Exception | None = None
    left_out: bool = False  # standard input that goes by an excluded name


class Run:
    """The options of one call of the command, over the configurations that hold for its texts."""

    def __init__(self, options: argparse.Namespace, parser: Parser, *, once: bool = False) -> None:
        self._once = once  # whether a file that is named twice is looked at once
        self._flags = flags(options)
        if any(self._flags.get(way) for way in WAYS):  # then what a configuration says of the others is not asked for
            self._flags = dict.fromkeys(WAYS, False) | self._flags
        elif self._flags.get("output") or options.patch:
            self._flags = {"write": False} | self._flags
        self._isolated: bool = options.isolated
        self._config: str | None = options.config
        if self._isolated and self._config:
            parser.error("--config and --isolated: expected one of them")
        if self._config == "":
            parser.error("--config: expected the name of a file, found ''")
        self._policies: dict[tuple[Path | None, tuple[str, ...]], Policy] = {}
        self.paths: list[str] = getattr(options, "files", None) or [STDIN]
        self._fixed = self._fixed_configuration()
        self.settings = Settings(self._flags, self._configuration(Path()))
        self._check_flags(parser)
        targets = [name for name in ("output", "html", "baseline") if hasattr(options, name)]  # the verb writes there, or reads it
        for name in targets:
            self._check_target(name, parser)
        named = [(BY_NAME[name].flag, self.settings[name]) for name in targets] + [("--patch", options.patch)]
        for (one, path), (other, same) in combinations(((flag, path) for flag, path in named if path and path != STDIN), 2):
            if os.path.realpath(path) == os.path.realpath(same) and not path.startswith("/dev/"):
                parser.error(f"{one} and {other}: expected two files, found {path} for both")

    def _check_target(self, name: str, parser: Parser) -> None:
        """Wrong usage where what is made would be written over a text that it is made of, as ``--html *.txt`` would."""
        target = self.settings[name]
        if target == STDIN and name != "output":
            parser.error(f"{BY_NAME[name].flag}: expected the name of a file, found {STDIN}")
        if target and name != "baseline" and any(path != STDIN and is_same_file(target, path) for path in self.paths):
            parser.error(f"{BY_NAME[name].flag}: {target} is a text that is read; name another file")

    def _check_flags(self, parser: Parser) -> None:
        for name in ("lists", "rules"):
            for path in self._flags.get(name, ()):
                if not os.path.exists(path):
                    parser.error(f"--{name}: {path}: {os.strerror(errno.ENOENT)}")
        # what a flag names may be in a list or a rule of the configuration
        own = {name: tuple(path for path in self.settings[name] if os.path.exists(path)) for name in ("lists", "rules")}
        try:
            _policy(Settings(self._flags, Configuration(values=own)), ())
        except PolicyError as error:
            name, _, reason = str(error).partition(": ")
            parser.error(f"{BY_NAME[name].flag}: {reason}")

    def _fixed_configuration(self) -> Configuration | None:
        if self._isolated:
            return Configuration()
        return read(Path(self._config).absolute()) if self._config else None

    def _configuration(self, folder: Path) -> Configuration:
        if self._fixed:
            return self._fixed
        try:
            folder = folder.absolute()
        except FileNotFoundError:  # the current folder is gone, and with it all that lay in it and above
            return Configuration()
        return nearest(folder)

    def settings_in(self, folder: str) -> Settings:
        """The settings for what lies in ``folder``."""
        return Settings(self._flags, self._configuration(Path(folder)))

    def settings_for(self, path: str) -> Settings:
        """The settings for the text at ``path``; for standard input those of the name that it goes by."""
        return self.settings_in(os.path.dirname(self.name_of(path) if path == STDIN else path))

    def name_of(self, path: str) -> str:
        """What reports call the text at ``path``."""
        return (self.settings["stdin_filename"] or STDIN) if path == STDIN else path

    def policy_for(self, path: str) -> Policy:
        """How to decide about the text at ``path``.  ``ConfigurationError`` where its configuration does not say it well."""
        settings = self.settings_for(path)
        ignored: list[str] = []
        for pattern, sources in settings["per_file_ignores"].items():
            if walk.matches(self.name_of(path), [pattern], settings.folder("per_file_ignores")):
                ignored += sources
        key = (settings.configuration.path, tuple(ignored))
        if key not in self._policies:
            self._policies[key] = _policy(settings, tuple(ignored))
        return self._policies[key]

    def inputs(self) -> Iterator[Input]:
        """The texts, read and decoded, one by one; of what is found in folders the binary files are noted and left out."""
        places: Iterable[walk.Place] = self._places()
        if self.settings["write"]:
            places = _each_once(places, os.path.realpath)  # the second time it would have been changed meanwhile
        elif self._once:
            places = _each_once(places, os.path.abspath)
        if any(os.path.isdir(path) for path in self.paths):
            places = list(places)  # to know how many there are
            progress.start(len(places))
        else:
            progress.start(len(self.paths))
        for place in places:
            given = Input(place.path, place.path, trouble=place.trouble) if place.trouble else self._input(place.path)
            if place.walked and given.data is not None and files.is_binary(given.data):
                say(place.path, f"skipped: a binary file{files.encoding_hint(given.data)}")
                continue
            yield given

    def _places(self) -> Iterator[walk.Place]:
        for path in self.paths:
            if path == STDIN:
                yield walk.Place(path)
            elif os.path.isdir(path):
                found = False
                for place in walk.texts_in(path, self.settings_in):
                    found = True
                    yield place
                if not found:  # or silence would pass for a clean bill
                    say(path, "no texts found: no name is one of prose (see --include), or all are left out (.gitignore, --exclude)")
            else:
                try:
                    is_left_out = self.leaves_out(path)
                except Exception as error:  # whatever it is, the other texts are done
                    yield walk.Place(path, trouble=error)
                else:
                    if not is_left_out:
                        yield walk.Place(path)

    def leaves_out(self, path: str) -> bool:
        """Whether the text at ``path`` is excluded although it is named."""
        if not self.settings["force_exclude"]:
            return False
        # as a walk from here would: each folder on the way is asked for under the configuration that it lies in, which need not be its own
        name = self.name_of(path)
        above = [f"{folder}/" for folder in PurePath(os.path.relpath(name)).parents if folder.name not in ("", "..")]
        folders = any(walk.is_excluded(folder, self.settings_in(os.path.dirname(folder[:-1]))) for folder in above)
        return folders or walk.is_excluded(name, self.settings_for(path))

    def _input(self, path: str) -> Input:
        name = self.name_of(path)
        try:
            data = files.read(path, VERBS)
        except InputError as error:
            return Input(path, name, trouble=error)
        try:
            if path == STDIN and self.leaves_out(path):
                return Input(path, name, data, left_out=True)
            return Input(path, name, data, files.decode(path, data), self.policy_for(path))
        except Exception as error:  # whatever it is, what was read is not lost
            return Input(path, name, data, trouble=error)

    @cached_property
    def baseline(self) -> Baseline:
        """What is accepted; empty where there is no baseline.  ``ConfigurationError`` where it is none."""
        path = self.settings["baseline"]
        if not path:
            return Baseline()
        try:
            return Baseline.from_json(files.as_text(files.read(path)), path)
        except InputError as error:
            import shlex  # on the way to an error

            made = "" if os.path.lexists(path) else f"; `spinfix detect --baseline {shlex.quote(path)} --write-baseline` makes it"
            raise ConfigurationError(f"{path}: {error}{made}") from None

    def read_baseline(self) -> None:
        """Read the baseline now.  ``ConfigurationError`` where it is none."""
        _ = self.baseline

    def baseline_path(self, path: str) -> str:
        """How the baseline calls the text at ``path``: from the folder that the baseline lies in."""
        folder = os.path.dirname(os.path.abspath(self.settings["baseline"]))
        return Path(os.path.relpath(os.path.abspath(self.name_of(path)), folder)).as_posix()

    def reports(self, detail: Detail, *, accepting: bool = True) -> Iterator[tuple[Input, Report | Exception]]:
        """Each text with the report on it, or with what went wrong, in order; where it is ``accepting``, without what the baseline has."""
        hand_memory_back()
        baseline = self.baseline if accepting and detail is not Detail.PLACES else Baseline()
        jobs = self.settings["jobs"] or processors()
        for given, result in ordered(partial(examined, detail), self.inputs(), jobs):
            progress.step(len(result.findings) if isinstance(result, Report) else 0)
            for note in result.notes if isinstance(result, Report) else ():
                say(given.path, note)
            if baseline.accepted and isinstance(result, Report):
                result = baseline.new_in(result, self.baseline_path(given.path))
            yield given, result
        progress.stop()


def hand_memory_back() -> None:
    """Have the C library give memory back to the system when large arrays are done with.

    Left to itself it comes to keep twice as much as the largest of them took, 8 MB of what a long text needs; the time is the same.
    Where it knows no such setting, nothing is done.
    """
    try:
        import ctypes

        setting = ctypes.CDLL(None).mallopt
    except (ImportError, OSError, AttributeError, TypeError):  # no ctypes, another C library, another system
        return
    for number, size in HEAP:
        setting(number, size)


def is_same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one file."""
    try:
        return os.path.samefile(one, other)
    except OSError:  # what cannot be compared is not the same, or does not exist yet
        return False


def _each_once(places: Iterable[walk.Place], file_at: Callable[[str], str]) -> Iterator[walk.Place]:
    """The ``places``, no file twice, in whatever way it is named; ``file_at`` says which file a path leads to."""
    seen: set[str] = set()
    for place in places:
        file = file_at(place.path)
        if place.path == STDIN or file not in seen:
            seen.add(file)
            yield place


def examined(detail: Detail, given: Input) -> Report:
    """The report on one text; raises what is wrong with it."""
    if given.trouble is not None:
        raise given.trouble
    if given.policy is None:  # left out
        return Report("", 0, 0.0, 0.0, (), "", given.name)
    return report_on(given.text, given.policy, given.name, detail)


def _policy(settings: Settings, ignored: tuple[str, ...]) -> Policy:
    """The policy of ``settings``; ``PolicyError`` where a flag, ``ConfigurationError`` where the configuration does not say it well."""
    file = settings.configuration.path
    try:
        policy = settings.policy()
        for pattern, sources in settings["per_file_ignores"].items():  # whether there is such a file or not
            _check_ignored(policy, pattern, tuple(sources))
        policy = replace(policy, ignore=policy.ignore + ignored)
        if policy.select or policy.ignore:
            check_selection(policy)
    except PolicyError as error:
        if file is None:
            raise
        raise ConfigurationError(f"{file}: {error}") from None
    except SpinfixError as error:  # a list or a rule of the user's that is none
        raise ConfigurationError(str(error)) from None
    for name in ("lists", "rules"):
        for path in getattr(policy, name):
            if not os.path.exists(path):
                raise ConfigurationError(f"{file}: {name}: {path}: {os.strerror(errno.ENOENT)}")
    return policy


def _check_ignored(policy: Policy, pattern: str, sources: tuple[str, ...]) -> None:
    """``PolicyError`` where ``per_file_ignores`` names what is no source."""
    try:
        check_selection(replace(policy, select=(), ignore=sources))
    except PolicyError as error:
        raise PolicyError(f"per_file_ignores: {pattern}: {str(error).partition(': ')[2]}") from None
