"""From an export of the Problematic Paper Screener to a user's own word list, with nothing lost in silence.

The Screener's fingerprints are queries of a search engine, not phrases.  Read from the CSV, two of its kind, with their answers::

    "corridor impact" AND ("magnetic" OR "voltage")      Hall effect
    "bark strategy" NOT "tree bark strategy"             kernel method?

======================  =============================================================================================
of the query            what becomes of it
======================  =============================================================================================
``"a b"``               a row for *a b*
``"a" AND "c"``         ``near=c``; a group ``("c" OR "d")`` is ``near=c,d``
``"a b" NOT "x a b"``   ``absent=x``; of another phrase its longest word that the row's own phrase has not
``"a b"~3``             the words side by side, which is less than the query finds: a remark says so
two ANDed conditions    no row: a list's guard is one of several words
======================  =============================================================================================

Guards of a list look six tokens far, the Screener's over a whole paper.  Of an answer, words in square brackets (which the phrase does
not replace) and remarks in round ones are taken off, a question mark makes a row of low ``p=``, and answers with *or* between them make
a row each.  Every departure is a ``Remark`` with its line.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from .errors import ListError
from .wordlists import UNWRITABLE, list_key

if TYPE_CHECKING:
    from _csv import Reader

SURE: Final = 0.5  # p= of an answer without a question mark: one phrase in two that the Screener lists has a rival spelling there
UNSURE: Final = 0.1  # p= of an answer with one, and of a single word without a guard, which is ordinary English
EXAMPLE_ROWS: Final = 3
_TOKEN: Final = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"(?:~(?P<slop>\d+))?|(?P<mark>[()])|(?P<word>[^\s()"]+))')
_ANSWERS: Final = re.compile(r"\s+or\s+|\s+/\s+|\s*[;|]\s*")
_EMPTY: Final = re.compile(r"[\s?.\-–—…\"'\\]*")


@dataclass(frozen=True, slots=True)
class Remark:
    """What was not taken over, or not to the letter."""

    line: int  # of the export, 1-based: where the record begins
    phrase: str  # the fingerprint as the export has it
    imported: bool  # whether there is a row for it all the same
    reason: str  # a sentence for the reader

    def __str__(self) -> str:
        return f"{self.line}: {self.phrase}: {'changed' if self.imported else 'left out'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Imported:
    """A list file made from an export, and what the export says beyond it."""

    text: str  # the list, ready to be written (UTF-8)
    records: int  # of the export
    rows: int  # of the list
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    observed: str
    intended: str
    p: float
    near: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def line(self) -> str:
        guards = [f"{name}={','.join(sorted(words))}" for name, words in (("near", self.near), ("absent", self.absent)) if words]
        return "\t".join([self.observed, self.intended, f"p={self.p:g}", *guards])


class _Untranslatable(Exception):
    """A condition that the format of lists cannot state."""


def import_screener(export: bytes, *, name: str, date: str) -> Imported:
    """The list that the CSV file ``export`` makes.

    ``name`` is that of the file and ``date`` the day it was fetched (ISO 8601); both are recorded in the list's ``source``, with the
    SHA-256 of ``export``.  Columns are known by their heads, which hold *fingerprint* or *tortured*, and *expected*; comma, semicolon
    or tab between them.  ``ListError`` where these are missing, or where no record makes a row.

    >>> made = import_screener(b'Fingerprint,Expected Text\\n"profound learning",deep learning?\\n', name="a.csv", date="2026-11-25")
    >>> made.text.splitlines()[-1]
    'profound learning\\tdeep learning\\tp=0.1'
    >>> print(made.remarks[0])
    2: profound learning: changed: the answer has a question mark, so the row weighs little
    """
    try:
        text = export.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError(f"{name}: expected UTF-8 text, found a byte that is none ({error}); save the export as UTF-8") from error
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    phrase_at, answer_at = _columns(next(_records(reader, name), []), name)
    remarks: list[Remark] = []
    rows: dict[tuple[str, str], _Row] = {}
    records, began = 0, reader.line_num + 1
    for cells in _records(reader, name):
        line, began = began, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        records += 1
        phrase, answer = (" ".join(cells[k].split()) if k < len(cells) else "" for k in (phrase_at, answer_at))
        shown = phrase if phrase.count('"') > 2 else phrase.strip('"')

        def remark(reason: str, imported: bool, line: int = line, shown: str = shown) -> None:
            remarks.append(Remark(line, shown, imported, reason))

        notes: list[str] = []
        try:
            made = list(_rows(phrase, answer, notes))
        except _Untranslatable as error:
            remark(str(error), False)
            continue
        for reason in dict.fromkeys(notes):
            remark(reason, True)
        for row in made:
            problem = _problem(row) or _added(row, rows)
            if problem:
                remark(problem, False)
    if not rows:
        first = next((f"; line {r.line}, {r.phrase}: {r.reason}" for r in remarks), "")
        raise ListError(f"{name}: expected at least one phrase that a list can hold, found none in {records} records{first}")
    digest = hashlib.sha256(export).hexdigest()
    return Imported(_written(rows, name, date, digest), records, len(rows), tuple(remarks))


def _records(reader: Reader, name: str) -> Iterator[list[str]]:
    """The records of an export; ``ListError`` for what is none."""
    began = reader.line_num + 1
    try:
        for cells in reader:
            yield cells
            began = reader.line_num + 1
    except csv.Error as error:
        raise ListError(f"{name}:{began}: expected a record in CSV: {error}; perhaps a quotation mark is not closed") from None


def _columns(head: Sequence[str], name: str) -> tuple[int, int]:
    lowered = [cell.casefold() for cell in head]
    phrases = [k for k, cell in enumerate(lowered) if "fingerprint" in cell or "tortured" in cell]
    answers = [k for k, cell in enumerate(lowered) if "expected" in cell]
    if not phrases or not answers:
        found = ", ".join(head) or "nothing"
        raise ListError(f"{name}:1: expected columns 'Fingerprint - Tortured Phrase' and 'Expected Text', found {found[:120]}")
    return phrases[0], answers[0]


# --- the fingerprint ----------------------------------------------------------------------------------------------------------------------


def _rows(query: str, answer: str, notes: list[str]) -> Iterator[_Row]:
    """The rows of one record; ``notes`` gets a sentence for all that they say otherwise than the record."""
    phrases, required, excluded = _parsed(query, notes)
    answers = list(_answers(answer, notes))
    if not answers:
        raise _Untranslatable("the record has no answer")
    for phrase in phrases:
        phrase, aside = _aside(phrase)
        groups = [*required, *([[aside]] if aside else [])]
        if aside:
            notes.append(f"“({aside})” became near={list_key(aside)}")
        near = _near(phrase, groups)
        absent = frozenset(_absent(phrase, one, notes) for one in excluded)
        for intended, p in answers:
            if " " not in phrase and not near:
                notes.append("a single word without AND is ordinary English, so the row weighs little")
                p = UNSURE
            yield _Row(phrase, intended, p, near, absent)


def _parsed(query: str, notes: list[str]) -> tuple[list[str], list[list[str]], list[str]]:
    """The phrases of a query (alternatives), what must stand beside them (all of some alternatives), and what must not."""
    tokens = list(_tokens(query.translate(str.maketrans("“”’", '""\'')), notes))
    phrases, at = _group(tokens, 0)
    required: list[list[str]] = []
    excluded: list[str] = []
    while at < len(tokens):
        operators = set()
        while at < len(tokens) and tokens[at][1] in ("AND", "NOT"):
            operators.add(tokens[at][1])
            at += 1
        if not operators:
            raise _Untranslatable(f"expected AND or NOT before “{tokens[at][0]}”")
        group, at = _group(tokens, at)
        if "NOT" in operators:
            excluded += group
        else:
            required.append(group)
    return phrases, required, excluded


def _tokens(query: str, notes: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of text and kind (``phrase``, ``(``, ``)``, ``AND``, ``OR``, ``NOT``); words outside quotation marks make phrases, too."""
    loose: list[str] = []
    at = 0
    while at < len(query.rstrip()):
        match = _TOKEN.match(query, at)
        if match is None:
            raise _Untranslatable("a quotation mark is not closed")
        at = match.end()
        word, mark = match["word"], match["mark"]
        if word is not None and word not in ("AND", "OR", "NOT"):
            loose.append(word)
            continue
        if loose and mark is None:
            yield " ".join(loose), "phrase"
            loose = []
        elif loose and mark == "(":  # "web of things (iot)" without quotation marks
            close = query.find(")", at)
            loose.append("(" + query[at : close if close >= 0 else len(query)] + ")")
            at = close + 1 if close >= 0 else len(query)
            continue
        elif loose:
            yield " ".join(loose), "phrase"
            loose = []
        if match["quoted"] is not None:
            if match["slop"]:
                notes.append(f"only where the words stand side by side, not up to {match['slop']} words apart")
            yield " ".join(match["quoted"].split()), "phrase"
        else:
            yield (word or mark, word or mark)
    if loose:
        yield " ".join(loose), "phrase"


def _group(tokens: Sequence[tuple[str, str]], at: int) -> tuple[list[str], int]:
    """One phrase, or several with OR between them in brackets (or alone in the query)."""
    bracketed = at < len(tokens) and tokens[at][1] == "("
    at += bracketed
    found: list[str] = []
    while True:
        if at >= len(tokens) or tokens[at][1] != "phrase" or not tokens[at][0]:
            raise _Untranslatable("expected a phrase, or several with OR between them, where there is none")
        found.append(tokens[at][0])
        at += 1
        if at < len(tokens) and tokens[at][1] == "OR":
            at += 1
            continue
        if bracketed:
            if at >= len(tokens) or tokens[at][1] != ")":
                raise _Untranslatable("brackets within brackets, or brackets that are not closed")
            return found, at + 1
        if len(found) > 1 and at < len(tokens):
            raise _Untranslatable("OR and other operators without brackets leave open what belongs together")
        return found, at


def _aside(phrase: str) -> tuple[str, str]:
    """A phrase without what stands in round brackets at its end, and that."""
    match = re.fullmatch(r"(.*\S)\s*\(([^()]*)\)", phrase)
    return (match[1], match[2].strip()) if match else (phrase, "")


def _near(phrase: str, required: Sequence[Sequence[str]]) -> frozenset[str]:
    if not required:
        return frozenset()
    if len(required) > 1:
        raise _Untranslatable("a list's guard can ask for one of several words, not for two things at once")
    words = frozenset(list_key(one) for one in required[0])
    for word in sorted(words):
        if " " in word or "*" in word:
            raise _Untranslatable(f"a list's guard asks for a single whole word, not for “{word}”")
        if word in list_key(phrase).split(" "):
            raise _Untranslatable(f"“{word}” is part of the phrase itself, so it guards nothing")
    return words


def _absent(phrase: str, excluded: str, notes: list[str]) -> str:
    """A word that every occurrence of ``excluded`` shows: forbidding it forbids at least what the query forbids."""
    own = list_key(phrase).split(" ")
    others = [word for word in list_key(excluded).split(" ") if word not in own and word[0].isalpha() and "*" not in word]
    if not others:
        raise _Untranslatable(f"NOT “{excluded}” cannot be asked by a word that the phrase itself has not")
    chosen = max(others, key=len)
    if len(list_key(excluded).split(" ")) > 1:
        notes.append(f"NOT “{excluded}” became absent={chosen}")
    return chosen


# --- the answer ---------------------------------------------------------------------------------------------------------------------------


def _answers(answer: str, notes: list[str]) -> Iterator[tuple[str, float]]:
    """The intended phrases of an answer, each with its ``p``."""
    text = answer.replace("\\", " ").strip()
    p = SURE
    if "?" in text:
        notes.append("the answer has a question mark, so the row weighs little")
        text, p = text.replace("?", " "), UNSURE
    bare = re.sub(r"\[[^\][]*\]", " ", text)
    if bare != text:
        notes.append("words in square brackets were taken off the answer")
    without = re.sub(r"\([^()]*\)|\([^()]*$", " ", bare)
    if without != bare:
        notes.append("a remark in brackets was taken off the answer")
    parts = [" ".join(part.split()).strip(" \"'),.:") for part in _ANSWERS.split(without)]
    parts = [part for part in parts if not _EMPTY.fullmatch(part)]
    if len(parts) > 1:
        notes.append(f"the answer names {len(parts)} phrases: a row each")
    for part in dict.fromkeys(parts):
        yield part, p


# --- the list -----------------------------------------------------------------------------------------------------------------------------


def _problem(row: _Row) -> str:
    if row.observed.casefold() == row.intended.casefold():
        return f"the phrase and its answer “{row.intended}” are the same once brackets are off"
    if row.observed.startswith("#"):
        return f"a line of a list that begins with “#” is a comment; the phrase is “{row.observed}”"
    for what, text in (("phrase", row.observed), ("answer", row.intended)):
        found = UNWRITABLE.search(text)
        if found or not any(c.isalpha() for c in text):
            sign = f"without “{found.group()}”" if found else "with letters"
            return f"a list's rows are text as it stands in a sentence, {sign}; the {what} is “{text}”"
    return ""


def _added(row: _Row, rows: dict[tuple[str, str], _Row]) -> str:
    """Puts ``row`` with the others; a sentence where that says less than both together."""
    row = replace(row, observed=row.observed.lower())
    key = (row.observed, row.intended)
    known = rows.get(key)
    if known is None or not (row.near or row.absent):
        rows[key] = row if known is None else replace(row, p=max(row.p, known.p))
        return ""
    if not (known.near or known.absent) or (known.near, known.absent) == (row.near, row.absent):
        return ""
    if known.absent == row.absent and known.near and row.near:
        rows[key] = replace(known, near=known.near | row.near, p=max(row.p, known.p))
        return ""
    return f"“{row.observed}” → “{row.intended}” stands there already with other guards, and a list holds a pair once"


def _written(rows: dict[tuple[str, str], _Row], name: str, date: str, digest: str) -> str:
    ordered = [rows[key] for key in sorted(rows)]
    free = [row for row in ordered if not row.near and not row.absent and " " in row.observed] or ordered
    step = max(len(free) // EXAMPLE_ROWS, 1)
    shown = free[::step][:EXAMPLE_ROWS]
    name, date = " ".join(name.split()), " ".join(date.split())  # each of them in one line
    spun, meant = (" and ".join(getattr(row, which) for row in shown) for which in ("observed", "intended"))
    head = [
        f"# title: Phrases from {name}",
        f"# source: the Problematic Paper Screener (Cabanac, Labbé, Magazinov), {name} of {date}, SHA-256 {digest}",
        "# license: that of the export",
        "# status: preview",
        f"# + The paper is about {spun}. => The paper is about {meant}.",
        f"# - The paper is about {meant}.",
    ]
    return "\n".join([*head, *(row.line() for row in ordered)]) + "\n"
