"""Marked-up files that are made to take long: what is looked up quickly is what a slow search finds, and tries are counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markup_tools import needs

from spinfix import reading
from spinfix.markup import view_of
from spinfix.markup.view import Builder, Shown, View
from spinfix.reading import LEAST_TRIES, TRIED, read
from spinfix.records import Alternative, Finding, Span, Verdict

HTML = "<h1>A  title</h1><p>One <b>bold</b>&amp;<i>slant</i> word<!-- c --> and <code>code</code>, more.</p>\n<ul><li>a<li>b</ul>"
MARKDOWN = "# A *title*\n\nOne **bo**ld [link](x) and `code`\\\nmore  \nlines\n\n* a\n* b &amp; c\n\n| x | y |\n|---|---|\n| z w | v |\n"


def slow_shown(view: View, span: Span) -> Span:
    inside = [p for p in view.pieces if p.start < span.end and span.start < p.end and p.shown is not Shown.BLOCK]
    if not inside:
        return Span(0, 0)
    first, last = inside[0], inside[-1]
    at = first.at + max(0, span.start - first.start) if first.shown is Shown.AS_IS else first.at
    stop = last.stop - max(0, last.end - span.end) if last.shown is Shown.AS_IS else last.stop
    return Span(at, max(at, stop))


@pytest.mark.parametrize(
    ("kind", "text"), [("html", HTML), pytest.param("markdown", MARKDOWN, marks=needs("markdown"))]
)
def test_what_a_span_of_the_file_shows(kind: str, text: str) -> None:
    view = view_of(text, kind)
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            assert view.shown(Span(start, end)) == slow_shown(view, Span(start, end))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), max_size=8))
def test_where_only_plain_words_can_be_written(drawn: list[tuple[int, int]]) -> None:
    """``strict`` may be said in any order, of spans that overlap."""
    text = "word " * 8
    spans = [Span(start, min(start + size, len(text))) for start, size in drawn]
    builder = Builder(text)
    builder.prose(0, len(text))
    for span in spans:
        builder.prose(span.start, span.end, strict=True)
    view = builder.view(str)
    for at in range(0, len(text), 5):
        strict = any(span.start <= at < span.end for span in spans)
        assert view.place(Span(at, at + 4), "a#b").safe is not strict
        assert view.place(Span(at, at + 4), "plain").safe


@pytest.mark.parametrize(
    ("kind", "text", "observed", "others", "written"),
    [
        ("html", "<p>the <a href='x'>course</a> of it", "course of", ["work & flow", "path"], ["work</a> &amp; flow", "path</a>"]),
        pytest.param("markdown", "a [course](x) of it", "course of", ["way of"], ["way](x) of"], marks=needs("markdown")),
        pytest.param("latex", "a Center~East is", "Center East", ["R&D East"], ["R\\&D~East"], marks=needs("latex")),
    ],
)
def test_other_candidates_keep_the_marks_too(kind: str, text: str, observed: str, others: list[str], written: list[str]) -> None:
    found = read(text, markup=kind)
    at = found.document.text.index(observed)
    candidates = tuple(Alternative(other, 0.1) for other in others)
    finding = Finding(Span(at, at + len(observed)), 1, 1, observed, "process", 0.8, Verdict.RESTORE, "made/up", candidates)
    (returned,) = found.returned([finding])
    assert [a.intended for a in returned.alternatives] == written


def every_second_word(found: reading.Reading) -> Iterator[Finding]:
    document = found.document
    for at in range(0, len(document) - 1, 2):
        span = document.span(at, at + 1)
        yield Finding(span, 1, 1, document.text[span.start : span.end], "a word", 0.9, Verdict.RESTORE, "made/up")


@needs("latex")
@pytest.mark.parametrize("repeated", [1, 12])
def test_tries_at_what_spoils_the_markup_come_to_an_end(monkeypatch: pytest.MonkeyPatch, repeated: int) -> None:
    text = "word and\\verb|x| more\n  and \\'e words here\n" * repeated
    found = read(text, markup="latex")
    findings = [*every_second_word(found)]
    read_anew = 0

    def counted(text: str, kind: str) -> View:
        nonlocal read_anew
        read_anew += 1
        return view_of(text, kind)

    monkeypatch.setattr(reading, "view_of", counted)
    as_many_as_wanted = [f.verdict for f in found.returned(findings)]
    wanted = read_anew
    assert Verdict.RESTORE in as_many_as_wanted and Verdict.SUGGEST in as_many_as_wanted
    assert 1 < wanted <= max(LEAST_TRIES, TRIED // len(text))

    monkeypatch.setattr(reading, "TRIED", 0)
    monkeypatch.setattr(reading, "LEAST_TRIES", 5)
    read_anew = 0
    few = [f.verdict for f in found.returned(findings)]
    assert read_anew == min(wanted, 5)
    assert all(some is Verdict.SUGGEST or all_ is Verdict.RESTORE for some, all_ in zip(few, as_many_as_wanted, strict=True))


SLOW_LINE_END = re.compile(r"[ \t]*(?:\r\n?|\n)\s*")


@settings(max_examples=200, deadline=None)
@given(st.text("ab. \t\r\n\f", max_size=30), st.data())
def test_a_line_ends_with_the_blanks_before_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quick, slow = Builder(text), Builder(text)
    quick.prose(start, end)
    at = start
    for match in SLOW_LINE_END.finditer(text, start, end):
        slow._add(at, match.start(), Shown.AS_IS, text[at : match.start()])
        slow.blank(*match.span())
        at = match.end()
    slow._add(at, end, Shown.AS_IS, text[at:end])
    assert quick.view(str).pieces == slow.view(str).pieces


@pytest.mark.parametrize("kind", ["html", *(pytest.param(kind, marks=needs(kind)) for kind in ("markdown", "rst", "latex"))])
def test_blanks_without_end_take_no_time(kind: str) -> None:
    """From each blank on the end of its line was looked for, and a grammar went through empty lines again and again: minutes."""
    for blanks in ("\t" * 200_000, "\n " * 100_000):
        view = view_of(f"One word{blanks}two.\n", kind)
        assert view.prose.split() == ["One", "word", "two."]
        at, there = view.prose.index("two"), 8 + len(blanks)
        assert view.place(Span(at, at + 3), "three").span == Span(there, there + 3)


@pytest.mark.parametrize("mark", ["<?", "<!", "</", "<!-- ", "<![if "])
def test_what_begins_in_html_and_never_ends_is_looked_for_once(mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each of them the rest of the page was searched for an end: the square of its length."""
    searched = 0

    def counted(method: Callable[..., int]) -> Callable[..., int]:
        def run(self: HTMLParser, *arguments: int) -> int:
            nonlocal searched
            searched += 1
            return method(self, *arguments)

        return run

    for name in ("parse_pi", "parse_html_declaration", "parse_endtag"):
        monkeypatch.setattr(HTMLParser, name, counted(getattr(HTMLParser, name)))
    text = f"<p>One word</p> {mark}two words " + f"{mark}three " * 500
    view = view_of(text, "html")
    assert view.prose.split() == ["One", "word"] and searched <= 3
    assert view.comments == (Span(text.index(mark + "two"), len(text)),)


@pytest.mark.parametrize(("name", "end"), [("cdata", "]]>"), ("if", "]>"), ("odd", ">")])
def test_sections_of_html_that_never_end_are_looked_for_once(name: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = 0
    usual = HTMLParser.parse_marked_section

    def counted(self: HTMLParser, i: int, report: bool = True) -> int:
        nonlocal searched
        searched += 1
        return usual(self, i, report)

    monkeypatch.setattr(HTMLParser, "parse_marked_section", counted)
    section = f"<![{name}[ two {end} "
    assert view_of(f"One {section}three <b>four</b>.", "html").prose.split() == ["One", "three", "four."]
    searched = 0
    view_of("One " + f"<![{name}[ two " * 500 + "<b>four</b>", "html")
    assert searched <= 3
