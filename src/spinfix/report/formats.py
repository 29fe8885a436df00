"""Every way to write reports down, by name: ``"".join(FORMATS[name](reports))`` is the whole output.

A format is a generator of pieces of text, line ends included.  It takes the reports as they come: the formats for people and
``json-lines`` write each as soon as it is there.  Nothing is printed or written to a file here.

**A new format** is a function ``Iterable[Report] -> Iterator[str]`` and its line in ``FORMATS``; its example goes to
``docs/formats.md``, and ``tests/test_formats.py`` asks for a check of what it writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeAlias

from .record import Report, json_text

Format: TypeAlias = Callable[[Iterable[Report]], Iterator[str]]


def text(reports: Iterable[Report], *, color: bool = False) -> Iterator[str]:
    """A line a finding, ``path:line:column: observed → intended  0.97  source``, and a line on each document."""
    yield from _lines(reports, Report.lines, color)


def explanation(reports: Iterable[Report], *, color: bool = False) -> Iterator[str]:
    """The findings with their ids, their evidence and their alternatives."""
    yield from _lines(reports, Report.explanation, color)


def json(reports: Iterable[Report]) -> Iterator[str]:
    """One JSON array with an object a document, also where there is one document only."""
    mark = "[\n"
    for report in reports:
        yield f"{mark}{json_text(report.to_dict(), indent=1)}"
        mark = ",\n"
    yield "[]\n" if mark == "[\n" else "\n]\n"


def json_lines(reports: Iterable[Report]) -> Iterator[str]:
    """One JSON object a document, on a line of its own."""
    for report in reports:
        yield f"{report.to_json()}\n"


def sarif(reports: Iterable[Report]) -> Iterator[str]:
    """SARIF 2.1.0, for code scanning: one run, a rule a source, a fix a candidate."""
    from .machines import sarif_log

    yield json_text(sarif_log(reports), indent=1) + "\n"


def junit(reports: Iterable[Report]) -> Iterator[str]:
    """JUnit XML: a suite a document, a failed case a restoration, a skipped one a suggestion."""
    from .machines import junit_xml

    yield from junit_xml(reports)


def github(reports: Iterable[Report]) -> Iterator[str]:
    """Workflow commands, which GitHub shows as annotations: warnings for restorations, notices for suggestions."""
    from .machines import github_commands

    yield from github_commands(reports)


def gitlab(reports: Iterable[Report]) -> Iterator[str]:
    """GitLab's code quality report, with fingerprints that survive edits elsewhere."""
    from .machines import gitlab_issues

    yield json_text(gitlab_issues(reports), indent=1) + "\n"


def rdjson(reports: Iterable[Report]) -> Iterator[str]:
    """reviewdog's diagnostic format, with every candidate as a suggestion; columns in UTF-8 bytes, as it wants them."""
    from .machines import reviewdog_result

    yield json_text(reviewdog_result(reports), indent=1) + "\n"


def diff(reports: Iterable[Report], *, color: bool = False) -> Iterator[str]:
    """A unified diff of all restorations, which ``patch -p0`` and ``git apply -p0`` take; nothing for a text that stays as it is."""
    from .diffs import unified

    for report in reports:
        yield from unified(report, color=color)


def word_diff(reports: Iterable[Report], *, color: bool = False) -> Iterator[str]:
    """The changed lines with ``[-observed-]{+intended+}``, in colour: in red and green without the marks."""
    from .diffs import words

    for report in reports:
        yield from words(report, color=color)


def criticmarkup(reports: Iterable[Report]) -> Iterator[str]:
    """The whole texts with ``{~~observed~>intended~~}``, which an editor can accept or reject."""
    from .critic import marked_up

    for report in reports:
        yield marked_up(report.text, report.patch)


def html(reports: Iterable[Report]) -> Iterator[str]:
    """One page that needs nothing else: both texts side by side, and a switch at each change."""
    from .page import page

    yield from page(reports)


FORMATS: Final[dict[str, Format]] = {
    "text": text,
    "explanation": explanation,
    "json": json,
    "json-lines": json_lines,
    "sarif": sarif,
    "junit": junit,
    "github": github,
    "gitlab": gitlab,
    "rdjson": rdjson,
    "diff": diff,
    "word-diff": word_diff,
    "criticmarkup": criticmarkup,
    "html": html,
}
PLAIN: Final = frozenset({"text", "diff", "word-diff", "criticmarkup"})  # they tell no reasons, nor what else may have been meant
COLORED: Final[dict[str, Format]] = {
    "text": partial(text, color=True),
    "explanation": partial(explanation, color=True),
    "diff": partial(diff, color=True),
    "word-diff": partial(word_diff, color=True),
}


def rendered(name: str, reports: Iterable[Report], *, color: bool = False) -> Iterator[str]:
    """``reports`` in the format ``name``, coloured where that is wished and the format knows colours; ``KeyError`` for no format."""
    return (COLORED if color and name in COLORED else FORMATS)[name](reports)


def _lines(reports: Iterable[Report], lines: Callable[..., Iterator[str]], color: bool) -> Iterator[str]:
    for report in reports:
        for line in lines(report, color=color):
            yield f"{line}\n"
