"""Known names are looked up by the words of a text: the slow way, all of them written out, finds the same."""

from __future__ import annotations

from spinfix.known_names import gaps_in, known_names, shipped_gaps, shipped_names
from spinfix.text import cut

SPELLED: dict[tuple[str, ...], tuple[str, ...]] = {}
for written in sorted(known_names()):
    tokens = cut(written)
    if len(tokens) > 1:
        SPELLED[tuple(map(str.lower, tokens))] = tokens


def test_every_name_is_found_by_its_words() -> None:
    assert len(SPELLED) > 4_000
    assert all(shipped_names().spelled(known) == tokens for known, tokens in SPELLED.items())
    assert shipped_names().words == {word for known in SPELLED for word in known}
    assert shipped_names().spelled(("bill", "nyx")) is None and shipped_names().spelled(()) is None


def test_names_that_lack_a_word_are_those_that_a_table_of_all_has() -> None:
    table = gaps_in(SPELLED.values())
    found = 0
    for known in list(SPELLED)[::5]:
        for k in range(len(known)):
            odd = (*known[:k], "xyzzy", *known[k + 1 :])
            assert shipped_gaps(odd, k) == sorted(table(odd, k))
            found += len(shipped_gaps(odd, k))
    assert found > 500
