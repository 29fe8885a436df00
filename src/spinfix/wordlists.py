"""Word lists: the format, its checks, and the index that is looked into at run time; and the door to package data.

A list is one UTF-8 file, ``wordlists/<family>/<name>.tsv``::

    # title: Verbs of news and blogs
    # source: written for spinfix from observation of spun pages
    # license: MIT
    # status: stable
    # + Rebels assaulted the town at dawn, officers mentioned. => Rebels attacked the town at dawn, officials said.
    # - The officers were charged with assault.
    assault<TAB>attack<TAB>pos=v<TAB>p=0.4

Header, examples, then rows: ``observed``, ``intended``, then named fields in any order.

=========  ==========================================================================================================
``p=``     P(observed | intended): of the times a spinner of this family changes the intended, the share in which it writes this
``pos=``   ``n``, ``v``, ``a``: the row stands for the whole paradigm (see ``spinfix.inflection``); otherwise the exact form
``near=``  guard: one of these words (comma-separated, in any letter case) must stand within six tokens
``absent=``  guard: none of these words may stand within six tokens
``evidence=``  ``strong``: clean text never has the observed form; ``none``: it is ordinary English, alone no sign of a spinner
``note=``  for the reader
=========  ==========================================================================================================

A row with a capital letter in ``observed`` applies to exactly that letter case (*Occasions* for *Times*).

The lists of the package are compiled (``tools/compile_wordlists.py``) into ``data/substitutions.tsv``: one line a pair of forms,
sorted by the bytes of the key, searched by bisection in the mapped file, so that nothing is loaded that is not looked up.  A pair
that several families list stands there once, with the ``p`` of each.
"""

from __future__ import annotations

import mmap
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import Arrays, opened
from .errors import ListError, ModelError
from .inflection import PARTS_OF_SPEECH, inflected_pairs
from .list_files import check_name, list_name
from .text import as_one, tokenize

Numbers = NDArray[Any]

HEADER_FIELDS: Final = ("title", "source", "license", "status")
STATUSES: Final = ("stable", "preview")
CACHED: Final = 600  # lines, or words with all their lines, of which common ones have hundreds
NEGLIGIBLE: Final = 0.002  # P(observed | intended) below which a row is not worth its look-up
ROW_FIELDS: Final = ("p", "pos", "near", "absent", "evidence", "note")
EVIDENCE: Final = ("strong", "none")
FIELDS: Final = 8  # of a compiled line
DAMAGED: Final = "the compiled lists are damaged: expected lines of eight fields with a tab between"
ADVICE: Final = "reinstall spinfix, or compile the lists anew with tools/compile_wordlists.py"
UNWRITABLE: Final = re.compile(r"[?\[\](){}<>|~*]|\s{2,}|^\s|\s$|\bsth\b|\bsb\b")


class Row(NamedTuple):
    """One row of a list, as written."""

    observed: str
    intended: str
    line: int  # 1-based
    p: float = 0.5
    pos: str = "x"
    near: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    note: str = ""
    evidence: str = ""  # one of EVIDENCE, or "" for what lies between


@dataclass(frozen=True, slots=True)
class WordList:
    """A parsed list: its header, its examples, its rows."""

    name: str  # family/name
    title: str
    source: str
    license: str
    status: str
    restores: tuple[tuple[str, str], ...]
    keeps: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)

    @property
    def family(self) -> str:
        """The folder that the list lies in."""
        return self.name.split("/")[0]


def read_list(path: Path) -> WordList:
    """Parse and check the list at ``path``; ``ListError`` names file, line and remedy of the first fault."""
    faults: list[str] = []
    parsed = parse_list(path, faults)
    if faults or parsed is None:
        raise ListError(faults[0] if faults else f"{path}: no list")
    return parsed


def parse_list(path: Path, faults: list[str]) -> WordList | None:
    """Parse the list at ``path``, adding a sentence to ``faults`` for each fault found."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # with a byte order mark or without
    except (OSError, ValueError) as error:  # ValueError: no UTF-8, or a path with a NUL in it
        faults.append(f"{path}: cannot be read as UTF-8 text ({error})")
        return None
    check_name(path, faults)
    header: dict[str, str] = {}
    restores: list[tuple[str, str]] = []
    keeps: list[str] = []
    rows: list[Row] = []
    previous: tuple[str, str, str] = ("", "", "")
    for number, line in enumerate(text.split("\n"), 1):
        where = f"{path}:{number}"
        if not line.strip():
            continue
        if line.startswith("#"):
            _header_line(line[1:].strip(), where, header, restores, keeps, faults)
            continue
        row = _row(line, number, where, faults)
        if row is None:
            continue
        key = (row.observed, row.intended, row.pos)
        if key == previous:
            faults.append(f"{where}: {row.observed!r} → {row.intended!r} stands twice; remove one")
        elif key < previous:
            faults.append(f"{where}: expected sorted rows, but {key[:2]} comes after {previous[:2]}; sort the file by code point")
        previous = key
        rows.append(row)
    for name in HEADER_FIELDS:
        if name not in header:
            faults.append(f"{path}:1: the header lacks '# {name}: ...'; add it")
    if header.get("status", "stable") not in STATUSES:
        faults.append(f"{path}:1: expected status {' or '.join(STATUSES)}, found {header['status']!r}")
    if not restores or not keeps:
        faults.append(f"{path}:1: expected examples of both kinds ('# + SPUN => RESTORED' and '# - LEFT ALONE'); add what is missing")
    title, source, license, status = (header.get(name, "") for name in HEADER_FIELDS)
    return WordList(list_name(path), title, source, license, status, tuple(restores), tuple(keeps), tuple(rows))


def _header_line(
    line: str, where: str, header: dict[str, str], restores: list[tuple[str, str]], keeps: list[str], faults: list[str]
) -> None:
    if line.startswith("+ "):
        spun, arrow, restored = line[2:].partition(" => ")
        if not arrow:
            faults.append(f"{where}: expected '# + SPUN sentence => RESTORED sentence'")
        restores.append((spun.strip(), restored.strip()))
    elif line.startswith("- "):
        keeps.append(line[2:].strip())
    else:
        name, colon, value = line.partition(":")
        if colon and name.strip() in HEADER_FIELDS:
            header[name.strip()] = value.strip()


def _row(line: str, number: int, where: str, faults: list[str]) -> Row | None:
    cells = line.split("\t")
    if len(cells) < 2 or not cells[0] or not cells[1]:
        faults.append(f"{where}: expected 'observed<TAB>intended<TAB>fields', found {line[:60]!r}")
        return None
    observed, intended, *named = cells
    fields: dict[str, str] = {}
    for cell in named:
        name, equals, value = cell.partition("=")
        if not equals or name not in ROW_FIELDS:
            faults.append(f"{where}: unknown field {cell!r}; known are {', '.join(f'{n}=' for n in ROW_FIELDS)}")
        else:
            fields[name] = value
    p = 0.5
    try:
        p = float(fields.get("p", "0.5"))
    except ValueError:
        faults.append(f"{where}: expected a number in p=, found {fields['p']!r}")
    if not 0 < p <= 1:
        faults.append(f"{where}: p= is a probability above 0 and at most 1, found {p}")
    pos = fields.get("pos", "x")
    if pos not in PARTS_OF_SPEECH:
        faults.append(f"{where}: expected pos= one of {', '.join(PARTS_OF_SPEECH)}, found {pos!r}")
        return None
    evidence = fields.get("evidence", "")
    if evidence not in ("", *EVIDENCE):
        faults.append(f"{where}: expected evidence= one of {', '.join(EVIDENCE)}, found {evidence!r}")
    if observed == intended:
        faults.append(f"{where}: {observed!r} stands for itself; remove the row")
    for what, text in (("observed", observed), ("intended", intended)):
        found = UNWRITABLE.search(text)
        if found:
            faults.append(f"{where}: {what} {text!r} must be text as it stands in a sentence, without {found.group()!r}")
    guards = {name: _guard(name, fields.get(name, ""), where, faults) for name in ("near", "absent")}
    return Row(observed, intended, number, p, pos, guards["near"], guards["absent"], fields.get("note", ""), evidence)


def _guard(name: str, value: str, where: str, faults: list[str]) -> tuple[str, ...]:
    """The words of a guard as tokens are known, so that *Army* finds *army*."""
    words = tuple(list_key(word) for word in value.split(",") if word.strip())
    for word in words:
        if " " in word or ";" in word:
            faults.append(f"{where}: expected single words with commas between them in {name}=, found {word!r}")
    return words


def key_of(form: str, surface: str) -> str:
    """How lists know a token: by its form, but numbers as they are written."""
    return surface.lower() if form[0] == "<" and surface[0].isdigit() else form


def list_key(text: str) -> str:
    """The key of an observed word or phrase: its tokens' keys with single blanks between."""
    document = tokenize(text)
    return " ".join(map(key_of, document.forms, document.surfaces))


class Entry(NamedTuple):
    """One observed form and one intended form, as the index gives them; a tuple, as a page takes some thousands."""

    rest: tuple[str, ...]  # keys of the tokens after the first
    observed: str  # the exact letter case that is asked for, or "" for any
    intended: str
    p: float  # P(observed | intended)
    source: str  # family/name of the list
    near: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    evidence: str = ""  # "strong", "none" or "": what the observed form says by itself
    families: tuple[tuple[str, float], ...] = ()  # each family that lists it, with its own p; () for one


def compiled_lines(lists: Iterable[WordList], is_word: Callable[[str], bool] = lambda word: True) -> Iterator[str]:
    """The lines of the compiled form of ``lists``, sorted and without duplicates: the likelier row wins.

    Of the forms that inflection generates only those stay whose words ``is_word`` knows; rows of negligible ``p`` stay in the
    sources only, as no context lifts them.  Where several families have a pair, what each says of it is noted.
    """
    best: dict[tuple[str, str, str], tuple[float, str, str]] = {}
    families: dict[tuple[str, str, str], dict[str, float]] = {}
    for word_list in lists:
        for row in word_list.rows:
            guards = ";".join(f"{n}={','.join(v)}" for n, v in (("near", row.near), ("absent", row.absent)) if v)
            for observed, intended in inflected_pairs(row.observed, row.intended, row.pos):
                written = observed == row.observed and intended == row.intended
                if not written and not all(map(is_word, [*observed.split(" "), *intended.split(" ")])):
                    continue
                exact = observed.replace("’", "'") if observed != observed.lower() else ""  # as ``Document.written`` has it
                key = (list_key(observed), intended, f"{exact}\t{guards}")
                share = row.p
                if share > best.get(key, (0.0,))[0]:
                    best[key] = (share, word_list.name, row.evidence)
                known, family = families.setdefault(key, {}), word_list.name.split("/")[0]
                known[family] = max(known.get(family, 0.0), share)
    ordered = sorted(best.items(), key=lambda item: (item[0][0].encode(), item[0]))
    for key, (p, name, evidence) in ordered:
        if p < NEGLIGIBLE:
            continue
        observed_key, intended, tail = key
        shares = families[key] if len(families[key]) > 1 else {}
        several = ";".join(f"{family}={share:.3g}" for family, share in sorted(shares.items()))
        yield f"{observed_key}\t{intended}\t{p:.3g}\t{name}\t{tail}\t{evidence}\t{several}"


class Index:
    """Substitutions by the first word of what is observed, from the lines that ``compiled_lines`` makes.

    Lines are found by bisection and read where they are asked for.  Where they begin is found in one pass over the buffer, or given.
    """

    def __init__(self, buffer: bytes | mmap.mmap, starts: Numbers | None = None, first_lines: Numbers | None = None) -> None:
        self.buffer = buffer
        self._starts, self._first_lines = starts, first_lines
        self._known: dict[str, tuple[Entry, ...]] = {}
        self._alone: dict[str, tuple[Entry, ...]] = {}
        self._lines: dict[str, Mapping[str, Sequence[str]]] = {}
        self._phrases: dict[tuple[str, str], tuple[Entry, ...]] = {}
        self._first_words: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self.starts) - 1

    def entry(self, number: int) -> tuple[str, Entry]:
        """The first token of what a line observes, and its entry; by the number of the line."""
        return read_line(_decoded(self._line(number)))

    def lines(self, numbers: Sequence[int]) -> list[str]:
        """The lines of these numbers, for less than one by one."""
        at = np.array(numbers, dtype=np.int64)
        starts, stops = self.starts[at].tolist(), (self.starts[at + 1] - 1).tolist()
        lines = [self.buffer[start:stop] for start, stop in zip(starts, stops, strict=True)]
        return _decoded(b"\n".join(lines)).split("\n") if lines else []

    def entries(self, first: str) -> tuple[Entry, ...]:
        """All entries whose observed form begins with the token key ``first``."""
        known = self._known.get(first)
        if known is None:
            if len(self._known) > CACHED:
                self._known.clear()
            known = self._known[first] = (*self.words(first), *(e for second in self.seconds(first) for e in self.phrases(first, second)))
        return known

    def words(self, first: str) -> tuple[Entry, ...]:
        """The entries whose observed form is the one token ``first``."""
        known = self._alone.get(first)
        return self._read(first)[0] if known is None else known

    def seconds(self, first: str) -> Mapping[str, Sequence[str]]:
        """The tokens that follow ``first`` in observed forms, as the keys of a mapping."""
        known = self._lines.get(first)
        return self._read(first)[1] if known is None else known

    def phrases(self, first: str, second: str) -> tuple[Entry, ...]:
        """The entries whose observed form begins with the tokens ``first`` and ``second``."""
        known = self._phrases.get((first, second))
        if known is None:
            if len(self._phrases) > CACHED:
                self._phrases.clear()
            known = self._phrases[first, second] = tuple(map(_entry, self.seconds(first).get(second, ())))
        return known

    def _read(self, first: str) -> tuple[tuple[Entry, ...], Mapping[str, Sequence[str]]]:
        """Find the lines of ``first``, those of one token apart from those of several."""
        if len(self._alone) > CACHED:
            self._alone.clear()
            self._lines.clear()
        alone: list[Entry] = []
        seconds: dict[str, list[str]] = {}
        size = len(first)
        for line in self._between(first + "\t", first + "!"):  # a tab or a blank follows, and nothing lies between these and "!"
            if line.startswith("\t", size):
                alone.append(_entry(line))
            else:
                second = line[size + 1 :].partition("\t")[0].partition(" ")[0]
                seconds.setdefault(second, []).append(line)
        self._lines[first], self._alone[first] = seconds, tuple(alone)
        return tuple(alone), seconds  # not from the caches, which another thread may clear

    def first_words(self, beginning: str) -> tuple[str, ...]:
        """The distinct first words of all that is observed, of those that start with ``beginning``; sorted by their bytes."""
        known = self._first_words.get(beginning)
        if known is None:
            first, last = self._numbers(beginning, beginning + "\U0010ffff")
            lines = self.first_lines
            numbers = lines[np.searchsorted(lines, first) : np.searchsorted(lines, last)].tolist()
            heads = (_decoded(self._line(number)).partition("\t")[0].partition(" ")[0] for number in numbers)
            known = self._first_words[beginning] = tuple(heads)
        return known

    def _between(self, low: str, high: str) -> Sequence[str]:
        """The lines from ``low`` up to and without ``high``, by their bytes."""
        first, last = self._numbers(low, high)
        if first >= last:
            return []
        return _decoded(self.buffer[int(self.starts[first]) : int(self.starts[last]) - 1]).split("\n")

    def _numbers(self, low: str, high: str) -> tuple[int, int]:
        """The numbers of these lines: the first, and the one after the last."""
        wanted, beyond = low.encode("utf-8", "replace"), high.encode("utf-8", "replace")
        numbers = range(len(self))
        first = bisect_left(numbers, wanted, key=self._line)
        return first, bisect_left(numbers, beyond, lo=first, key=self._line)

    def _line(self, number: int) -> bytes:
        return self.buffer[int(self.starts[number]) : int(self.starts[number + 1]) - 1]

    @property
    def starts(self) -> Numbers:
        """Where each line begins, and one more."""
        if self._starts is None:
            data = np.frombuffer(self.buffer, dtype=np.uint8)
            ends = np.flatnonzero(data == 10)
            if len(data) and data[-1] != 10:
                ends = np.append(ends, len(data))
            self._starts = np.concatenate([[0], ends + 1])
        return self._starts

    @property
    def first_lines(self) -> Numbers:
        """The numbers of the lines at which another first word begins."""
        if self._first_lines is None:
            heads = [self._line(number).partition(b"\t")[0].partition(b" ")[0] for number in range(len(self))]
            fresh = [number for number, head in enumerate(heads) if not number or head != heads[number - 1]]
            self._first_lines = np.array(fresh, dtype=np.int64)
        return self._first_lines


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise ListError(f"{DAMAGED}, found no UTF-8 ({error}): {ADVICE}") from None


def shares_in(families: str) -> list[tuple[str, float]]:
    """P(observed | intended) by family, from the last field of a compiled line."""
    return list(map(_share, families.split(";"))) if families else []


@lru_cache(maxsize=1_000)
def _share(part: str) -> tuple[str, float]:
    """A family and its share; in the shipped lists there are some 800 of them."""
    family, share = part.split("=")
    return as_one(family), float(share)


def shares_by_family(p: str, source: str, families: str) -> dict[str, float]:
    """P(observed | intended) by family, from these fields of a compiled line."""
    return dict(shares_in(families)) or {source.split("/")[0]: float(p)}


def read_line(line: str) -> tuple[str, Entry]:
    """The first token of what a compiled line observes, and its entry."""
    return line.partition("\t")[0].partition(" ")[0], _entry(line)


def _entry(line: str) -> Entry:
    try:
        key, intended, p, source, observed, guards, evidence, families = line.split("\t")
        rest = tuple(key.split(" ")[1:])
        if not guards and not families:  # as most are
            return Entry(rest, observed, intended, float(p), as_one(source), (), (), as_one(evidence))
        named = dict(part.partition("=")[::2] for part in guards.split(";") if part)
        return Entry(
            rest, observed, intended, float(p), as_one(source),
            tuple(w for w in named.get("near", "").split(",") if w), tuple(w for w in named.get("absent", "").split(",") if w),
            as_one(evidence), tuple(shares_in(families)),
        )  # fmt: skip
    except ValueError:
        raise ListError(f"{DAMAGED}, found {line[:60]!r}: {ADVICE}") from None


DATA: Final = Path(__file__).parent / "data"
COLUMNS: Final = "substitutions.bin"  # the columns of the compiled lists, see ``templates``
# The sources of the compiled lists: installed with the package, and at the top of a source tree, where a link leads there; an unpacked
# sdist has no link, nor has a checkout on a system without them.
_SOURCES: Final = (DATA.parent / "wordlists", DATA.parent.parent.parent / "wordlists")
SOURCES: Final = next(filter(Path.is_dir, _SOURCES), _SOURCES[0])


@contextmanager
def package_file(name: str) -> Iterator[Path]:
    """The path of a file in ``data/``; ``ModelError`` where the block finds it missing or damaged."""
    path = DATA / name
    try:
        yield path
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: missing or damaged ({type(error).__name__}: {error}): reinstall spinfix") from None


def mapped(path: Path) -> mmap.mmap:
    """The file at ``path`` as a read-only map."""
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@cache
def shipped_lines() -> mmap.mmap:
    """The lines of the compiled lists."""
    with package_file("substitutions.tsv") as path:
        return mapped(path)


@cache
def shipped_arrays() -> tuple[Arrays, Mapping[str, Any]]:
    """What was worked out ahead about these lines, and what it was made with."""
    return opened(DATA / COLUMNS)


def shipped_columns() -> Arrays:
    """What was worked out ahead about the lines of the lists of the package; empty where it belongs to other lines.

    In a checkout the lists may have been compiled without it.
    """
    columns, facts = shipped_arrays()
    return columns if facts.get("size") == len(shipped_lines()) else {}


@cache
def shipped_index() -> Index:
    """The compiled lists of the package, opened on first use."""
    columns = shipped_columns()
    return Index(shipped_lines(), columns.get("starts"), columns.get("first_lines"))
