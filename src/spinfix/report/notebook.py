"""A report as a notebook shows it: one element, no script, colours that go with a light and a dark page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from ..records import Finding, Verdict
from .record import Report, one_line

MOST: Final = 50  # findings shown; a notebook is no place for a thousand


def fragment(report: Report) -> str:
    """The summary and a table of the findings, the likeliest reading first, as one ``<div>``."""
    return "".join(_pieces(report))


def _pieces(report: Report) -> Iterator[str]:
    shown = [f for f in report.findings if f.verdict is not Verdict.KEEP]
    yield f'<div class="spinfix"><p><strong>{_text(report.summary())}</strong></p>'
    if shown:
        yield "<table><thead><tr><th>line</th><th>observed</th><th>intended</th><th>posterior</th><th>source</th></tr></thead><tbody>"
        yield from map(_row, shown[:MOST])
        yield "</tbody></table>"
    if len(shown) > MOST:
        yield f"<p>… and {len(shown) - MOST} more</p>"
    yield "</div>"


def _row(f: Finding) -> str:
    observed, intended = _text(one_line(f.observed)), _text(one_line(f.intended))
    mark = "" if f.verdict is Verdict.RESTORE else " (suggestion)"
    cells = (f"{f.line}:{f.column}", f"<del>{observed}</del>", f"<ins>{intended}</ins>{mark}", f"{f.posterior:.2f}", _text(f.source))
    return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"


def _text(value: str) -> str:
    """``value`` for HTML; a byte that was no text is shown as such."""
    return escape(value.encode("utf-8", "replace").decode())
