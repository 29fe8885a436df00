"""Text kept as it is: what comments, ``[sic]`` or settings say is never to be changed, names of persons, and what a text may mention.

``spinfix: off`` in a comment holds until ``spinfix: on``, ``spinfix: ignore`` for its line, ``spinfix: ignore-next-line`` for the
next line that is not blank.  The comment may be of any syntax, that of a template among them; in text without markup a line says so after
``#``, ``//``, ``%``, ``--``, ``;``, ``..``, ``<!--`` or ``/*``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Final

from .markup.view import Shown, View, identifiers
from .records import Span
from .text import Document, repeated_names

_DIRECTIVE: Final = re.compile(
    r"(?:(?:<!--+|/\*+|\(\*|\.\.|(?P<template>\{#|\{/\*|\{\{!--|<%--|\{%-?[ \t]*comment[ \t]*-?%\}))\s*"
    r"|(?:(?<!/)//+|--|(?<![#%;])[#%;]+|\\\"|(?P<link>\[(?://|comment)\]:[ \t]*(?:\#|<\#?>)[ \t]*[(\"']))[ \t]*)"
    r"spinfix:[ \t]*(?P<word>off|on|ignore-next-line|ignore)(?!\w|-\w)"
)
# From the end of a line: what closes a comment of several lines is not the line that is meant.
_NEXT_LINE: Final = re.compile(r"\n(?:[ \t\r]*(?:(?:--+(?:>|\}\}|%>)|\*+(?:/\}?|\))|#\}|\{%[^\n%]*%\})[ \t\r]*)?\n)*([^\n]*)")
# Who is called so once is meant by the name wherever it stands.  A name that is merely repeated is kept only where that is asked for:
# spinners repeat theirs, and on the development texts all 17 restorations of such names are right.
_FORMS_OF_ADDRESS: Final = frozenset("mr. mrs. ms. dr. prof. sen. gov. rep. capt. lt. sgt. gen. col.".split())
# A few words between quotation marks or in italics may be mentioned, not used: *suppose tank*, "suppose tank".  Longer quotations are
# somebody's sentences, which spinners change like all others.
LONGEST_MENTION: Final = 6  # words
_MENTION: Final = re.compile(  # a mark first, which is found at once
    "|".join(
        rf"{re.escape(a)}(?<![\w{a[0]}]{re.escape(a)})(?=\w)[^{re.escape(a[0] + b[0])}]{{1,60}}?(?<!\s){re.escape(b)}(?!\w)"
        for a, b in ('""', "“”", "„“", "«»", "‘’", "''", "``", "`'", ("``", "''"), "**", "__")
    )
)
_ITALICS: Final = re.compile(r"\*|_|<(?:em|i|q|cite|dfn)\b[^>]*>|\\(?:emph|textit|textsl)\s*\{", re.IGNORECASE)
_CODE: Final = re.compile(r"`(?<![`\w]`)(?=[^`\s])[^`\n]{1,200}(?<!\s)`(?![`\w])")  # as people set it off in mail, too
_COMMAND: Final = re.compile(  # what follows a prompt: $ ls, me@host:~$ ls, C:\\> dir, >>> f(x)
    r"^[ \t]*(?:(?:[\w.-]+@[\w.:~/-]+)?\$[ ](?=[a-z./~])|>>>[ ]|[A-Za-z]:\\[^\s>]*>)[^\n]*", re.MULTILINE
)
_BROKEN_ADDRESS: Final = re.compile(  # one that goes on in the next line, as in text from PDF files
    r"(?<![^\s<>\"“”’()[\]])(?:https?://|www\.)[^\s<>\"“”’()[\]]++"
    r"(?:(?<=-)\r?\n[ \t]*[\w./?=&%#~-]*\w|(?<=[/_=?&%])\r?\n[ \t]*\w+[-./_=?&%#~][\w./?=&%#~-]*\w)"
)
_TAG: Final = re.compile(  # a tag with attributes, the end of one, a comment of WordPress: of HTML that nobody said is HTML
    r"<[A-Za-z][\w:-]*(?=[^<>]{0,2000}=)(?:\s+[\w:-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))?)+\s*/?>"
    r"|</[A-Za-z][\w:-]*>|<!-- /?wp:[^<>]{0,300}-->"
)
_TEMPLATE: Final = re.compile(  # what begins code between tags of a template: {% highlight ruby %}, {{< highlight go >}}
    r"\{(?:%-?\s*|\{[<%]\s*)(highlight|codeblock|code|mermaid|graphviz|katex|math|gist|schema|javascript|style|stylesheet|css)\b"
    r"[^{}\n]{0,300}\}"
)
LONGEST_QUOTED: Final = 100  # code points of a quotation that a ``[sic]`` vouches for
_OPENS: Final = {"”": "“", '"': '"', "’": "‘", "'": "'", "»": "«", "“": "„"}
_SIC: Final = re.compile(r"[\[(]\s*sic\s*[!.]?\s*[\])]", re.IGNORECASE)


def kept_tokens(document: Document, view: View, *, quotations: bool = False, names: bool = False) -> frozenset[int]:
    """The tokens of ``document``, the prose of ``view``, that are to be kept.

    Addresses, paths, code and other identifiers are among them.  With ``quotations`` also those between quotation marks, with ``names``
    those of names that the text repeats.
    """
    spans = [view.shown(span) for span in chain(kept_spans(view), _code_of_templates(view.text))]
    if view.is_plain:  # of markup they are no prose in the first place
        found = chain(identifiers(view.text), *(pattern.finditer(view.text) for pattern in (_CODE, _COMMAND, _BROKEN_ADDRESS, _TAG)))
        spans += [Span(*match.span()) for match in found]
    if "sic" in document.forms:
        spans += _vouched_for(document.text)
    kept = {k for span in spans if len(span) for k in over(document, span)}
    kept.update(_names(document))
    if names:
        kept.update(repeated_names(document))
    if quotations:
        kept.update(_quoted(document))
    return frozenset(kept)


def over(document: Document, span: Span) -> range:
    """The tokens that share a code point with ``span`` of the document."""
    return range(bisect_right(document.ends, span.start), bisect_left(document.starts, span.end))


def kept_spans(view: View) -> Iterator[Span]:
    """The spans of the file that comments say are to be kept."""
    text = view.text
    if "spinfix:" not in text:
        return
    off: int | None = None
    comments = iter(sorted(view.comments))
    comment = next(comments, None)
    reach = line_end = next_end = 0  # where the comments so far end, and the lines of the last *ignore* and *ignore-next-line*
    for match in _DIRECTIVE.finditer(text):
        if not view.is_plain and not match["link"]:
            at = match.start("word")
            while comment is not None and comment.start <= at:
                reach = max(reach, comment.end)
                comment = next(comments, None)
            if at >= reach and not (match["template"] and _is_in_template(view, at)):
                continue  # a comment that is shown as an example
        word = match["word"]
        if off is not None:
            if word == "on":
                yield Span(off, match.start())
                off = None
        elif word == "off":
            off = match.end()
        elif word == "ignore":
            if match.start() >= line_end:
                line_end = _line_end(text, match.end())
                yield Span(text.rfind("\n", 0, match.start()) + 1, line_end)
        elif word == "ignore-next-line" and match.start() >= next_end:
            next_end = _line_end(text, match.end())
            if line := _NEXT_LINE.match(text, next_end):
                yield Span(*line.span(1))
    if off is not None:
        yield Span(off, len(text))


def _code_of_templates(text: str) -> Iterator[Span]:
    """What stands between tags of templates for code, as site generators read them; one without an end begins nothing."""
    at, endless = 0, set[str]()
    for match in _TEMPLATE.finditer(text):
        name = match[1]
        if match.start() < at or name in endless:
            continue
        end = re.compile(rf"\{{%-?\s*end{name}\b|\{{\{{[<%]\s*/\s*{name}\b").search(text, match.end())
        if end is None:
            endless.add(name)
        else:
            at = end.end()
            yield Span(match.end(), end.start())


def _is_in_template(view: View, at: int) -> bool:
    """Whether a comment of a template (``{# ... #}``) at ``at`` in the file, which the markup knows nothing of, is none of its code."""
    k = bisect_right(view.pieces, at, key=lambda piece: piece.start) - 1
    piece = view.pieces[k] if k >= 0 else None
    if piece is None or at >= piece.end:
        return False
    return piece.shown is Shown.AS_IS or (piece.shown is Shown.OPAQUE and view.text.startswith(("{", "<%"), piece.start))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _vouched_for(text: str) -> Iterator[Span]:
    """The words before each ``[sic]``, or the quotations that end there.

    They are looked for from there, as from each word on it would take long where one has no end.
    """
    at = 0
    for match in _SIC.finditer(text):
        words = text[at : match.start()].split()
        if words:
            start = text.rindex(words[-1], at, match.start())
            end = start + len(words[-1])
            opened = text.rfind(_OPENS[text[end - 1]], max(at, end - LONGEST_QUOTED), end - 1) if text[end - 1] in _OPENS else -1
            yield Span(min(start, opened) if opened >= 0 else start, end)
        at = match.end()


def mentions(document: Document, view: View, at: int = 0) -> frozenset[int]:
    """The tokens of ``document``, which is the prose of ``view`` from ``at`` on, that the text may mention rather than use.

    These are a few words between quotation marks, stars or strokes, or in italics (``<em>suppose tank</em>``) where these are not a whole
    block, as a title is.  Whether the text does so is told by the rest of it: see ``api``.
    """
    text = document.text
    spans = [Span(*match.span()) for match in _MENTION.finditer(text)]
    pieces = [piece for piece in view.pieces if piece.shown in (Shown.MARK, Shown.BLOCK, Shown.OPAQUE)]
    for before, after in pairwise(pieces):
        is_inside = before.shown is after.shown is Shown.MARK and at <= before.stop < after.at <= at + len(text)
        if is_inside and _ITALICS.fullmatch(view.text, before.start, before.end):
            start, end = before.stop - at, after.at - at
            begins, ends = start == 0 or text.endswith("\n\n", 0, start), end == len(text) or text.startswith("\n\n", end)
            if not (begins and ends):
                spans.append(Span(start, end))
    return frozenset(k for span in spans if _is_short(text[span.start : span.end]) for k in over(document, span))


def _is_short(written: str) -> bool:
    """Whether these are a few words of one block, with no blanks at either end."""
    return written == written.strip() and len(written.split()) <= LONGEST_MENTION and "\n\n" not in written


def _names(document: Document) -> Iterator[int]:
    """The tokens that are the surname of somebody who has a form of address in the text (*Mr. Fowl*)."""
    if _FORMS_OF_ADDRESS.isdisjoint(document.forms):
        return
    surfaces, forms = document.surfaces, document.forms
    names: set[str] = set()
    for k in range(len(document) - 1):
        if forms[k] in _FORMS_OF_ADDRESS:
            last = k + 1
            while last + 1 < len(document) and last < k + 3 and surfaces[last + 1][:1].isupper():
                last += 1
            names.update(surface for surface in surfaces[k + 1 : last + 1] if surface.istitle())
    yield from (k for k, surface in enumerate(surfaces) if surface in names)


def _quoted(document: Document) -> Iterator[int]:
    """The tokens between quotation marks; a mark that is never closed opens nothing, unless it can only open."""
    surfaces = document.surfaces
    for first, last in document.stretches():
        opened: int | None = None
        for k in range(first, last):
            surface = surfaces[k]
            if opened is None:
                if surface in "“„«" or surface == '"':
                    opened = k
            elif surface in "”»" or (surface == '"' and surfaces[opened] == '"') or (surface == "“" and surfaces[opened] == "„"):
                yield from range(opened + 1, k)
                opened = None
        if opened is not None and surfaces[opened] in "“„«":
            yield from range(opened + 1, last)
