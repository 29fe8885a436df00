"""Known names are looked up by the words of a text: the slow way, all of them written out, finds the same."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from spinfix.known_names import Names, compiled, gaps_in, shipped_gaps, shipped_names
from spinfix.rules.readings import Readings
from spinfix.text import cut, tokenize
from spinfix.wordlists import DATA, shipped_index

TOOLS = Path(__file__).parent.parent / "tools"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> frozenset[str]:
    """All names as they are written."""
    monkeypatch.syspath_prepend(str(TOOLS))
    names: frozenset[str] = importlib.import_module("compile_wordlists").known_names()
    return names


@pytest.fixture
def spelled(written: frozenset[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Those of several tokens, by these in small letters."""
    several = [tokens for tokens in map(cut, sorted(written)) if len(tokens) > 1]
    return {tuple(map(str.lower, tokens)): tokens for tokens in several}


def test_the_compiled_names_are_those_that_are_written(written: frozenset[str]) -> None:
    assert (DATA / "known_names.tsv").read_text(encoding="utf-8") == compiled(written)
    assert "Bill Nye" in written and "Harvard University" in written, "templates are written out"


def test_every_name_is_found_by_its_words(spelled: dict[tuple[str, ...], tuple[str, ...]]) -> None:
    assert len(spelled) > 4_000
    assert all(shipped_names().spelled(known) == tokens for known, tokens in spelled.items())
    assert shipped_names().words == {word for known in spelled for word in known}
    assert shipped_names().spelled(("bill", "nyx")) is None and shipped_names().spelled(()) is None


def test_names_that_lack_a_word_are_those_that_a_table_of_all_has(spelled: dict[tuple[str, ...], tuple[str, ...]]) -> None:
    table = gaps_in(spelled.values())
    found = 0
    for known in list(spelled)[::5]:
        for k in range(len(known)):
            odd = (*known[:k], "xyzzy", *known[k + 1 :])
            assert shipped_gaps(odd) == sorted(table(odd))
            found += len(shipped_gaps(odd))
    assert not [*gaps_in([])(("of", "no", "name"))]
    assert found > 500


def test_of_words_in_no_name_nothing_is_remembered() -> None:
    names = Names({"middle"}, lambda head: [("Middle", "East")] if head == "middle" else [], frozenset({"middle", "east"}))
    assert names.with_head("middle") == {("middle", "east"): ("Middle", "East")}
    assert names.following(("middle",)) == {"east"} and names.spelled(("middle", "east")) == ("Middle", "East")
    known = len(names._spelled), len(names._following)
    for word in ("left", "right", "east"):
        assert names.with_head(word) == {} and names.following((word,)) == set() and names.following(("middle", word)) == set()
    assert (len(names._spelled), len(names._following)) == known


def test_lines_that_mean_no_words_of_names_are_passed_over_and_no_others() -> None:
    document = tokenize("Invoice Nye read the New York Occasions at the World Well being Ministry on the Pink Sunday.")
    words = shipped_names().words
    every, named = Readings(document, [shipped_index()]), Readings(document, [shipped_index()], words)
    found = [[r for r in every.at(k) if words.issuperset(r.known)] for k in range(len(document))]
    assert any(found) and [[*named.at(k)] for k in range(len(document))] == found
