"""What word lists there are, and whether a user's own list keeps to the format and to its own examples."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .api import Policy, detect
from .list_files import list_files, own_files
from .wordlists import SOURCES, WordList, parse_list, read_list


@dataclass(frozen=True, slots=True)
class ListFacts:
    """One list as ``spinfix lists`` shows it."""

    name: str  # family/name
    title: str
    source: str
    license: str
    status: str  # "stable" or "preview"
    rows: int  # as written; a row with pos= stands for several forms
    digest: str  # SHA-256 of the file, hexadecimal
    path: str


def list_catalogue(own: Iterable[str] = ()) -> tuple[ListFacts, ...]:
    """The lists of the package by name, then those in the files and folders ``own``.

    ``ListError`` names the first fault of a list that does not keep to the format, and a path where there is none.

    >>> sorted({facts.license for facts in list_catalogue()})
    ['MIT', 'WordNet 3.0']
    """
    files = [*list_files(SOURCES), *(file for path in own for file in own_files(Path(path)))]
    return tuple(_facts(file, read_list(file)) for file in files)


def _facts(file: Path, found: WordList) -> ListFacts:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return ListFacts(found.name, found.title, found.source, found.license, found.status, len(found.rows), digest, str(file))


def check_list(path: str) -> tuple[str, ...]:
    """Every fault of the list file ``path``, each a sentence that begins with ``path:line:``; none where it is as it should be.

    The format is checked first.  In a list that keeps to it, every ``# +`` example must be restored as it says, where every other
    document is spun (one sentence seldom proves it), and must then be quiet; every ``# -`` example must stay as it is.  The shipped
    lists are at work beside this one.
    """
    file = Path(path)
    faults: list[str] = []
    parsed = parse_list(file, faults)
    if not faults and parsed is not None:
        faults += _broken_examples(file, parsed)
    return tuple(sorted(faults, key=lambda fault: int((re.match(r".*?:(\d+): ", fault) or ["", "0"])[1])))


def _broken_examples(file: Path, parsed: WordList) -> Iterable[str]:
    policy = Policy(lists=(str(file),))
    lines = file.read_text(encoding="utf-8").split("\n")
    for spun, restored in parsed.restores:
        where = _where(file, lines, f"+ {spun} =>")
        found = _restored(spun, replace(policy, spun_prior=0.5))
        if found != restored:
            yield f"{where}: expected the example to come back as {restored!r}, but it gives {found!r}; mend the rows or the example"
        elif _restored(restored, policy) != restored:
            yield f"{where}: the restored example is changed once more, to {_restored(restored, policy)!r}; a guard is missing somewhere"
    for kept in parsed.keeps:
        found = _restored(kept, policy)
        if found != kept:
            yield f"{_where(file, lines, f'- {kept}')}: expected this to be left alone, but it becomes {found!r}; add a guard, or lower p="


def _restored(text: str, policy: Policy) -> str:
    return detect(text, policy).patch.apply(text)


def _where(file: Path, lines: Sequence[str], example: str) -> str:
    number = next((k for k, line in enumerate(lines, 1) if line.startswith("#") and line[1:].strip().startswith(example)), 1)
    return f"{file}:{number}"
