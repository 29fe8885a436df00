"""The list that is made of WordNet: what a reader struck out of it is out, and would be struck again."""

from __future__ import annotations

from pathlib import Path

from spinfix.wordlists import read_list

ROOT = Path(__file__).parent.parent


def struck() -> list[tuple[str, ...]]:
    lines = (ROOT / "tools/thesaurus/struck.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]


def test_struck_pairs_are_pairs_sorted_and_told_once() -> None:
    pairs = struck()
    assert len(pairs) > 500
    assert all(len(pair) == 2 and all(pair) for pair in pairs)
    assert pairs == sorted(set(pairs))


def test_no_struck_pair_is_in_the_list() -> None:
    listed = {(row.observed, row.intended) for row in read_list(ROOT / "wordlists/thesaurus/wordnet.tsv").rows}
    assert not listed & set(struck())
    assert ("geographic expedition", "exploration") in listed
