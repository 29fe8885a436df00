"""What a reader sees of a marked-up file, and the way back: from places in the prose to places in the file.

A reader of one kind of markup says, in the order of the file, what is prose and what stands between (``Builder``); the result is a
``View``: the prose as plain text, which all other stages read, and the pieces that lead from it to the file.
Markup inside a phrase is not seen, code and formulas are one ``OPAQUE`` character each, blocks are separated by empty lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple

from ..records import Span
from ..text import Document

OPAQUE: Final = "\ufffc"  # object replacement character: stands in the prose for what is no prose but part of the sentence
_BLOCK: Final = "\n\n"
_PLAIN_WORDS: Final = re.compile(r"[\w ,.-]*")
_LINE_END: Final = re.compile(r"(?:\r\n?|\n)\s*")  # and the blanks before it, which are looked for from there: a line may have many
# What is an identifier, a path or an address wherever it stands, with no markup to say so.
IDENTIFIER_SOURCE: Final = r"""
      (?<!\w)(?:https?|ftp|file|mailto|ssh|git)://?[^\s<>"”’)\]]+
    | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+                      # somebody@example.org
    | (?<![\w'’-])(?:--?\w[\w-]*+=\S{0,200}\w|--[a-z]\w*+(?:-\w++)*+(?!\S{0,200}--))  # --an-option, --option=value
    | (?<![\w/])[~.]{0,2}/[\w.-]*\w(?:/[\w.-]*\w)*/?                # /usr/share, ./configure
    | (?<![\w\\])(?:[A-Za-z]:|\.{1,2}|\\)\\[\w.$-]+(?:\\[\w.$-]+)*    # C:\Users, ..\setup, \\server\share
    | (?<!\\)\\[A-Za-z@]+\*?(?:\[[^][{}\n]{0,200}\])?(?:\{[^{}\n]{0,200}\}){0,4}   # \cite[p. 3]{so}
    | \b\w+(?:-\w+){0,8}(?:/[\w.-]+){0,8}\w\.[a-z]\w+(?:[./][\w-]+){0,8}\b(?:\(\))?  # setup.cfg, docs/index.html, os.path.join()
    | \b\w+\(\)                                                     # call()
    | \b\w+(?:::\w+)+\b
    | (?<![\w$])(?:[@\#]|\$(?![A-Za-z-]{3,12},\d{3}))[A-Za-z_]\w*(?:-\w+){0,8}    # but not $three,500
    | \{\{.{0,300}?\}\} | \{%.{0,300}?%\} | \{\#.{0,300}?\#\} | <%.{0,300}?%>            # templates
    | \$\{[^{}\s]{1,100}\} | <[a-z][\w.:/-]*>                       # placeholders
    | \[/[a-z][\w-]*\] | \[[a-z][\w-]*=[^][\s]{1,200}\]                # codes of forums, and of WordPress
    | \[[a-z][\w-]*(?=[^][\n]{0,300}=)(?:\s+[\w-]+(?:=(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'|[^][\s"']{1,200}))?){1,20}\s*/?\]
"""
IDENTIFIER: Final = re.compile(IDENTIFIER_SOURCE, re.VERBOSE)
# One of these stands in each, before the first blank in it.
_OF_IDENTIFIERS: Final = re.compile(r"[@=/\\{<\#\[$]|::|\.[a-z]|\(\)|--[a-z]")


def identifiers(text: str) -> Iterator[re.Match[str]]:
    """``IDENTIFIER.finditer(text)``, which tries a dozen ways at each letter, in a tenth of the time for usual prose."""
    at = 0
    while trace := _OF_IDENTIFIERS.search(text, at):
        start = max(at, text.rfind(" ", at, trace.start()) + 1)
        at = trace.start() + 1
        if match := next(filter(None, (IDENTIFIER.match(text, k) for k in range(start, at))), None):
            yield match
            at = match.end()


class Shown(Enum):
    """What becomes of a piece of the file in the prose."""

    AS_IS = "as it is"  # character by character
    CHARACTER = "character"  # an entity or an escape
    BLANK = "blank"  # a line end, or what stands for a blank
    MARK = "mark"  # nothing: emphasis, a tag, the target of a link
    BREAK = "break"  # a blank that must stay where it is: a forced line end
    OPAQUE = "opaque"  # one OPAQUE character
    BLOCK = "block"  # the space between two blocks


class Piece(NamedTuple):
    """``text[start:end]`` of the file, and where in the prose (``at`` to ``stop``) it shows."""

    start: int
    end: int
    at: int
    stop: int
    shown: Shown


class Place(NamedTuple):
    """Where in the file a span of the prose lies, what stands there, and what is to stand there.

    ``safe`` says whether ``intended`` keeps the markup working; if not, a person must look.
    """

    span: Span
    observed: str
    intended: str
    safe: bool


@dataclass(frozen=True, slots=True)
class View:
    """The prose of a file.

    ``pieces`` cover the prose without a gap, in order; ``comments`` are the spans of the file's comments, ``strict`` those, in order
    and apart from one another, where only plain words can be written, ``rooms`` those that must not grow beyond a number of
    characters; ``escape`` writes words in this kind of markup, or gives None where they cannot be written.
    """

    text: str = field(repr=False)
    prose: str
    pieces: tuple[Piece, ...] = field(repr=False)
    comments: tuple[Span, ...] = ()
    strict: tuple[Span, ...] = ()
    rooms: tuple[tuple[Span, int], ...] = ()
    escape: Callable[[str], str | None] = field(default=str, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether the file is its own prose."""
        return self.prose is self.text

    def opaque_tokens(self, document: Document) -> frozenset[int]:
        """The tokens of ``document``, which is the prose, that stand for what is no prose."""
        return frozenset(
            k
            for piece in self.pieces
            if piece.shown is Shown.OPAQUE
            for k in range(bisect_right(document.ends, piece.at), bisect_left(document.starts, piece.stop))
        )

    def shown(self, span: Span) -> Span:
        """The span of the prose that shows ``span`` of the file; empty where it shows nothing."""
        if self.is_plain:
            return span
        first_at = bisect_right(self.pieces, span.start, key=lambda p: p.end)
        stop_at = bisect_left(self.pieces, span.end, lo=first_at, key=lambda p: p.start)
        inside = [p for p in self.pieces[first_at:stop_at] if p.shown is not Shown.BLOCK]
        if not inside:
            return Span(0, 0)
        first, last = inside[0], inside[-1]
        at = first.at + max(0, span.start - first.start) if first.shown is Shown.AS_IS else first.at
        stop = last.stop - max(0, last.end - span.end) if last.shown is Shown.AS_IS else last.stop
        return Span(at, max(at, stop))

    def place(self, span: Span, intended: str) -> Place:
        """Where in the file ``span`` of the prose lies, with ``intended`` written around the markup inside it."""
        words = self._words(span)
        start, end = words[0].start, words[-1].end
        observed = self.text[start:end]
        written, safe = _written(self, words, intended.split(" "), start)
        if safe and _is_inside(self.strict, start):
            safe = _PLAIN_WORDS.fullmatch(intended) is not None
        return Place(Span(start, end), observed, written, safe)

    def skeleton(self) -> tuple[str, ...]:
        """What a restoration must leave as it is: all of the file that is not prose, in order, blanks aside; and the ends of blocks."""
        outside, at = [], 0
        for piece in self.pieces:
            if piece.shown in (Shown.AS_IS, Shown.CHARACTER, Shown.BLANK):
                outside.append(self.text[at : piece.start])
                at = piece.end
        blocks = sum(piece.shown is Shown.BLOCK for piece in self.pieces)
        return "".join("".join((*outside, self.text[at:])).split()), _BLOCK * blocks

    def _words(self, span: Span) -> list[_Word]:
        """The words of a span of the prose, cut at blanks."""
        first = bisect_right(self.pieces, span.start, key=lambda p: p.stop)
        words: list[_Word] = []
        open_word: list[tuple[int, int, int, str, bool]] = []  # start and end in the file, start in the prose, shown, unseen before it

        def close() -> None:
            if open_word:
                shown = "".join(part[3] for part in open_word)
                words.append(_Word(open_word[0][0], open_word[-1][1], open_word[0][2], shown, any(part[4] for part in open_word[1:])))
                open_word.clear()

        unseen = False
        for k in range(first, len(self.pieces)):
            piece = self.pieces[k]
            if piece.at >= span.end:
                break
            if piece.shown in (Shown.MARK, Shown.BLOCK):
                unseen = True
            elif piece.shown in (Shown.BLANK, Shown.BREAK):
                close()
                unseen = False
            elif piece.shown is Shown.AS_IS:
                a, b = max(piece.at, span.start), min(piece.stop, span.end)
                shift = piece.start - piece.at
                for part in re.finditer(r"\s+|\S+", self.prose[a:b]):
                    if part[0].isspace():
                        close()
                    else:
                        open_word.append((a + part.start() + shift, a + part.end() + shift, a + part.start(), part[0], unseen))
                    unseen = False
            else:
                open_word.append((piece.start, piece.end, piece.at, self.prose[piece.at : piece.stop], unseen))
                unseen = False
        close()
        return words

    def _gap(self, start: int, end: int) -> _Gap:
        """What stands between two words of the file."""
        shown, at, blanks = Shown.AS_IS, start, []
        for k in range(bisect_right(self.pieces, start, key=lambda p: p.end), len(self.pieces)):
            piece = self.pieces[k]
            if piece.start >= end:
                break
            if piece.start > at or piece.shown in (Shown.MARK, Shown.OPAQUE, Shown.BLOCK):
                shown = Shown.MARK
            elif piece.shown in (Shown.BLANK, Shown.BREAK) and shown in (Shown.AS_IS, Shown.BLANK):
                shown = piece.shown
            if piece.shown in (Shown.AS_IS, Shown.BLANK):
                blanks.append((max(piece.start, start), min(piece.end, end)))
            at = max(at, piece.end)
        shown = shown if at >= end else Shown.MARK
        opens, closes = bool(blanks) and blanks[0][0] == start, bool(blanks) and blanks[-1][1] == end
        mark = Span(blanks[0][1] if opens else start, blanks[-1][0] if closes else end) if shown is Shown.MARK else Span(start, end)
        return _Gap(self.text[start:end], shown, self.text[mark.start : mark.end], opens and not closes, closes and not opens)


class _Word(NamedTuple):
    start: int  # in the file
    end: int
    at: int  # in the prose
    shown: str
    is_cut: bool  # whether there is markup inside it


class _Gap(NamedTuple):
    """What stands between two words: blanks that may go, a forced line end, or markup."""

    text: str
    shown: Shown
    mark: str  # the markup without the blanks beside it
    opens: bool  # whether the markup stands at the second word only
    closes: bool  # whether it stands at the first word only


def _written(view: View, words: Sequence[_Word], intended: list[str], start: int) -> tuple[str, bool]:
    """The file's text for ``words`` with ``intended`` in their place and all markup kept; and whether that is safe."""
    text = view.text
    shared = min(len(words), len(intended))
    left = right = 0
    while left < shared and words[left].shown == intended[left]:
        left += 1
    while right < shared - left and words[-1 - right].shown == intended[-1 - right]:
        right += 1
    if left + right == len(intended) < len(words):  # words that only go; beside one that stays it is clear what their marks held
        right, left = (right - 1, left) if right else (right, left - 1)
    core, wanted = words[left : len(words) - right], intended[left : len(intended) - right]
    if not core:  # words that only come; they go with the one before them, or the one after
        if not wanted:
            return text[start : words[-1].end], True
        new, safe = _escaped(view, " ".join(wanted))
        at = words[left - 1].end if left else words[0].start
        return f"{text[start:at]}{' ' * bool(left)}{new}{' ' * (not left)}{text[at : words[-1].end]}", safe
    written, safe = _core(view, core, wanted, _is_blank(view, core[0].start - 1) and left == 0)
    head, tail = text[start : core[0].start], text[core[-1].end : words[-1].end]
    return head + written + tail, safe and not any(word.is_cut for word in core)


def _is_blank(view: View, at: int) -> bool:
    """Whether a plain blank of the prose stands at ``at`` in the file, one only: two before a line end mean something in Markdown."""
    is_one = at > 0 and view.text[at] in " \t" and view.text[at - 1] not in " \t"
    return is_one and view._gap(at, at + 1).shown is Shown.AS_IS


def _core(view: View, core: Sequence[_Word], wanted: Sequence[str], after_blank: bool) -> tuple[str, bool]:
    """``wanted`` in the place of the words ``core``, which differ at both ends."""
    gaps = [view._gap(a.end, b.start) for a, b in pairwise(core)]
    same = len(core) == len(wanted)
    shares, safe = ([1] * len(core), True) if same else _shares(gaps, len(wanted), *_is_whole(view.prose, core))
    out, at = "", 0
    for k, share in enumerate(shares):
        if k:
            gap = gaps[k - 1]
            if gap.shown is Shown.MARK or gap.shown is Shown.BREAK:
                # beside words that went no blank stays
                first, last = not at, at == len(wanted)
                out += gap.mark + gap.text.rpartition(gap.mark)[2] * (first and not gap.opens) if first else gap.mark if last else gap.text
            elif share and at:
                out += gap.text
            elif gap.shown is Shown.BLANK and "\n" in gap.text and len(wanted) == 1 and after_blank:
                out = gap.text.lstrip(" \t") + out
        put = wanted[at : at + share]
        if same and core[k].shown == put[0]:
            out += view.text[core[k].start : core[k].end]
        else:
            new, fine = _escaped(view, " ".join(put))
            out, safe = out + new, safe and fine
        at += share
    return out, safe


def _is_whole(prose: str, words: Sequence[_Word]) -> tuple[bool, bool]:
    """Whether no letter stands directly before ``words``, and none directly behind them."""
    at, stop = words[0].at, words[-1].at + len(words[-1].shown)
    return at == 0 or prose[at - 1].isspace(), stop == len(prose) or prose[stop].isspace() or prose[stop] in ".,;:!?"


def _shares(gaps: Sequence[_Gap], wanted: int, first_may_go: bool, last_may_go: bool) -> tuple[list[int], bool]:
    """How many of ``wanted`` words go to each word's place; and whether no mark is left with nothing in it, as far as can be seen."""
    shares = [0] * (len(gaps) + 1)
    hard = [k + 1 for k, gap in enumerate(gaps) if gap.shown is Shown.MARK]
    heads = [0, *hard]
    if wanted < len(heads) and last_may_go and gaps[hard[-1] - 1].closes:  # what stands behind a mark that closes here is not in it
        del heads[-1]
    if wanted < len(heads) and first_may_go and gaps[hard[0] - 1].opens:  # nor what stands before one that opens
        del heads[0]
    if wanted < len(heads) or not heads:
        shares[0] = wanted
        return shares, False
    soft = sorted({*heads, *(k + 1 for k, gap in enumerate(gaps) if gap.shown in (Shown.BLANK, Shown.BREAK) and heads[0] <= k)})
    stops = [*hard, len(shares)]
    soft = [head for head in soft if any(head < stop for stop in stops) and (head in heads or _before_drop(head, heads, hard))]
    heads = soft if wanted >= len(soft) else heads
    rest = wanted
    for number, head in enumerate(heads):
        after = len(heads) - number - 1
        size = (heads[number + 1] if after else len(shares)) - head
        shares[head] = rest if not after else min(size, rest - after)
        rest -= shares[head]
    return shares, True


def _before_drop(head: int, heads: Sequence[int], hard: Sequence[int]) -> bool:
    """Whether the word at ``head`` stands before the first mark behind which the words go."""
    return not hard or hard[-1] in heads or head < hard[-1]


def _escaped(view: View, words: str) -> tuple[str, bool]:
    escaped = view.escape(words)
    return (words, False) if escaped is None else (escaped, True)


class Builder:
    """Takes what a reader finds, in the order of the file, and makes the view of it."""

    def __init__(self, text: str, opaque: re.Pattern[str] = IDENTIFIER) -> None:
        self._text = text
        self._opaque = opaque
        self._pieces: list[tuple[int, int, Shown, str]] = []
        self._comments: list[Span] = []
        self._strict: list[Span] = []
        self._rooms: list[tuple[Span, int]] = []
        self._blank = True  # whether the prose so far ends in a blank
        self._filled = False  # whether this block shows anything yet
        self._end = 0

    def prose(self, start: int, end: int, *, strict: bool = False) -> None:
        """``text[start:end]`` is prose, line ends and identifiers aside; where ``strict``, only plain words can be written there."""
        if strict:
            self._strict.append(Span(start, end))
        at = start
        for match in self._opaque.finditer(self._text, start, end):
            self._lines(at, match.start())
            self.opaque(match.start(), match.end())
            at = match.end()
        self._lines(at, end)

    def _lines(self, start: int, end: int) -> None:
        at = start
        for match in _LINE_END.finditer(self._text, start, end):
            shown = self._text[at : match.start()].rstrip(" \t")
            self._add(at, at + len(shown), Shown.AS_IS, shown)
            self.blank(at + len(shown), match.end())
            at = match.end()
        self._add(at, end, Shown.AS_IS, self._text[at:end])

    def character(self, start: int, end: int, shown: str) -> None:
        """``text[start:end]`` stands for the character(s) ``shown``."""
        if shown.isspace():
            self.blank(start, end)
        else:
            self._add(start, end, Shown.CHARACTER, shown)

    def blank(self, start: int, end: int) -> None:
        """``text[start:end]`` is read as a blank."""
        self._add(start, end, Shown.BLANK, "" if self._blank else " ")

    def forced_break(self, start: int, end: int) -> None:
        """``text[start:end]`` is a line end that was asked for."""
        self._add(start, end, Shown.BREAK, "" if self._blank else " ")

    def opaque(self, start: int, end: int) -> None:
        """``text[start:end]`` is part of the sentence but no prose: code, a formula, an address."""
        if self._pieces and self._pieces[-1][2] is Shown.OPAQUE and self._end == start < end:  # one thing in two parts
            start = self._pieces.pop()[0]
            self._end = start
        self._add(start, end, Shown.OPAQUE, OPAQUE)

    def comment(self, start: int, end: int) -> None:
        """``text[start:end]`` is a comment."""
        self._comments.append(Span(start, end))

    def room(self, start: int, end: int, size: int) -> None:
        """``text[start:end]`` must not grow beyond ``size`` characters."""
        self._rooms.append((Span(start, end), size))

    def block(self) -> None:
        """A block ends here; nothing reaches over its end."""
        if self._filled:
            self._pieces.append((self._end, self._end, Shown.BLOCK, _BLOCK))
        self._blank, self._filled = True, False

    def _add(self, start: int, end: int, shown: Shown, prose: str) -> None:
        if start < self._end:  # of marks that overlap, as in broken files, the first counts
            start, prose = self._end, self._text[self._end : end] if shown is Shown.AS_IS else prose
        if start >= end:
            return
        if start > self._end and self._filled:
            self._pieces.append((self._end, start, Shown.MARK, ""))
        self._pieces.append((start, end, shown, prose))
        self._end = end
        if prose:
            self._blank = prose[-1].isspace()
            self._filled = self._filled or not prose.isspace()

    def view(self, escape: Callable[[str], str | None]) -> View:
        """The view of all that was taken; ``escape`` as in ``View``."""
        prose = "".join(shown for *_, shown in self._pieces)
        strict = tuple(_apart(self._strict))
        return View(self._text, prose, tuple(self._placed()), tuple(self._comments), strict, tuple(self._rooms), escape)

    def _placed(self) -> Iterator[Piece]:
        at = 0
        for start, end, shown, prose in self._pieces:
            yield Piece(start, end, at, at + len(prose), shown)
            at += len(prose)


def _apart(spans: Sequence[Span]) -> Iterator[Span]:
    """``spans`` in order, those that touch or overlap as one."""
    joined: Span | None = None
    for span in sorted(spans):
        if joined is None or span.start > joined.end:
            if joined is not None:
                yield joined
            joined = span
        elif span.end > joined.end:
            joined = Span(joined.start, span.end)
    if joined is not None:
        yield joined


def _is_inside(spans: Sequence[Span], at: int) -> bool:
    """Whether one of ``spans``, in order and apart from one another, holds ``at``."""
    k = bisect_right(spans, at, key=lambda span: span.start) - 1
    return k >= 0 and at < spans[k].end


def plain(text: str) -> View:
    """The view of a text without markup: the text itself."""
    return View(text, text, (Piece(0, len(text), 0, len(text), Shown.AS_IS),))
