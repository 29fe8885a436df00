"""Paradigms, pairs of forms, and the article before a word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.inflection import PARTS_OF_SPEECH, indefinite_article, inflected_pairs, paradigm

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=10)
PHRASES = st.lists(LETTERS, min_size=1, max_size=3).map(" ".join)


def written(forms: dict[str, tuple[str, ...]], *names: str) -> str:
    return " ".join("/".join(forms[name]) for name in names)


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("walk", "walk walks walked walked walking"),
        ("hope", "hope hopes hoped hoped hoping"),
        ("hop", "hop hops hopped hopped hopping"),
        ("carry", "carry carries carried carried carrying"),
        ("delay", "delay delays delayed delayed delaying"),
        ("visit", "visit visits visited visited visiting"),
        ("regret", "regret regrets regretted regretted regretting"),
        ("equip", "equip equips equipped equipped equipping"),
        ("mix", "mix mixes mixed mixed mixing"),
        ("bow", "bow bows bowed bowed bowing"),
        ("miss", "miss misses missed missed missing"),
        ("watch", "watch watches watched watched watching"),
        ("agree", "agree agrees agreed agreed agreeing"),
        ("die", "die dies died died dying"),
        ("dye", "dye dyes dyed dyed dyeing"),
        ("mimic", "mimic mimics mimicked mimicked mimicking"),
        ("travel", "travel travels traveled/travelled traveled/travelled traveling/travelling"),
        ("go", "go goes went gone going"),
        ("undergo", "undergo undergoes underwent undergone undergoing"),
        ("have", "have has had had having"),
        ("write", "write writes wrote written writing"),
        ("cut", "cut cuts cut cut cutting"),
        ("learn", "learn learns learned/learnt learned/learnt learning"),
        ("be", "be is was been being"),
        ("give up", "give up gives up gave up given up giving up"),
        ("echo", "echo echoes echoed echoed echoing"),
        ("radio", "radio radios radioed radioed radioing"),
        ("quiz", "quiz quizzes quizzed quizzed quizzing"),
        ("waltz", "waltz waltzes waltzed waltzed waltzing"),
        ("singe", "singe singes singed singed singeing"),
        ("hinge", "hinge hinges hinged hinged hinging"),
        ("debug", "debug debugs debugged debugged debugging"),
        ("bus", "bus buses bused bused busing"),
        ("layer", "layer layers layered layered layering"),
        ("eavesdrop", "eavesdrop eavesdrops eavesdropped eavesdropped eavesdropping"),
        ("reset", "reset resets reset reset resetting"),
        ("reoccur", "reoccur reoccurs reoccurred reoccurred reoccurring"),
        ("forbid", "forbid forbids forbade forbidden forbidding"),
        ("behold", "behold beholds beheld beheld beholding"),
        ("bivouac", "bivouac bivouacs bivouacked bivouacked bivouacking"),
    ],
)
def test_verbs(verb: str, expected: str) -> None:
    assert written(paradigm(verb, "v"), "base", "third", "past", "participle", "ing") == expected


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("rifle", "rifles"), ("city", "cities"), ("boy", "boys"), ("church", "churches"), ("box", "boxes"), ("wish", "wishes"),
        ("roof", "roofs"), ("leaf", "leaves"), ("hero", "heroes"), ("photo", "photos"), ("person", "people"), ("series", "series"),
        ("analysis", "analyses"), ("spokesman", "spokesmen"), ("index", "indices/indexes"), ("quiz", "quizzes"),
        ("bank card", "bank cards"), ("rate of interest", "rates of interest"), ("member of parliament", "members of parliament"),
        ("attorney^ general", "attorneys general"), ("mother-in-law", "mothers-in-law"),
        ("gunman", "gunmen"), ("German", "Germans"), ("human", "humans"), ("noblewoman", "noblewomen"), ("schoolchild", "schoolchildren"),
        ("goldfish", "goldfish"), ("metamorphosis", "metamorphoses"), ("chassis", "chassis"), ("salesperson", "salespeople/salespersons"),
        ("soliloquy", "soliloquies"), ("stomach", "stomachs"), ("monarch", "monarchs"), ("search", "searches"), ("whiz", "whizzes"),
    ],
)  # fmt: skip
def test_nouns(noun: str, plural: str) -> None:
    assert written(paradigm(noun, "n"), "plural") == plural


@pytest.mark.parametrize(
    ("adjective", "expected"),
    [
        ("squat", "squat squatter squattest"),
        ("loud", "loud louder loudest"), ("large", "large larger largest"), ("big", "big bigger biggest"),
        ("happy", "happy happier happiest"), ("gray", "gray grayer grayest"), ("simple", "simple simpler simplest"),
        ("narrow", "narrow narrower narrowest"),
        ("good", "good better best"), ("far", "far farther/further farthest/furthest"),
    ],
)  # fmt: skip
def test_adjectives_that_compare(adjective: str, expected: str) -> None:
    assert written(paradigm(adjective, "a"), "base", "comparative", "superlative") == expected


@pytest.mark.parametrize("adjective", ["beautiful", "important", "well-known", "careful", "fun", "possible", "royal", "capable"])
def test_adjectives_that_take_more(adjective: str) -> None:
    assert paradigm(adjective, "a") == {"base": (adjective,)}


def test_the_exact_form_has_no_paradigm() -> None:
    assert paradigm("went to", "x") == {"base": ("went to",)}


def test_pairs_of_lemmas_are_pairs_of_like_forms() -> None:
    assert list(inflected_pairs("depart", "go", "v")) == [
        ("depart", "go"), ("departs", "goes"), ("departed", "went"), ("departed", "gone"), ("departing", "going"),
    ]  # fmt: skip
    assert list(inflected_pairs("man^ of science", "scientist", "n")) == [("man of science", "scientist"), ("men of science", "scientists")]
    assert list(inflected_pairs("huge", "big", "a")) == [("huge", "big"), ("huger", "bigger"), ("hugest", "biggest")]
    assert list(inflected_pairs("massive", "big", "a")) == [("massive", "big")]


def test_a_form_that_stands_for_itself_is_no_pair() -> None:
    assert next(inflected_pairs("lay", "lie", "v")) == ("lay", "lie")
    assert all(observed != intended for observed, intended in inflected_pairs("lie", "lay", "v"))


@settings(max_examples=200, deadline=None)
@given(PHRASES, PHRASES, st.sampled_from(sorted(PARTS_OF_SPEECH)))
def test_pairs_begin_with_the_row_and_never_repeat(observed: str, intended: str, pos: str) -> None:
    pairs = list(inflected_pairs(observed, intended, pos))
    assert len(pairs) == len(set(pairs))
    if observed != intended:
        assert pairs[0] == (observed, intended)
    ours = {form for forms in paradigm(intended, pos).values() for form in forms}
    theirs = {form for forms in paradigm(observed, pos).values() for form in forms}
    assert all(o in theirs and i in ours and o != i for o, i in pairs)


@settings(max_examples=200, deadline=None)
@given(PHRASES, st.sampled_from("nvax"))
def test_forms_are_text_as_it_is_written(phrase: str, pos: str) -> None:
    for forms in paradigm(phrase, pos).values():
        assert forms
        assert all(form == " ".join(form.split()) and "^" not in form for form in forms)


@pytest.mark.parametrize(
    "phrase",
    [
        "an attack", "a war", "an hour", "an honest man", "an heir", "a house", "a university", "a union", "a unique case", "a useful tool",
        "a European", "a one-page note", "a once-great club", "an onion", "an umbrella", "an uninvited guest", "an usher",
        "an unimportant one", "a UK firm", "a U.S. firm", "a UN envoy", "an FBI agent", "an MP", "an HIV test", "an SUV", "a BBC film",
        "an 8-year term", "an 11th goal", "an 18,000 crowd", "an 80 percent cut", "a 110-page file", "a 7 percent cut", "a 1990s song",
    ],
)  # fmt: skip
def test_indefinite_article(phrase: str) -> None:
    article, word = phrase.split(" ")[:2]
    assert indefinite_article(word) == article


@pytest.mark.parametrize(
    "phrase",
    [
        "a Ukrainian", "a Ugandan", "a unanimous vote", "a U-turn", "a ukulele", "a uranium mine", "a usable", "an unaware one", "an urn",
        "a NATO base", "a NASA probe", "a FIFA ban", "an NFL team", "an EU law", "an X-ray", "a T-shirt", "an e-mail", "an F-16",
        "an mp3", "an html page", "a mph", "a Mr.", "a hierarchy", "an honorary post", "an Uber ride",
    ],
)  # fmt: skip
def test_indefinite_article_that_spelling_hides(phrase: str) -> None:
    article, word = phrase.split(" ")[:2]
    assert indefinite_article(word) == article
