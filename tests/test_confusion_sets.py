"""Distributional neighbours: vectors of words, what WordNet forbids, the file, and what stands in the one of the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from build_confusions import Rows, packed
from build_neighbours import Vocabulary, analyses, joined, may_stand, nearness, thesaurus_rows
from opposites import Opposites
from word_vectors import Neighbourhood

from spinfix.confusions import FAR, NEIGHBOUR, STEP, SYNSET, Confusions, log_p, shipped_confusions
from spinfix.wordlists import DATA

# --- vectors ------------------------------------------------------------------------------------------------------------------------------

WORDS = ("the", "ran", "sat", "dog", "cat", "quickly", "slowly")
SENTENCES = ("the dog ran quickly", "the cat ran quickly", "the dog sat slowly", "the cat sat slowly", "the cat ran quickly")


def stream(sentences: tuple[str, ...]) -> np.ndarray:
    index = {word: k for k, word in enumerate(WORDS)}
    return np.array([k for sentence in sentences for k in (-1, *(index[word] for word in sentence.split()))], np.int32)


def test_words_with_the_same_neighbours_lie_close() -> None:
    found = Neighbourhood.of([stream(SENTENCES * 5)], len(WORDS)).vectors(4)
    assert found.shape == (len(WORDS), 4)
    cosine = found @ found.T
    dog, cat, quickly, ran = (WORDS.index(word) for word in ("dog", "cat", "quickly", "ran"))
    assert cosine[dog, cat] > 0.9
    assert cosine[dog, cat] > max(cosine[dog, quickly], cosine[dog, ran])
    assert np.array_equal(found, Neighbourhood.of([stream(SENTENCES * 5)], len(WORDS)).vectors(4))


def test_pairs_are_counted_by_distance_and_not_over_an_end_of_prose() -> None:
    counted = Neighbourhood.of([stream(("the dog ran", "cat sat"))], len(WORDS))
    pairs = [{divmod(int(code), len(WORDS)) for code in codes} for codes in counted.codes]
    the, ran, sat, dog, cat = range(5)
    assert pairs == [{(the, dog), (dog, ran), (cat, sat)}, {(the, ran)}]
    twice = Neighbourhood.of([stream(("the dog",)), stream(("the dog",))], len(WORDS))
    assert twice.counts[0].tolist() == [2]


# --- what WordNet forbids -----------------------------------------------------------------------------------------------------------------

NOUNS = """  1 a line of the licence
00000001 05 n 01 beast 0 002 ~ 00000002 n 0000 ~ 00000003 n 0000 | an animal
00000002 05 n 01 goat 0 001 @ 00000001 n 0000 | one
00000003 05 n 01 sheep 0 001 @ 00000001 n 0000 | another
00000004 06 n 01 vessel 0 002 ~ 00000005 n 0000 ~ 00000006 n 0000 | for water
00000005 06 n 01 jug 0 001 @ 00000004 n 0000 | with a handle
00000006 06 n 02 jar 0 crock 0 001 @ 00000004 n 0000 | without
00000007 06 n 01 tool 0 000 | for work
"""
VERBS = """00000011 30 v 01 rise 0 001 ! 00000012 v 0101 00 | go up
00000012 30 v 01 fall 0 002 ! 00000011 v 0101 ~ 00000013 v 0000 00 | go down
00000013 30 v 01 drop 0 001 @ 00000012 v 0000 00 | fall suddenly
00000014 30 v 01 climb 0 000 00 | upwards
"""
ADJECTIVES = """00000021 00 a 01 cardinal 0 001 & 00000022 a 0000 | of numbers
00000022 00 s 01 seven 0 001 & 00000021 a 0000 | a number
00000023 00 s 01 quiet 0 000 | without noise
00000024 00 s 01 unquiet 0 000 | with noise
00000025 00 s 01 useful 0 000 | of use
00000026 00 s 01 useless 0 000 | of none
"""


@pytest.fixture
def wordnet(tmp_path: Path) -> Opposites:
    for name, lines in (("noun", NOUNS), ("verb", VERBS), ("adj", ADJECTIVES), ("adv", "")):
        (tmp_path / f"data.{name}").write_text(lines)
        letter = name[0] if name != "adv" else "r"
        senses = [line.split() for line in lines.splitlines() if not line.startswith(" ")]
        index = [f"{word} {letter} 1 0 1 0 {fields[0]}" for fields in senses for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
        (tmp_path / f"index.{name}").write_text("\n".join(index))
    return Opposites(tmp_path)


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("rise", "fall", False), ("rise", "drop", False), ("drop", "fall", True), ("rise", "climb", True),  # opposites, and by a step
        ("goat", "sheep", False), ("jug", "jar", False), ("jar", "crock", True), ("jar", "vessel", True),  # of one kind
        ("seven", "quiet", False), ("quiet", "unquiet", False), ("useful", "useless", False), ("useful", "quiet", True),
        ("nothing", "known", True),
    ],
)  # fmt: skip
def test_opposites_and_things_of_one_kind_may_not_stand_for_one_another(wordnet: Opposites, one: str, other: str, may: bool) -> None:
    assert may_stand(one, other, wordnet) is may
    assert may_stand(other, one, wordnet) is may


def test_forms_are_known_by_lemma_and_part_of_speech(wordnet: Opposites) -> None:
    found = analyses(["goats", "rose", "fell", "beast"], wordnet)
    assert found["goats"] == {("goat", "n", "plural")} and found["rose"] == {("rise", "v", "past")}
    assert found["beast"] == {("beast", "n", "base")}


# --- the file -----------------------------------------------------------------------------------------------------------------------------


def test_what_is_packed_is_read_back_the_most_closely_bound_first() -> None:
    rows: Rows = {"jar": {"jug": (0, nearness(0.9)), "crock": (SYNSET, nearness(0.1)), "vessel": (STEP, 0)}, "jug": {"jar": (STEP, 1)}}
    sets = Confusions(packed(rows))
    found = dict(sets.of_lemma("jar"))
    assert len(sets) == 4 and list(found) == sorted(found, key=lambda word: -found[word])
    assert found["vessel"] == pytest.approx(log_p(np.array([STEP], np.uint8), np.array([0], np.uint8))[0])
    assert dict(sets.of_lemma("crock")) == dict(sets.of_lemma("zebra")) == {}


def test_who_lies_nearer_is_likelier_and_neighbours_alone_least() -> None:
    kinds = np.array([SYNSET, SYNSET, SYNSET, 0], np.uint8)
    near, unknown, far, neighbour = log_p(kinds, np.array([nearness(0.8), 0, FAR, nearness(0.8)], np.uint8)).tolist()
    assert near > unknown > far > neighbour > NEIGHBOUR


def test_neighbours_join_what_the_thesauri_have(wordnet: Opposites) -> None:
    before = Confusions(packed({"jar": {"crock": (SYNSET, 0), "tool": (0, nearness(0.9))}, "rise": {"fall": (9, 0)}}))
    assert "tool" not in thesaurus_rows(before, wordnet)["jar"]  # a neighbour of the time before
    assert thesaurus_rows(before, wordnet)["rise"] == {}  # opposites
    words = ("jars", "tools", "crocks", "fall", "rise", "paris")
    vectors = np.eye(6, dtype=np.float32)[[0, 0, 1, 2, 2, 0]]
    rows = joined(Vocabulary(words, (90,) * 5 + (1,), (0,) * 5 + (99,)), vectors, wordnet, before)
    assert rows["jar"] == {"crock": (SYNSET, FAR), "tool": (0, nearness(1.0))}
    assert rows["tool"] == {"jar": (0, nearness(1.0))}
    assert not rows["rise"] and not rows.get("fall") and "paris" not in rows


# --- those of the package -----------------------------------------------------------------------------------------------------------------


def neighbours(word: str) -> set[str]:
    sets = shipped_confusions()
    row = sets.row(word)
    return {sets.words[k] for k, bond in zip(sets.associates[row].tolist(), sets.bonds[row].tolist(), strict=True) if not bond}


def test_neighbours_of_the_package() -> None:
    assert {"barometer", "marker"} <= neighbours("indicator")
    assert shipped_confusions().of_word("indicator")["barometer"] > NEIGHBOUR
    found = shipped_confusions().of_word("essential")
    assert found["crucial"] > found["constitutive"]  # both share a synset with it; one stands where it stands


@pytest.mark.parametrize(
    "alike",
    [
        ("monday", "tuesday", "friday"), ("north", "south", "east", "west"), ("seven", "eight", "nine"), ("germany", "france", "italy"),
        ("john", "mary", "peter"), ("hot", "cold"), ("quickly", "slowly"), ("swiftly", "slowly"),
        ("buy", "sell"), ("man", "woman"), ("teacher", "student"),
        ("win", "lose"), ("accept", "reject"), ("increase", "decrease"), ("legal", "illegal"), ("useful", "useless"), ("january", "july"),
        ("dog", "cat", "horse"), ("inch", "mile"), ("him", "her", "them"), ("before", "after"),
    ],
)  # fmt: skip
def test_opposites_numbers_and_names_are_no_neighbours(alike: tuple[str, ...]) -> None:
    for word in alike:
        assert neighbours(word).isdisjoint(alike)


def test_what_no_list_has_takes_less_than_twelve_megabytes() -> None:
    files = ("terms.bin", "confusions.bin", "word-channel.tsv.gz", "composed.bin")
    assert sum((DATA / name).stat().st_size for name in files) < 12_000_000
