"""The verbs, on any text and on texts that mix spun and plain sentences."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import json
import math
import re
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import spinfix
from spinfix import Policy, Report, Verdict, detect, explain, restore, revert
from spinfix.api import OPTIONS
from spinfix.errors import ListError, PatchError, PolicyError
from spinfix.patch import Patch, digest
from spinfix.text import tokenize

# Only what leaves no doubt, as the lists and the numbers behind the decisions move
SPUN = {
    "The analyst works at a suppose tank in the Center East.": "The analyst works at a think tank in the Middle East.",
    "It ordered twenty-four,000 rifles in the Nineteen Nineties.": "It ordered 24,000 rifles in the 1990s.",
    "“It’s quiet,” the spokesman mentioned in an announcement.": "“It’s quiet,” the spokesman said in a statement.",
}
DOUBTFUL = (
    "Rebels seized the struggle zone within the Nineteen Nineties.",
    "The federal government has introduced a overview of arms gross sales.",
    "“We won't depart,” the spokesman mentioned in an announcement.",
    "Officers mentioned the assault started at daybreak.",
    "He bought a brand new automotive for twenty-four,000 dollars.",
    "They known as it an warning!",
    "SUPPOSE TANK WARNS OF STRUGGLE",
    "The suppose-tank’s head mentioned so",
)
PLAIN = (
    "It rained, and the children stayed at home.",
    "She read the announcement twice and left.",
    "The garden behind the house was quiet.",
    "The army attacked two towns on Friday, officials said.",
    "In the U.S. the price rose by 4 percent.",
    "See https://example.org/struggle-zone or call make_struggle.",
)
# Words that a spinner writes, in sentences that mean them
HONEST = (
    "He was charged with assault, and the police officers mentioned his name in court.",
    "The announcement came at noon: I suppose the tank will be full by then.",
    "After a long struggle the center forward tied the score.",
    "We had an overview of the valley, and the arms of the chair were made of oak.",
)
SENTENCES = st.sampled_from([*SPUN, *DOUBTFUL, *PLAIN, *HONEST])
BETWEEN = st.sampled_from([" ", "  ", "\n", "\r\n", "\n\n", "\r\n\r\n", "\u00a0", "\t"])
ENDS = st.sampled_from(["", "\n", "\r\n", " \n\n", "\r"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Sentences, spun and plain, with every kind of line end, with and without a byte order mark and a last line feed."""
    sentences = draw(st.lists(SENTENCES, min_size=1, max_size=7))
    gaps = draw(st.lists(BETWEEN, min_size=len(sentences) - 1, max_size=len(sentences) - 1))
    body = "".join(itertools.chain.from_iterable(itertools.zip_longest(sentences, gaps, fillvalue="")))
    return draw(st.sampled_from(["", "\ufeff"])) + body + draw(ENDS)


WORDS = "suppose tank struggle zone Center East officers mentioned assault an announcement the a in of , . “ ” \n"
SALADS = st.lists(st.sampled_from(WORDS.split(" ")), max_size=25).map(" ".join)
ANY = st.text(st.one_of(st.sampled_from("aSé \r\n\t\0.,'\"-\ufeff😀\udcff"), st.characters()), max_size=50)


def outside(text: str, report: Report, *, after: bool) -> list[str]:
    """What stands between the corrections, before or after they are made."""
    patch = report.patch if not after else report.patch.inverse()
    edges = [0, *itertools.chain.from_iterable((c.span.start, c.span.end) for c in patch.corrections), len(text)]
    return [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


@settings(max_examples=80, deadline=None)
@given(st.one_of(texts(), SALADS))
def test_findings_stand_where_they_say(text: str) -> None:
    report = detect(text)
    assert report.sha256 == digest(text)
    for finding in report.findings:
        start, end = finding.span.start, finding.span.end
        assert text[start:end] == finding.observed != finding.intended
        assert finding.line == text.count("\n", 0, start) + 1
        assert finding.column == start - (text.rfind("\n", 0, start) + 1) + 1
        assert finding.verdict in (Verdict.RESTORE, Verdict.SUGGEST)
        assert 0 < finding.posterior <= 1 + 1e-9
    for left, right in itertools.pairwise(report.findings):
        assert left.span.end <= right.span.start


@settings(max_examples=80, deadline=None)
@given(st.one_of(texts(), SALADS))
def test_text_outside_corrections_is_untouched(text: str) -> None:
    report = detect(text)
    restored = restore(text)
    assert restored == report.patch.apply(text)
    assert outside(text, report, after=False) == outside(restored, report, after=True)


@settings(max_examples=80, deadline=None)
@given(st.one_of(texts(), SALADS))
def test_restoring_twice_changes_nothing_more(text: str) -> None:
    once = restore(text)
    assert restore(once) == once


@settings(max_examples=200, deadline=None)
@given(st.one_of(texts(), SALADS, ANY))
@example("")
@example("\ufeff")
@example("\0")
def test_every_restoration_can_be_taken_back(text: str) -> None:
    patch = detect(text).patch
    restored = patch.apply(text)
    assert revert(restored, patch) == text
    assert revert(restored, patch.to_json()) == text


@settings(max_examples=60, deadline=None)
@given(st.one_of(texts(), ANY))
def test_explain_decides_as_detect_does(text: str) -> None:
    found, explained = detect(text, Policy(gate=False)), explain(text)
    decided = [f for f in explained.findings if f.verdict is not Verdict.KEEP]
    assert [(f.span, f.intended, f.verdict) for f in decided] == [(f.span, f.intended, f.verdict) for f in found.findings]
    assert explained.patch == found.patch


@settings(max_examples=40, deadline=None)
@given(texts())
def test_reasons_add_up(text: str) -> None:
    for finding in explain(text).findings:
        kept = 1 - finding.posterior - sum(a.posterior for a in finding.alternatives)
        if kept > 0.1 and finding.posterior > 0.01:  # else rounding and what is not listed weigh too much
            total = sum(e.log_odds for e in finding.evidence)
            assert total == pytest.approx(math.log(finding.posterior) - math.log(kept), abs=0.3)
        assert all(e.reason and e.kind for e in finding.evidence)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\r\n\r\n", "\ufeff", "\0", ".", "suppose", "😀", "\udcff", "a" * 5000, "- " * 500, "the " * 500], ids=ascii
)
def test_texts_of_nothing_much_stay(text: str) -> None:
    assert restore(text) == text
    assert detect(text).findings == ()
    assert detect(text).spun < 0.5


@pytest.mark.parametrize("gate", [True, False])
def test_words_are_what_stands_between_blanks(gate: bool) -> None:
    for text, words in (("- one -- two\n\n* * *\n", 7), ("\u00e9t\u00e9\tnow\r\nnow", 3), ("It's a co-op.", 3)):
        report = detect(text, Policy(gate=gate))
        assert report.words == len(text.split()) == words
    assert detect("One `two three` [four](https://example.org).", Policy(gate=gate, markup="markdown")).words == 3
    assert ", 1 word, 0.0% changed" in str(detect("*", Policy(gate=gate)))


def test_the_empty_text_has_no_words() -> None:
    report = detect("")
    assert (report.words, report.changed_share, report.spin_rate) == (0, 0.0, 0.0)


ALL_SPUN = " ".join(SPUN)
ALL_RESTORED = " ".join(SPUN.values())
SPUN_LINE = "The analyst works at a suppose tank in the Center"


def test_spun_sentences_are_restored() -> None:
    assert restore(ALL_SPUN) == ALL_RESTORED
    report = detect(ALL_SPUN)
    assert report.spun > 0.9
    assert 0.1 < report.changed_share < 0.9
    assert report.spin_rate > 0.05


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "\n"), ("", "\r\n\r\n"), ("\ufeff", ""), ("\r\n", " \t"), ("> ", "")],
    ids=["LF", "blank lines", "BOM", "blanks", "mark"],
)
def test_what_stands_around_a_text_survives(before: str, after: str) -> None:
    assert restore(before + ALL_SPUN + after) == before + ALL_RESTORED + after


@pytest.mark.parametrize("gap", [1, 2])
def test_line_ends_of_either_kind_survive_and_are_the_same_to_it(gap: int) -> None:
    text = ("\n" * gap).join([*SPUN, *DOUBTFUL])
    restored = restore(text)
    assert restored.count("\n") == text.count("\n")
    assert restore(text.replace("\n", "\r\n")) == restored.replace("\n", "\r\n")


def test_quotes_of_either_kind_survive_and_are_the_same_to_it() -> None:
    assert restore(straight(ALL_SPUN)) == straight(ALL_RESTORED)


def test_a_wrapped_text_is_restored_over_its_line_ends() -> None:
    text = f"{SPUN_LINE}\nEast, a quiet place, and reads the papers."
    assert tokenize(text).breaks == (0,)
    assert restore(text) == text.replace("suppose", "think").replace("Center", "Middle")


def test_line_ends_inside_a_correction_survive() -> None:
    text = f"{ALL_SPUN}\r\n\r\nIt rained on every day of the spring in the Nineteen\r\nNineties, and the children stayed at home."
    restored = restore(text)
    assert "1990s, and" in restored
    assert restored.count("\r\n") == text.count("\r\n")


def straight(text: str) -> str:
    return text.replace("’", "'").replace("“", '"').replace("”", '"')


@pytest.mark.parametrize("sentence", [*PLAIN, *HONEST])
def test_plain_sentences_stay(sentence: str) -> None:
    assert restore(sentence) == sentence


def test_a_plain_text_stays_and_is_not_called_spun() -> None:
    text = "\n\n".join([" ".join(PLAIN), " ".join(HONEST)])
    report = detect(text)
    assert report.findings == ()
    assert report.spun < 0.1


def test_addresses_stay_in_a_spun_text() -> None:
    text = ALL_SPUN + " Read https://example.org/struggle-zone/suppose-tank and www.suppose.example now, or run make_struggle zone."
    assert "https://example.org/struggle-zone/suppose-tank and www.suppose.example" in restore(text)
    assert "make_struggle" in restore(text)


def test_a_patch_is_for_its_text_only() -> None:
    patch = detect(ALL_SPUN).patch
    with pytest.raises(PatchError, match="another text"):
        revert(ALL_RESTORED + " ", patch)
    with pytest.raises(PatchError, match="already is what"):
        revert(ALL_SPUN, patch)
    with pytest.raises(PatchError, match="JSON"):
        revert(ALL_RESTORED, "no patch")


def test_the_report_as_json() -> None:
    report = detect(ALL_SPUN, path="a.txt")
    line = report.to_json()
    assert "\n" not in line
    data = json.loads(line)
    assert data == json.loads(json.dumps(report.to_dict()))
    assert data["version"] == 1
    assert (data["path"], data["sha256"], data["words"]) == ("a.txt", digest(ALL_SPUN), report.words)
    assert len(data["findings"]) == len(report.findings) >= 3
    for finding in data["findings"]:
        assert ALL_SPUN[finding["start"] : finding["end"]] == finding["observed"]
        assert finding.keys() == {
            "id", "start", "end", "line", "column", "observed", "intended", "alternatives", "posterior", "verdict", "source", "evidence",
        }  # fmt: skip
        assert finding["verdict"] in ("restore", "suggest")
        assert finding["source"].count("/") == 1


def test_the_report_as_lines() -> None:
    text = "It rained.\nHe works at a suppose tank."
    report = detect(text, path="a.txt")
    *lines, summary = report.lines()
    assert len(lines) == 1
    assert lines[0].startswith("a.txt:2:15: suppose → think  ")
    assert summary.startswith("a.txt: spun ")
    assert str(report) == "\n".join([*lines, summary])
    assert any("language-model" in line for line in explain(text).explanation())


def test_lines_stay_lines_where_a_finding_runs_over_a_line_end() -> None:
    for line in detect(ALL_SPUN.replace(" ", "\r\n")).lines():
        assert "\n" not in line
        assert "\r" not in line


# --- policy ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["threshold", "suggest", "spun_prior"])
@pytest.mark.parametrize("value", [0, 1, -0.5, 1.5, float("nan"), float("inf"), "0.5", None, True, [0.5]])
def test_a_policy_refuses_what_is_no_probability(name: str, value: object) -> None:
    with pytest.raises(PolicyError, match=f"{name}: expected a probability above 0 and below 1, found"):
        Policy(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["folder", ["folder"], {"folder"}, None, (1,), (Path("folder"),), (None,)])
def test_a_policy_refuses_what_are_no_paths(value: object) -> None:
    with pytest.raises(PolicyError, match="lists: expected a tuple of paths"):
        Policy(lists=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", ["(", "a{99999999999}", "(" * 5000 + ")" * 5000])
def test_a_policy_refuses_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(PolicyError, match="ignore_patterns: expected a regular expression, found"):
        Policy(ignore_patterns=(pattern,))


@pytest.mark.filterwarnings("error")
def test_what_re_warns_of_in_a_pattern_is_no_fault() -> None:
    assert restore("He works at a suppose tank.", Policy(ignore_patterns=("[[a-z]uppose",))) == "He works at a suppose tank."


def test_a_policy_takes_names_only_and_is_frozen() -> None:
    with pytest.raises(TypeError):
        Policy(0.5)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Policy(treshold=0.5)  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Policy().threshold = 0.9  # type: ignore[misc]


def test_help_on_a_policy_says_what_each_setting_is() -> None:
    said = re.findall(r"^ *- ``(\w+)``: .+", Policy.__doc__ or "", re.MULTILINE)
    assert tuple(said) == OPTIONS


def test_a_policy_error_is_a_value_error_and_a_spinfix_error() -> None:
    assert issubclass(PolicyError, ValueError)
    assert issubclass(PolicyError, spinfix.SpinfixError)


def test_a_higher_threshold_restores_no_more() -> None:
    text = " ".join([*SPUN, *DOUBTFUL])
    spans = [{c.span for c in detect(text, Policy(threshold=t)).patch.corrections} for t in (0.3, 0.6, 0.9, 0.999)]
    assert all(stricter <= looser for looser, stricter in itertools.pairwise(spans))
    assert len(spans[-1]) < len(spans[0])


def test_suggestions_are_listed_and_not_made() -> None:
    text = " ".join([*SPUN, *DOUBTFUL])
    report = detect(text, Policy(threshold=0.999, suggest=0.01))
    suggested = [f for f in report.findings if f.verdict is Verdict.SUGGEST]
    assert suggested
    made = {c.span for c in report.patch.corrections}
    assert made.isdisjoint(f.span for f in suggested)
    assert all(0.01 <= f.posterior < 0.999 for f in suggested)


def test_who_expects_spun_texts_sees_them_sooner() -> None:
    text = "He works at a suppose tank."
    assert detect(text, Policy(spun_prior=0.9)).spun > detect(text, Policy(spun_prior=1e-6)).spun


LIST = """\
# title: A list of one's own
# source: the tests
# license: MIT
# status: stable
# + He lives within the pineborough. => He lives in the city.
# - A borough of pines.
pineborough\tcity\tp=0.9
"""


def test_lists_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    file = tmp_path / "own" / "places.tsv"
    file.write_text(LIST, encoding="utf-8")
    text = f"{ALL_SPUN} The mayor of the pineborough opened a school in the center of the pineborough."
    assert "pineborough" in restore(text)
    for path in (tmp_path, tmp_path / "own", file):  # families in folders, one flat folder, one file
        policy = Policy(lists=(str(path),))
        assert "mayor of the city opened" in restore(text, policy)
        assert "own/places" in {f.source for f in detect(text, policy).findings}


def test_a_folder_without_lists_is_named(tmp_path: Path) -> None:
    (tmp_path / "own" / "deep").mkdir(parents=True)
    (tmp_path / "own" / "deep" / "places.tsv").write_text(LIST, encoding="utf-8")
    (tmp_path / "places.txt").write_text(LIST, encoding="utf-8")
    with pytest.raises(ListError) as refused:
        detect("text", Policy(lists=(str(tmp_path),)))
    assert str(refused.value).startswith(f"{tmp_path}: expected word lists")
    assert "FAMILY/NAME.tsv" in str(refused.value)


def test_a_bad_list_of_ones_own_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.tsv"
    file.write_text(LIST.replace("p=0.9", "p=9"), encoding="utf-8")
    with pytest.raises(ListError, match=r"bad\.tsv:7: p= is a probability"):
        detect("text", Policy(lists=(str(file),)))
    with pytest.raises(ListError, match=r"none\.tsv"):
        detect("text", Policy(lists=(str(tmp_path / "none.tsv"),)))


def test_what_detect_returns_can_make_the_patch_anew() -> None:
    report = detect(ALL_SPUN)
    assert isinstance(report.patch, Patch)
    assert report.patch.apply(ALL_SPUN) == ALL_RESTORED
    assert Patch.from_json(report.patch.to_json()) == report.patch


def test_the_package_gives_what_it_names_and_nothing_else() -> None:
    assert all(getattr(spinfix, name) is not None for name in spinfix.__all__)
    assert set(dir(spinfix)) >= {*spinfix.__all__, "api", "patch", "__version__"}
    assert {name for names in spinfix._WHERE.values() for name in names} == set(spinfix.__all__)
    assert spinfix.patch.Patch is spinfix.Patch
    with pytest.raises(AttributeError, match="module 'spinfix' has no attribute 'correct'"):
        spinfix.correct  # type: ignore[attr-defined]  # noqa: B018


def test_type_hints_of_all_that_is_public_can_be_read_where_it_runs() -> None:
    for name in spinfix.__all__:
        public = getattr(spinfix, name)
        members = [m for m in vars(public).values() if inspect.isfunction(m)] if inspect.isclass(public) else []
        assert all(isinstance(get_type_hints(found), dict) for found in (public, *members))


def test_what_is_no_text_no_policy_or_no_patch_is_told() -> None:
    for verb in (detect, explain, restore):
        with pytest.raises(TypeError, match=r"expected a text \(str\), found bytes; decode it first"):
            verb(ALL_SPUN.encode())  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"expected a text \(str\), found NoneType$"):
            verb(None)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="expected a Policy, found dict"):
            verb(ALL_SPUN, {"threshold": 0.9})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected texts, found one text"):
        next(spinfix.detect_many(ALL_SPUN))
    with pytest.raises(TypeError, match="expected texts, found bytes"):
        next(spinfix.detect_many(ALL_SPUN.encode()))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a Policy, found dict"):
        next(spinfix.detect_many([ALL_SPUN], {"threshold": 0.9}))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a patch or its JSON as a str, found bytes"):
        revert(ALL_RESTORED, b"{}")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"expected a text \(str\), found bytes; decode it first"):
        revert(ALL_RESTORED.encode(), detect(ALL_SPUN).patch)  # type: ignore[arg-type]


def test_what_is_no_text_is_one_failure_among_many_reports() -> None:
    bytes_, nothing, named, last = spinfix.detect_many([b"ab", None, ("a.txt", "It rained."), "It rained."], processes=1)  # type: ignore[list-item]
    assert [result.path for result in (bytes_, nothing, named, last)] == ["1", "2", "a.txt", "4"]
    assert isinstance(bytes_, spinfix.Failure) and "found bytes; decode it first" in bytes_.reason
    assert isinstance(nothing, spinfix.Failure) and "found NoneType" in nothing.reason
    assert isinstance(named, spinfix.Report) and isinstance(last, spinfix.Report)


def test_a_failure_has_a_name_that_is_text() -> None:
    texts = [(Path("a.md"), None), (7, None), ("b.txt", None)]
    failures = list(spinfix.detect_many(texts, processes=1))  # type: ignore[arg-type]
    assert [failure.path for failure in failures] == ["a.md", "7", "b.txt"]


def test_a_path_may_be_one_of_pathlib() -> None:
    assert detect("`suppose tank`", path=Path("a.md")) == detect("`suppose tank`", path="a.md")
    assert json.loads(explain(ALL_SPUN, path=Path("a.txt")).to_json())["path"] == "a.txt"
