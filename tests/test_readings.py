"""What rules read of the lists is what the entries of the lists say."""

from __future__ import annotations

import math

import pytest

from spinfix.errors import ListError
from spinfix.rules.readings import Reading, _reading
from spinfix.text import cut
from spinfix.wordlists import Index, shipped_index


def of_entry(index: Index, number: int) -> Reading | None:
    """The plain way."""
    _, entry = index.entry(number)
    words = cut(entry.intended)
    known = tuple(word.lower() for word in words)
    return None if entry.near or entry.absent else Reading(entry.rest, entry.observed, words, known, math.log(entry.p))


def test_a_reading_is_that_of_the_entry() -> None:
    index = shipped_index()
    numbers = range(0, len(index), 97)
    assert [_reading(index, number) for number in numbers] == [of_entry(index, number) for number in numbers]


def test_guards_and_exact_forms_are_read_too() -> None:
    lines = [
        "chilly\tcold\t0.5\tnews-blog/one\t\tabsent=pepper;near=war\t\t",
        "giant apple\tBig Apple\t0.25\tnews-blog/one\tGiant Apple\t\tstrong\tnews-blog=0.25;academic=0.1",
    ]
    index = Index("\n".join(lines).encode())
    assert _reading(index, 0) is None
    assert _reading(index, 1) == Reading(("apple",), "Giant Apple", ("Big", "Apple"), ("big", "apple"), math.log(0.25))


@pytest.mark.parametrize("line", ["war\tpeace", "war\tpeace\tmuch\ta/b\t\t\t\t", "war\tpeace\t0.5\ta/b\t\t\t\t\t"])
def test_a_damaged_line_is_said_to_be_one(line: str) -> None:
    with pytest.raises(ListError):
        _reading(Index(line.encode()), 0)
