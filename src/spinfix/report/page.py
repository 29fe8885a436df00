"""The page: one HTML file that needs nothing else, with both texts side by side and a switch at each change.

All of the page can be read without its script, which adds the cards with candidates and reasons, the switches and the downloads.
The texts are written three times: as given and as restored, for the reader, and as data, from which the script makes the patch and
the text.  Everything that comes from a text is escaped for where it stands; a policy in the page forbids every other script and all
network besides.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from ..records import Finding, Span, Verdict
from .places import PICTURES, kinds_of
from .record import Report, json_text

DATA: Final = Path(__file__).parent.parent / "data"
BINS: Final = 64  # bars of the strip
PAGE_WORDS: Final = 100  # a text of fewer is not told to be spun in part
_PARAGRAPH: Final = re.compile(r"\r?\n(?:[ \t]*\r?\n)+")
_LINE: Final = re.compile(r"\r?\n")
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")  # lone surrogates that JavaScript would join
_UNSAFE_IN_SCRIPT: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def page(reports: Iterable[Report]) -> Iterator[str]:
    """The page on ``reports``, in pieces."""
    documents = [*reports]
    style, script = _asset("page.css"), _asset("page.js")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = _text(documents[0].path) if len(documents) == 1 else f"{len(documents)} documents"
    yield f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>spinfix: {title}</title>
<style>
{style}</style>
</head>
<body>
"""
    if len(documents) > 1:
        yield from _contents(documents)
    yield "<main>\n"
    heading = "h1" if len(documents) == 1 else "h2"
    for number, report in enumerate(documents):
        yield from _document(number, report, heading)
    yield f"""</main>
<footer>
<p>A finding is no proof of fraud. Translations, learners, old texts and house styles read unusually too;
the numbers say how the text looks to a model, not who wrote it or why. Read before you judge.</p>
<p>Made by spinfix. This page is one file and asks nothing of the network.</p>
</footer>
<div id="card" class="card" role="dialog" aria-labelledby="card-title" hidden></div>
<div id="said" class="unseen" role="status" aria-live="polite"></div>
<script>{script}</script>
</body>
</html>
"""


def _contents(documents: Sequence[Report]) -> Iterator[str]:
    yield '<nav class="contents" aria-label="Documents"><h1>' + f"{len(documents)} documents</h1><ol>\n"
    for number, report in enumerate(documents):
        yield f'<li><a href="#d{number}">{_text(report.path)}</a> <span class="quiet">spun: {_sure(report.spun)}; '
        yield f"{_percent(report.changed_share)} of {report.words:,} words changed</span></li>\n"
    yield "</ol></nav>\n"


def _document(number: int, report: Report, heading: str) -> Iterator[str]:
    findings = [f for f in report.findings if f.verdict is not Verdict.KEEP]
    paragraphs = [*_paragraphs(report.text, findings)]
    name = f"d{number}"
    yield f'<article class="document" id="{name}" data-view="both" aria-labelledby="{name}-title">\n'
    yield from _header(name, report, findings, heading)
    if findings:
        yield from _strip(name, report, findings, paragraphs)
        yield from _toolbar(name, findings)
        yield from _texts(name, report.text, findings, paragraphs)
        yield from _table(name, findings, "h2" if heading == "h1" else "h3")
        yield f'<script type="application/json" class="data">{_data(report, findings)}</script>\n'
    else:
        yield '<p class="nothing">Nothing to restore.</p>\n<div class="texts"><div class="row">'
        yield "".join(f'<p class="given" dir="auto">{_text(report.text[p.start : p.end])}</p>' for p in paragraphs)
        yield "</div></div>\n"
    yield "</article>\n"


# --- the head: what is thought of the whole ----------------------------------------------------------------------------------------


def _header(name: str, report: Report, findings: Sequence[Finding], heading: str) -> Iterator[str]:
    restored = sum(f.verdict is Verdict.RESTORE for f in findings)
    in_part = _is_in_part(report, [f.span for f in findings if f.verdict is Verdict.RESTORE])
    yield f'<header>\n<p class="path">{_text(report.path)}</p>\n'
    yield f'<{heading} class="headline" id="{name}-title">{_verdict(report.spun)}{" in part" * in_part}</{heading}>\n'
    yield '<dl class="tiles">\n'
    yield _tile(f"Probability that {'any of it' if in_part else 'it'} was spun", _sure(report.spun), report.spun)
    yield _tile("Words that are changed", f"{_percent(report.changed_share)}", report.changed_share, f"of {report.words:,}")
    looks = report.family if report.family and report.spun >= 0.5 else "none"
    yield _tile("Substitutions as in the family", _text(looks))
    suggested = len(findings) - restored
    yield _tile("Places restored", str(restored), None, f"and {suggested} suggested" if suggested else "")
    yield "</dl>\n</header>\n"


def _is_in_part(report: Report, restored: Sequence[Span]) -> bool:
    """Whether all that is restored stands together in less than half of a spun text."""
    if report.spun < 0.5 or report.words < PAGE_WORDS or len(restored) < 2:
        return False
    inside = report.text[restored[0].start : restored[-1].end]
    return 2 * len(inside.split()) < report.words


def _tile(label: str, value: str, share: float | None = None, more: str = "") -> str:
    meter = "" if share is None else f'<span class="meter" aria-hidden="true"><i style="width:{min(share, 1):.1%}"></i></span>'
    beside = f' <span class="quiet">{more}</span>' if more else ""
    return f"<div><dt>{label}</dt><dd><b>{value}</b>{beside}{meter}</dd></div>\n"


def _verdict(spun: float) -> str:
    for least, words in (
        (0.99, "Almost certainly spun"),
        (0.9, "Very probably spun"),
        (0.5, "Probably spun"),
        (0.1, "Perhaps spun, more likely not"),
    ):
        if spun >= least:
            return words
    return "No sign that it was spun"


def _sure(probability: float) -> str:
    if probability > 0.999:
        return "over 99.9%"
    return "under 0.1%" if probability < 0.001 else _percent(probability)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


# --- the strip: where it is dense --------------------------------------------------------------------------------------------------


def _strip(name: str, report: Report, findings: Sequence[Finding], paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    words = [m.start() for m in re.finditer(r"\S+", report.text)]
    count = min(BINS, max(1, len(words) // 4))
    edges = [words[len(words) * k // count] for k in range(count)] + [len(report.text)] if words else [0, len(report.text)]
    changed = [0.0] * (len(edges) - 1)
    for f in findings:
        at = min(max(bisect_right(edges, f.span.start) - 1, 0), len(changed) - 1)
        changed[at] += f.posterior * max(1, len(f.observed.split()))
    shares = [min(1.0, c * count / max(1, len(words))) for c in changed]
    starts = [p.start for p in paragraphs]
    rows = [min(max(bisect_right(starts, edge) - 1, 0), len(paragraphs) - 1) for edge in edges[:-1]]
    densest = rows[shares.index(max(shares))] + 1
    label = f"Where the text is spun: densest about paragraph {densest} of {len(paragraphs)}, with {max(shares):.0%} of the words changed"
    yield f'<figure class="strip"><div class="bars" role="img" aria-label="{label}">'
    for (left, right), share, row in zip(pairwise(edges), shares, rows, strict=True):
        title = f"paragraph {row + 1}: {share:.0%} of the words"
        yield f'<i data-row="{name}-p{row}" title="{title}" style="--v:{share:.3f};flex-grow:{max(1, right - left)}"></i>'
    yield "</div>\n<figcaption>From the first word to the last: how many of the words were changed, each weighed by its probability"
    yield "</figcaption></figure>\n"


# --- the texts, side by side -------------------------------------------------------------------------------------------------------


def _toolbar(name: str, findings: Sequence[Finding]) -> Iterator[str]:
    restored = sum(f.verdict is Verdict.RESTORE for f in findings)
    views = (("both", "Both"), ("given", "As given"), ("meant", "Restored"))
    choices = "".join(
        f'<label><input type="radio" name="{name}-view" value="{value}"{" checked" if value == "both" else ""}><span>{label}</span></label>'
        for value, label in views
    )
    yield f"""<div class="toolbar" role="toolbar" aria-label="Changes">
<p class="count"><b class="accepted">{restored}</b> of {len(findings)} accepted</p>
<fieldset class="views"><legend class="unseen">Show</legend>{choices}</fieldset>
<div class="buttons">
<button type="button" data-do="previous" aria-label="Previous change" title="Previous change">↑</button>
<button type="button" data-do="next" aria-label="Next change" title="Next change">↓</button>
<button type="button" data-do="all">Accept all</button>
<button type="button" data-do="none">Reject all</button>
<button type="button" data-do="reset">As found</button>
</div>
<div class="buttons">
<button type="button" class="main" data-do="text">Download text</button>
<button type="button" class="main" data-do="patch">Download patch</button>
</div>
</div>
<p class="legend"><span class="scale given-scale" aria-hidden="true"></span> stands there
<span class="scale meant-scale" aria-hidden="true"></span> was meant: the fuller the colour, the surer (0.2 to 1).
<span class="change off sample" aria-hidden="true">Dashed</span> is a suggestion, or rejected.
<span class="help">Point at a change, tap it or press Enter on it for candidates and reasons; on a change
<kbd>a</kbd> accepts, <kbd>r</kbd> rejects, <kbd>n</kbd> and <kbd>p</kbd> go on and back.</span></p>
"""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, from ``start`` up to and without ``end``, and its findings by number."""

    start: int
    end: int
    findings: tuple[int, ...]


def _paragraphs(text: str, findings: Sequence[Finding]) -> Iterator[Paragraph]:
    """The paragraphs of ``text``: parted by blank lines, or by line ends where it has no blank lines."""
    parting = _PARAGRAPH if _PARAGRAPH.search(text.strip()) else _LINE
    at = 0
    number = 0
    for start, end in [*((m.start(), m.end()) for m in parting.finditer(text)), (len(text), len(text))]:
        first = number
        last = number
        while last < len(findings) and findings[last].span.end <= start:
            last += 1
        if last < len(findings) and findings[last].span.start < end and findings[last].span.end > start:
            continue  # a finding lies over the parting: it does not count
        if text[at:start].strip() or last > first:
            yield Paragraph(at, start, tuple(range(first, last)))
        at, number = end, last


def _texts(name: str, text: str, findings: Sequence[Finding], paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    yield '<div class="texts">\n<div class="row heads" aria-hidden="true"><p>As given</p><p>Restored</p></div>\n'
    for row, p in enumerate(paragraphs):
        yield f'<section class="row" id="{name}-p{row}" aria-label="Paragraph {row + 1}">\n'
        for side in ("given", "meant"):
            yield f'<p class="{side}" dir="auto">'
            at = p.start
            for number in p.findings:
                f = findings[number]
                yield _text(text[at : f.span.start]) + _change(side, number, f)
                at = f.span.end
            yield f"{_text(text[at : p.end])}</p>\n"
        yield "</section>\n"
    yield "</div>\n"


def _change(side: str, number: int, f: Finding) -> str:
    on = f.verdict is Verdict.RESTORE
    kind = "change" if on else "change off"
    attributes = f'class="{kind}" data-n="{number}" style="--p:{f.posterior:.3f}"'
    if side == "meant":
        shown = f.intended if on else f.observed
        if shown != shown.strip():  # it begins on the next line, and leaves nothing to be seen on this one
            attributes = attributes.replace(kind, f"{kind} turn", 1)
        return f"<span {attributes}>{_text(shown)}</span>"
    state = "accepted" if on else "rejected"
    label = _text(f"{' '.join(f.observed.split())}: {f.intended or 'nothing'} was meant, {f.posterior:.0%}, {state}")
    return f'<span {attributes} role="button" tabindex="0" aria-haspopup="dialog" aria-label="{label}">{_text(f.observed)}</span>'


# --- the table and the data --------------------------------------------------------------------------------------------------------


def _table(name: str, findings: Sequence[Finding], heading: str) -> Iterator[str]:
    yield f'<section class="kinds"><{heading} id="{name}-kinds">Substitutions</{heading}>\n'
    yield f'<div class="scroll" role="region" aria-labelledby="{name}-kinds" tabindex="0"><table>\n<thead><tr><th scope="col">Accept</th>'
    yield '<th scope="col">Observed</th><th scope="col">Intended</th><th scope="col" class="number">Times</th>'
    yield '<th scope="col" class="number">Posterior</th><th scope="col">Source</th></tr></thead>\n<tbody>\n'
    for number, ((observed, intended), members) in enumerate(kinds_of(findings).items()):
        places = [findings[k] for k in members]
        mean = sum(f.posterior for f in places) / len(places)
        checked = " checked" if all(f.verdict is Verdict.RESTORE for f in places) else ""
        label = f"Accept {_text(intended) or 'nothing'} for {_text(observed)}"
        yield f'<tr><td><input type="checkbox" data-kind="{number}"{checked} aria-label="{label}"></td><td>{_text(observed)}</td>'
        yield f'<td>{_text(intended)}</td><td class="number">{len(places)}</td><td class="number">{mean:.2f}</td>'
        yield f"<td>{_text(', '.join(sorted({f.source for f in places})))}</td></tr>\n"
    yield "</tbody></table></div></section>\n"


def _data(report: Report, findings: Sequence[Finding]) -> str:
    """What the script needs, as JSON that may stand in an HTML page: the text in pieces around the findings, and the findings."""
    edges = [0, *(edge for f in findings for edge in (f.span.start, f.span.end)), len(report.text)]
    data: dict[str, Any] = {
        "path": report.path,
        "sha256": report.sha256,
        "exact": not _PAIR.search(report.text),  # whether JavaScript can hold the text
        "kept": [report.text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)],
        "kinds": [*kinds_of(findings).values()],
        "findings": [
            {
                "id": f.id,
                "start": f.span.start,
                "end": f.span.end,
                "observed": f.observed,
                "candidates": [
                    {"intended": intended, "posterior": round(posterior, 4)}
                    for intended, posterior in [(f.intended, f.posterior), *((a.intended, a.posterior) for a in f.alternatives)]
                ],
                "restore": f.verdict is Verdict.RESTORE,
                "source": f.source,
                "evidence": [{"kind": e.kind, "log_odds": round(e.log_odds, 2), "reason": e.reason} for e in f.evidence],
            }
            for f in findings
        ],
    }
    return json_text(data).translate(_UNSAFE_IN_SCRIPT)


@cache
def _asset(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


def _text(value: str) -> str:
    """``value`` for HTML, as text or as a quoted attribute; control characters by their pictures, bytes that are no text by U+FFFD."""
    return escape(value.translate(PICTURES).encode("utf-8", "replace").decode())

