"""Reports for the tests of what is made from reports: one of a real text, and made-up ones with all that could go wrong in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

from spinfix import Alternative, Correction, Evidence, Finding, Report, Span, Verdict, explain
from spinfix.patch import digest

ROOT = Path(__file__).parent.parent
EXAMPLE = (ROOT / "examples/spun-article.txt").read_bytes().decode()
# what formats trip over: quotes, markup of every kind, line ends, separators that JavaScript takes for line ends, control characters,
# characters beyond 16 bits, bytes that are no text
NASTY = "a b\n\r\t\"'<>&\\`~{}+-=[]|%:,;#\0\x1b\x7f\u2028\u2029é😀\ufeff\udc80\udcff"
MARKUP = ["{~~", "~>", "~~}", "{++", "++}", "{--", "--}", "{==", "\\", "</script>", "<!--", "]]>", "%0A", "\r\n", "x"]
TEXTS = st.one_of(
    st.text(st.sampled_from(NASTY), max_size=30),
    st.lists(st.sampled_from(MARKUP)).map("".join),
)
PATHS = st.sampled_from(["a.txt", "-", "ü b/c:d,e%.md", "x\udcff", "a\n\x1b[31m\r.txt"])


def finding(text: str, span: Span, intended: str, *, posterior: float = 0.9, verdict: Verdict = Verdict.RESTORE) -> Finding:
    """A finding at ``span`` of ``text`` with one alternative and one reason."""
    line = text.count("\n", 0, span.start) + 1
    column = span.start - (text.rfind("\n", 0, span.start) + 1) + 1
    return Finding(
        span, line, column, text[span.start : span.end], intended, posterior, verdict, "family/list",
        (Alternative(f"{intended}!", 0.05),), (Evidence("language-model", 1.5, f"“{intended}” fits better"),),
    )  # fmt: skip


def made(text: str, findings: Iterable[Finding], path: str = "a.txt") -> Report:
    """The report with these findings on ``text``."""
    return Report(digest(text), len(text.split()), 0.75, 0.25, tuple(findings), text, path, "family")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A made-up report: findings of every verdict in a text of trouble."""
    text = draw(TEXTS)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    verdicts = st.sampled_from([Verdict.RESTORE, Verdict.RESTORE, Verdict.SUGGEST, Verdict.KEEP])
    return made(text, [finding(text, s, draw(TEXTS), verdict=draw(verdicts)) for s in spans], draw(PATHS))


def real() -> Report:
    """What ``explain`` says of the example article."""
    return explain(EXAMPLE, path="examples/spun-article.txt")


def one(text: str, observed: str, intended: str) -> Correction:
    """The correction of the first ``observed`` in ``text``."""
    start = text.index(observed)
    return Correction(Span(start, start + len(observed)), observed, intended)
