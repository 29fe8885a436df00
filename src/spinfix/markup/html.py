"""HTML, by the standard library's tokenizer: it never refuses a page and gives the place of every tag."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

from ..errors import MarkupError
from .view import Builder, View

# Elements whose content is no prose.
NO_PROSE: Final = frozenset(
    "code kbd samp var pre tt xmp listing plaintext script style textarea template math svg canvas object iframe noembed select "
    "datalist audio video applet map address sup sub".split()
)
# Elements inside a sentence; all others end one.
_INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big blink br cite code data del dfn em font i img input ins kbd label mark math nobr object q rp rt "
    "ruby s samp small span strike strong sub sup svg time tt u var wbr".split()
)
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_UNENDED: Final = re.compile("<[!?/]")  # where a comment, an instruction or the end of an element begins
# Tags that never end: for each the tokenizer searches the whole rest of the page once more.  Real pages have one or two.
UNENDED_TAGS: Final = 200


def view(text: str) -> View:
    """The view of an HTML file.  ``MarkupError`` for one with more than ``UNENDED_TAGS``."""
    from .markdown import front_matter  # that of site generators; here, for Markdown reads its HTML with this module

    builder = Builder(text)
    read(text, front_matter(text, builder), len(text), builder)
    return builder.view(escape)


def escape(words: str) -> str | None:
    """``words`` as HTML that shows them."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(text: str, start: int, end: int, builder: Builder) -> None:
    """Say to ``builder`` what is prose in ``text[start:end]``."""
    # A comment that is never closed goes to the end; the tokenizer would look for its end once more at each that follows.
    closed = text.rfind("-->", start, end)
    opened = text.find("<!--", closed + 3 if closed >= 0 else start, end)
    stop = end if opened < 0 else opened
    # So it does for what else begins behind the last ">": browsers take it for a comment, or leave it out.
    unended = _UNENDED.search(text, max(start, text.rfind(">", start, stop) + 1), stop)
    stop = unended.start() if unended else stop
    _Reader(text, start, stop, builder).run()
    if stop < end:
        builder.comment(stop, end)


class _Reader(HTMLParser):
    def __init__(self, text: str, start: int, end: int, builder: Builder) -> None:
        super().__init__(convert_charrefs=False)
        self._text, self._start, self._end, self._builder = text, start, end, builder
        self._lines = [start]
        at = text.find("\n", start, end)
        while at >= 0:
            self._lines.append(at + 1)
            at = text.find("\n", at + 1, end)
        self._open: list[str] = []  # the elements around, from the outermost
        self._silent = 0  # how many of them there are down to the first whose content is no prose
        self._silent_from = 0
        self._after_break = False  # whether nothing but blanks came after a <br>
        self._unended = 0
        self._open_sections: set[str] = set()  # kinds of marked sections, by the beginning of their names, that nothing ends any more

    def run(self) -> None:
        self.feed(self._text[self._start : self._end])
        self.close()
        self._builder.block()

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def check_for_whole_start_tag(self, i: int) -> int:
        """Where the tag at ``i`` ends, -1 if it never does: the tokenizer's own search, with a bound to how often it is in vain."""
        found: int = super().check_for_whole_start_tag(i)
        self._unended += found < 0
        if self._unended > UNENDED_TAGS:
            raise MarkupError(f"expected html, found {self._unended} tags that never end; to take it for text, say markup: plain")
        return found

    def _tag_end(self, at: int) -> int:
        end = self._text.find(">", at, self._end)
        return self._end if end < 0 else end + 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = self._at()
        end = at + len(self.get_starttag_text() or "")
        if tag in _VOID:
            self._void(tag, at, end)
            return
        self._open.append(tag)
        if self._silent:
            return
        if not _is_inline(tag):
            self._builder.block()
        self._after_break = self._after_break and _is_inline(tag)
        if tag in NO_PROSE or _is_foreign(attrs):
            self._silent, self._silent_from, self._after_break = len(self._open), at, False

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID or self._silent:
            self._void(tag, self._at(), self._at() + len(self.get_starttag_text() or ""))
        elif tag in ("svg", "math"):
            self._builder.opaque(self._at(), self._at() + len(self.get_starttag_text() or ""))
        else:  # `/>` means nothing on other elements
            self.handle_starttag(tag, attrs)

    def _void(self, tag: str, at: int, end: int) -> None:
        if self._silent:
            return
        if tag == "br" and not self._after_break:
            self._builder.forced_break(at, end)
            self._after_break = True
            return
        if tag == "img":
            self._builder.opaque(at, end)
        elif not _is_inline(tag) or tag == "br":
            self._builder.block()
        self._after_break = tag == "br"

    def handle_endtag(self, tag: str) -> None:
        at = self._at()
        if tag in self._open:
            while self._open.pop() != tag:
                pass
            if self._silent > len(self._open):
                self._silent = 0
                if _is_inline(tag):
                    self._builder.opaque(self._silent_from, self._tag_end(at))
        if not self._silent and not _is_inline(tag):
            self._builder.block()
        self._after_break = self._after_break and _is_inline(tag)

    def handle_data(self, data: str) -> None:
        at = self._at()
        if self._silent or self._text[at : at + len(data)] != data:
            return
        self._after_break = self._after_break and data.isspace()
        self._builder.prose(at, at + len(data))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, source: str) -> None:
        at = self._at()
        if self._silent:
            return
        end = at + len(source)
        if self._text[end : end + 1] == ";" and end < self._end:
            end += 1
        shown = unescape(self._text[at:end])
        if shown == self._text[at:end]:
            self._builder.prose(at, end)
        else:
            self._builder.character(at, end, shown)
        self._after_break = self._after_break and shown.isspace()

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """As the base class does, which gives up on sections that there are none of (``<![a ``): browsers take them for comments."""
        place = self.lineno, self.offset
        kind = self.rawdata[i + 3 : i + 5].lower()
        if kind in self._open_sections:
            return -1
        try:
            end = super().parse_marked_section(i, report)
            if end < 0:
                self._open_sections.add(kind)
            return end
        except AssertionError:
            self.lineno, self.offset = place  # it had gone on to what it could not read
            return self.parse_bogus_comment(i)

    def handle_comment(self, data: str) -> None:
        at = self._at()
        self._builder.comment(at, min(self._end, at + len(data) + len("<!---->")))


def _is_inline(tag: str) -> bool:
    """Whether an element stands inside a sentence; those that word processors add do (``<o:p>``, ``<st1:place>``)."""
    return tag in _INLINE or ":" in tag


def _is_foreign(attrs: list[tuple[str, str | None]]) -> bool:
    """Whether an element says that its content is not to be touched, or in another language."""
    given = {name: (value or "").lower() for name, value in attrs}
    lang = given.get("lang", "en") or "en"
    return given.get("translate") == "no" or "notranslate" in given.get("class", "").split() or not lang.startswith("en")
