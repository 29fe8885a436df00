"""Words that a line end breaks, as in text from PDF files, and letters that are printed as one."""

from __future__ import annotations

import pytest

import spinfix
from spinfix.broken_words import mended
from spinfix.page_words import key_of, keys_of, plain
from spinfix.text import tokenize

BEFORE = "The officers mentioned that folks misplaced their houses within the Center East after the civil struggle.\n"
AFTER = "The officials said that people lost their homes in the Middle East after the civil war.\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They mis-\nplaced it.", "They misplaced it ."),
        ("They mis-  \r\n  placed it.", "They misplaced it ."),
        ("They mis\u00ad\nplaced it.", "They misplaced it ."),
        ("The Cen\u2010\nter and THE CEN-\nTER", "The Center and THE CENTER"),
        ("a long-\nterm state-of-\nthe-art plan", "a long-term state-of-the-art plan"),
        ("a suppose-\ntank, the Center-\nEast", "a suppose - tank , the Center - East"),  # no word that is known
        ("two boy-\ns and I-\nT", "two boys and IT"),  # what is left over may be a letter
        ("mis-\n\nplaced, mis -\nplaced, mis-placed, mis--\nplaced", "mis - placed , mis - placed , mis-placed , mis -- placed"),
        ("5-\nyear, x_y-\nplaced, www.mis-\nplaced", "5 - year , x_y - placed , www.mis- placed"),
        ("-\nplaced mis-\n", "- placed mis -"),
        ("", ""),
    ],
)
def test_what_is_joined(text: str, words: str) -> None:
    document = tokenize(text)
    joined = mended(document)
    assert " ".join(joined.surfaces) == words
    assert mended(joined) == joined
    at = 0
    for k in range(len(joined)):
        assert at <= joined.starts[k] < joined.ends[k]
        at = joined.ends[k]
    assert joined.ends[-1:] == document.ends[-1:]


def test_a_line_end_inside_a_word_ends_no_stretch_of_prose() -> None:
    document = tokenize("mis-\nplaced one\n\ntwo mis-\nplaced")
    assert list(document.breaks) == [0, 2, 4, 7]
    assert list(mended(document).breaks) == [0, 2]


@pytest.mark.parametrize(
    ("spun", "meant"),
    [
        ("And folks mis-\nplaced their houses.", "And people \nlost their homes."),
        ("And folks misplaced their houses within the Cen-\n  ter East.", "And people lost their homes in the \n  Middle East."),
        ("The evalu-\r\nate course of was sluggish.", "The \r\nreview process was slow."),
        ("The evaluate course of was slug\u00ad\ngish.", "The review process was \nslow."),
        ("A suppose-\ntank is a long-\nterm plan.", "A think-\ntank is a long-\nterm plan."),
    ],
)
def test_broken_words_are_restored_and_lines_stay_lines(spun: str, meant: str) -> None:
    text = BEFORE + spun
    report = spinfix.detect(text)
    assert report.patch.apply(text) == AFTER + meant
    assert report.patch.inverse().apply(AFTER + meant) == text
    for finding in report.findings:
        assert text[finding.span.start : finding.span.end] == finding.observed


def test_what_is_broken_by_a_line_end_in_a_long_text() -> None:
    text = (BEFORE + "Folks mis-\nplaced their houses.\n\n") * 300
    assert spinfix.restore(text) == (AFTER + "People \nlost their homes.\n\n") * 300


def test_broken_words_can_be_left_alone_by_name() -> None:
    text = BEFORE + "And folks mis-\nplaced the coun-\nterfeit consciousness."
    restored = spinfix.restore(text, spinfix.Policy(ignore_words=("Misplaced", "coun-terfeit")))
    assert "mis-\nplaced" in restored
    assert "coun-\nterfeit" in restored
    assert "mis-\nplaced" not in spinfix.restore(text, spinfix.Policy(ignore_words=("placed x",)))


@pytest.mark.parametrize("word", ["of\ufb01cers", "Of\ufb01cers", "\ufb02ag", "a\ufb00air", "su\ufb03cient", "ha\ufb06e", "\ufb01"])
def test_letters_printed_as_one_are_read_as_two(word: str) -> None:
    parts = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb06": "st"}
    written = "".join(parts.get(c, c) for c in word)
    assert tokenize(word).forms == tokenize(written).forms
    assert keys_of(plain(word)).tolist() == [key_of(plain(word))] == keys_of(plain(written)).tolist()


def test_a_word_with_a_ligature_is_restored() -> None:
    assert spinfix.restore(BEFORE + "The of\ufb01cers mentioned it.").endswith("The officials said it.")
