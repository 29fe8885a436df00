"""Reports as other programs want them: code scanning, test results, annotations of a review.

Each format has its own idea of a column.  SARIF and GitHub get code points, as the report counts; reviewdog gets UTF-8 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import Any, Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from ..records import Verdict
from .places import Place, places, repository_path
from .record import Report

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot carry, not even escaped


def sarif_log(reports: Iterable[Report]) -> dict[str, Any]:
    """A SARIF 2.1.0 log with one run.

    Each document is an artifact (with its digest and what was thought of the whole), each source of a finding a rule, each candidate
    of a finding a fix.
    """
    artifacts: list[dict[str, Any]] = []
    rules: dict[str, int] = {}
    results: list[dict[str, Any]] = []
    known: dict[tuple[str, str], int] = {}  # an artifact is listed once
    for report in reports:
        uri = _uri(repository_path(report.path))
        index = known.setdefault((uri, report.sha256), len(artifacts))
        opinion = {"spun": round(report.spun, 6), "spinRate": round(report.spin_rate, 4), "family": report.family, "words": report.words}
        if index == len(artifacts):
            artifacts.append({"location": {"uri": uri}, "hashes": {"sha-256": report.sha256}, "properties": opinion})
        for place in places(report):
            rule = rules.setdefault(place.finding.source, len(rules))
            results.append(_sarif_result(place, {"uri": uri, "index": index}, rule))
    driver: dict[str, Any] = {"name": "spinfix", "rules": [_sarif_rule(source) for source in rules]}
    if version := _version():
        driver["version"] = version
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "artifacts": artifacts, "results": results}],
    }


def _sarif_rule(source: str) -> dict[str, Any]:
    return {
        "id": source,
        "shortDescription": {"text": f"A substitution that {source} knows"},
        "help": {"text": f"Examples of both kinds: spinfix rules {source}"},
    }


def _sarif_result(place: Place, artifact: dict[str, Any], rule: int) -> dict[str, Any]:
    f = place.finding
    region = {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        "charOffset": f.span.start,
        "charLength": len(f.span),
        "snippet": {"text": f.observed},
    }
    fixes = [
        {
            "description": {"text": f"Write “{intended}” ({posterior:.2f})"},
            "artifactChanges": [
                {
                    "artifactLocation": artifact,
                    "replacements": [
                        {
                            "deletedRegion": {name: value for name, value in region.items() if name != "snippet"},
                            "insertedContent": {"text": intended},
                        }
                    ],
                }
            ],
        }
        for intended, posterior in [(f.intended, f.posterior), *((a.intended, a.posterior) for a in f.alternatives)]
    ]
    return {
        "ruleId": f.source,
        "ruleIndex": rule,
        "level": "warning" if f.verdict is Verdict.RESTORE else "note",
        "rank": round(100 * f.posterior, 2),
        "message": {"text": place.message},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {"spinfix/v1": place.fingerprint},
        "fixes": fixes,
        "properties": {"id": f.id, "posterior": round(f.posterior, 4)},
    }


def junit_xml(reports: Iterable[Report]) -> Iterator[str]:
    """JUnit XML: a suite a document; a case a finding, failed for a restoration and skipped for a suggestion; a passed case for none."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="spinfix">\n'
    for report in reports:
        found = [*places(report)]
        failures = sum(place.finding.verdict is Verdict.RESTORE for place in found)
        counts = f'tests="{max(1, len(found))}" failures="{failures}" errors="0" skipped="{len(found) - failures}"'
        path = _attribute(report.path)
        yield f"<testsuite name={path} {counts}>\n<properties>\n"
        for name, value in (("spun", f"{report.spun:.6f}"), ("family", report.family), ("words", str(report.words))):
            yield f"<property name={_attribute(name)} value={_attribute(value)}/>\n"
        yield "</properties>\n"
        for place in found:
            f = place.finding
            kind = "failure" if f.verdict is Verdict.RESTORE else "skipped"
            where = f"{report.path}:{f.line}:{f.column}"
            yield f"<testcase name={_attribute(f'{f.line}:{f.column} {f.source}')} classname={path}>"
            yield f"<{kind} type={_attribute(f.source)} message={_attribute(place.message)}>"
            reasons = "".join(f"\n{e.log_odds:+.2f}  {e.kind}: {e.reason}" for e in f.evidence)
            yield f"{escape(_for_xml(f'{where}: {place.message}{reasons}'))}</{kind}></testcase>\n"
        if not found:
            yield f'<testcase name="nothing found" classname={path}/>\n'
        yield f"<system-out>{escape(_for_xml(report.summary()))}</system-out>\n</testsuite>\n"
    yield "</testsuites>\n"


def github_commands(reports: Iterable[Report]) -> Iterator[str]:
    """Workflow commands, one a line; columns only where a finding does not run over a line end, for GitHub wants them so."""
    for report in reports:
        for place in places(report):
            f = place.finding
            values = {"file": repository_path(report.path), "line": str(place.start.line), "endLine": str(place.end.line)}
            if place.start.line == place.end.line:
                values |= {"col": str(place.start.column), "endColumn": str(place.end.column)}
            values["title"] = f"spinfix {f.source}"
            properties = ",".join(f"{name}={_github(value, ':,')}" for name, value in values.items())
            command = "warning" if f.verdict is Verdict.RESTORE else "notice"
            yield f"::{command} {properties}::{_github(place.message)}\n"


def gitlab_issues(reports: Iterable[Report]) -> list[dict[str, Any]]:
    """The issues of a GitLab code quality report."""
    return [
        {
            "description": place.message,
            "check_name": place.finding.source,
            "fingerprint": place.fingerprint,
            "severity": "minor" if place.finding.verdict is Verdict.RESTORE else "info",
            "location": {"path": repository_path(report.path), "lines": {"begin": place.start.line, "end": place.end.line}},
        }
        for report in reports
        for place in places(report)
    ]


def reviewdog_result(reports: Iterable[Report]) -> dict[str, Any]:
    """A reviewdog ``DiagnosticResult``; lines from 1, columns from 1 in UTF-8 bytes, half-open."""
    return {
        "source": {"name": "spinfix"},
        "diagnostics": [_diagnostic(repository_path(report.path), place) for report in reports for place in places(report)],
    }


def _diagnostic(path: str, place: Place) -> dict[str, Any]:
    f = place.finding
    span = {
        "start": {"line": place.start.line, "column": place.start_byte},
        "end": {"line": place.end.line, "column": place.end_byte},
    }
    return {
        "message": place.message,
        "location": {"path": path, "range": span},
        "severity": "WARNING" if f.verdict is Verdict.RESTORE else "INFO",
        "code": {"value": f.source},
        "suggestions": [{"range": span, "text": intended} for intended in (f.intended, *(a.intended for a in f.alternatives))],
    }


def _github(value: str, also: str = "") -> str:
    """``value`` as a workflow command carries it: the percent sign first, or the others would be escaped twice."""
    for character in f"%\r\n{also}":
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def _uri(path: str) -> str:
    """``path`` as a relative URI; a byte that is no text keeps its value."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/") or "-"


def _attribute(value: str) -> str:
    return quoteattr(_for_xml(value))


def _for_xml(value: str) -> str:
    return _NO_XML.sub("\ufffd", value)


def _version() -> str:
    try:
        return metadata.version("spinfix")
    except metadata.PackageNotFoundError:  # run from its sources
        return ""
