"""The verbs ``detect`` and ``explain``: reports in every format."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator

from ..baseline import Baseline
from ..records import Detail, Verdict
from ..report import Report
from ..report.formats import PLAIN, rendered
from . import files
from .arguments import Parser
from .output import Output
from .run import Input, Run
from .talk import DONE, FINDINGS, complain, many, noun, say, wants_color

SPUN = 0.5  # probability from which `--fail-on spun` says so


class _Reports:
    """The reports of a run as they come; what went wrong and what was found stays with it."""

    def __init__(self, run: Run, verb: str, *, with_reasons: bool) -> None:
        self._run = run
        self._detail = Detail.PLACES if verb == "explain" else Detail.REASONS if with_reasons else Detail.CHANGES
        self.code = DONE
        self._fail_on: str = "never" if run.settings["exit_zero"] or verb == "explain" else run.settings["fail_on"]

    def __iter__(self) -> Iterator[Report]:
        for given, result in self._run.reports(self._detail):
            if given.left_out:
                continue
            if isinstance(result, Exception):
                self.code = max(self.code, complain(given.path, result))
                continue
            if fails(result, self._fail_on) and not self._is_accepted(given, result):
                self.code = max(self.code, FINDINGS)
            yield result


    def _is_accepted(self, given: Input, result: Report) -> bool:
        """Whether the baseline has all that is found in a text, so that it does not count as spun either."""
        baseline = self._run.baseline
        return bool(baseline.accepted and not result.findings and baseline.left(self._run.baseline_path(given.path)))


def report(verb: str, options: argparse.Namespace, parser: Parser) -> int:
    """Write a report on each text; after trouble with one the others are still done."""
    run = Run(options, parser, once=True)
    if getattr(options, "write_baseline", False):
        return _write_baseline(run, parser)
    style = run.settings["format"]
    counting, asked = run.settings.value("statistics")
    if style != "text" and run.settings.value("format")[1] == "--format":
        if counting and asked == "--statistics":
            parser.error(f"--statistics: does not go together with --format {style}")
        counting = False
    if verb == "explain" and style == "text":
        style = "explanation"
    page = run.settings["html"] if verb == "detect" else ""
    reports = _Reports(run, verb, with_reasons=bool(page) or not (counting or style in PLAIN))
    kept: list[Report] = []
    with Output(run.settings["output"]) as output:
        color = wants_color(run.settings["color"], output.terminal)
        seen = _kept(reports, kept) if page else reports
        counted = (f"{line}\n" for line in statistics(seen))
        pieces = counted if counting else rendered(style, seen, color=color)
        for piece in pieces:
            output.write(files.encode(piece))
    if page:
        files.save(page, "".join(rendered("html", kept)).encode("utf-8", "replace"))
    return reports.code


def _kept(reports: Iterable[Report], kept: list[Report]) -> Iterator[Report]:
    for each in reports:
        kept.append(each)
        yield each


def _write_baseline(run: Run, parser: Parser) -> int:
    """Accept everything that is found; what cannot be read is told, and accepted for nothing."""
    path = run.settings["baseline"]
    if not path:
        parser.error("--write-baseline: expected --baseline FILE (or the key), the file to write")
    if os.path.exists(path) and os.path.getsize(path):
        run.read_baseline()  # another file, a text perhaps, is not written over
    code, reports = DONE, []
    for given, result in run.reports(Detail.CHANGES, accepting=False):
        if isinstance(result, Exception):
            code = max(code, complain(given.path, result))
        elif not given.left_out:
            reports.append((run.baseline_path(given.path), result))
    baseline = Baseline.of(reports)
    files.save(path, baseline.to_json().encode("utf-8", "backslashreplace"))
    say(path, f"accepted: {many(baseline.count(), 'finding')} in {many(len(baseline.accepted), 'text')}")
    return code


def fails(report: Report, fail_on: str) -> bool:
    """Whether a report makes the exit code 1."""
    verdicts = {finding.verdict for finding in report.findings}
    match fail_on:
        case "spun":
            return report.spun >= SPUN
        case "restore":
            return Verdict.RESTORE in verdicts
        case "suggest":
            return bool(verdicts - {Verdict.KEEP})
    return False


def statistics(reports: Iterable[Report]) -> Iterator[str]:
    """The number of findings by source, the largest first, and a line on all texts."""
    count = Count()
    for report in reports:
        count.add(report)
    yield from count.lines()


class Count:
    """The findings of any number of texts by source, without the texts."""

    def __init__(self, *verdicts: Verdict) -> None:
        self._verdicts = verdicts or (Verdict.RESTORE, Verdict.SUGGEST)
        self._sources: Counter[str] = Counter()
        self.texts = self._spun = self._words = 0

    def add(self, report: Report) -> None:
        """One more text."""
        self._sources.update(f.source for f in report.findings if f.verdict in self._verdicts)
        self.texts, self._words, self._spun = self.texts + 1, self._words + report.words, self._spun + (report.spun >= SPUN)

    @property
    def findings(self) -> int:
        """How many there are in all."""
        return self._sources.total()

    def lines(self) -> Iterator[str]:
        """A line a source, the largest first, and one on all texts."""
        for source, count in sorted(self._sources.items(), key=lambda item: (-item[1], item[0])):
            yield f"{count:6}  {source}"
        texts, words = many(self.texts, "text"), many(self._words, "word")
        yield f"{self.findings:6}  {noun(self.findings, 'finding')} in {texts} of {words}; {self._spun} of {self.texts} look spun"
