"""Long texts are read in sections, and nothing of that shows but that it can be done."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markup_tools import needs

from spinfix import Policy, Verdict, detect, restore, revert
from spinfix.reading import read
from spinfix.records import Span
from spinfix.scoring import score
from spinfix.sections import LONGEST, grouped, sections
from spinfix.text import Document

SPUN = (Path(__file__).parent.parent / "examples" / "spun-article.txt").read_text(encoding="utf-8")
CLEAN = (Path(__file__).parent.parent / "examples" / "original-article.txt").read_text(encoding="utf-8")


def test_a_part_in_another_language_is_told_as_a_part() -> None:
    german = "Die Verwaltung hat am Montag mitgeteilt, dass der Haushalt wieder nicht rechtzeitig beschlossen werden kann. " * 250
    assert detect(german).notes == ("hardly an English word; left alone",)
    assert detect(CLEAN * 4 + german).notes == ("a part of it has hardly an English word; left alone",)
    assert detect(CLEAN * 4).notes == ()


@given(st.text(alphabet="ab. \n\u0301", max_size=200), st.integers(1, 50))
def test_sections_join_to_the_text_and_are_short(text: str, longest: int) -> None:
    spans = list(sections(text, longest))
    assert "".join(text[s.start : s.end] for s in spans) == text
    assert all(0 < len(s) <= longest for s in spans) or not text


def test_a_section_ends_with_a_paragraph_where_it_can() -> None:
    text = ("word " * 9 + "\n\n") * 20
    assert all(text[: s.end].endswith("\n\n") for s in sections(text, 100))


@pytest.mark.parametrize("gate", [True, False])
def test_what_is_found_in_sections_has_its_place_in_the_whole(gate: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join([CLEAN, SPUN, CLEAN, SPUN.replace("\n", " "), SPUN])
    assert len(text) < LONGEST
    monkeypatch.setattr("spinfix.sections.LONGEST", 3000)
    monkeypatch.setattr("spinfix.sections.BLOCK", 700)
    if not gate:
        monkeypatch.setattr("spinfix.sections.sections", lambda t: sections(t, 3000))
    report = detect(text, Policy(gate=gate))
    assert len(report.findings) > 20
    for finding in report.findings:
        assert text[finding.span.start : finding.span.end] == finding.observed
        before = text[: finding.span.start]
        assert (finding.line, finding.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert report.words == len(text.split())
    assert report.spun > 0.99 and 0 < report.spin_rate < 1
    restored = restore(text, Policy(gate=gate))
    assert revert(restored, report.patch) == text


def test_a_spun_section_in_a_clean_book_is_found_and_the_rest_is_left_alone() -> None:
    book = "\n\n".join([CLEAN] * 30 + [SPUN] + [CLEAN] * 30)
    assert len(book) > 5 * LONGEST
    start = len(CLEAN + "\n\n") * 30
    restorations = [f for f in detect(book).findings if f.verdict is Verdict.RESTORE]
    # what was read with it may be clean text, of the same block
    inside = [f for f in restorations if start <= f.span.start < start + len(SPUN)]
    assert len(inside) > 50 and len(restorations) - len(inside) < len(inside) / 3


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 9))
def test_groups_of_blocks_join_to_the_text(traced: list[bool], longest: int) -> None:
    blocks = [Span(2 * k, 2 * k + 2) for k in range(len(traced))]
    groups = list(grouped(blocks, traced, longest))
    assert [s.start for s, _ in groups] == [0, *(s.end for s, _ in groups)][: len(groups)]
    assert (groups[-1][0].end if groups else 0) == 2 * len(traced)
    assert all(len(s) <= max(longest, 2) for s, _ in groups)
    for block, is_traced in zip(blocks, traced, strict=True):
        assert not is_traced or any(s.start <= block.start < s.end and read for s, read in groups)


def test_a_comment_that_turns_off_holds_in_a_long_text() -> None:
    text = "<!-- spinfix: off -->\n" + "\n\n".join([SPUN] * 30)
    assert len(text) > LONGEST
    assert restore(text, Policy()) == text


@pytest.mark.parametrize("kind", ["plain", pytest.param("markdown", marks=needs("markdown")), "html"])
def test_what_is_read_as_a_whole_is_judged_in_sections_too(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of markup, and a text in which comments may turn spinfix off; else memory would grow with every word."""
    longest = 0

    def judged(document: Document, *given: Any, **more: Any) -> Any:
        nonlocal longest
        longest = max(longest, len(document.text))
        return score(document, *given, **more)

    monkeypatch.setattr("spinfix.scoring.score", judged)
    spun = "\n\n".join([SPUN.replace("\n", "\n\n")] * 5)
    off, on = ("<!-- spinfix: off -->", "<!-- spinfix: on -->")
    text = "\n\n".join([spun, off, spun, on, CLEAN, spun])
    if kind == "html":
        text = "".join(f"<p>{block}</p>\n" for block in text.split("\n\n"))
    report = detect(text, Policy(markup=kind))
    assert 0 < longest <= LONGEST < len(text)
    places = [range(text.index(off)), range(text.index(on), len(text))]
    assert all(any(f.span.start in place for place in places) for f in report.findings)
    assert all(sum(f.span.start in place for f in report.findings) > 20 for place in places)
    for finding in report.findings:
        assert text[finding.span.start : finding.span.end] == finding.observed
        before = text[: finding.span.start]
        assert (finding.line, finding.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert report.text == text and report.spun > 0.99
    assert revert(restore(text, Policy(markup=kind)), report.patch) == text


def test_a_mention_of_spinfix_changes_nothing_in_a_long_text() -> None:
    text = "\n\n".join([SPUN] * 12) + "\n\n"
    assert len(text) > LONGEST
    plain, mentioned = detect(text), detect(text + "# spinfix: on\n")
    first, same = ([(f.span, f.intended, f.verdict) for f in r.findings if f.span.end < LONGEST // 2] for r in (plain, mentioned))
    assert len(first) > 100 and first == same


def test_what_is_protected_stays_so_in_a_part() -> None:
    text = "One two. Mr. Fowl met three [sic] Fowl https://example.org/a-b four."
    whole = read(text)
    kept = {whole.document.starts[k] for k in whole.document.protected}
    assert len(kept) >= 4
    for start in range(len(text)):
        part = whole.part(Span(start, len(text)))
        assert part.text == text[start:]
        found = {start + part.starts[k] for k in part.protected}
        assert found >= {at for at in kept if at >= start}


def test_a_long_clean_text_is_not_kept_a_second_time() -> None:
    paragraphs = CLEAN.split("\n\n")
    text = "\n\n".join(f"{paragraphs[k % len(paragraphs)]} {k}" for k in range(12_000))
    assert len(text) > 2_000_000
    detect(text[: LONGEST * 4])  # what is read once
    tracemalloc.start()
    try:
        report = detect(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.text is text and report.words == len(text.split())
    assert peak < len(text)
