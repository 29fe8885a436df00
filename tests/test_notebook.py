"""What a notebook shows of a report."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from made_reports import EXAMPLE, reports

from spinfix import Report, Verdict, detect
from spinfix.report.notebook import MOST


def tags(report: Any) -> list[tuple[str, list[str]]]:
    """The elements of what a notebook asks for, with the names of their attributes."""
    found: list[tuple[str, list[str]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, [name for name, _ in attrs]))

    reader = Reader()
    reader.feed(report._repr_html_())
    reader.close()
    return found


def rows(report: Report) -> int:
    return sum(tag == "tr" for tag, _ in tags(report))


def test_a_notebook_shows_the_summary_and_the_findings() -> None:
    report = detect("He works at a suppose tank.", path="a.txt")
    shown = report._repr_html_()
    assert report.summary() in shown
    assert "<del>suppose</del>" in shown
    assert "<ins>think</ins>" in shown
    assert rows(report) == 2


def test_a_long_report_is_cut_and_says_so() -> None:
    report = detect(EXAMPLE)
    assert rows(report) == MOST + 1
    assert f"… and {len(report.findings) - MOST} more" in report._repr_html_()


def test_a_clean_text_has_no_table() -> None:
    assert rows(detect("It rained all day.")) == 0


@settings(max_examples=100, deadline=None)
@given(reports())
def test_no_text_breaks_out(report: Report) -> None:
    report._repr_html_().encode()
    assert {tag for tag, _ in tags(report)} <= {"div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "del", "ins"}
    assert {name for _, names in tags(report) for name in names} <= {"class", "style"}
    assert rows(report) == (n + 1 if (n := sum(f.verdict is not Verdict.KEEP for f in report.findings)) else 0)
