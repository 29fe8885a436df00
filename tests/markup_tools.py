"""What the tests of markup share: saying where a phrase of the prose stands and what becomes of it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from spinfix.markup import view_of
from spinfix.markup.view import Place, Shown, View
from spinfix.records import Span

PARSERS = {"markdown": "markdown_it", "rst": "tree_sitter_rst", "latex": "pylatexenc", "html": "html"}


def needs(kind: str) -> pytest.MarkDecorator:
    """Pass a test over where the parser of ``kind`` has not been installed yet."""
    return pytest.mark.skipif(find_spec(PARSERS[kind]) is None, reason=f"{PARSERS[kind]} is not installed: pip install -e .")


def prose(text: str, kind: str) -> list[str]:
    """The blocks of prose of ``text``, without the blanks around them; what the view promises is checked."""
    seen = view_of(text, kind)
    check_pieces(seen)
    return [block.strip() for block in seen.prose.split("\n\n") if block.strip()]


def placed(seen: View, observed: str, intended: str) -> Place:
    """Where the first ``observed`` of the prose lies in the file, with ``intended`` in its place."""
    at = seen.prose.index(observed)
    return seen.place(Span(at, at + len(observed)), intended)


def rewritten(text: str, kind: str, observed: str, intended: str) -> str:
    """``text`` with ``intended`` for the first ``observed`` of its prose; it must be safe."""
    place = placed(view_of(text, kind), observed, intended)
    assert text[place.span.start : place.span.end] == place.observed
    assert place.safe, f"not safe: {place.observed} → {place.intended}"
    return text[: place.span.start] + place.intended + text[place.span.end :]


def check_pieces(seen: View) -> None:
    """What every view promises: pieces in order, which cover the prose, and show the file where they say so."""
    at = end = 0
    for piece in seen.pieces:
        assert piece.at == at
        assert piece.start >= end
        at, end = piece.stop, max(end, piece.end)
        if piece.shown is Shown.AS_IS:
            assert seen.text[piece.start : piece.end] == seen.prose[piece.at : piece.stop]
    assert at == len(seen.prose)
    assert end <= len(seen.text)
