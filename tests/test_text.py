"""Tokens, their offsets and forms; stretches of prose; the letter case of a replacement."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spinfix.records import Span
from spinfix.text import FORMS, PIECE, Document, fit, form, sentence_span, tokenize

# Letters, marks and signs that have a part in some rule of the cut, so that they meet more often than in arbitrary text.
PARTS = (
    *"abSé5٣ \t\n-‐‑_.,:;!?'’‘“”\"(/)",
    "\r\n", "\n\n", "\u0301", "\u00ad", "\u200b", "\ufeff", "\U0001f600", "\ud800", "--", "—", "…", "...",
    "U.S.", "Mr.", "a.m.", "'s", "’s", "24,000", "1990s", "5th", "2,000-pound", "https://a.example/b", "www.", "well-known", "O'Brien",
    "- ", "1. ", "# ",
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PARTS), max_size=30).map("".join))


QUICK_IDENTIFIER = r"(?<![^\W_])\w+_\w+ | _\w*_\w+"
PLAIN_PIECE = re.compile(PIECE.pattern.replace(QUICK_IDENTIFIER, r"\w+_\w+"), re.VERBOSE)


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, st.text("a1_-.'s", max_size=20)))
@example("non-A_B_C 1.5_a_b don't_x_y")
def test_identifiers_are_found_as_if_sought_everywhere(text: str) -> None:
    """But for parts of numbers that have a unit without a blank (*1.5sec_x*): a long word would be read once more at each of them."""
    assert PLAIN_PIECE.pattern != PIECE.pattern
    if not re.search(r"\d[^\W\d_]+_", text):
        assert PIECE.findall(text) == PLAIN_PIECE.findall(text)


def test_a_word_without_end_is_cut_in_no_time() -> None:
    """With a search for identifiers at each of its parts this takes an hour."""
    assert len(tokenize("0a" * 300_000).surfaces) == 300_000


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("")
@example("\ufeffOne.\r\nTwo")
def test_pieces_cover_the_text(text: str) -> None:
    assert "".join(PIECE.findall(text)) == text


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("\x1c\x85\u2028a\u3000")
def test_tokens_stand_in_order_and_only_blanks_between_them(text: str) -> None:
    document = tokenize(text)
    at = 0
    for surface, known, start, end in zip(document.surfaces, document.forms, document.starts, document.ends, strict=True):
        assert text[at:start].strip() == ""
        assert start < end
        assert text[start:end] == surface
        assert surface.strip() == surface
        assert known
        at = end
    assert text[at:].strip() == ""


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_stretches_part_the_tokens(text: str) -> None:
    document = tokenize(text)
    stretches = list(document.stretches())
    assert list(itertools.chain.from_iterable(range(a, b) for a, b in stretches)) == list(range(len(document)))
    for (_, left), (right, _) in itertools.pairwise(stretches):
        assert "\n" in text[document.ends[left - 1] : document.starts[right]]


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_tokens_as_records_agree_with_the_sequences(text: str) -> None:
    document = tokenize(text)
    tokens = list(document.tokens())
    assert len(tokens) == len(document)
    assert [t.surface for t in tokens] == list(document.surfaces)
    assert [text[t.span.start : t.span.end] for t in tokens] == list(document.surfaces)
    if tokens:
        assert document.span(0, len(document)) == Span(tokens[0].span.start, tokens[-1].span.end)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_cache_of_forms_says_what_the_function_says(text: str) -> None:
    for surface in tokenize(text).surfaces:
        assert FORMS[surface] == form(surface)


def cut(text: str) -> str:
    return " | ".join(tokenize(text).surfaces)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mayor's clerk left.", "The | mayor | 's | clerk | left | ."),
        ("The mayor’s clerk left.", "The | mayor | ’s | clerk | left | ."),
        ("THE MAYOR'S CLERK", "THE | MAYOR | 'S | CLERK"),
        ("the clerks' room", "the | clerks | ' | room"),
        ("Don't ask Mr. O’Neill.", "Don't | ask | Mr. | O’Neill | ."),
        ("It’s here, isn’t it?", "It | ’s | here | , | isn’t | it | ?"),
        ("“Go,” she said, ‘now’.", "“ | Go | , | ” | she | said | , | ‘ | now | ’ | ."),
        ("He (the cook) left; why?!", "He | ( | the | cook | ) | left | ; | why | ? | !"),
        ("The U.S. sent it at 5 a.m. on Nov. 3.", "The | U.S. | sent | it | at | 5 | a.m. | on | Nov. | 3 | ."),
        ("See Fig. 2, i.e. the map.", "See | Fig. | 2 | , | i.e. | the | map | ."),
        ("We met Mr.", "We | met | Mr | ."),  # a title at the very end is a word and a full stop
        ("About 24,000 of 3.5 at 10:30", "About | 24,000 | of | 3.5 | at | 10:30"),
        ("the 1990s, the 5th, a 2,000-pound bull", "the | 1990s | , | the | 5th | , | a | 2,000-pound | bull"),
        ("twenty-four,000 rifles", "twenty-four | , | 000 | rifles"),
        ("It cost $5 or 4%", "It | cost | $ | 5 | or | 4 | %"),
        ("a well-known mother-in-law", "a | well-known | mother-in-law"),
        ("a well‑known port", "a | well‑known | port"),  # the hyphen that does not break
        ("Yes—no – maybe -- who knows", "Yes | — | no | – | maybe | -- | who | knows"),
        ("Wait... what… so", "Wait | ... | what | … | so"),
        ("naïve cafe\u0301s re\u00adport", "naïve | cafe\u0301s | re\u00adport"),  # marks belong to their word
        ("Read https://x.example/a?b=1 or www.y.example/z) today", "Read | https://x.example/a?b=1 | or | www.y.example/z | ) | today"),
        ("call foo_bar now", "call | foo_bar | now"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_cut(text: str, expected: str) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\u00a0", "\u2009", "\t \t"])
def test_kinds_of_blanks_make_no_token(blank: str) -> None:
    assert cut(f"One{blank}two") == "One | two"


def test_a_byte_order_mark_takes_part_in_no_word() -> None:
    document = tokenize("\ufeffRain fell.")
    assert document.surfaces == ("\ufeff", "Rain", "fell", ".")
    assert document.starts[1] == 1


def test_offsets_count_code_points_not_utf16_units_or_bytes() -> None:
    document = tokenize("😀 é rain")
    assert (document.starts, document.ends) == ((0, 2, 4), (1, 3, 8))


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("Rain", "rain"), ("RAIN", "rain"), ("O’Neill", "o'neill"), ("’s", "'s"), ("well‑known", "well-known"), ("re\u00adport", "report"),
        ("“", '"'), ("”", '"'), ("«", '"'), ("‘", "'"), ("’", "'"), ("–", "—"), ("--", "—"), ("…", "..."), ("...", "..."),
        ("7", "<1>"), ("42", "<2>"), ("365", "<3>"), ("1987", "<year>"), ("2024", "<year>"), ("4711", "<number>"), ("24,000", "<number>"),
        ("1990s", "<decade>"), ("3rd", "<ordinal>"), ("21ST", "<ordinal>"), ("15km", "<n>km"), ("2,000-pound", "<n>-pound"),
        ("5thousand", "<alphanumeric>"), ("https://a.example", "<address>"), ("www.a.example", "<address>"), ("http", "http"),
    ],
)  # fmt: skip
def test_forms(surface: str, expected: str) -> None:
    assert form(surface) == expected


def test_a_letter_in_two_parts_has_the_form_of_the_letter_in_one() -> None:
    assert form("cafe\u0301") == form("café") == "café"
    assert form("Cafe\u0301s") == form("Cafés")


@pytest.mark.parametrize("mark", [*".,;:!?", "'", "...", "?!"])
def test_an_address_ends_before_the_punctuation_after_it(mark: str) -> None:
    document = tokenize(f"See www.x.example/y?a=1,2{mark} or not")
    assert document.surfaces[1] == "www.x.example/y?a=1,2"
    assert document.protected == {1}
    assert "".join(document.surfaces[2:-2]) == mark


def test_what_begins_like_an_address_and_is_none() -> None:
    assert cut("www... https://. ftp://") == "www | ... | https | : | / | / | . | ftp | : | / | /"


def test_addresses_and_identifiers_are_protected() -> None:
    document = tokenize("Read https://x.example/struggle or call make_war today")
    assert [document.surfaces[k] for k in sorted(document.protected)] == ["https://x.example/struggle", "make_war"]


LONG = "This line is long enough to be a line of prose that was wrapped"


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("One. Two.", ["One. Two."]),
        ("A heading\nThen the text.", ["A heading", "Then the text."]),
        ("First.\n\nSecond.", ["First.", "Second."]),
        ("First.\r\n\r\nSecond.", ["First.", "Second."]),
        (f"{LONG}\nand goes on.", [f"{LONG}\nand goes on."]),
        (f"{LONG}\r\nand goes on.", [f"{LONG}\r\nand goes on."]),
        (f"{LONG}\n\nNext.", [LONG, "Next."]),
        (f"{LONG}\r\n\r\nNext.", [LONG, "Next."]),
        (f"{LONG}\n \t\nNext.", [LONG, "Next."]),
        (f"{LONG}\n- an item\n2. another\n# a heading", [LONG, "- an item", "2. another", "# a heading"]),
        (f"{LONG * 3}\nNext paragraph.", [LONG * 3, "Next paragraph."]),
        ("\n\nOnly this.\n", ["Only this."]),
        ("", []),
    ],
)
def test_where_a_stretch_of_prose_begins(text: str, stretches: list[str]) -> None:
    document = tokenize(text)
    spans = (document.span(a, b) for a, b in document.stretches())
    assert [text[s.start : s.end] for s in spans] == stretches


def test_documents_are_frozen() -> None:
    document = tokenize("Rain fell.")
    assert isinstance(document, Document)
    with pytest.raises(AttributeError):
        document.text = "Snow"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("replacement", "surfaces", "expected"),
    [
        ("attack", ["assault"], "attack"),
        ("attack", ["Assault"], "Attack"),
        ("attack", ["ASSAULT"], "ATTACK"),
        ("think tank", ["suppose", "tank"], "think tank"),
        ("think tank", ["Suppose", "tank"], "Think tank"),
        ("think tank", ["Suppose", "Tank"], "Think Tank"),
        ("think tank", ["SUPPOSE", "TANK"], "THINK TANK"),
        ("news conference", ["Information"], "News Conference"),
        ("Middle East", ["center", "east"], "Middle East"),  # a name keeps its capitals
        ("Middle East", ["CENTER", "EAST"], "MIDDLE EAST"),
        ("Middle", ["CENTER"], "MIDDLE"),
        ("Facebook", ["FB"], "Facebook"),
        ("said in a statement", ["Mentioned", "in", "an", "Announcement"], "Said in a Statement"),
        ("bank", ["Financial", "institution"], "Bank"),
        ("west bank", ["West", "Financial", "institution"], "West Bank"),
        ("war zone", ["Struggle", "zone"], "War zone"),
        ("in the middle east", ["within", "the", "Center", "East"], "in the Middle East"),  # capitals inside carry over
        ("in the middle east", ["Center", "of", "the", "East"], "In the Middle East"),
        ("officials said", ["Biden", "officials", "mentioned"], "Officials said"),
        ("says the nato chief", ["states", "the", "NATO", "boss"], "says the NATO chief"),
        ("in the Middle East", ["Within", "the", "Center", "East"], "In the Middle East"),
        ("think-tank", ["Suppose-Tank"], "Think-Tank"),
        ("think-tank", ["Suppose-tank"], "Think-tank"),
        ("15 minutes", ["quarter-hour"], "15 minutes"),
        ("1990s", ["Nineteen", "Nineties"], "1990s"),
        ("an", ["A"], "An"),
        ("an", ["a"], "an"),
        ("war", ["24"], "war"),
        ("war", [], "war"),
        ("", ["Assault"], ""),
    ],
)
def test_fit(replacement: str, surfaces: list[str], expected: str) -> None:
    assert fit(replacement, surfaces) == expected


@pytest.mark.parametrize(
    ("text", "word", "is_title"),
    [
        ("The Suppose Tank Within the Center East", "Within", True),
        ("Folks Within Center Cities", "Within", False),  # no small word shows how they are written
        ("The Suppose Tank Within The Center East", "Within", False),
        ("Officers within the Center East mentioned Folks", "East", False),
        ("One.\n\nFolks Within the Center East\n\nTwo.", "Within", True),
        ("One.\n\nFolks Within the Center East\n\nTwo.", "Two", False),
        ("Folks of It", "It", False),
        ("Folks Within the Center East " * 9, "Within", False),
    ],
)
def test_titles_are_told_by_their_capitals(text: str, word: str, is_title: bool) -> None:
    document = tokenize(text)
    assert document.is_a_title(document.surfaces.index(word)) is is_title


def test_inside_a_title_small_words_are_small() -> None:
    assert fit("in", ["Within"], in_title=True) == "in"
    assert fit("in the course of", ["Throughout"], in_title=True) == "in the Course of"
    assert fit("in", ["Within"], in_title=True, sentence_start=True) == "In"
    assert fit("in", ["WITHIN"], in_title=True) == "IN"
    assert fit("more", ["Greater"], in_title=True) == "More"


def test_at_the_start_of_a_sentence_one_capital_is_enough() -> None:
    assert fit("news conference", ["Information"], sentence_start=True) == "News conference"
    assert fit("think tank", ["Suppose", "tank"], sentence_start=True) == "Think tank"
    assert fit("students", ["College", "students"], sentence_start=True) == "Students"
    assert fit("students", ["College", "students"]) == "students"
    assert fit("think tank", ["Suppose", "Tank"], sentence_start=True) == "Think Tank"  # a headline
    assert fit("think tank", ["SUPPOSE", "TANK"], sentence_start=True) == "THINK TANK"


@settings(max_examples=200, deadline=None)
@given(st.text("abcé -", min_size=1, max_size=12), st.lists(st.text("abcABCé5", min_size=1, max_size=5), max_size=4), st.booleans())
def test_fit_changes_letter_case_only(replacement: str, surfaces: list[str], sentence_start: bool) -> None:
    assert fit(replacement, surfaces, sentence_start=sentence_start).lower() == replacement


@pytest.mark.parametrize(
    ("replacement", "text", "observed", "expected"),
    [
        ("Middle East", "the Center\nEast is", "Center\nEast", "the Middle\nEast is"),
        ("Middle East", "the Center\u00a0East is", "Center\u00a0East", "the Middle\u00a0East is"),
        ("think tank", "a suppose\r\n  tank", "suppose\r\n  tank", "a think\r\n  tank"),
        ("said in a statement", "he mentioned in\nan announcement", "mentioned in\nan announcement", "he said in\na statement"),
        ("by", "done via way\nof means", "via way\nof means", "done \nby"),
        ("1990s", "in the Nineteen\r\nNineties, and", "Nineteen\r\nNineties", "in the \r\n1990s, and"),
        ("1990s", "Nineteen\nNineties and", "Nineteen\nNineties", "1990s\n and"),
        ("1990s", "all\nNineteen\nNineties and", "Nineteen\nNineties", "all\n1990s\n and"),  # not two line ends in a row
        ("1990s", "Nineteen\nNineties.", "Nineteen\nNineties", "1990s."),
        ("by the town", "via\nway  of the town", "via\nway  of the town", "by\nthe town"),
        ("of all the people there", "from everyone\nthere", "from everyone\nthere", "of all the people\nthere"),
        ("officials' war", "officers’\nstruggle", "officers’\nstruggle", "officials'\nwar"),
    ],
)
def test_line_ends_inside_a_replacement_stay(replacement: str, text: str, observed: str, expected: str) -> None:
    document = tokenize(text)
    start = text.index(observed)
    first, last = document.starts.index(start), document.ends.index(start + len(observed)) + 1
    written = fit(replacement, document.surfaces[first:last], gaps=document.gaps(first, last))
    assert text[:start] + written + text[start + len(observed) :] == expected


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(st.text("abé-", min_size=1, max_size=4), min_size=1, max_size=6), st.data())
def test_blanks_change_no_word(text: str, words: list[str], data: st.DataObject) -> None:
    document = tokenize(text)
    first = data.draw(st.integers(0, len(document)))
    last = data.draw(st.integers(first, len(document)))
    gaps = document.gaps(first, last)
    assert len(gaps) == last - first + 1
    assert not any(gap.strip() for gap in gaps)
    written = fit(" ".join(words), document.surfaces[first:last], gaps=gaps)
    assert written.lower().split() == words
    line_ends = sum("\n" in gap for gap in gaps[1:-1])
    if len(words) > line_ends:
        assert written.count("\n") == sum(gap.count("\n") for gap in gaps[1:-1])


def test_the_sentence_around_a_span() -> None:
    text = "It rained. The war went on in the U.S. town. They left!\nThen"
    at = text.index("war")
    span = sentence_span(text, Span(at, at + 3))
    assert text[span.start : span.end].strip() == "The war went on in the U.S. town."


def test_a_sentence_does_not_begin_before_the_one_that_the_span_opens() -> None:
    text = "It rained. The war went on. “They left!” Then"
    for word, sentence in (("The", "The war went on."), ("“They", "“They left!”"), ("It", "It rained.")):
        at = text.index(word)
        around = sentence_span(text, Span(at, at + len(word)))
        assert text[around.start : around.end].strip() == sentence


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_the_sentence_around_a_span_holds_the_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    around = sentence_span(text, span, reach=10)
    assert around.start <= span.start <= span.end <= around.end <= len(text)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_a_part_is_what_stands_there(text: str, data: st.DataObject) -> None:
    document = tokenize(text)
    if not len(document):
        return
    first = data.draw(st.integers(0, len(document) - 1))
    last = data.draw(st.integers(first + 1, len(document)))
    part = document.part(first, last)
    assert [part.text[a:b] for a, b in zip(part.starts, part.ends, strict=True)] == [*document.surfaces[first:last]] == [*part.surfaces]
    assert part.forms == document.forms[first:last] and part.breaks[0] == 0
    assert {k + first for k in part.breaks[1:]} == {k for k in document.breaks if first < k < last}
    assert {k + first for k in part.protected} == {k for k in document.protected if first <= k < last}
