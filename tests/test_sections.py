"""Long texts are read in sections, and nothing of that shows but that it can be done."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfix import Policy, Verdict, detect, restore, revert
from spinfix.sections import LONGEST, sections

SPUN = (Path(__file__).parent.parent / "examples" / "spun-article.txt").read_text(encoding="utf-8")
CLEAN = (Path(__file__).parent.parent / "examples" / "original-article.txt").read_text(encoding="utf-8")


@given(st.text(alphabet="ab. \n\u0301", max_size=200), st.integers(1, 50))
def test_sections_join_to_the_text_and_are_short(text: str, longest: int) -> None:
    spans = list(sections(text, longest))
    assert "".join(text[s.start : s.end] for s in spans) == text
    assert all(0 < len(s) <= longest for s in spans) or not text


def test_a_section_ends_with_a_paragraph_where_it_can() -> None:
    text = ("word " * 9 + "\n\n") * 20
    assert all(text[: s.end].endswith("\n\n") for s in sections(text, 100))


def test_what_is_found_in_sections_has_its_place_in_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join([CLEAN, SPUN, CLEAN, SPUN.replace("\n", " "), SPUN])
    assert len(text) < LONGEST
    monkeypatch.setattr("spinfix.sections.LONGEST", 3000)
    monkeypatch.setattr("spinfix.sections.sections", lambda t: sections(t, 3000))
    report = detect(text)
    assert len(report.findings) > 20
    for finding in report.findings:
        assert text[finding.span.start : finding.span.end] == finding.observed
        before = text[: finding.span.start]
        assert (finding.line, finding.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert report.words == len(text.split())
    assert report.spun > 0.99 and 0 < report.spin_rate < 1
    restored = restore(text)
    assert revert(restored, report.patch) == text


def test_a_spun_section_in_a_clean_book_is_found_and_the_rest_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    clean = CLEAN[: len(CLEAN) // 2] + "\n\n"
    book = clean * 4 + SPUN + "\n\n" + clean * 4
    monkeypatch.setattr("spinfix.sections.LONGEST", 2500)
    monkeypatch.setattr("spinfix.sections.sections", lambda t: sections(t, 2500))
    restorations = [f for f in detect(book).findings if f.verdict is Verdict.RESTORE]
    # a section with spun text in it may end in clean text, which is read with the rest of it
    inside = [f for f in restorations if len(clean) * 4 <= f.span.start < len(clean) * 4 + len(SPUN)]
    assert len(inside) > 50 and len(restorations) - len(inside) < len(inside) / 8


def test_a_comment_that_turns_off_holds_in_a_long_text() -> None:
    text = "<!-- spinfix: off -->\n" + "\n\n".join([SPUN] * 30)
    assert len(text) > LONGEST
    assert restore(text, Policy()) == text
