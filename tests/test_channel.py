"""What is written nearly as a list has it: another spelling, a slip, a hyphen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spinfix
from spinfix import restore
from spinfix.candidates import from_channel, from_lists
from spinfix.channel import Channel, near, other_spellings
from spinfix.language_model import default_model
from spinfix.text import tokenize
from spinfix.wordlists import Index, Row, WordList, compiled_lines, shipped_index

# sentences that leave no doubt that the text around was spun
AROUND = (
    "The suppose tank mentioned in an announcement that arms gross sales and struggle crimes were on the agenda, "
    "in accordance with the well being ministry. The overseas minister informed a information convention on Tuesday. "
)
LISTED = (
    Row("Center East", "Middle East", 1),
    Row("announcement", "statement", 2),
    Row("center east", "middle east", 3),
    Row("color scheme", "palette", 4),
    Row("struggle", "war", 5),
    Row("suppose tank", "think tank", 6, 0.5, "n"),
    Row("well being", "health", 7, 0.5, "x", (), ("spa",)),
)


def index_of(*rows: Row) -> Index:
    return Index("\n".join(compiled_lines([WordList("family/name", "", "", "", "stable", (), (), rows)])).encode())


def proposed(text: str, rows: Sequence[Row] = LISTED) -> list[tuple[str, str]]:
    """(observed text, intended) of what the channel adds for ``text``."""
    document = tokenize(text)
    spans = ((document.span(c.first, c.last), c) for c in from_channel(document, Channel([index_of(*rows)], default_model())))
    return [(text[s.start : s.end], c.intended) for s, c in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in the centre east", [("centre", "middle")]),
        ("in the Centre East", [("Centre", "middle"), ("Centre", "Middle")]),
        ("a colour scheme", [("colour scheme", "palette")]),
        ("the well beeing ministry", [("well beeing", "health")]),
        ("the well beng ministry", []),  # too short to tell
        ("in an anouncement", [("an anouncement", "a statement")]),
        ("in an annuoncement", [("an annuoncement", "a statement")]),
        ("a suppose-tank", [("suppose-tank", "think-tank")]),
        ("two suppose-tanks", [("suppose-tanks", "think-tanks")]),
        ("a struggle-torn land", [("struggle-torn", "war-torn")]),
        ("a struggle-zzyzx land", []),  # a word that nobody knows is no better
        ("the centre of town", []),
        ("the center east", []),  # as it is listed: the lists' own work
        ("an announcement", []),
        ("Anouncement of the year", []),  # a name, for all we know
        ("a well beeing spa", []),  # the guard holds here too
        ("the centre\n\neast", []),
        ("see www.suppose-tank.example or suppose_tank", []),
    ],
)
def test_what_is_nearly_listed_is_proposed(text: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(proposed(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("spun", "restored"),
    [
        ("Peace talks in the Centre East ended.", "Peace talks in the Middle East ended."),
        ("He works at a suppose-tank in London.", "He works at a think-tank in London."),
        ("The Gaza well beeing ministry was closed.", "The Gaza health ministry was closed."),
    ],
)
def test_in_a_spun_text_it_is_restored(spun: str, restored: str) -> None:
    assert restore(AROUND + spun).endswith(". " + restored)


@pytest.mark.parametrize(
    "text",
    [
        "The centre east of the park is closed, and the theatre honours its neighbours.",
        "Her anouncement was read twice; the secratary sent a leter.",
        "A well-announced, once-in-a-decade, never-ending, anti-tank, do-it-yourself plan.",
        "We discussed the well-beeing of cattle, and the centre-left party.",
    ],
)
def test_honest_neighbours_stay(text: str) -> None:
    assert restore(text) == text


def test_a_slip_costs_more_than_another_spelling() -> None:
    document = tokenize("the well beeing ministry of the Centre East")
    channel = Channel([index_of(*LISTED)], default_model())
    costs = {c.observed: c.log_p for c in from_channel(document, channel)}
    listed = {c.observed: c.log_p for c in from_lists(tokenize("the well being ministry of the center east"), [index_of(*LISTED)])}
    assert costs["well being"] < costs["center"] < listed["center"]
    assert all(cost < 0 for cost in costs.values())


def test_the_spellings_of_a_word() -> None:
    assert other_spellings("organisation") == ("organization",)
    assert other_spellings("behavior") == ("behaviour",)
    assert other_spellings("analyse") == ("analyze",)
    assert other_spellings("four") == ()


WORDS = st.text("abc-", min_size=1, max_size=6)


def one_edit(word: str) -> set[str]:
    """All that is one edit away, written out."""
    cuts = [(word[:k], word[k:]) for k in range(len(word) + 1)]
    fewer = {a + b[1:] for a, b in cuts if b}
    other = {a + c + b[1:] for a, b in cuts if b for c in "abc-"}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return (fewer | other | swapped | {a + c + b for a, b in cuts for c in "abc-"}) - {word}


@settings(max_examples=200, deadline=None)
@given(WORDS, st.lists(WORDS, max_size=20, unique=True))
def test_near_words_are_those_one_edit_away(word: str, words: list[str]) -> None:
    assert sorted(near(word, words)) == sorted(w for w in words if w in one_edit(word))


@pytest.mark.parametrize("beginning", ["q", "zu", "é", "well-", "zzzz"])
def test_first_words_are_those_of_the_file(beginning: str) -> None:
    lines = bytes(shipped_index().buffer).decode().split("\n")
    expected = dict.fromkeys(line.split("\t")[0].split(" ")[0] for line in lines if line.startswith(beginning))
    assert list(shipped_index().first_words(beginning)) == list(expected)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("the centre east well beeing suppose-tank -a- anouncement , \n\n Centre x-y-z".split(" ")), max_size=15))
def test_any_text_is_borne(words: list[str]) -> None:
    document = tokenize(" ".join(words))
    for candidate in from_channel(document, Channel([index_of(*LISTED)], default_model())):
        assert 0 <= candidate.first < candidate.last <= len(document)
        assert candidate.log_p < 0
        assert candidate.words


def loaded_by(code: str) -> str:
    """Which of the heavy packages a process loads that runs ``code``."""
    code = f"import sys; {code}; print(*sorted({{'rapidfuzz', 'regex', 'wordfreq', 'numpy'}} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(Path(spinfix.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_is_loaded_when() -> None:
    assert loaded_by("import spinfix") == ""
    assert loaded_by("import spinfix; spinfix.restore('Officials said the talks were over.')") == "numpy"
    assert "rapidfuzz" not in loaded_by("import spinfix; spinfix.restore('A suppose tank in the Center East read the anouncmentt.')")
    assert "rapidfuzz" in loaded_by("import spinfix; spinfix.restore('A suposse tank sat within the Center East.')")


def test_words_that_are_forgotten_are_met_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a text met when the channel is full some words are known and some are not; once, that text could not be read."""
    monkeypatch.setattr("spinfix.channel.CACHED", 4)
    channel = Channel([index_of(*LISTED)], default_model())
    texts = ["The colour scheme of the well-being ministry here.", "The colour scheme here was made at the Centre East."]
    found = [[r.keys for r in channel.respelled(document, list(document.forms))] for document in map(tokenize, texts * 2)]
    assert found[:2] == found[2:] and all(found)
