"""From text to tokens with true offsets, and back: how a replacement is fitted into its place.

The same cut serves the language model's training and its use, so this module decides both what a token is
and under which form (``form``) the model knows it.  Nothing here changes a text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Final
from unicodedata import normalize

from .records import Span, Token

_TITLES: Final = (
    "Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Cpl|Cmdr|Adm|Sen|Sens|Rep|Reps|Gov|Rev|Hon|Pres|St|Jr|Sr|Mt|Ft"
    "|Jan|Feb|Aug|Sept|Sep|Oct|Nov|Dec|Inc|Corp|Co|Ltd|vs|etc|al|Fig|Eq|approx|Ave|Blvd"
)
_INSIDE: Final = "\u0300-\u036f\u200b-\u200d\u2060\u00ad\ufeff"  # combining and invisible marks belong to their word
_LETTER: Final = r"[^\W\d_]"
_WORD: Final = rf"{_LETTER}(?:[^\W_]|[{_INSIDE}])*(?:['’](?![sS](?![^\W_])){_LETTER}(?:[^\W_]|[{_INSIDE}])*|[-‐‑][^\W_]+)*"

# The alternatives cover every character, so the pieces of a text always join to the text itself.
PIECE: Final = re.compile(
    rf"""
      \s+
    | (?:https?://|ftp://|www\.)[^\s<>"”’)\]]+(?<![.,;:!?'])          # addresses
    | [A-Za-z]\.(?:[A-Za-z]\.)+                                      # U.S., a.m.
    | (?:{_TITLES})\.(?=[\s,;:)])                                    # Mr., Nov.
    | (?<![^\W_])\w+_\w+ | _\w*_\w+                                  # identifiers: not sought once more at each part of a word
    | {_WORD}
    | \d+(?:[.,:]\d+)*(?:st|nd|rd|th|s|[^\W\d_]+(?:-[^\W_]+)*|-[^\W\d_]+(?:-[^\W_]+)*)?   # 24,000  1990s  5th  2,000-pound
    | ['’][sS](?![^\W_])                                             # possessive
    | \.{{2,}} | --+
    | [\s\S]
    """,
    re.VERBOSE,
)

_QUOTES: Final = dict.fromkeys('“”„«»"', '"') | dict.fromkeys("‘‛`", "'") | dict.fromkeys("–—―", "—")
_QUOTES["--"] = _QUOTES["---"] = "—"
_QUOTES["…"] = _QUOTES["..."] = "..."
LIGATURES: Final = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))  # of PDF files
_LIGATURES: Final = str.maketrans(LIGATURES)
_INVISIBLE: Final = re.compile(f"[{_INSIDE}]")
_DIGITS: Final = re.compile(r"(\d+)((?:[.,:]\d+)*)(.*)", re.DOTALL)


def form(surface: str) -> str:
    """The form under which the language model and the lists know a token.

    Lower case, straight apostrophes, one quotation mark, one dash, numbers by class
    (``<1>``, ``<2>``, ``<3>``: that many digits; ``<year>``; ``<number>``; ``<decade>``; ``<ordinal>``).
    """
    first = surface[0]
    if first.isdigit():
        return _number_form(surface)
    known = _QUOTES.get(surface)
    if known is not None:
        return known
    if surface.startswith(("http", "www.", "ftp:")) and ("://" in surface or surface.startswith("www.")):
        return "<address>"
    lowered = surface.lower().replace("’", "'").replace("‐", "-").replace("‑", "-")
    if not lowered.isascii():
        composed = normalize("NFC", lowered).translate(_LIGATURES)
        lowered = unmasked(_INVISIBLE.sub("", composed) or composed)
    return lowered


# Letters of other scripts that look like Latin ones: what is pasted into Latin words to hide them from a search.
LOOKALIKES: Final = "аеорсухіјѕһԁԛԝαοριντυᴀօցհսոɑɡ"
_LOOK_LIKE: Final = str.maketrans(LOOKALIKES, "aeopcyxijshdqwaopivtuaoghunag")
_LATIN: Final = re.compile("[a-z]")


def unmasked(word: str) -> str:
    """A word in lower case with the letters of other scripts that look Latin made so, where it has Latin letters too.

    >>> unmasked("\u0430ttack") == "attack", unmasked("\u0430\u0442\u0430\u043a\u0430") == "attack"
    (True, False)
    """
    return word if word.isascii() or not _LATIN.search(word) else word.translate(_LOOK_LIKE)


def _number_form(surface: str) -> str:
    match = _DIGITS.match(surface)
    if match is None:  # digits of another script that \d does not know
        return "<number>"
    whole, parts, tail = match.groups()
    tail = tail.lower()
    if parts:
        core = "<number>"
    elif len(whole) == 4 and whole[:2] in ("15", "16", "17", "18", "19", "20"):
        core = "<year>"
    else:
        core = f"<{len(whole)}>" if len(whole) <= 3 else "<number>"
    if not tail:
        return core
    if tail == "s":
        return "<decade>"
    if tail in ("st", "nd", "rd", "th"):
        return "<ordinal>"
    if tail.startswith("-"):
        return "<n>" + tail
    return "<n>" + tail if len(tail) <= 3 else "<alphanumeric>"


class _Forms(dict[str, str]):
    """A cache of ``form`` that cannot grow without end."""

    def __missing__(self, surface: str) -> str:
        if len(self) >= 20_000:
            self.clear()
        value = form(surface)
        value = self[surface] = surface if value == surface else value  # one object for both, as most are
        return value


FORMS: Final = _Forms()


_NAMES: Final[dict[str, str]] = {}  # of lists, families and marks, of which there are some hundred


def as_one(name: str) -> str:
    """The same ``name`` as one object: thousands of lines have it."""
    return _NAMES.setdefault(name, name)


_LINE_END: Final = re.compile(r"(?:\r\n?|\n)[ \t]*")


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its tokens, as parallel sequences (an object a token would cost more than all the rest).

    ``surfaces[k] == text[starts[k]:ends[k]]``, but for words that a line end breaks (see ``broken_words``); offsets are code points
    into ``text``, half-open.
    ``breaks`` holds the token indices at which a new stretch of prose begins (a paragraph, a heading, a list item).
    ``protected`` says which tokens are never changed.
    """

    text: str
    surfaces: Sequence[str]
    forms: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    breaks: Sequence[int]
    protected: frozenset[int] = field(default_factory=frozenset)

    def __len__(self) -> int:
        return len(self.surfaces)

    def token(self, index: int) -> Token:
        """The token at ``index`` as a record."""
        return Token(self.surfaces[index], self.forms[index], Span(self.starts[index], self.ends[index]))

    def tokens(self) -> Iterator[Token]:
        """All tokens, in order."""
        return map(self.token, range(len(self)))

    def span(self, first: int, last: int) -> Span:
        """The span of the text from token ``first`` up to and without token ``last``."""
        return Span(self.starts[first], self.ends[last - 1])

    def written(self, first: int, last: int) -> str:
        """What stands there from token ``first`` up to and without ``last``, as lists write it: single blanks, straight apostrophes."""
        words = self.text[self.starts[first] : self.ends[last - 1]]
        if self._broken(first, last):
            words = "".join(part for k in range(first, last) for part in (" " * (k > first and bool(self._gap(k))), self.surfaces[k]))
        return " ".join(words.split()).replace("’", "'")

    def gaps(self, first: int, last: int) -> tuple[str, ...]:
        """The blanks before, between and after the tokens ``first`` up to and without ``last``: one more than there are tokens.

        The line end that breaks a word counts as one behind it.
        """
        broken = self._broken(first, last)
        return tuple(gap for k in range(first, last + 1) for gap in (self._gap(k), *([broken[k]] if k in broken else ())))

    def _gap(self, k: int) -> str:
        """The blanks before token ``k``, or after all."""
        return self.text[self.ends[k - 1] if k else 0 : self.starts[k] if k < len(self) else len(self.text)]

    def _broken(self, first: int, last: int) -> dict[int, str]:
        """The line ends inside the tokens ``first`` up to and without ``last``, by their tokens."""
        spans = ((k, self.starts[k], self.ends[k]) for k in range(first, last))
        found = ((k, _LINE_END.search(self.text, a, b)) for k, a, b in spans if b - a != len(self.surfaces[k]))
        return {k: match[0] for k, match in found if match}

    def begins_a_stretch(self, k: int) -> bool:
        """Whether a stretch of prose begins with token ``k``."""
        at = bisect_left(self.breaks, k)
        return at < len(self.breaks) and self.breaks[at] == k

    def begins_a_sentence(self, k: int) -> bool:
        """Whether token ``k`` stands at the beginning of a stretch, or behind a mark after which sentences and quotations begin."""
        return self.begins_a_stretch(k) or self.surfaces[k - 1] in '.!?"“”:'

    def is_a_title(self, k: int) -> bool:
        """Whether the stretch of prose around token ``k`` is a title whose small words have small letters (*A Tale of Two Cities*)."""
        at = bisect_right(self.breaks, k)
        first, last = self.breaks[at - 1] if at else 0, self.breaks[at] if at < len(self.breaks) else len(self)
        if last - first > LONGEST_TITLE:
            return False
        words = [surface for surface in self.surfaces[first:last] if surface[0].isalpha()]
        others = [word for word in words if word.lower() not in _SMALL]
        return len(others) > 2 and any(word in _SMALL for word in words) and all(word[0].isupper() for word in others)

    def stretches(self) -> Iterator[tuple[int, int]]:
        """Token index pairs (first, after last) of the stretches of prose, in order."""
        edges = [*self.breaks, len(self)]
        return ((a, b) for a, b in pairwise(edges) if a < b)

    def acronyms(self, longest: int) -> Iterator[tuple[int, int, str]]:
        """Acronyms of two letters to ``longest`` in brackets behind a word: where their stretch begins, the bracket, the letters in small.

        >>> list(tokenize("They use neural networks (NNs).").acronyms(6))
        [(0, 4, 'nn')]
        """
        for start, last in self.stretches():
            for k in range(start + 1, last - 2):
                if self.surfaces[k] == "(" and self.surfaces[k + 2] == ")":
                    letters = self.surfaces[k + 1].removesuffix("s")
                    if 2 <= len(letters) <= longest and letters.isalpha() and letters.isupper():
                        yield start, k, letters.lower()

    def part(self, first: int, last: int) -> Document:
        """The tokens ``first`` up to and without ``last`` as a document of their own, protected where they are here.

        >>> tokenize("It rained. They left.").part(3, 6).text
        'They left.'
        """
        start, end = self.starts[first], self.ends[last - 1]
        inside = range(first, last)
        return Document(
            self.text[start:end],
            self.surfaces[first:last],
            self.forms[first:last],
            tuple(at - start for at in self.starts[first:last]),
            tuple(at - start for at in self.ends[first:last]),
            (0, *(k - first for k in self.breaks if k in inside and k > first)),
            frozenset(k - first for k in self.protected if k in inside),
        )


class Lines:
    """Line and column (1-based, code points) of an offset, for offsets asked for in ascending order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at, self._line, self._start = 0, 1, 0

    def at(self, offset: int) -> tuple[int, int]:
        """The line and the column of ``offset``, which lies behind all that were asked for before."""
        self._line += self._text.count("\n", self._at, offset)
        newline = self._text.rfind("\n", self._at, offset)
        if newline >= 0:
            self._start = newline + 1
        self._at = offset
        return self._line, offset - self._start + 1


LONGEST_TITLE: Final = 30  # tokens
LONGEST_ACRONYM: Final = 4  # letters: *FB* is Facebook, and *CENTER* is MIDDLE
_LIST_OR_HEADING: Final = re.compile(r"[ \t]*(?:[-*+•#>|]|\d+[.)])")


def tokenize(text: str) -> Document:
    """Cut ``text`` into tokens; blanks are between tokens, everything else belongs to one.

    >>> tokenize("Mr. Day's 24,000 rifles.").surfaces
    ('Mr.', 'Day', "'s", '24,000', 'rifles', '.')
    """
    pieces = PIECE.findall(text)
    offsets = [0, *accumulate(map(len, pieces))]
    kept = [k for k, piece in enumerate(pieces) if not piece.isspace()]
    surfaces = tuple(pieces[k] for k in kept)
    starts = tuple(offsets[k] for k in kept)
    ends = tuple(offsets[k + 1] for k in kept)
    forms = tuple(map(FORMS.__getitem__, surfaces))
    breaks = [0] if kept else []
    breaks += [
        index
        for index in range(1, len(kept))
        if kept[index] - kept[index - 1] > 1 and "\n" in (blank := pieces[kept[index] - 1]) and _is_break(text, starts[index], blank)
    ]
    protected = frozenset(k for k, known in enumerate(forms) if known == "<address>" or "_" in surfaces[k])
    return Document(text, surfaces, forms, starts, ends, tuple(breaks), protected)


def cut(text: str) -> tuple[str, ...]:
    """The surfaces of the tokens of a short text; nothing else of them is found out.

    >>> cut("Mr. Day's"), cut("war")
    (('Mr.', 'Day', "'s"), ('war',))
    """
    if text.isascii():
        if text.isalpha():
            return (text,)
        if text.replace(" ", "").isalpha():
            return tuple(text.split())
    return tuple(piece for piece in PIECE.findall(text) if not piece.isspace())


def _is_break(text: str, start: int, blank: str) -> bool:
    """Whether the line end in ``blank``, which stands before ``start``, ends a stretch of prose or merely wraps a line."""
    if blank.count("\n") > 1 or _LIST_OR_HEADING.match(text, start):
        return True
    line_end = start - len(blank)
    length = line_end - (text.rfind("\n", 0, line_end) + 1)
    return not 40 <= length <= 120


def sentence_span(text: str, span: Span, reach: int = 400) -> Span:
    """The sentence around ``span``, at most ``reach`` code points to either side."""
    left = max(0, span.start - reach)
    # a sentence ends where the next one begins, so the search sees a little of what may be its first word
    ends = (m.end() for m in _SENTENCE_END.finditer(text, left, span.start + _OPENING))
    before = max((end for end in ends if end <= span.start), default=left)
    after = _SENTENCE_END.search(text, span.end, min(len(text), span.end + reach))
    return Span(before, after.end() if after else min(len(text), span.end + reach))


_SENTENCE_END: Final = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(]?[A-Z0-9])|\n\s*")
_OPENING: Final = 2  # code points that it asks for behind the blanks


def fit(
    replacement: str, surfaces: Sequence[str], *, sentence_start: bool = False, in_title: bool = False, gaps: Sequence[str] = ()
) -> str:
    """Give ``replacement`` the letter case of what it stands for, and the line ends.

    A replacement that carries capitals of its own (a name) keeps them; inside a title (``in_title``) a small word (*in*) has none.
    ``gaps`` are the blanks around and between ``surfaces`` (``Document.gaps``); without them the replacement's own blanks stay.

    >>> fit("attack", ["Assault"]), fit("think tank", ["Suppose", "Tank"]), fit("war", ["STRUGGLE"])
    ('Attack', 'Think Tank', 'WAR')
    >>> fit("in the middle east", ["within", "the", "Center", "East"], gaps=[" ", " ", " ", "\\n", " "])
    'in the Middle\\nEast'
    """
    cased = _cased(replacement, surfaces, sentence_start)
    if in_title and not sentence_start and surfaces[0].istitle() and cased.split(" ", 1)[0].lower() in _SMALL:
        cased = cased[0].lower() + cased[1:]
    # the commonest case first: blanks of one kind, or none at all
    return cased if all(gap in (" ", "") for gap in gaps[1:-1]) else _spaced(cased, gaps)


def _cased(replacement: str, surfaces: Sequence[str], sentence_start: bool) -> str:
    observed = [s for s in surfaces if s[:1].isalpha()]
    if not observed or not replacement:
        return replacement
    letters = "".join(observed)
    if letters == letters.lower():  # the commonest case: no capital that could be carried over
        return replacement
    if letters.isupper() and len(letters) > 1:
        is_shouted = replacement.islower() or len(observed) > 1 or (" " not in replacement and len(letters) > LONGEST_ACRONYM)
        return replacement.upper() if is_shouted else replacement
    words = replacement.split(" ")
    if replacement != replacement.lower():
        if words[0] == words[0].lower() and observed[0][:1].isupper() and (sentence_start or len(words) > 1):
            words[0] = _capital(words[0])
        return " ".join(words)
    is_title = _is_title(observed, sentence_start)
    for k, model in _aligned(words, observed):
        words[k] = _like(words[k], model)
    if sentence_start and observed[0][:1].isupper():
        words[0] = _capital(words[0])
    return " ".join(_capital(w) if is_title and (not k or w not in _SMALL) else w for k, w in enumerate(words))


def _is_title(observed: Sequence[str], sentence_start: bool) -> bool:
    """Whether all words that count have a capital; at the start of a sentence one capital says nothing."""
    rest = [w for w in observed[1:] if w.lower() not in _SMALL]
    if not observed[0][:1].isupper() or not all(w[:1].isupper() for w in rest):
        return False
    return bool(rest) or (len(observed) == 1 and not sentence_start)


def _aligned(words: Sequence[str], observed: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Which word takes the capitals of which observed word: by place where there are as many, else the first, the last and equal ones."""
    if len(words) == len(observed):
        yield from enumerate(observed)
        return
    lowered = [w.lower() for w in observed]
    shared = min(len(words), len(observed))
    left = next((k for k in range(shared) if words[k] != lowered[k]), shared)
    right = next((k for k in range(shared - left) if words[-1 - k] != lowered[-1 - k]), shared - left)
    yield from enumerate(observed[:left])
    for k in range(right):
        yield len(words) - 1 - k, observed[-1 - k]
    inner, theirs = range(left, len(words) - right), observed[left : len(observed) - right]
    if not inner or not theirs:
        return
    if len(inner) == len(theirs):
        yield from zip(inner, theirs, strict=True)
    elif len(theirs) > 1 and theirs[-1][:1].isupper():
        yield from ((k, theirs[-1]) for k in inner[1:] or inner)
        yield inner[0], theirs[0] if len(inner) > 1 else theirs[-1]
    else:
        yield inner[0], theirs[0]


def _like(word: str, model: str) -> str:
    """``word`` with the capitals of ``model``, part by part where both have hyphens."""
    if word == model.lower():
        return model
    parts, theirs = word.split("-"), model.split("-")
    if len(parts) == len(theirs):
        return "-".join(_capital(p) if m[:1].isupper() else p for p, m in zip(parts, theirs, strict=True))
    return _capital(word) if model[:1].isupper() else word


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _spaced(replacement: str, gaps: Sequence[str]) -> str:
    """``replacement`` with the blanks of its place: all where there are as many, else the line ends, at about where they stood."""
    words = replacement.split(" ")
    inner = [gap for gap in gaps[1:-1] if gap]
    room = len(words) - 1
    if len(inner) == room:
        blanks = inner
    else:
        blanks = [" "] * room
        line_ends = [(k, gap) for k, gap in enumerate(inner) if "\n" in gap or "\r" in gap]
        for at, (k, gap) in enumerate(line_ends[:room]):
            # in order, each at its share of the way, with room left for those that follow
            blanks[min(max((2 * k + 1) * room // (2 * len(inner)), at), room - len(line_ends[:room]) + at)] = gap
        if line_ends and not room:  # one word: the line ends beside it, but never two in a row, which would end the paragraph
            before, after = gaps[0], gaps[-1]
            if before and not before.strip(" \t"):
                return line_ends[0][1] + replacement
            if after and not after.strip(" \t"):
                return replacement + line_ends[0][1]
    return "".join(part for pair in zip(words, [*blanks, ""], strict=True) for part in pair)


def repeated_names(document: Document) -> frozenset[int]:
    """The tokens of names that the text repeats.

    These are words that it has with a capital inside sentences, twice at least, and nowhere in small letters; and two such words side by
    side, of which one may stand elsewhere in small letters (*Purchase College*).
    """
    surfaces = document.surfaces
    inside = Counter(s for k, s in enumerate(surfaces) if s[0].isupper() and not document.begins_a_sentence(k))
    small = {s for s in surfaces if s[0].islower()}
    names = {s for s, times in inside.items() if times > 1 and s.lower() not in small}
    found = {k for k, surface in enumerate(surfaces) if surface in names}
    capital = [k for k, surface in enumerate(surfaces) if surface in inside]
    pairs = [k for k, following in pairwise(capital) if following == k + 1 and not document.begins_a_stretch(k + 1)]
    times = Counter((surfaces[k], surfaces[k + 1]) for k in pairs)
    found.update(j for k in pairs if times[surfaces[k], surfaces[k + 1]] > 1 for j in (k, k + 1))
    return frozenset(found)


_SMALL: Final = frozenset("a an and as at but by for from in of on or the to with".split())
