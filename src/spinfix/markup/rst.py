"""reStructuredText, by tree-sitter and its grammar for it: nodes with exact places, and no text it refuses.

The cells of tables are left alone, for a word of another length would break their borders; so is what the grammar does not
understand.  What stands in a directive is parsed anew, without its indentation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, Final

from ..errors import MarkupError
from ..records import Span
from .view import Builder, View

# Directives whose content is prose, and those of them whose argument is none.
_PROSE_DIRECTIVES: Final = frozenset(
    "note warning tip important hint caution danger error attention seealso admonition topic sidebar epigraph highlights pull-quote "
    "container compound rubric versionadded versionchanged versionremoved deprecated figure only todo centered glossary hlist tip "
    "list-table tab tab-item card grid grid-item dropdown details".split()
)
_ARGUMENT_IS_NO_PROSE: Final = frozenset("figure container only hlist glossary list-table grid".split())
# Directives that describe a thing of a program, in whatever language (py:function): what stands up to the first blank line is code.
_DESCRIPTIONS: Final = frozenset(
    "function class method attribute data exception module option envvar confval cmdoption describe object decorator property type "
    "classmethod staticmethod decoratormethod macro struct enum enumerator member var namespace concept union directive role".split()
)
# Fields that hold names, dates and identifiers.
_NO_PROSE_FIELD: Final = re.compile(
    r"(?:authors?|date|version|revision|organi[sz]ation|contact|status|copyright|address|orphan|license|r?type|vartype|meta|tocdepth"
    r"|nosearch|no-search|home-?page|url|download)\b",
    re.IGNORECASE,
)
_BLOCKS: Final = frozenset(
    "document section body bullet_list enumerated_list list_item definition_list definition block_quote field_list option_list "
    "description line_block footnote option_list_item ERROR".split()
)
_LINES: Final = frozenset("paragraph title term line attribution".split())
_TEXT_ROLES: Final = frozenset(":ref: :doc: :any: :numref: :term: :download: :guilabel:".split())
# An escaped character, and marks that the grammar took for text, which docutils might not.
_ESCAPE: Final = re.compile(r"\\(\s|\S)|[*`|]+|(?<=\w)_+(?!\w)")
_LABELLED: Final = re.compile(r"(`)([^<`]*[^<`\s])\s*<[^>]*>`")
# Names by which a text refers to its titles and terms, which must stay as they are for that.
_REFERENCE: Final = re.compile(
    r"`[^`<]*<([^`<>]+)_>`_|:(?:term|ref|any):`(?:[^`<]*<)?([^`<>]+)>?`|(?<!:)`([^`<>]+)`_(?!_)"
    r"|(?<![\w`.+:-])([^\W_]+(?:[-._+:][^\W_]+)*+)_(?!\w)"
)
_BORDER: Final = re.compile(r"[ \t]*=+(?:[ \t]+=+)+[ \t]*\Z")
_GRID: Final = re.compile(r"[ \t]*\+[-=+]+\+[ \t]*\Z")
_BLANK_LINE: Final = re.compile(r"[ \t]*(?:[-*+•]|\w{1,9}[.)]|#\.|\.\.)[ \t]|[ \t]*\Z")  # or one at which an item begins
_AFTER_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n\s*(?=\S)")
_MARK: Final = re.compile(r"[*`|]|(?<=\w)_+(?!\w)")
# For every mark that is never closed the grammar reads its paragraph to the end.  The longest paragraphs of real pages have some dozens.
MARKED: Final = 1000
WORD: Final = 500  # characters without a blank; the grammar reads a word anew at each bracket, hyphen and colon in it
BLANK: Final = 2  # lines in a row; more say nothing that these do not
# Levels of indentation; the grammar's own scanner goes astray after a hundred, and comes to no end.
NESTED: Final = 50
_RISKY: Final = re.compile(r"([*`|\\]|(?<=\w)_(?!\w))")


def view(text: str) -> View:
    """The view of a reStructuredText file.  ``MarkupError`` for one with more than ``NESTED`` levels of indentation."""
    builder = Builder(text)
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\r\n]*(?:\r\n?|\n|\Z)", text) if m[0]]
    if _depth(text, lines) > NESTED:
        raise MarkupError(f"expected rst, found more than {NESTED} levels of indentation; to take it for text, say markup: plain")
    source = _Source(text, list(_without_gaps(text, _bearable(text, lines))))
    names = frozenset(_name(next(filter(None, match.groups()))) for match in _REFERENCE.finditer(text))
    _Reader(source, builder, names).read()
    return builder.view(escape)


def escape(words: str) -> str | None:
    """``words`` as reStructuredText that shows them."""
    return _RISKY.sub(r"\\\1", words)


def _name(words: str) -> str:
    """Words as names are compared."""
    return " ".join(words.split()).lower()


def _depth(text: str, lines: Sequence[Span]) -> int:
    """How many lines of growing indentation stand above one another at most, as blocks nest."""
    deepest, indents = 0, [-1]
    for line in lines:
        shown = text[line.start : line.end]
        bare = shown.lstrip(" \t")
        if bare.strip():
            indent = len(shown) - len(bare)
            while indents[-1] >= indent:
                indents.pop()
            indents.append(indent)
            deepest = max(deepest, len(indents) - 2)
    return deepest


def _without_gaps(text: str, lines: Iterable[Span]) -> Iterator[Span]:
    """The lines, less of those blank ones that have ``BLANK`` of them before: the grammar's time grows with the square of their number."""
    blank = 0
    for line in lines:
        blank = 0 if text[line.start : line.end].strip() else blank + 1
        if blank <= BLANK:
            yield line


def _bearable(text: str, lines: Sequence[Span]) -> Iterator[Span]:
    """The lines, but for empty ones in place of those of a paragraph with ``MARKED`` marks or a longer ``WORD``, which is left alone."""
    paragraph: list[Span] = []
    marks = 0
    for line in [*lines, Span(len(text), len(text))]:
        shown = text[line.start : line.end].rstrip("\r\n")
        if _BLANK_LINE.match(shown):
            yield from paragraph if marks < MARKED else (Span(each.start, each.start) for each in paragraph)
            paragraph, marks = [], 0
        paragraph.append(line)
        marks += sum(1 for _ in _MARK.finditer(shown)) + MARKED * any(len(word) > WORD for word in shown.split())
    yield from paragraph[:-1]


@cache
def _language() -> Any:
    from tree_sitter import Language
    from tree_sitter_rst import language

    return Language(language())


class _Source:
    """Lines of a file, without what stands before and after them there, and the way from their bytes back to the file."""

    def __init__(self, text: str, lines: Sequence[Span]) -> None:
        self.text, self.lines = text, lines
        self.source = "".join(self._line(span) for span in lines)
        self._starts = [0, *accumulate(len(self._line(span)) for span in lines)]
        self.data = self.source.encode("utf-8", "replace")
        # for each character its first byte; nothing where that is the character's own number
        self._bytes = [] if len(self.data) == len(self.source) else [0, *accumulate(len(c.encode("utf-8", "replace")) for c in self.source)]

    def _line(self, span: Span) -> str:
        return self.text[span.start : span.end].rstrip("\r\n") + "\n"

    def here(self, byte: int) -> int:
        """The character of ``source`` that begins at a byte."""
        return bisect_right(self._bytes, byte) - 1 if self._bytes else byte

    def there(self, here: int) -> int:
        """Where in the file a character of ``source`` stands."""
        number = min(max(bisect_right(self._starts, here) - 1, 0), len(self.lines) - 1)
        span = self.lines[number]
        return min(span.start + here - self._starts[number], span.end)

    def indented(self, start: int, end: int) -> _Source:
        """The lines from ``start`` to ``end`` of ``source``, without the indentation that those after the first share."""
        first = bisect_right(self._starts, start) - 1
        last = max(bisect_right(self._starts, max(end - 1, start)) - 1, first)
        head = Span(self.there(start), self.lines[first].end)
        rest = self.lines[first + 1 : last + 1]
        bodies = [self.text[s.start : s.end] for s in rest]
        indents = [len(body) - len(body.lstrip(" \t")) for body in bodies if body.strip()]
        cut = min(indents, default=0)
        return _Source(self.text, [head, *(Span(min(s.start + cut, s.end), s.end) for s in rest)])


class _Reader:
    def __init__(self, source: _Source, builder: Builder, names: frozenset[str], depth: int = 0) -> None:
        self._source, self._builder, self._names, self._depth = source, builder, names, depth
        self._tables = list(_tables(source.source))

    def read(self) -> None:
        """Say to the builder what is prose."""
        from tree_sitter import Parser

        self._block(Parser(_language()).parse(self._source.data).root_node)

    def _span(self, node: Any) -> tuple[int, int]:
        return self._source.here(node.start_byte), self._source.here(node.end_byte)

    def _shown(self, node: Any) -> str:
        start, end = self._span(node)
        return self._source.source[start:end]

    def _block(self, node: Any) -> None:
        for child in node.children:
            kind = child.type
            if kind in _LINES:
                if kind not in ("title", "term") or _name(self._shown(child)) not in self._names:
                    self._lines(child)
                if kind == "title":  # a line under it that is shorter is none to docutils, or a warning
                    (start, end), lines = self._span(child), [c for c in node.children if c.type == "adornment"]
                    size = min((len(self._shown(line)) for line in lines), default=end - start)
                    self._builder.room(self._source.there(start), self._source.there(end - 1) + 1, max(size, end - start))
            elif kind in _BLOCKS:
                self._block(child)
            elif kind == "field":
                name = next((self._shown(c) for c in child.children if c.type == "field_name"), "")
                if not _NO_PROSE_FIELD.match(name):
                    for body in (c for c in child.children if c.type == "field_body"):
                        self._block(body)
            elif kind == "directive":
                self._directive(child)
            elif kind == "comment":
                start, end = self._span(child)
                self._builder.comment(self._source.there(start), self._source.there(end))
            self._builder.block()

    def _directive(self, node: Any) -> None:
        parts = {child.type: child for child in node.children}
        if "type" not in parts or "body" not in parts or self._depth > 20:
            return
        name = self._shown(parts["type"])
        if name.rpartition(":")[2] in _DESCRIPTIONS:
            start, end = self._span(parts["body"])
            if described := _AFTER_BLANK_LINE.search(self._source.source, start, end):
                self._read(described.end(), end)
            return
        if name not in _PROSE_DIRECTIVES:
            return
        inner = {child.type: child for child in parts["body"].children}
        if "options" in inner or name in _ARGUMENT_IS_NO_PROSE:
            pieces = [inner.get("arguments") if name not in _ARGUMENT_IS_NO_PROSE else None, inner.get("content")]
        else:
            pieces = [parts["body"]]
        for piece in pieces:
            if piece is not None:
                self._read(*self._span(piece))

    def _read(self, start: int, end: int) -> None:
        """Read what stands in a directive."""
        _Reader(self._source.indented(start, end), self._builder, self._names, self._depth + 1).read()
        self._builder.block()

    def _lines(self, node: Any) -> None:
        start, end = self._span(node)
        if any(table.start < end and start < table.end for table in self._tables):
            return
        at = start
        for child in node.children:
            if child.type == "text":
                continue
            child_start, child_end = self._span(child)
            self._prose(at, child_start)
            self._inline(child, child_start, child_end)
            at = child_end
        self._prose(at, end)

    def _inline(self, node: Any, start: int, end: int) -> None:
        there = self._source.there
        shown = self._source.source[start:end]
        if node.type in ("emphasis", "strong"):
            width = 1 if node.type == "emphasis" else 2
            self._prose(start + width, end - width)
        elif node.type == "::":
            self._builder.character(there(start), there(end), ":")
        elif node.type in ("|", "--", "—", "---", "literal_block"):
            return
        elif (label := _LABELLED.search(shown)) and (
            node.type == "reference" or any(self._shown(c) in _TEXT_ROLES for c in node.children if c.type == "role")
        ):
            self._prose(start + label.start(2), start + label.end(2))
        else:
            self._builder.opaque(there(start), there(end))

    def _prose(self, start: int, end: int) -> None:
        """Prose of ``source``, line by line, for between the lines the file may have more than an end of line."""
        source, there = self._source.source, self._source.there
        at = start
        while at < end:
            line_end = source.find("\n", at, end)
            stop = line_end if line_end >= 0 else end
            self._line(at, stop)
            if line_end < 0:
                return
            at = line_end + 1
            while at < end and source[at] in " \t\n":
                at += 1
            self._builder.blank(there(stop), there(at))

    def _line(self, start: int, end: int) -> None:
        there = self._source.there
        at = start
        for match in _ESCAPE.finditer(self._source.source, start, end):
            self._builder.prose(there(at), there(match.start()))
            if match[1] is None:
                self._builder.opaque(there(match.start()), there(match.end() - 1) + 1)
            elif not match[1].isspace():
                self._builder.character(there(match.start()), there(match.end()), match[1])
            at = match.end()
        if at < end:
            self._builder.prose(there(at), there(end - 1) + 1)


def _tables(source: str) -> Iterator[Span]:
    """The spans of the tables, found as docutils finds them."""
    lines = source.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    at = 0
    while at < len(lines):
        first = at
        line = lines[at].rstrip("\n")
        at += 1
        if _GRID.match(line):
            while at < len(lines) and lines[at].lstrip()[:1] in ("+", "|"):
                at += 1
        elif _BORDER.match(line):
            borders = 0
            while at < len(lines):
                is_border = _BORDER.match(lines[at].rstrip("\n"))
                borders += bool(is_border)
                at += 1
                if is_border and (borders == 2 or at == len(lines) or not lines[at].strip()):
                    break
        else:
            continue
        yield Span(starts[first], starts[at])
