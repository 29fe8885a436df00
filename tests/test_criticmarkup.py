"""CriticMarkup: what is marked up reads back as either text, here and with the tools that others accept changes with."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_reports import EXAMPLE, finding, made, reports

from spinfix import Correction, Patch, Report, Span, detect
from spinfix.report.critic import accepted, marked_up, rejected
from spinfix.report.formats import rendered


@settings(max_examples=500, deadline=None)
@given(reports())
@example(made("{", [finding("{", Span(0, 1), "")]))
@example(made("{{~~a~>b~~}\\{++", [finding("{{~~a~>b~~}\\{++", Span(1, 6), "~~}\\~~}")]))
def test_accepting_all_gives_the_restored_text_rejecting_all_the_given_one(report: Report) -> None:
    markup = marked_up(report.text, report.patch)
    assert accepted(markup) == report.patch.apply(report.text)
    assert rejected(markup) == report.text


def test_no_markup_of_the_text_passes_for_a_change() -> None:
    text = "Write {~~old~>new~~}, {++more++} or {--less--}, {==this==}{>>why<<}."
    nothing = Patch.between(text, [])
    assert not re.search(r"\{(~~|\+\+|--|==|>>)", marked_up(text, nothing))
    assert rejected(marked_up(text, nothing)) == text


@pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not there")
def test_pandoc_shows_escaped_marks_as_they_were() -> None:
    text = "Write {++more++} or {>>why<<}."
    command = ["pandoc", "-f", "commonmark", "-t", "plain", "--wrap=none"]
    done = subprocess.run(command, input=marked_up(text, Patch.between(text, [])), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == text


MARKDOWN = """\
# The report of the State Division

The analyst labored for a *suppose tank* within the Nineteen Nineties, where the evaluate
course of is sluggish, in response to officers. Write {++more++} or {--less--} where it is {>>needed<<}.

- Folks misplaced their houses within the Center East, officers mentioned.
- He has a brand new **arms gross sales** announcement.
"""


def test_the_critic_of_pymdown_extensions_accepts_and_rejects() -> None:
    markdown = pytest.importorskip("markdown", reason="pip install markdown pymdown-extensions")
    pytest.importorskip("pymdownx", reason="pip install markdown pymdown-extensions")
    pairs = {"labored": "worked", "suppose": "think", "evaluate\ncourse of": "review\nprocess", "Folks": "People", "brand new": ""}
    spans = {before: Span(at := MARKDOWN.index(before), at + len(before)) for before in pairs}
    patch = Patch.between(MARKDOWN, [Correction(spans[before], before, after) for before, after in pairs.items()])
    markup, restored = marked_up(MARKDOWN, patch), patch.apply(MARKDOWN)

    def shown(text: str, mode: str = "") -> str:
        more = {"extensions": ["pymdownx.critic"], "extension_configs": {"pymdownx.critic": {"mode": mode}}} if mode else {}
        return str(markdown.markdown(text, **more))

    assert shown(markup.replace("{\\", "{"), "accept") != shown(restored)  # the backslashes are needed
    for mode, text in (("accept", restored), ("reject", MARKDOWN)):
        assert shown(markup, mode) == shown(text)
    viewed = shown(markup, "view")
    assert (viewed.count("<del "), viewed.count("<ins ")) == (5, 4)


@pytest.mark.parametrize("mode", ["accept", "reject"])
def test_pancritic_accepts_and_rejects_before_pandoc(tmp_path: Path, mode: str) -> None:
    pancritic = Path(sys.executable).with_name("pancritic")
    if not pancritic.exists():
        pytest.skip("pip install pancritic: it settles the changes for pandoc")
    text = EXAMPLE
    report = detect(text)
    assert len(report.patch.corrections) > 50
    (tmp_path / "marked.md").write_text("".join(rendered("criticmarkup", [report])), encoding="utf-8")
    command = [str(pancritic), "marked.md", "-o", "settled.md", "-m", mode]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    settled = (tmp_path / "settled.md").read_text(encoding="utf-8")
    assert settled.rstrip("\n") == (report.patch.apply(text) if mode == "accept" else text).rstrip("\n")


_BY_PATTERN = re.compile(r"\{~~(?P<before>.*?)~>(?P<after>.*?)~~\}|\{\+\+(?P<new>.*?)\+\+\}|\{--(?P<gone>.*?)--\}", re.DOTALL)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(["{~~", "~>", "~~}", "{++", "++}", "{--", "--}", "~", ">", "}", "{", "x", "\n"]), max_size=16).map("".join))
def test_changes_are_those_that_a_pattern_would_find(markup: str) -> None:
    assert rejected(markup) == _BY_PATTERN.sub(lambda m: (m["before"] or "") + (m["gone"] or ""), markup)
    assert accepted(markup) == _BY_PATTERN.sub(lambda m: (m["after"] or "") + (m["new"] or ""), markup)


def test_changes_that_are_opened_and_never_closed_take_no_longer_than_others() -> None:
    for opening in ("{~~", "{~~a~>", "{++a", "{--"):
        markup = opening * 20_000
        assert accepted(markup) == rejected(markup) == markup
