"""The comparison with the neighbours: that it counts what it says it counts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import neighbours  # noqa: E402
from neighbours import MARKS, Neighbour, Text, changes, example_texts, measured, with_table, word_by_word  # noqa: E402
from quality import Edit  # noqa: E402

WORDS = st.lists(st.sampled_from(["a", "big", "House", ",", " ", "\n", "it’s", "é😀"])).map("".join)


@given(WORDS, WORDS)
def test_the_changes_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    pieces, at = [], 0
    for edit in changes(before, after):
        pieces += [before[at : edit.start], edit.replacement]
        at = edit.end
    assert "".join(pieces) + before[at:] == after


def test_what_differs_between_the_examples_is_gold() -> None:
    spun, original = example_texts()
    assert not original.gold
    assert ("suppose", ("think",)) in {(spun.text[g.start : g.end], g.accept) for g in spun.gold}
    perfect = Neighbour("perfect", "all", "none", lambda text: changes(text, original.text))
    total, false = measured(perfect, [spun, original])
    assert (total.restored, total.false, false) == (len(spun.gold), 0, 0.0)
    assert total.f_half == 1


def test_a_tool_that_does_nothing_gets_nothing_and_one_that_harms_is_told() -> None:
    def harm(text: str) -> Iterator[Edit]:
        yield Edit(0, 2, "Xx")

    clean = Text("It rained all day. " * 50)
    total, false = measured(Neighbour("nothing", "", "none", lambda text: []), [*example_texts(), clean])
    assert (total.edits, total.restored, total.f_half, false) == (0, 0, 0.0, 0.0)
    assert measured(Neighbour("harm", "", "none", harm), [clean])[1] == pytest.approx(1000 / 200)


def test_a_corrector_of_words_keeps_their_letter_case() -> None:
    found = [*word_by_word("Teh cat saw teh Dog", {"Teh": "the", "teh": "the", "Dog": "dog"}.get)]
    assert found == [Edit(0, 3, "The"), Edit(12, 15, "the")]


def test_the_page_has_its_table_and_keeps_the_rest() -> None:
    page = (ROOT / "docs/comparison.md").read_text(encoding="utf-8")
    new = with_table(page, "| new |")
    assert new.partition(MARKS[0])[0] == page.partition(MARKS[0])[0]
    assert new.partition(MARKS[1])[2] == page.partition(MARKS[1])[2]
    assert with_table(new, "| new |") == new
    for neighbour in neighbours.NEIGHBOURS:
        assert f"| {neighbour.name} " in page, "run benchmarks/neighbours.py --page docs/comparison.md"
    with pytest.raises(ValueError, match="expected the comments"):
        with_table("no marks", "x")
