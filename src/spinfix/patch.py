"""Corrections that can be applied, stored and taken back to the byte.  A patch refuses a text it was not made for."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .errors import PatchError
from .records import Correction, Span

VERSION: Final = 1
AT_ONCE: Final = 1 << 16  # code points of a piece: short ones take little memory where a text has but few letters beyond Latin-1
_PAIR: Final = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")  # between two lone surrogates


def digest(text: str) -> str:
    """SHA-256 of the text as UTF-8, in hexadecimal: that of the file, where the file is valid UTF-8."""
    check_text(text)
    return _digest_of([text])


def check_text(text: object) -> None:
    """``TypeError`` for what is no text, as the bytes of a file."""
    if not isinstance(text, str):
        hint = "; decode it first, as in data.decode()" if isinstance(text, bytes | bytearray) else ""
        raise TypeError(f"expected a text (str), found {type(text).__name__}{hint}")


def _digest_of(pieces: Iterable[str]) -> str:
    """The digest of the text that ``pieces`` join to, without a copy of it."""
    known = hashlib.sha256()
    for piece in pieces:
        for part in _parts(piece, 0, len(piece)):
            known.update(part.encode("utf-8", "surrogatepass"))
    return known.hexdigest()


def _parts(text: str, start: int, end: int) -> Iterator[str]:
    return (text[at : min(at + AT_ONCE, end)] for at in range(start, end, AT_ONCE))


@dataclass(frozen=True, slots=True)
class Patch:
    """Corrections of one text, in order, without overlap, with the digests of the text before and after.

    >>> patch = Patch.between("a war", [Correction(Span(2, 5), "war", "struggle")])
    >>> patch.apply("a war"), patch.inverse().apply("a struggle")
    ('a struggle', 'a war')
    """

    corrections: tuple[Correction, ...]
    sha256_before: str
    sha256_after: str

    def __post_init__(self) -> None:
        for left, right in zip(self.corrections, self.corrections[1:], strict=False):
            if left.span.end > right.span.start:
                raise PatchError(f"corrections overlap or are out of order at {right.span.start}: {left.before!r} and {right.before!r}")

    @classmethod
    def between(cls, text: str, corrections: Iterable[Correction]) -> Patch:
        """The patch that makes ``corrections`` in ``text``; ``PatchError`` where they do not fit it."""
        ordered = tuple(sorted(corrections, key=lambda c: c.span))
        draft = cls(ordered, digest(text), "")
        return cls(ordered, draft.sha256_before, _digest_of(draft._rewritten(text)) if ordered else draft.sha256_before)

    def apply(self, text: str) -> str:
        """``text`` with all corrections made; ``PatchError`` for any other text than the one it was made for."""
        if not self.corrections and self.sha256_before == self.sha256_after == digest(text):
            return text
        return "".join(self.pieces(text))

    def pieces(self, text: str) -> Iterator[str]:
        """What ``apply`` makes of ``text``, in pieces, for whoever has no room for it as a whole.

        ``PatchError`` before the first for any other text than the one it was made for, and behind the last where the patch is damaged.
        """
        found = digest(text)
        if found != self.sha256_before:
            hint = "; the text already is what this would make of it" if found == self.sha256_after else ""
            digests = f"expected SHA-256 {self.sha256_before[:12]}…, found {found[:12]}…"
            raise PatchError(f"this patch was made for another text: {digests}{hint}")
        made = hashlib.sha256()
        for piece in self._rewritten(text):
            made.update(piece.encode("utf-8", "surrogatepass"))
            yield piece
        if made.hexdigest() != self.sha256_after:
            raise PatchError("the patch is damaged: its corrections do not lead to the text that it promises")

    def inverse(self) -> Patch:
        """The way back."""
        shift = 0
        turned = []
        for c in self.corrections:
            start = c.span.start + shift
            turned.append(Correction(Span(start, start + len(c.after)), c.after, c.before))
            shift += len(c.after) - len(c.before)
        return Patch(tuple(turned), self.sha256_after, self.sha256_before)

    def only(self, text: str, ids: Iterable[str]) -> Patch:
        """The patch that makes but those corrections of ``text`` that ``ids`` name, whole or by a beginning no other has.

        ``PatchError`` for an id that none or several have, and for any other text than the one this patch was made for.

        >>> both = Patch.between("a war", [Correction(Span(0, 1), "a", "the"), Correction(Span(2, 5), "war", "struggle")])
        >>> both.only("a war", [both.corrections[1].id]).apply("a war")
        'a struggle'
        """
        self.apply(text)
        in_order = [c.id for c in self.corrections]
        known = sorted(set(in_order))
        wanted = {_full_id(short, known, in_order) for short in ids}
        return Patch.between(text, (c for c, full in zip(self.corrections, in_order, strict=True) if full in wanted))

    def then(self, second: Patch, between: str) -> Patch:
        """The patch that leads as far as this one and ``second`` after it; ``between`` is the text that this one makes.

        ``PatchError`` where it is not, or where ``second`` was made for another text.

        >>> first = Patch.between("a war", [Correction(Span(2, 5), "war", "struggle")])
        >>> second = Patch.between("a struggle", [Correction(Span(0, 3), "a s", "the s")])
        >>> first.then(second, "a struggle").apply("a war")
        'the struggle'
        """
        second.apply(between)
        original = self.inverse().apply(between)
        merged: list[Correction] = []
        shift = 0  # of offsets in ``between`` against those in the original
        for group in _overlapping(self.inverse().corrections, second.corrections):
            start, end = min(c.span.start for c, _ in group), max(c.span.end for c, _ in group)
            before = _replaced(between, start, end, [c for c, first in group if first])
            after = _replaced(between, start, end, [c for c, first in group if not first])
            at = start - shift
            if before != after:
                merged.append(Correction(Span(at, at + len(before)), before, after))
            shift += (end - start) - len(before)
        return Patch.between(original, merged)

    def _rewritten(self, text: str) -> Iterator[str]:
        """``text`` with all corrections made, in pieces."""
        at = 0
        for c in self.corrections:
            if c.span.end > len(text):
                raise PatchError(f"expected {c.before!r} at {c.span.start}-{c.span.end}, but the text ends at {len(text)}")
            if text[c.span.start : c.span.end] != c.before:
                raise PatchError(f"expected {c.before!r} at {c.span.start}-{c.span.end}, found {text[c.span.start : c.span.end]!r}")
            yield from _parts(text, at, c.span.start)
            yield c.after
            at = c.span.end
        yield from _parts(text, at, len(text))

    def to_json(self) -> str:
        """The patch as JSON text, ending with a line feed.

        A text in which JSON would join two lone surrogates into one character is written as a list of its pieces.
        """
        rows = [
            {"id": c.id, "start": c.span.start, "end": c.span.end, "before": _pieces(c.before), "after": _pieces(c.after)}
            for c in self.corrections
        ]
        head = {"spinfix_patch": VERSION, "sha256_before": self.sha256_before, "sha256_after": self.sha256_after, "corrections": rows}
        return json.dumps(head, indent=1) + "\n"

    @classmethod
    def from_json(cls, source: str) -> Patch:
        """Read a patch; ``PatchError`` names what is wrong with it."""
        try:
            data: Any = json.loads(source.removeprefix("\ufeff"))  # as some editors write
        except (ValueError, RecursionError) as error:
            raise PatchError(f"expected a spinfix patch in JSON: {error}") from None
        if not isinstance(data, dict) or "spinfix_patch" not in data:
            wanted = '"spinfix_patch", "sha256_before", "sha256_after" and "corrections"'
            raise PatchError(f"expected a spinfix patch: a JSON object with {wanted}")
        if data["spinfix_patch"] != VERSION:
            raise PatchError(f"expected patch version {VERSION}, found {data['spinfix_patch']!r}")
        try:
            rows = data["corrections"]
            if not isinstance(rows, list):
                raise ValueError(f"expected a list of corrections, found {rows!r}")
            return cls(tuple(map(_correction, rows)), _text(data["sha256_before"]), _text(data["sha256_after"]))
        except (KeyError, TypeError, ValueError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise PatchError(f"the patch is damaged: {what}") from None


def _full_id(short: str, known: Sequence[str], in_order: Sequence[str]) -> str:
    """The one of the ids ``known``, sorted, that begins with ``short``; ``in_order`` they stand as in the text."""
    start = short.lower()
    found = known[bisect_left(known, start) : bisect_right(known, start + "g")] if short else []  # no id has a letter behind f
    if len(found) == 1:
        return found[0]
    if found:
        raise PatchError(f"expected the id of one correction, found {short!r}, the beginning of {len(found)}: {', '.join(found)}")
    distinct = [*dict.fromkeys(in_order)]
    shown = ", ".join(distinct[:8]) + (", …" if len(distinct) > 8 else "")
    raise PatchError(f"no correction has the id {short!r}; the patch has {len(distinct)}{f': {shown}' if distinct else ''}")


def _overlapping(first: Iterable[Correction], second: Iterable[Correction]) -> list[list[tuple[Correction, bool]]]:
    """Corrections of one text, those that overlap or touch in one group; with each whether it is one of ``first``."""
    groups: list[list[tuple[Correction, bool]]] = []
    end = -1
    for correction, is_first in sorted([*((c, True) for c in first), *((c, False) for c in second)], key=lambda pair: pair[0].span):
        if correction.span.start > end:
            groups.append([])
        groups[-1].append((correction, is_first))
        end = max(end, correction.span.end)
    return groups


def _replaced(text: str, start: int, end: int, corrections: Iterable[Correction]) -> str:
    pieces: list[str] = []
    for c in corrections:
        pieces += (text[start : c.span.start], c.after)
        start = c.span.end
    return "".join([*pieces, text[start:end]])


def _correction(row: object) -> Correction:
    if not isinstance(row, dict):
        raise ValueError(f'expected a correction, an object with "start", "end", "before" and "after", found {row!r}')
    return Correction(Span(_whole(row["start"]), _whole(row["end"])), _text(row["before"]), _text(row["after"]))


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"expected a whole number, found {value!r}")
    return value


def _pieces(text: str) -> str | list[str]:
    pieces = _PAIR.split(text)
    return text if len(pieces) == 1 else pieces


def _text(value: object) -> str:
    return "".join(map(_piece, value)) if isinstance(value, list) else _piece(value)


def _piece(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, found {value!r}")
    return value
