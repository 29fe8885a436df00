"""Every output format: what other programs would say to it, and that nothing of the text is lost or misread on the way."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from made_reports import EXAMPLE, finding, made, real, reports

from spinfix import Policy, Report, Span, Verdict, detect
from spinfix.api import report_on
from spinfix.records import Detail
from spinfix.report.critic import accepted, rejected
from spinfix.report.formats import COLORED, FORMATS, PLAIN, rendered
from spinfix.report.places import places

jsonschema = pytest.importorskip("jsonschema", reason="it is in the extra 'test'")
xmlschema = pytest.importorskip("xmlschema", reason="it is in the extra 'test'")

ROOT = Path(__file__).parent.parent
DATA = ROOT / "src/spinfix/data"
SCHEMAS = ROOT / "tests/schemas"
REAL = real()
NOTHING = detect("It rained all day.", path="clean.txt")
# two findings of three kinds of trouble: a line end inside, a column that differs between the units, a suggestion
TEXT = "É 😀 brand\r\nnew day, brand\r\nnew\r\nfolks\udcff came\r\n"
WILD = made(
    TEXT,
    [
        finding(TEXT, Span(4, 14), "ne\r\nw"),
        finding(TEXT, Span(20, 30), "new", verdict=Verdict.SUGGEST),
        finding(TEXT, Span(32, 38), "<b>&\"people'", verdict=Verdict.RESTORE),
        finding(TEXT, Span(39, 43), "%came::", verdict=Verdict.KEEP),
    ],
    "ü b/c:d,e%\udcfe.md",
)


def schema(path: Path) -> Any:
    return jsonschema.validators.validator_for(json.loads(path.read_text()))(json.loads(path.read_text()))


REPORT_SCHEMA = schema(DATA / "report.schema.json")
PATCH_SCHEMA = schema(DATA / "patch.schema.json")
SARIF_SCHEMA = schema(SCHEMAS / "sarif-2.1.0-rtm.5.json")
GITLAB_SCHEMA = schema(SCHEMAS / "gitlab.schema.json")
RDJSON_SCHEMA = schema(SCHEMAS / "rdjson.schema.json")
JUNIT_SCHEMA = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


def output(name: str, *given: Report) -> str:
    return "".join(FORMATS[name](given))


def shown(report: Report) -> list[Any]:
    return [f for f in report.findings if f.verdict is not Verdict.KEEP]


# --- one check a format: what it writes is what its readers expect -------------------------------------------------------------------


def check_text(written: str, given: list[Report]) -> None:
    lines = written.split("\n")[:-1] if "\n" not in "".join(r.path + "".join(f.intended for f in r.findings) for r in given) else None
    if lines is not None:
        assert len(lines) == sum(len(shown(r)) + 1 for r in given)


def check_explanation(written: str, given: list[Report]) -> None:
    for report in given:
        assert all(f"{f.id}  [{f.verdict}]" in written for f in report.findings)
        assert report.summary() in written


def check_json(written: str, given: list[Report]) -> None:
    written.encode()  # whatever the text was, this is UTF-8
    data = json.loads(written)
    assert data == [report.to_dict() for report in given]
    for one in data:
        REPORT_SCHEMA.validate(one)


def check_json_lines(written: str, given: list[Report]) -> None:
    written.encode()
    lines = written.split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [report.to_dict() for report in given]
    for line in lines:
        REPORT_SCHEMA.validate(json.loads(line))


def check_sarif(written: str, given: list[Report]) -> None:
    written.encode()
    log = json.loads(written)
    SARIF_SCHEMA.validate(log)
    (run,) = log["runs"]
    assert len(run["artifacts"]) == len(given)
    assert len(run["results"]) == sum(len(shown(r)) for r in given)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        where = result["locations"][0]["physicalLocation"]
        text = given[where["artifactLocation"]["index"]].text
        region = where["region"]
        observed = text[region["charOffset"] : region["charOffset"] + region["charLength"]]
        assert observed == region["snippet"]["text"]
        assert between(text, region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == observed


def check_junit(written: str, given: list[Report]) -> None:
    written.encode()
    root = ElementTree.fromstring(written)
    JUNIT_SCHEMA.validate(io.StringIO(written))
    suites = root.findall("testsuite")
    assert len(suites) == len(given)
    for suite, report in zip(suites, given, strict=True):
        cases = suite.findall("testcase")
        assert len(cases) == max(1, len(shown(report))) == int(suite.get("tests", ""))
        assert len(suite.findall("testcase/failure")) == len(report.patch.corrections) == int(suite.get("failures", ""))


def check_github(written: str, given: list[Report]) -> None:
    lines = written.split("\n")
    assert lines.pop() == ""
    places_shown = [(report, place) for report in given for place in places(report)]
    assert len(lines) == len(places_shown)
    for line, (report, place) in zip(lines, places_shown, strict=True):
        properties, message = read_command(line)
        assert (properties["file"], properties["line"]) == (report.path, str(place.finding.line))
        assert message == place.message
        assert ("col" in properties) == ("\n" not in place.finding.observed)


def read_command(line: str) -> tuple[dict[str, str], str]:
    """A workflow command as GitHub's runner reads it."""
    match = re.fullmatch(r"::(warning|notice) ([^:]*)::(.*)", line, re.DOTALL)
    assert match, line

    def plain(value: str) -> str:
        for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
            value = value.replace(code, character)
        return value

    pairs = (part.split("=", 1) for part in match[2].split(","))
    return {name: plain(value) for name, value in pairs}, plain(match[3])


def check_gitlab(written: str, given: list[Report]) -> None:
    written.encode()
    issues = json.loads(written)
    GITLAB_SCHEMA.validate(issues)
    assert len(issues) == sum(len(shown(r)) for r in given)
    if len({r.path for r in given}) == len(given):
        assert len({issue["fingerprint"] for issue in issues}) == len(issues), "GitLab shows but one issue a fingerprint"


def check_rdjson(written: str, given: list[Report]) -> None:
    written.encode()
    result = json.loads(written)
    RDJSON_SCHEMA.validate(result)
    expected = [(r, f) for r in given for f in shown(r)]
    assert len(result["diagnostics"]) == len(expected)
    for diagnostic, (report, f) in zip(result["diagnostics"], expected, strict=True):
        data = bytes_of(report.text)
        lines = [0, *(m.end() for m in re.finditer(b"\n", data))]
        span = diagnostic["location"]["range"]
        start, end = (lines[span[edge]["line"] - 1] + span[edge]["column"] - 1 for edge in ("start", "end"))
        assert data[start:end] == bytes_of(f.observed)


def check_diff(written: str, given: list[Report]) -> None:
    if len(given) == 1 and "\n" not in given[0].path:
        assert patched(given[0].text, written) == given[0].patch.apply(given[0].text)


def check_word_diff(written: str, given: list[Report]) -> None:
    for report in given:
        for c in report.patch.corrections:
            assert f"[-{c.before}-]{{+{c.after}+}}" in written
    if not any(report.patch.corrections for report in given):
        assert not written


def check_criticmarkup(written: str, given: list[Report]) -> None:
    assert accepted(written) == "".join(report.patch.apply(report.text) for report in given)
    assert rejected(written) == "".join(report.text for report in given)


def check_html(written: str, given: list[Report]) -> None:
    assert written.startswith("<!DOCTYPE html>")  # the rest: tests/test_page.py
    assert written.rstrip().endswith("</html>")


CHECKS: dict[str, Callable[[str, list[Report]], None]] = {
    name: globals()["check_" + name.replace("-", "_")] for name in FORMATS if "check_" + name.replace("-", "_") in globals()
}


def between(text: str, line: int, column: int, end_line: int, end_column: int) -> str:
    """The text between two positions, found the slow and obvious way."""
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    return text[starts[line - 1] + column - 1 : starts[end_line - 1] + end_column - 1]


def bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def patched(text: str, diff: str) -> str:
    """``text`` with a unified diff applied: a reader of diffs, as strict as they come."""
    lines = text.split("\n")
    lines = [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    result: list[str] = []
    at = 0
    rows = diff.split("\n")
    assert rows.pop() == ""
    if not rows:
        return text
    assert rows[0].startswith("--- ") and rows[1].startswith("+++ ")
    for row, following in zip(rows[2:], [*rows[3:], ""], strict=True):
        content = row[1:] + ("" if following.startswith("\\") else "\n")
        if row.startswith("@@"):
            match = re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", row)
            assert match
            start = int(match[1]) - (match[2] != "0")
            result += lines[at:start]
            at = start
            assert len(result) == int(match[3]) - (match[4] != "0")
        elif row.startswith((" ", "-")):
            assert lines[at] == content
            at += 1
            if row.startswith(" "):
                result.append(content)
        elif row.startswith("+"):
            result.append(content)
        else:
            assert row == "\\ No newline at end of file"
    return "".join(result + lines[at:])


# --- the tests ---------------------------------------------------------------------------------------------------------------------

by_format = pytest.mark.parametrize("name", FORMATS)


def test_every_format_has_its_check() -> None:
    assert CHECKS.keys() == FORMATS.keys()


@by_format
@pytest.mark.parametrize("given", [[], [NOTHING], [WILD], [REAL], [REAL, NOTHING, WILD]], ids=["none", "clean", "wild", "real", "three"])
def test_what_is_written_is_what_its_readers_expect(name: str, given: list[Report]) -> None:
    CHECKS[name](output(name, *given), given)


@by_format
@settings(max_examples=60, deadline=None)
@given(report=reports())
def test_no_text_makes_trouble(name: str, report: Report) -> None:
    CHECKS[name](output(name, report), [report])


@by_format
def test_every_format_is_in_the_documentation(name: str) -> None:
    assert f"## `{name}`" in (ROOT / "docs/formats.md").read_text(encoding="utf-8")


def test_the_published_schemas_are_those_of_the_package() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    for file in ("report.schema.json", "patch.schema.json"):
        assert f"(../src/spinfix/data/{file})" in page
        published = json.loads((DATA / file).read_text())
        jsonschema.Draft202012Validator.check_schema(published)
        for fields in (published, *published["$defs"].values()):
            assert set(fields.get("required", ())) <= set(fields.get("properties", ()))


def test_what_the_shell_writes_keeps_to_the_schema() -> None:
    examples = [f"examples/{name}-article.txt" for name in ("spun", "original")]
    for arguments in (["detect", "--json"], ["explain", "--json"], ["detect", "--format", "json"]):
        command = [sys.executable, "-m", "spinfix", *arguments, *examples]
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, env={**os.environ, "PYTHONPATH": "src"})
        written = done.stdout.decode()
        documents = json.loads(written) if written.startswith("[") else [json.loads(line) for line in written.splitlines()]
        assert [document["path"] for document in documents] == examples
        for document in documents:
            REPORT_SCHEMA.validate(document)


def test_the_schema_knows_every_field() -> None:
    published = json.loads((DATA / "report.schema.json").read_text())
    data = REAL.to_dict()
    assert data.keys() == published["properties"].keys()
    for fields, name in ((data["findings"][0], "finding"), (data["findings"][0]["evidence"][0], "evidence")):
        assert fields.keys() == published["$defs"][name]["properties"].keys()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("sha256"),
        lambda d: d.update(version=2),
        lambda d: d.update(spun=1.5),
        lambda d: d["findings"][0].pop("id"),
        lambda d: d["findings"][0].update(line=0),
        lambda d: d["findings"][0].update(verdict="restored"),
        lambda d: d["findings"][0]["evidence"][0].update(log_odds="1"),
    ],
)
def test_the_schema_refuses_what_is_no_report(change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(REAL.to_json())
    REPORT_SCHEMA.validate(data)
    change(data)
    with pytest.raises(jsonschema.ValidationError):
        REPORT_SCHEMA.validate(data)


@settings(max_examples=100, deadline=None)
@given(reports())
def test_patches_keep_to_their_schema(report: Report) -> None:
    PATCH_SCHEMA.validate(json.loads(report.patch.to_json()))


def test_a_report_and_its_patch_speak_of_the_same_ids() -> None:
    restored = [f.id for f in REAL.findings if f.verdict is Verdict.RESTORE]
    assert [c.id for c in REAL.patch.corrections] == restored
    assert [row["id"] for row in json.loads(REAL.patch.to_json())["corrections"]] == restored
    assert len(set(restored)) == len(restored) > 50


def test_people_and_json_lines_get_each_report_as_soon_as_it_is_there() -> None:
    def endless() -> Iterator[Report]:
        yield NOTHING
        raise AssertionError("asked for the second report before the first was written")

    for name in ("text", "explanation", "json-lines", "github"):
        if name == "github":
            continue  # writes nothing of a clean text
        assert "clean.txt" in next(FORMATS[name](endless()))


def test_fingerprints_survive_edits_elsewhere() -> None:
    before = json.loads(output("gitlab", made(TEXT, WILD.findings)))
    moved = "A new beginning.\r\n\r\n" + TEXT
    findings = [finding(moved, Span(f.span.start + 20, f.span.end + 20), f.intended, verdict=f.verdict) for f in WILD.findings]
    after = json.loads(output("gitlab", made(moved, findings)))
    assert [issue["fingerprint"] for issue in before] == [issue["fingerprint"] for issue in after]
    assert [issue["location"] for issue in before] != [issue["location"] for issue in after]


def test_the_same_change_twice_has_two_fingerprints() -> None:
    text = "folks and folks"
    twice = made(text, [finding(text, Span(0, 5), "people"), finding(text, Span(10, 15), "people")])
    assert len({place.fingerprint for place in places(twice)}) == 2


def test_columns_are_in_the_unit_of_the_reader() -> None:
    (first, *_) = json.loads(output("rdjson", WILD))["diagnostics"]
    assert first["location"]["range"] == {"start": {"line": 1, "column": 9}, "end": {"line": 2, "column": 4}}
    (result, *_) = json.loads(output("sarif", WILD))["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (1, 5, 2, 4)


def test_sarif_offers_every_candidate() -> None:
    (result, *_) = json.loads(output("sarif", WILD))["runs"][0]["results"]
    written = [fix["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] for fix in result["fixes"]]
    assert written == ["ne\r\nw", "ne\r\nw!"]


def test_a_document_that_is_reported_twice_is_one_artifact_in_sarif() -> None:
    log = json.loads("".join(FORMATS["sarif"]([WILD, REAL, WILD])))
    SARIF_SCHEMA.validate(log)
    (run,) = log["runs"]
    assert len(run["artifacts"]) == 2
    indexes = {r["locations"][0]["physicalLocation"]["artifactLocation"]["index"] for r in run["results"]}
    assert indexes == {0, 1}


def test_a_path_that_is_no_text_is_a_uri_in_sarif() -> None:
    (artifact,) = json.loads(output("sarif", WILD))["runs"][0]["artifacts"]
    assert artifact["location"]["uri"] == "%C3%BC%20b/c%3Ad%2Ce%25%FE.md"


def test_a_path_is_named_as_its_repository_names_it() -> None:
    here, there = (made(TEXT, WILD.findings, path) for path in ("docs/a.md", "././docs/a.md"))
    for name in ("sarif", "github", "gitlab", "rdjson"):
        assert output(name, here) == output(name, there)


@pytest.mark.parametrize("program", [["patch", "-p0", "--binary"], ["git", "apply", "-p0"]], ids=lambda p: p[0])
@pytest.mark.parametrize("end", ["\n", ""], ids=["line-end", "no-line-end"])
def test_the_diff_is_one_that_others_take(program: list[str], end: str, tmp_path: Path) -> None:
    if not shutil.which(program[0]):
        pytest.skip(f"{program[0]} is not there")
    text = EXAMPLE.rstrip("\n").replace("\n", "\r\n") + end
    found = detect(text)
    for name in ("article.txt", "an article.txt", 'quo"ted\\.txt', "tab\tand\nline\x1b[31m.txt", " first.txt", "-last .txt "):
        report = replace(found, path=name)
        (tmp_path / name).write_bytes(text.encode())
        done = subprocess.run(program, input=output("diff", report).encode(), cwd=tmp_path, capture_output=True)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).read_bytes() == report.patch.apply(text).encode()


def test_a_line_for_people_is_one_line_whatever_the_name_and_the_words() -> None:
    text = "It was done\nin the\ncourse of\x1b the war."
    report = made(text, [finding(text, Span(12, 28), "\nduring"), finding(text, Span(28, 30), "")], "a\n\x1b[31m\r.txt")
    lines = output("text", report).splitlines()
    assert lines[0].startswith("a␊␛[31m␍.txt:2:1: in the course of → during  ") and len(lines) == 3
    assert "→ (nothing)  " in lines[1] and "\x1b" not in "".join(lines)
    assert output("word-diff", report).startswith("--- a␊␛[31m␍.txt\n")
    for name in ("sarif", "gitlab", "rdjson"):
        assert "in the course of → during (0.90)" in output(name, report)


@pytest.mark.parametrize("name", COLORED)
def test_colours_are_all_that_colour_adds(name: str) -> None:
    plain, colored = output(name, REAL), "".join(COLORED[name]([REAL]))
    bare = re.sub("\033\\[[0-9;]*m", "", colored)
    assert colored != bare
    if name == "word-diff":
        plain = re.sub(r"\[-|-\](?=\{\+)|(?<=\])\{\+|\+\}", "", re.sub(r"-\]\{\+", "", plain))
    assert bare == plain
    assert "".join(rendered(name, [REAL], color=True)) == colored
    assert "".join(rendered(name, [REAL])) == output(name, REAL)


def test_a_format_without_colours_stays_as_it_is() -> None:
    assert "".join(rendered("json", [REAL], color=True)) == output("json", REAL)


@pytest.mark.parametrize("style", sorted(PLAIN))
def test_a_plain_format_needs_no_reasons(style: str) -> None:
    text = "She works at a suppose tank within the Center East. Profound learning is utilized there, in response to the minister."
    whole, plain = (report_on(text, Policy(), "a.txt", detail) for detail in (Detail.REASONS, Detail.CHANGES))
    assert any(f.evidence for f in whole.findings)
    assert not any(f.evidence or f.alternatives for f in plain.findings)
    assert "".join(rendered(style, [whole])) == "".join(rendered(style, [plain])) != ""


@settings(max_examples=200, deadline=None)
@given(reports())
def test_places_are_measured_as_one_by_one(report: Report) -> None:
    for place in places(report):
        span = place.finding.span
        for end, position, byte in ((span.start, place.start, place.start_byte), (span.end, place.end, place.end_byte)):
            begun = report.text.rfind("\n", 0, end) + 1
            assert (position.line, position.column) == (report.text.count("\n", 0, end) + 1, end - begun + 1)
            assert byte == len(report.text[begun:end].encode("utf-8", "surrogateescape")) + 1
