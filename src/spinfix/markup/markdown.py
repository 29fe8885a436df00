"""Markdown: CommonMark with tables, strikethrough and front matter, by markdown-it-py.

The parser places blocks by line and inline content not at all, so its inline rules are watched at their work: each says from where
to where it read.  What cannot be found again in the file, character by character, is not taken for prose.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from ..records import Span
from . import html, markdown_blocks
from .view import IDENTIFIER_SOURCE, Builder, Shown, View

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINE: Final = re.compile(r"\r\n?|\n")
_BAR: Final = re.compile(r"(?<!\\)\|")
_FRONT_MATTER: Final = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n?|\n)(.*?(?:\r\n?|\n))??(?:\1|\.\.\.)[ \t]*(?=\r|\n|\Z)", re.DOTALL)
_KEY: Final = re.compile(r"\s*(?:[\w-]+\s*[:=]|#)")
# Keys of front matter whose values are written for readers.
_ENTRY: Final = re.compile(
    r"^(?:title|subtitle|headline|description|summary|excerpt|abstract|subject|tagline|lead|intro|caption)[ \t]*[:=][ \t]+"
    r"(?:'([^'\r\n]*)'|\"([^\"\\\r\n]*)\"|([^\s'\"\[{&*!|>%@`#][^\r\n#]*?))[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
_LONG_ENTRY: Final = re.compile(  # over several lines: what is indented behind > or |
    r"^(?:title|subtitle|description|summary|excerpt|abstract|lead|intro|caption)[ \t]*:[ \t]+[>|][+-]?[ \t]*\r?\n"
    r"(?:[ \t]*\r?\n)*[ \t]+([^\s][^\n]*\n(?:[ \t]+[^\s][^\n]*\n|[ \t]*\r?\n)*)",
    re.MULTILINE | re.IGNORECASE,
)
_LABEL: Final = re.compile(r"(\[\[[^\]\n|]+\|)([^\]\n]+)\]\]")  # of a wiki link that has one
# What dialects add to CommonMark.
_OPAQUE: Final = re.compile(
    r"""
      \$\$[\s\S]{1,2000}?\$\$ | (?<![\\\w$])\$(?![\s$])[^$\n]{0,300}?(?<![\s\\])\$(?![\w$]) # formulas
    | \\\\\([\s\S]{1,2000}?\\\\\) | \\\\\[[\s\S]{1,2000}?\\\\\]
    | \[-?@[^\]]{0,300}\] | \[\^[^\]\s]{1,100}\]:?                                    # citations, footnotes
    | \{[ ]*(?:[:\#.]|[\w-]+=)[^{}\n]{0,300}\} | \{[\w:+-]+\}(?=`)                     # attributes, roles
    | \\begin\{(?P<env>\w+\*?)\}[\s\S]{0,2000}?\\end\{(?P=env)\}                                 # what LaTeX makes of it
    | ^(?:import\b[^\n]*['"][^'"\n]+['"];?[ ]*|export[ ](?:const|let|var|default|function|async|class)\b[^\n]*)$
    | \{/\*[\s\S]{0,2000}?\*/\}
    | ^[ ]*(?::::|!!!|\?\?\?|\[TOC\]|<<<|%%).*$                                       # containers and directives
    | \[\[[^\]\n]{0,300}\]\] | (?<![\w:]):[a-z0-9_+-]+:(?!\w) | ^\[[ xX]\](?=\s)      # wiki links, emoji, tasks
    | \[![\w-]+\]
    |"""
    + IDENTIFIER_SOURCE.replace(".{0,300}?", r"[\s\S]{0,300}?"),
    re.VERBOSE | re.MULTILINE,
)
# A line of tables that hang together by their columns, as Pandoc knows them; a word of another length would break them.
_BORDER: Final = re.compile(r"^[ ]*(?:\+(?:[-=:]+\+)+|-{2,}(?:[ ]+-{2,})+)[ ]*\r?$", re.MULTILINE)
_LINES: Final = re.compile(r"(?:^[ \t\r]*+[^\s][^\n]*(?:\n|\Z))+", re.MULTILINE)  # without a blank one between them
_TAG: Final = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_RISKY: Final = re.compile(r"([`*_\[\]<>#~$])")


def view(text: str) -> View:
    """The view of a Markdown file."""
    builder = Builder(text)
    at = front_matter(text, builder)
    lines = [at, *(m.end() for m in _LINE.finditer(text, at)), len(text), len(text)]
    tables = [Span(*m.span()) for m in _LINES.finditer(text, at) if _BORDER.search(text, *m.span())] if _BORDER.search(text, at) else []
    parser, found = _watched_parser()
    row, cells = -1, iter(list[Span]())  # the row of a table and its cells still to come
    before = ""
    tokens = parser.parse(text[at:])
    inline = iter(found)
    for token in tokens:
        records = next(inline) if token.type == "inline" else []
        if token.map is not None and token.type == "inline":
            first, last = token.map
            if before in ("th_open", "td_open"):
                if first != row:
                    row, cells = first, _cells(text, lines[first], lines[first + 1])
                cell = next(cells, None)
                where = [cell] if cell is not None else []
            else:
                where = [Span(lines[k], lines[k + 1]) for k in range(first, last)]
            table = bisect_right(tables, lines[first], key=lambda t: t.start) - 1
            placed = [] if table >= 0 and lines[first] < tables[table].end else _placed(text, token.content, where)
            if placed:
                _Inline(token.content, records, placed, builder).read()
        elif token.map is not None and token.type == "html_block":
            start, end = lines[token.map[0]], lines[token.map[1]]
            if text[start:end].rstrip() == token.content.rstrip():
                html.read(text, start, end, builder)
        before = token.type
        builder.block()
    return builder.view(escape)


def escape(words: str) -> str | None:
    """``words`` as Markdown that shows them."""
    return None if "\\" in words or "|" in words or "&" in words else _RISKY.sub(r"\\\1", words)


def front_matter(text: str, builder: Builder) -> int:
    """Read the front matter; where the document begins after it."""
    match = _FRONT_MATTER.match(text)
    if match is None or not _KEY.match(match[2] or ""):
        return 0
    entries = [e.span(next(g for g in (1, 2, 3) if e[g] is not None)) for e in _ENTRY.finditer(text, *match.span(2))]
    entries += [(e.start(1), e.start(1) + len(e[1].rstrip())) for e in _LONG_ENTRY.finditer(text, *match.span(2))]
    for start, end in sorted(entries):
        builder.prose(start, end, strict=True)
        builder.block()
    return match.end()


def _cells(text: str, start: int, end: int) -> Iterator[Span]:
    """The cells of a row of a table, in order."""
    end = start + len(text[start:end].rstrip())
    bars = [start - 1, *(m.start() for m in _BAR.finditer(text, start, end)), end]
    if len(bars) > 2 and not text[start : bars[1]].strip(" \t>"):
        del bars[0]
    return (Span(left + 1, max(left + 1, right)) for left, right in pairwise(bars))


def _placed(text: str, content: str, where: Sequence[Span]) -> list[tuple[int, int]]:
    """For each line of ``content`` where it begins there, and where in the file; nothing if it is not found again in the file."""
    placed = []
    at = 0
    for number, line in enumerate(content.split("\n")):
        bare = line.strip()
        if number >= len(where):
            return []
        start, end = where[number].start, where[number].end
        found = text.rfind(bare, start, end)
        if found < 0 or text[found + len(bare) : end].strip(" \t\r\n#\""):  # what closes a heading, or the title of a note
            return []
        placed.append((at + len(line) - len(line.lstrip()), found))
        at += len(line) + 1
    return placed


@dataclass(frozen=True, slots=True)
class _Found:
    """What an inline rule read, ``content[start:end]``, and the tokens that it made of it, each with its text at that time."""

    rule: str  # empty for a stretch of text with rules at work in it
    start: int
    end: int
    tokens: Sequence[tuple[Token, str]]


class _Inline:
    """The inline content of one block."""

    def __init__(self, content: str, found: Sequence[_Found], placed: Sequence[tuple[int, int]], builder: Builder) -> None:
        self._content, self._placed, self._builder = content, placed, builder
        self._found = sorted(found, key=lambda f: (f.start, -f.end))  # what lies inside comes after what it lies in
        # for each character what becomes of it, which finding says so, and what is shown
        self._painted: list[tuple[Shown, int, str]] = [(Shown.AS_IS, 0, "")] * len(content)

    def read(self) -> None:
        """Say to the builder what is prose."""
        for number, each in enumerate(self._found, 1):
            for start, end, shown, prose in self._pieces(each):
                self._paint(start, end, shown, number, prose)
        self._paint_code()
        for match in _OPAQUE.finditer(self._content):
            if self._painted[match.start()][0] in (Shown.AS_IS, Shown.CHARACTER):
                label = None if self._content.startswith("!", match.start() - 1) else _LABEL.fullmatch(match[0])
                if label:
                    self._paint(match.start(), match.start() + label.end(1), Shown.MARK, -match.start() - 1)
                    self._paint(match.end() - 2, match.end(), Shown.MARK, -match.end())
                else:
                    self._paint(match.start(), match.end(), Shown.OPAQUE, -match.start() - 1)
        at = 0
        while at < len(self._content):
            end = at + 1
            while end < len(self._content) and self._painted[end] == self._painted[at]:
                end += 1
            self._say(at, end)
            at = end

    def _paint(self, start: int, end: int, shown: Shown, number: int, prose: str = "") -> None:
        self._painted[start:end] = [(shown, number, prose)] * (end - start)

    def _pieces(self, each: _Found) -> Iterator[tuple[int, int, Shown, str]]:
        """What becomes of that which one rule read."""
        start, end = each.start, each.end
        made, shown = each.tokens[-1] if each.tokens else (None, "")
        match each.rule:
            case "":
                label = self._content[end : end + 3]  # a label that is its own target must stay
                is_target = (start > 0 and self._content[start - 1] == "[" and not label.startswith(("](", "]["))) or label == "][]"
                yield start, end, Shown.OPAQUE if is_target else Shown.AS_IS, ""
            case "newline":
                yield start, end, Shown.BREAK if made and made.type == "hardbreak" else Shown.BLANK, ""
            case "escape" | "entity" if made is not None:
                if made.type == "hardbreak":
                    yield start, end, Shown.BREAK, ""
                elif shown != self._content[start:end]:
                    yield start, end, Shown.CHARACTER, shown
            case "emphasis" | "strikethrough":
                for a, b, is_mark in _delimiters(each):
                    yield a, b, Shown.MARK if is_mark else Shown.AS_IS, ""
            case "backticks":
                yield start, end, Shown.OPAQUE if made and made.type == "code_inline" else Shown.AS_IS, ""
            case "link":
                yield start, end, Shown.MARK, ""
            case "html_inline":
                tag = _TAG.match(self._content, start)
                yield start, end, Shown.BREAK if tag and tag[2].lower() == "br" else Shown.MARK, ""
            case "image" | "autolink":
                yield start, end, Shown.OPAQUE, ""

    def _paint_code(self) -> None:
        """Paint what stands in tags of code."""
        opened: list[tuple[str, int]] = []
        for each in self._found:
            tag = _TAG.match(self._content, each.start) if each.rule == "html_inline" else None
            if tag is None or tag[2].lower() not in html.NO_PROSE:
                continue
            if not tag[1]:
                opened.append((tag[2].lower(), each.start))
            elif opened and opened[-1][0] == tag[2].lower():
                start = opened.pop()[1]
                self._paint(start, each.end, Shown.OPAQUE, -start - 1)
        if opened:  # never closed
            self._paint(opened[0][1], len(self._content), Shown.OPAQUE, -opened[0][1] - 1)

    def _say(self, at: int, end: int) -> None:
        shown, _, prose = self._painted[at]
        start, last = self._in_file(at), self._in_file(end - 1) + 1
        match shown:
            case Shown.AS_IS:
                self._builder.prose(start, last)
            case Shown.CHARACTER:
                self._builder.character(start, last, prose)
            case Shown.BLANK | Shown.BREAK:
                last = self._in_file(end) if end < len(self._content) else last
                (self._builder.blank if shown is Shown.BLANK else self._builder.forced_break)(start, last)
            case Shown.OPAQUE:
                self._builder.opaque(start, last)
            case Shown.MARK if self._content.startswith("<!--", at):
                self._builder.comment(start, last)

    def _in_file(self, offset: int) -> int:
        """Where in the file the character ``offset`` of the content stands."""
        here, there = self._placed[max(bisect_right(self._placed, offset, key=lambda p: p[0]) - 1, 0)]
        return there + offset - here


def _delimiters(each: _Found) -> Iterator[tuple[int, int, bool]]:
    """The delimiters of a run, from the first to the last, and whether each found its partner; one that did not is still text."""
    run: list[tuple[int, str]] = []
    at = each.end
    for token, shown in reversed(each.tokens):
        at -= len(shown)
        if at < each.start:
            break
        run.append((at, token.type))
    run.reverse()
    for k, (start, kind) in enumerate(run):
        end = run[k + 1][0] if k + 1 < len(run) else each.end
        # of the two delimiters of strong emphasis the inner one becomes the tag
        doubled = (k + 1 < len(run) and run[k + 1][1] == "strong_open") or (k > 0 and run[k - 1][1] == "strong_close")
        yield start, end, kind != "text" or doubled


def _watched_parser() -> tuple[MarkdownIt, list[list[_Found]]]:
    """A parser, and the list that will hold what its inline rules find, an item for each inline token, in order."""
    from markdown_it import MarkdownIt
    from markdown_it.parser_inline import ParserInline

    found: list[list[_Found]] = []
    at_work: list[list[_Found]] = []  # the innermost last: the text of an image is parsed while its block is

    class Watched(ParserInline):
        def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
            at_work.append([])
            try:
                made: list[Token] = super().parse(src, md, env, tokens)
                return made
            finally:
                done = at_work.pop()
                if not at_work:
                    found.append(done)

        def tokenize(self, state: Any) -> None:
            at_work[-1].append(_Found("", state.pos, state.posMax, ()))
            super().tokenize(state)

    def watched(name: str, rule: Callable[[Any, bool], bool]) -> Callable[[Any, bool], bool]:
        def run(state: Any, silent: bool) -> bool:
            start, before = state.pos, len(state.tokens)
            done = rule(state, silent)
            if done and not silent:
                at_work[-1].append(_Found(name, start, state.pos, [(token, token.content) for token in state.tokens[before:]]))
            return done

        return run

    parser = MarkdownIt("commonmark")
    parser.inline = Watched()
    parser.enable(["table", "strikethrough"])
    markdown_blocks.add_to(parser)
    ruler = parser.inline.ruler
    for name, rule in zip(ruler.get_active_rules(), list(ruler.getRules("")), strict=True):
        if name != "text":
            ruler.at(name, watched(name, rule))
    return parser, found
