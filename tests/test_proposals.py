"""The fast proposals are those of ``candidates``, on any text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.candidates import of_entry, propose, thin
from spinfix.channel import Channel
from spinfix.language_model import default_model
from spinfix.proposals import Proposer, Vocabulary
from spinfix.records import Candidate
from spinfix.rules.readings import Readings
from spinfix.selection import Selection
from spinfix.templates import NOWHERE, shipped_table, table_of
from spinfix.text import Document, tokenize
from spinfix.wordlists import Index, Row, WordList, compiled_lines, read_list, shipped_index

ARTICLES = Path(__file__).parent.parent.parent / "shared" / "articles"
MODEL = default_model()
OWN = """# title: Own
# source: own
# license: MIT
# status: preview
# + She saw the grog tank. => She saw the think tank.
# - Nothing here.
Occasions\tTimes\tp=0.9
an ape of war\ta man of war\tp=0.9
ape\tman\tp=0.4\tabsent=zoo
ape of\tman of\tp=0.9
center east\tmiddle east\tp=0.7
grog\tthink\tp=0.5\tnear=tank
"""
WORDS = (
    "a an the The of in within inside center centre East east suppose tank tanks struggle wars assault Assault ASSAULT well being "
    "well-being suppose-tank ape war man of grog zoo Occasions occasions minister overseas . , \n\n 24,000 three,500 {hardware|gear} "
    "withinside can also additionally warning an honest process course evaluate was sluggish informed convention news anouncmentt"
).split(" ")


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> list[Index]:
    path = tmp_path_factory.mktemp("lists") / "own.tsv"
    path.write_text(OWN, encoding="utf-8")
    return [shipped_index(), Index("\n".join(compiled_lines([read_list(path)])).encode())]


def slow(document: Document, indexes: list[Index], channel: Channel, selection: Selection) -> list[Candidate]:
    proposed = propose(document, indexes, channel, selection=selection)
    return thin(document, [c for c in proposed if document.protected.isdisjoint(range(c.first, c.last))], MODEL)


@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), max_size=40), barred=st.sets(st.integers(0, 39)), own=st.booleans(), some=st.booleans())
def test_the_fast_proposals_are_the_plain_ones(
    words: list[str], barred: set[int], own: bool, some: bool, indexes: list[Index]
) -> None:
    document = tokenize(" ".join(words))
    document = replace(document, protected=document.protected | {k for k in barred if k < len(document)})
    used = indexes if own else indexes[:1]
    channel = Channel(used, MODEL)
    selection = Selection(ignore=("news-blog", "numbers/spelled-decade")) if some else Selection()
    assert Proposer(used, channel, MODEL).propose(document, selection=selection) == slow(document, used, channel, selection)


@pytest.mark.skipif(not ARTICLES.exists(), reason="the development texts are not here")
def test_they_are_the_same_on_the_development_texts() -> None:
    channel = Channel([shipped_index()], MODEL)
    proposer = Proposer([shipped_index()], channel, MODEL)
    for file in sorted(ARTICLES.rglob("*.txt")):
        document = tokenize(file.read_text(encoding="utf-8"))
        assert proposer.propose(document) == slow(document, [shipped_index()], channel, Selection()), file.name


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    proposer = Proposer([shipped_index()], None, MODEL)
    document = tokenize("The suppose tank in the Center East informed a information convention.")
    first = proposer.propose(document)
    assert first and proposer.propose(document) == first
    monkeypatch.setattr("spinfix.proposals.FULL", 0)
    assert proposer.propose(document) == first


def test_several_threads_may_ask_at_once() -> None:
    proposer = Proposer([shipped_index()], Channel([shipped_index()], MODEL), MODEL)
    texts = [tokenize(" ".join(WORDS[k:] + WORDS[:k])) for k in range(12)]
    alone = [Proposer([shipped_index()], Channel([shipped_index()], MODEL), MODEL).propose(text) for text in texts]
    found: list[list[Candidate]] = [[] for _ in texts]

    def ask(k: int) -> None:
        found[k] = proposer.propose(texts[k])

    threads = [Thread(target=ask, args=(k,)) for k in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone


def test_a_phrase_with_its_letter_case_may_run_over_the_end_of_a_line() -> None:
    index = Index(b"mid east\tFar East\t0.9\ta/b\tMid East\t\t\t\n")
    document = tokenize("He spoke to all of them at some length of the Mid\nEast and of the Mid  East, not of the mid east.")
    first, second = (k for k, surface in enumerate(document.surfaces) if surface == "Mid")
    plainly = propose(document, [index])
    assert [(c.first, c.intended) for c in plainly if c.source == "a/b"] == [(first, "Far"), (second, "Far")]
    assert [c for c in Proposer([index], None, MODEL).propose(document) if c.source == "a/b"] == [c for c in plainly if c.source == "a/b"]
    readings = Readings(document, [index])
    assert [len([*readings.at(k)]) for k in range(len(document)) if document.forms[k] == "mid"] == [1, 1, 0]


def test_a_listed_phrase_may_have_any_number_of_words() -> None:
    phrase = " ".join(f"so{'abcdefghij'[k % 10]}" for k in range(300))
    index = Index(f"{phrase}\tthis\t0.9\ta/b\t\t\t\t\n".encode())
    document = tokenize(f"He said {phrase} and left.")
    assert [(c.first, c.last) for c in Proposer([index], None, MODEL).propose(document) if c.source == "a/b"] == [(2, 302)]


@pytest.mark.parametrize("mark", ["'", "’"])
@pytest.mark.parametrize("listed", ["'", "’"])
def test_a_phrase_with_its_letter_case_has_apostrophes_of_either_kind(mark: str, listed: str) -> None:
    rows = (Row(f"Kids{listed} Day", "Children's Day", 1, 0.9),)
    index = Index("\n".join(compiled_lines([WordList("a/own", "t", "s", "MIT", "preview", (), (), rows)])).encode())
    document = tokenize(f"They met on Kids{mark} Day, not on kids{mark} day.")
    assert [c.observed for c in propose(document, [index]) if c.source == "a/own"] == ["kids '"]
    assert [len([*Readings(document, [index]).at(k)]) for k in range(len(document)) if document.forms[k] == "kids"] == [1, 0]


def test_many_lines_read_at_once_say_what_each_says_alone() -> None:
    table, index = shipped_table(), shipped_index()
    numbers = range(0, len(table), 41)
    for number, rest in zip(numbers, table.rests(numbers), strict=True):
        first, entry = index.entry(number)
        keys = (first, *entry.rest)
        assert rest == of_entry(entry, NOWHERE, keys, 0, len(keys))[2:]
    table.forget()


def test_a_table_may_be_forgotten_while_another_thread_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(b"kiddie academy\tkindergarten\t0.5\ta/b\t\t\t\t\nzoo\tpark\t0.5\ta/b\t\t\t\t\n")
    table = table_of(index)
    first, second = table.rests([0]), table.rests([1])
    table.forget()
    table.rests([0])
    read = index.lines

    def read_while_forgotten(numbers: Sequence[int]) -> list[str]:
        table.forget()
        return read(numbers)

    monkeypatch.setattr(index, "lines", read_while_forgotten)
    assert table.rests([0, 1]) == [*first, *second]


def test_a_vocabulary_knows_words_as_its_model_does() -> None:
    vocabulary = Vocabulary(MODEL)
    vocabulary.numbers(["war"])
    numbers = vocabulary.numbers(["peace", "war", "Qqzzx", "peace"]).tolist()
    assert numbers == [1, 0, 2, 1]
    expected = MODEL.words(["peace", "war", "Qqzzx"])
    for name in ("keys", "log_prob", "backoff", "surplus"):
        assert getattr(vocabulary.words, name)[[1, 0, 2]].tolist() == getattr(expected, name).tolist()
