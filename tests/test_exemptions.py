"""What a reader wants left alone, against the obvious way: each finding held against each place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix.errors import PolicyError
from spinfix.exemptions import wanted
from spinfix.records import Finding, Span, Verdict

TEXT = "The war Zone of war was a zone, a no war  zone."


def finding(start: int, end: int) -> Finding:
    return Finding(Span(start, end), 1, 1, TEXT[start:end], "x", 0.9, Verdict.RESTORE, "made/up")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 12)), max_size=6),
    st.lists(st.sampled_from(["war", "zone", "war zone", "THE WAR", "no", "absent", " "]), max_size=3).map(tuple),
    st.lists(
        st.sampled_from(["w", "a.*a", "(?=z)", "z?", "of", "^", "war{e}", "r{1,}", r"\N{SPACE}of{s}?", "[a{e}]f"]), max_size=3
    ).map(tuple),
)
def test_what_touches_a_place_that_is_to_be_left_alone_goes(
    drawn: list[tuple[int, int]], words: tuple[str, ...], patterns: tuple[str, ...]
) -> None:
    findings = [finding(start, min(start + size, len(TEXT))) for start, size in drawn]
    places = [match.span() for pattern in patterns for match in re.finditer(pattern, TEXT) if match[0]]
    for word in words:
        if word.strip():
            wherever = r"(?<!\w)" + r"\s+".join(word.split()) + r"(?!\w)"
            places += [match.span() for match in re.finditer(wherever, TEXT, re.IGNORECASE)]
    expected = [f for f in findings if not any(f.span.start < end and start < f.span.end for start, end in places)]
    assert list(wanted(findings, TEXT, words=words, patterns=patterns)) == expected


def test_a_pattern_that_takes_too_long_is_named() -> None:
    with pytest.raises(PolicyError, match=r"ignore_patterns: expected a pattern that can be searched for, found '\(a\|aa\)\+\$'"):
        wanted([finding(0, 3)], "a" * 100 + "b", words=(), patterns=("(a|aa)+$",))


@pytest.mark.parametrize("word", ["it's war", "IT’S  war"])
def test_apostrophes_are_of_either_kind(word: str) -> None:
    for text in ("So it's war", "So it’s war"):
        found = Finding(Span(8, 11), 1, 9, "war", "x", 0.9, Verdict.RESTORE, "made/up")
        assert wanted([found], text, words=(word,), patterns=()) == ()
        assert wanted([found], text, words=("its war",), patterns=()) == (found,)


def test_a_brace_is_what_it_is_to_re() -> None:
    assert wanted([finding(4, 7)], TEXT, words=(), patterns=("war{e}",)) == (finding(4, 7),)
    assert wanted([finding(4, 7)], TEXT, words=(), patterns=("war{1}",)) == ()
    there = Finding(Span(9, 12), 1, 10, "war", "x", 0.9, Verdict.RESTORE, "made/up")
    assert wanted([there], r"So \textit{war} it is", words=(), patterns=(r"\\textit{war}", r"\N{SPACE}war")) == ()


def test_a_pattern_that_matches_nothing_everywhere_leaves_nothing_alone() -> None:
    found = [finding(4, 7)]
    assert wanted(found, TEXT, words=(), patterns=("x*", "(?=a)", "")) == tuple(found)
