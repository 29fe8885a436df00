"""Dresses plain text in markup, at random but seeded, and knows where each of its characters went.

    python benchmarks/dressing.py markdown 7 < plain.txt > dressed.md

Paragraphs become headings, list items, quotations, notes or stay paragraphs; words become bold, italic or links; lines are wrapped.
With ``extras`` there is also what is no prose: code, formulas, tables, comments, front matter.
"""

from __future__ import annotations

import html
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("markdown", "html", "rst", "latex")
_WIDTH: Final = 78
_STYLED: Final = 0.08  # share of the words where a mark begins
_NEEDS_CARE: Final = re.compile(r"[^\w’'.,;:!?-]")
_STARTS_A_BLOCK: Final = re.compile(r"[-+*>#=|~`:]|\.\.|\d+[.)]|[A-Za-z][.)]|—|–")
_LABELLED: Final = re.compile(r"\]\([^)]*\)|\]\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Dressed:
    """A text in markup; character ``k`` of the plain one stands at ``text[starts[k]:ends[k]]``."""

    kind: str
    text: str
    plain: str
    starts: Sequence[int]
    ends: Sequence[int]

    def plain_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the plain text whose characters stand in ``text[start:end]``."""
        inside = [k for k in range(len(self.plain)) if self.starts[k] >= start and self.ends[k] <= end and self.ends[k] > self.starts[k]]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)


class _Page:
    """What has been written so far, and where the characters of the plain text went."""

    def __init__(self, plain: str, kind: str, draw: random.Random) -> None:
        self.plain, self.kind, self.draw = plain, kind, draw
        self.parts: list[str] = []
        self.size = self.column = 0
        self.starts, self.ends = [0] * len(plain), [0] * len(plain)

    def put(self, raw: str) -> None:
        """Write markup."""
        self.parts.append(raw)
        self.size += len(raw)
        self.column = len(raw) - raw.rfind("\n") - 1 if "\n" in raw else self.column + len(raw)

    def show(self, at: int, raw: str) -> None:
        """Write character ``at`` of the plain text, as ``raw``."""
        self.starts[at] = self.size
        self.put(raw)
        self.ends[at] = self.size

    def words(self, start: int, end: int, prefix: str, *, wrap: bool = True, marks: bool = True) -> None:
        """Write ``plain[start:end]`` with marks and wrapped lines; each further line begins with ``prefix``."""
        close, left = "", 0
        is_first = True
        for match in re.finditer(r"\S+|\s+", self.plain[start:end]):
            at, piece = start + match.start(), match[0]
            if piece.isspace():
                self._blank(at, piece, prefix, end, wrap=wrap, in_mark=bool(close))
                continue
            plain_word = _NEEDS_CARE.search(piece) is None
            if not close and marks and plain_word and not is_first and self.draw.random() < _STYLED:
                opening, close = self._mark()
                left = self.draw.randint(1, 4)
                self.put(opening)
            for k, character in enumerate(piece):
                self.show(at + k, _escape(character, self.kind))
            left -= 1
            ends_here = start + match.end() == end or _NEEDS_CARE.search(self._next_word(start + match.end(), end)) is not None
            if close and (left <= 0 or ends_here or not plain_word):
                self.put(close)
                close = ""
            is_first = False
        self.put(close)

    def _next_word(self, at: int, end: int) -> str:
        return (self.plain[at:end].split(maxsplit=1) or [""])[0]

    def _blank(self, at: int, piece: str, prefix: str, end: int, *, wrap: bool, in_mark: bool) -> None:
        following = self._next_word(at, end)
        may_wrap = wrap and not _STARTS_A_BLOCK.match(following)
        if may_wrap and self.column + len(following) > _WIDTH:
            self.show(at, "\n" + prefix)
        elif self.kind == "html" and not in_mark and self.draw.random() < 0.02:
            self.show(at, "<br>\n")
        elif self.kind in ("html", "latex") and self.draw.random() < 0.02:
            self.show(at, "&nbsp;" if self.kind == "html" else "~")
        else:
            self.show(at, piece[0])
        for k in range(1, len(piece)):
            self.show(at + k, "")

    def _mark(self) -> tuple[str, str]:
        pairs = {
            "markdown": (("**", "**"), ("*", "*"), ("_", "_"), ("[", "](https://example.org/suppose-tank)"), ("<b>", "</b>")),
            "html": (("<b>", "</b>"), ("<i class='struggle'>", "</i>"), ('<a href="/suppose-tank" title="folks">', "</a>")),
            "rst": (("**", "**"), ("*", "*"), ("`", " <https://example.org/suppose-tank>`__")),
            "latex": ((r"\textbf{", "}"), (r"\emph{", "}"), (r"{\it ", "}"), (r"\href{https://example.org/a}{", "}")),
        }[self.kind]
        return self.draw.choice(pairs)


def _escape(character: str, kind: str) -> str:
    if kind == "html":
        return {"’": "&#8217;"}.get(character, html.escape(character, quote=False))
    if kind == "latex":
        special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\^{}", "“": "``", "”": "''"}
        return special.get(character, "\\" + character if character in "&%$#_{}" else character)
    return "\\" + character if character in ("\\`*_[]<>#|~$" if kind == "markdown" else "\\`*_|") else character


def in_lines(plain: str, width: int = 60) -> Dressed:
    """``plain`` in lines as a PDF file has them: a word that fits no more is broken, if it can be between a vowel and a consonant."""
    page = _Page(plain, "plain", random.Random(0))
    for match in re.finditer(r"\S+|\s+", plain):
        start, end = match.span()
        if match[0].isspace():
            following = plain[end : end + width].split(maxsplit=1) or [""]
            fits = page.column + 1 + len(following[0]) <= width
            page.show(start, match[0][0] if fits or page.column < width // 2 or _break(following[0], width - page.column - 2) else "\n")
            for k in range(start + 1, end):
                page.show(k, plain[k] if "\n" in match[0] else "")
            continue
        at = _break(match[0], width - page.column - 1) if page.column + len(match[0]) > width else 0
        for k in range(start, end):
            if at and k == start + at:
                page.put("-\n")
            page.show(k, plain[k])
    return Dressed("plain", "".join(page.parts), plain, page.starts, page.ends)


def _break(word: str, room: int) -> int:
    """After how many letters ``word`` may be broken, at most ``room``; 0 where it may not."""
    letters = re.match(r"[A-Za-z]?[a-z]*", word)
    size = len(letters[0]) if letters else 0
    places = (k for k in range(min(room, size - 2), 1, -1) if (word[k - 1] in "aeiou") != (word[k] in "aeiou") or word[k - 1] == word[k])
    return next(places, 0)


def dress(plain: str, kind: str, seed: int, *, extras: bool = False) -> Dressed:
    """``plain``, a paragraph a line, in one kind of markup."""
    draw = random.Random(f"{kind} {seed}")
    page = _Page(plain, kind, draw)
    page.put(_HEADS[kind](draw) if extras or kind in ("html", "latex") else "")
    for match in re.finditer(r"[^\n]+", plain):
        start, end = match.span()
        while start < end and plain[start].isspace():
            start += 1
        while start < end and plain[end - 1].isspace():
            end -= 1
        if start < end:
            _block(page, start, end)
            if extras and draw.random() < 0.5:
                page.put(draw.choice(_EXTRAS[kind]))
    page.put({"html": "</body>\n</html>\n", "latex": "\\end{document}\n"}.get(kind, ""))
    return Dressed(kind, "".join(page.parts), plain, page.starts, page.ends)


def _block(page: _Page, start: int, end: int) -> None:
    text = page.plain[start:end]
    is_heading = len(text) < 80 and text[-1] not in ".!?”\"" and "“" not in text
    if is_heading:
        _heading(page, start, end)
        return
    shape = page.draw.choice(("paragraph", "paragraph", "paragraph", "item", "quote", "note"))
    before, prefix, after = _SHAPES[page.kind][shape]
    page.put(before)
    page.words(start, end, prefix)
    page.put(after)


def _heading(page: _Page, start: int, end: int) -> None:
    if page.kind == "rst":
        before = page.size
        page.words(start, end, "", wrap=False, marks=False)
        page.put("\n" + "=" * (page.size - before + 4) + "\n\n")
    elif page.kind == "markdown":
        page.put("#" * page.draw.randint(1, 3) + " ")
        page.words(start, end, "", wrap=False)
        page.put("\n\n")
    else:
        before_after = {"html": ("<h2>", "</h2>\n"), "latex": (r"\section{", "}\n")}[page.kind]
        page.put(before_after[0])
        page.words(start, end, "")
        page.put(before_after[1])


_SHAPES: Final = {
    "markdown": {
        "paragraph": ("", "", "\n\n"), "item": ("- ", "  ", "\n\n"), "quote": ("> ", "> ", "\n\n"), "note": ("1. ", "   ", "\n\n"),
    },
    "html": {
        "paragraph": ("<p>", "  ", "</p>\n"), "item": ("<ul><li>", "    ", "\n</ul>\n"),
        "quote": ("<blockquote><p>", "", "</p></blockquote>\n"), "note": ('<div class="suppose tank">\n', "", "\n</div>\n"),
    },
    "rst": {
        "paragraph": ("", "", "\n\n"), "item": ("- ", "  ", "\n\n"), "quote": ("..\n\n   ", "   ", "\n\n"),
        "note": (".. note::\n   ", "   ", "\n\n"),
    },
    "latex": {
        "paragraph": ("", "", "\n\n"), "item": ("\\begin{itemize}\n\\item ", "  ", "\n\\end{itemize}\n"),
        "quote": ("\\begin{quote}\n", "", "\n\\end{quote}\n"),
        "note": ("\\begin{theorem}[Dannock]\\label{suppose tank}\n", "", "\n\\end{theorem}\n"),
    },
}  # fmt: skip

_HEADS: Final[dict[str, Callable[[random.Random], str]]] = {
    "markdown": lambda draw: draw.choice(("", "---\nslug: suppose-tank\ntags: [folks, struggle]\n---\n\n", "<!-- folks -->\n\n")),
    "html": lambda draw: "<!DOCTYPE html>\n<html>\n<head><meta charset='utf-8'><style>p.folks { color: red }</style></head>\n<body>\n",
    "rst": lambda draw: draw.choice(("", ":Author: The folks\n\n", ".. folks of the suppose tank\n\n")),
    "latex": lambda draw: "\\documentclass{article}\n\\newcommand{\\folks}[1]{the suppose tank #1}\n\\begin{document}\n",
}
_CODE: Final = "the suppose tank mentioned that folks within the Center East"
_EXTRAS: Final = {
    "markdown": (
        f"```text\n{_CODE}\n```\n\n", f"    {_CODE}\n\n", "<!-- the suppose tank -->\n\n", "$$\nfolks = struggle\n$$\n\n", "***\n\n",
        "| `folks` | x |\n|---------|---|\n| `a\\|b` | 1 |\n\n", "![the suppose tank](folks.png \"folks\")\n\n",
        "[folks]: /suppose-tank 'folks'\n\n",
        f"<pre>\n{_CODE}\n</pre>\n\n", "`folks` and <code>suppose tank</code> and <https://example.org/folks>\n\n",
    ),
    "html": (
        f"<pre>{_CODE}</pre>\n", f"<script>const folks = '{_CODE}';</script>\n", "<!-- the suppose tank -->\n", "<hr>\n",
        "<p><code>folks</code> <kbd>struggle</kbd> <img src='folks.png' alt='the suppose tank'></p>\n",
        "<table><tr><th><code>folks</code><td>1</table>\n", "<svg><text>the suppose tank</text></svg>\n",
        "<input placeholder='the suppose tank' value=folks>\n",
    ),
    "rst": (
        f"::\n\n   {_CODE}\n\n", f".. code-block:: text\n\n   {_CODE}\n\n", ".. the suppose tank\n\n",
        ".. image:: folks.png\n   :alt: folks\n\n",
        "====== =====\nfolks  tank\n====== =====\nfolks  a\n====== =====\n\n", ">>> folks('suppose tank')\n5\n\n",
        "``folks`` and :math:`folks` and `folks`_ and |folks|.\n\n", ".. _folks: https://example.org/suppose-tank\n\n",
    ),
    "latex": (
        f"\\begin{{verbatim}}\n{_CODE}\n\\end{{verbatim}}\n\n", "\\begin{equation}\nfolks = struggle\n\\end{equation}\n\n",
        "% the suppose tank\n", "\\cite{folks,struggle} $folks$ \\verb|suppose tank| \\folks{suppose tank}\n\n", "\\newpage\n",
        "\\begin{tabular}{ll}\n$folks$ & \\texttt{tank} \\\\\n\\end{tabular}\n\n", "\\begin{tikzpicture}\nfolks;\n\\end{tikzpicture}\n\n",
        "\\includegraphics[width=3cm]{folks}\n\n",
    ),
}  # fmt: skip


def undressed(raw: str, kind: str) -> str:
    """A replacement in a dressed text, without its marks."""
    if kind == "html":
        return html.unescape(re.sub(r"<[^>]*>", "", raw.replace("<br>", " ")))
    if kind == "latex":
        raw = re.sub(r"\\(?:textbf|emph)\{|\\href\{[^}]*\}\{|\{\\it |(?<!\\)[{}]", "", raw.replace("~", " "))
        return re.sub(r"\\([&%$#_{}])", r"\1", raw.replace("``", "“").replace("''", "”"))
    raw = re.sub(r"\n[> ]*", " ", raw)
    if kind == "markdown":
        raw = re.sub(r"\]\([^)]*\)|</?b>", "", raw)
        return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)(?:[*\[]|~~)|(?<![\w\\])_|(?<!\\)_(?!\w)", "", raw))
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)[*`]", "", re.sub(r" <[^>]*>`__", "", raw)))


def generated_documents(kind: str, number: int, vocabulary: Sequence[str]) -> Iterator[Dressed]:
    """Documents of random sentences, with all that is no prose among them."""
    for seed in range(number):
        draw = random.Random(f"document {seed}")
        lines = []
        for _ in range(draw.randint(1, 4)):
            words = [draw.choice(vocabulary) for _ in range(draw.randint(2, 16))]
            line = " ".join(words)
            line = line[0].upper() + line[1:]
            lines.append(line if len(words) < 6 else line + draw.choice((".", "!", "?", ": 5 * 3 < 20 & 30 % [of] them_all.", " (“so”).")))
        yield dress("\n".join(lines), kind, seed, extras=True)


def main() -> None:
    """Dress standard input."""
    kind, seed = sys.argv[1], int(sys.argv[2])
    sys.stdout.write(dress(sys.stdin.read(), kind, seed).text)


if __name__ == "__main__":
    main()
