"""Golden cases of the command line: what is given and what comes of it, to the letter, in files that read like a session.

    The bare command is a filter.

    === run: spinfix --threshold 0.6
    === stdin
    He works at a suppose tank.
    === stdout
    He works at a think tank.
    === exit: 0

A case says in one line what it shows.  ``=== file: NAME`` before the first run gives a file, after a run it says what the file then
holds; ``=== gone: NAME`` says that there is none any more.  ``=== env: NAME=VALUE`` and ``=== terminal`` (that all streams say they
are one) go before the run that they are for.  Sections that are left out are empty, and files that are not named stay as they were.

``[..]`` stands for a part of a line, a line ``...`` for any lines.  Behind ``, escaped`` the section is written with the escapes of
Python's bytes and ends where its last line does: so carriage returns, bytes that are no text and a missing line end can be told.

``python tests/golden.py`` (with names of cases for some only) writes what comes out now in the place of what was expected, for a
reviewer to look at; lines that still fit stay as they are, with their ``[..]``.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shell import files_in, run

CASES: Final = Path(__file__).parent / "golden"
_HEAD: Final = re.compile(r"=== (?P<kind>[a-z]+)(?:: (?P<value>.*?))?(?P<escaped>, escaped)?")
# Posteriors, log-odds, sources and digests move with every list and every model, and are not what a case is about.
_MOVING: Final = re.compile(
    r"\b[01]\.\d\d  [\w-]+/[\w-]+\b|[+-]?\b\d+\.\d+\b(?!%)|(?<![.\d])\d+%|\b[0-9a-f]{8}(?:[0-9a-f]{4,})?\b|(?<=[0-9] of \d  )[\w-]+/[\w-]+"
)
_KINDS: Final = ("file", "gone", "env", "terminal", "run", "stdin", "stdout", "stderr", "exit")


@dataclass(slots=True)
class Section:
    """One section as it stands in its file."""

    kind: str
    value: str
    escaped: bool
    body: str = ""

    @property
    def data(self) -> bytes:
        """The bytes that the section stands for."""
        if not self.escaped:
            return self.body.encode()
        return self.body.removesuffix("\n").encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")

    def written(self) -> str:
        """The section as text."""
        return f"=== {self.kind}{f': {self.value}' if self.value else ''}{', escaped' * self.escaped}\n{self.body}"

    def fits(self, found: bytes) -> bool:
        """Whether ``found`` is what is expected here."""
        return bool(re.fullmatch("".join(map(_pattern, self.body.splitlines(keepends=True))), _shown(found, self.escaped), re.DOTALL))

    def take(self, found: bytes) -> None:
        """Expect ``found`` from now on."""
        fitting = self.body.splitlines(keepends=True)
        lines = []
        for line in _shown(found, self.escaped).splitlines(keepends=True):
            old = (old for old in fitting if old != "...\n" and re.fullmatch(_pattern(old), line))
            lines.append(next(old, _MOVING.sub("[..]", line)))
        self.body = "".join(lines)


@dataclass(slots=True)
class Step:
    """One call: what goes in and what is expected."""

    arguments: list[str]
    env: dict[str, str] = field(default_factory=dict)
    terminal: bool = False
    stdin: bytes = b""
    expected: list[Section] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """A case: its sections in order."""

    path: Path
    title: str
    sections: list[Section]

    @classmethod
    def read(cls, path: Path) -> Case:
        """The case in the file at ``path``; ``ValueError`` where it is none."""
        title, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        sections: list[Section] = []
        for number, line in enumerate(lines, 2):
            if line.startswith("=== "):
                match = _HEAD.fullmatch(line.rstrip("\n"))
                if not match or match["kind"] not in _KINDS:
                    raise ValueError(f"{path}:{number}: expected one of {', '.join(_KINDS)} after ===, found {line!r}")
                sections.append(Section(match["kind"], match["value"] or "", bool(match["escaped"])))
            elif sections:
                sections[-1].body += line
            elif line.strip():
                raise ValueError(f"{path}:{number}: expected a section, === file or === run, found {line!r}")
        return cls(path, title.strip(), sections)

    def written(self) -> str:
        """The case as text."""
        return f"{self.title}\n\n" + "".join(section.written() for section in self.sections)

    def steps(self) -> tuple[dict[str, bytes], list[Step]]:
        """The files that are given, and the calls."""
        given: dict[str, bytes] = {}
        steps: list[Step] = []
        env: dict[str, str] = {}
        terminal = False
        for section in self.sections:
            match section.kind:
                case "file" if not steps:
                    given[section.value] = section.data
                case "env":
                    name, _, value = section.value.partition("=")
                    env[name] = value
                case "terminal":
                    terminal = True
                case "run":
                    command, *arguments = shlex.split(section.value)
                    assert command == "spinfix", f"{self.path}: expected a call of spinfix, found {section.value!r}"
                    steps.append(Step(arguments, env, terminal))
                    env, terminal = {}, False
                case "stdin":
                    steps[-1].stdin = section.data
                case _:
                    steps[-1].expected.append(section)
        return given, steps

    def differences(self, *, take: bool = False) -> Iterator[str]:
        """Run the case in a folder of its own, and say what is not as expected; ``take``: expect that from now on, and say nothing."""
        given, steps = self.steps()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for path, data in given.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
            for number, step in enumerate(steps, 1):
                before = files_in(folder)
                done = run(*step.arguments, stdin=step.stdin, cwd=folder, env=step.env, terminal=step.terminal)
                found = {"stdout": done.stdout, "stderr": done.stderr, "exit": str(done.returncode).encode()}
                found = {kind: data.replace(str(folder).encode(), b"FOLDER") for kind, data in found.items()}
                after = {path: data for path, data in files_in(folder).items() if before.get(path) != data}
                gone = sorted(before.keys() - files_in(folder).keys())
                if take:
                    self._take(number, step, found, after, gone)
                else:
                    where = f"{self.path.name}, run {number} (spinfix {shlex.join(step.arguments)})"
                    yield from (f"{where}: {fault}" for fault in _faults(step, found, after, gone))

    def _take(self, number: int, step: Step, found: dict[str, bytes], after: dict[str, bytes], gone: list[str]) -> None:
        known = {(section.kind, section.value if section.kind in ("file", "gone") else ""): section for section in step.expected}
        wanted = [("stdout", "", found["stdout"]), ("stderr", "", found["stderr"])]
        wanted += [("file", path, data) for path, data in sorted(after.items())]
        sections = []
        for kind, value, data in wanted:
            section = known.get((kind, value)) or Section(kind, value, _must_be_escaped(data))
            if not section.fits(data):
                section.take(data)
            if section.body or kind == "file":
                sections.append(section)
        sections += [Section("gone", path, False) for path in gone]
        sections.append(Section("exit", found["exit"].decode(), False))
        self.sections = [s for s in self.sections if not any(s is e for e in step.expected)]
        at = [n for n, s in enumerate(self.sections, 1) if s.kind == "run"][number - 1]
        at += self.sections[at : at + 1] != [] and self.sections[at].kind == "stdin"
        self.sections[at:at] = sections


def _faults(step: Step, found: dict[str, bytes], after: dict[str, bytes], gone: list[str]) -> Iterator[str]:
    for kind in ("stdout", "stderr"):
        section = next((s for s in step.expected if s.kind == kind), Section(kind, "", _must_be_escaped(found[kind])))
        if not section.fits(found[kind]):
            yield f"{kind}: expected\n{section.body}found\n{_shown(found[kind], section.escaped)}"
    code = next((s.value for s in step.expected if s.kind == "exit"), "no exit code in the case")
    if code != found["exit"].decode():
        yield f"exit code: expected {code}, found {found['exit'].decode()}"
    files = {s.value: s for s in step.expected if s.kind == "file"}
    for path in sorted(files.keys() | after.keys()):
        if path not in files:
            yield f"{path}: expected no change, found\n{_shown(after[path], _must_be_escaped(after[path]))}"
        elif path not in after:
            yield f"{path}: expected a change, found none"
        elif not files[path].fits(after[path]):
            yield f"{path}: expected\n{files[path].body}found\n{_shown(after[path], files[path].escaped)}"
    if gone != (expected := sorted(s.value for s in step.expected if s.kind == "gone")):
        yield f"expected to be gone: {expected}, found: {gone}"


def _pattern(line: str) -> str:
    return "(?:[^\n]*\n)*" if line == "...\n" else re.escape(line).replace(re.escape("[..]"), "[^\n]*")


def _shown(data: bytes, escaped: bool) -> str:
    return f"{str(data)[2:-1]}\n" if escaped else data.decode("utf-8", "backslashreplace")


def _must_be_escaped(data: bytes) -> bool:
    return bool(data) and (not data.endswith(b"\n") or b"\r" in data or b"\x1b" in data or data.decode("utf-8", "ignore").encode() != data)


def cases() -> list[Path]:
    """The files of all cases."""
    return sorted(CASES.glob("*.txt"))


def main(names: list[str]) -> None:
    """Write what comes out now into the cases."""
    for path in cases():
        if not names or path.stem in names:
            case = Case.read(path)
            for _ in case.differences(take=True):
                pass
            path.write_text(case.written(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
