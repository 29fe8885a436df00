"""reStructuredText: what is prose, and what becomes of the marks inside a phrase."""

from __future__ import annotations

import pytest
from markup_tools import needs, placed, prose, rewritten

import spinfix
from spinfix.errors import MarkupError
from spinfix.markup import rst, view_of
from spinfix.reading import read
from spinfix.records import Finding, Span, Verdict

pytestmark = needs("rst")


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("=====\nTitle\n=====\n\nOne **two** *three*\nfour.\n", ["Title", "One two three four."]),
        ("Héad\n----\n\nÜber *ünder* x.\n", ["Héad", "Über ünder x."]),
        ("a ``code`` b `ref`_ c `text <http://x>`_ d\n", ["a \ufffc b \ufffc c text d"]),
        ("a |s| [1]_ [CIT]_ :math:`x` b\n", ["a \ufffc \ufffc \ufffc \ufffc b"]),
        ("See :ref:`the label <target>` and :ref:`target`.\n", ["See the label and \ufffc."]),
        ("Say::\n\n    literal\n\nafter\n", ["Say:", "after"]),
        ("- a\n  b\n- c\n\n1. d\n\nterm : kind\n    definition\n", ["a b", "c", "d", "term", "definition"]),
        (".. note:: A note\n   goes *on*.\n\n   - item\n\nAfter.\n", ["A note goes on.", "item", "After."]),
        (".. note::\n   :class: x\n\n   A note.\n", ["A note."]),
        (".. code-block:: python\n\n   a = b\n\n.. image:: x.png\n   :alt: Some text\n\n>>> doctest\n5\n", []),
        (".. figure:: x.png\n   :alt: no\n\n   A caption\n   here.\n", ["A caption here."]),
        (".. note::\n\n   .. code::\n\n      a b\n\n   .. tip:: deep\n      er\n", ["deep er"]),
        (".. comment\n   goes on\n\n.. _t: http://x\n\n.. |s| replace:: text\n\n.. [1] A footnote.\n", ["A footnote."]),
        (":Author: Me\n:Abstract: Some text\n:param x: what it is\n", ["Some text", "what it is"]),
        ("=== ===\na b c\n=== ===\nd e f\n\ng h i\n=== ===\n\nafter\n", ["after"]),
        ("+---+---+\n| a | b |\n+---+---+\n\nafter\n", ["after"]),
        ("| line\n| two\n\nso\n\n  quoted\n  text\n", ["line", "two", "so", "quoted text"]),
        ("a\\ b \\*c\\*\n", ["ab *c*"]),
        ("one\r\ntwo\r\n\r\nthree\r\n", ["one two", "three"]),
        ("A title\n=======\n\nSee `a  title`_, `so <Other_>`_ and Third_.\n\nOther\n=====\n\nThird\n=====\n\nFourth\n======\n",
         ["See \ufffc, so and \ufffc.", "Fourth"]),
        (".. function:: a(b)\n              c(d)\n   :no-index:\n\n"
         "   Does *so*\n   much.\n\n   :param b: a thing\n\n   .. code::\n\n      e\n",
         ["Does so much.", "a thing"]),
        (".. py:class:: A\n\n   One.\n\n   .. py:method:: b\n      :final:\n\n      Two.\n\n.. option:: --c\n\n   Three.\n.. c:macro:: D\n",
         ["One.", "Two.", "Three."]),
        (".. function:: a(b)\n   c d\n\nafter\n", ["after"]),
        (".. glossary::\n\n   a term\n      One.\n\n   other\n      Two.\n\nThe :term:`A term` and :term:`others <other>`.\n",
         ["One.", "Two.", "The \ufffc and others."]),
        ("", []),
    ],
)  # fmt: skip
def test_prose(text: str, blocks: list[str]) -> None:
    assert prose(text, "rst") == blocks


@pytest.mark.parametrize(
    ("text", "observed", "intended", "expected"),
    [
        ("the **Center** East is\n", "Center East", "Middle East", "the **Middle** East is\n"),
        ("a suppose\ntank is\n", "suppose tank", "think tank", "a think\ntank is\n"),
        (".. note:: a suppose\n   tank is\n", "suppose tank", "think tank", ".. note:: a think\n   tank is\n"),
        ("* a suppose\n  tank is\n", "suppose tank", "think tank", "* a think\n  tank is\n"),
        ("é the *Center East* is\n", "the Center East", "the Middle East", "é the *Middle East* is\n"),
        ("a b c\n", "b", "*x* |y| z_", "a \\*x\\* \\|y\\| z\\_ c\n"),
    ],
)
def test_marks_inside_a_phrase_stay(text: str, observed: str, intended: str, expected: str) -> None:
    assert rewritten(text, "rst", observed, intended) == expected


def test_what_would_empty_or_cut_a_mark_is_not_safe() -> None:
    assert not placed(view_of("a *b* *c* *d* e\n", "rst"), "b c d", "x").safe
    assert not placed(view_of("a sup\\ **pose** tank\n", "rst"), "suppose tank", "think tank").safe


def test_a_page_is_restored_and_its_marks_stay() -> None:
    page = """\
The suppose tank of the city
============================

The evaluate course of took three years, mentioned a researcher on the *suppose* tank who lived
within the West Financial institution within the Nineteen Nineties. In the course of the civil
struggle, greater than twenty-four,000 folks within the **Center**
East misplaced their houses, in response to `officers <suppose-tank.html>`_.

.. note:: The suppose tank ``suppose tank`` was within the Center East.

.. code-block:: text

   the suppose tank within the Center East
"""
    restored = spinfix.restore(page, path="page.rst")
    assert restored.startswith("The think tank of the city\n============================\n")
    assert "at the *think* tank" in restored
    assert "people in the **Middle**\nEast lost their homes, according to `officials <suppose-tank.html>`_." in restored
    assert ".. note:: The think tank ``suppose tank`` was in the Middle East." in restored
    assert ".. code-block:: text\n\n   the suppose tank within the Center East\n" in restored


@pytest.mark.parametrize(
    ("line", "changes", "verdicts"),
    [
        ("=" * 10, {"here": "there"}, ["suggest"]),
        ("=" * 11, {"here": "there"}, ["restore"]),
        ("=" * 10, {"Title": "Name", "here": "there"}, ["restore", "restore"]),  # what makes room leaves room
        ("=" * 10, {"Title": "Titles", "here": "now"}, ["restore", "restore"]),
        ("=" * 10, {"Title": "Titles", "here": "there"}, ["suggest", "suggest"]),
    ],
)
def test_a_title_does_not_outgrow_its_line(line: str, changes: dict[str, str], verdicts: list[str]) -> None:
    reading = read(f"Title here\n{line}\n\nText.\n", markup="rst")
    found = []
    for observed, intended in changes.items():
        at = reading.view.prose.index(observed)
        found.append(Finding(Span(at, at + len(observed)), 1, 1, observed, intended, 0.9, Verdict.RESTORE, "drawn/by-hand"))
    assert [str(f.verdict) for f in reading.returned(found)] == verdicts


@pytest.mark.parametrize("mark", ["*a ", ":a:`b ", "``a "])
def test_a_paragraph_of_too_many_marks_is_left_alone(mark: str) -> None:
    assert prose(f"One *two*.\n\n{mark * rst.MARKED}\nhere\n\n- Three.\n", "rst") == ["One two.", "Three."]
    assert len(prose(f"One *two*.\n\n{mark * 100}\nhere\n\n- Three.\n", "rst")) == 3
    assert prose("- a *b* c\n" * 2000, "rst") == ["a b c"] * 2000


def test_long_paragraphs_of_marks_leave_no_long_gap() -> None:
    """The grammar goes through the empty lines in their place again and again: a minute."""
    line = "|---|\n"
    assert prose(f"One.\n\n{line * 50_000}\nTwo.\n", "rst") == ["One.", "Two."]


@pytest.mark.parametrize("mark", ["{a", "-a", ":a"])
def test_a_word_without_end_is_left_alone(mark: str) -> None:
    """The grammar reads it anew at each mark: hours."""
    assert prose(f"One *two*.\n\nSo {mark * 50_000} so\nhere\n\nThree {mark * 200}.\n", "rst")[::2] == ["One two."]
    assert len(prose(f"One.\n\nThree {mark * 200}.\n", "rst")) == 2


def test_what_is_nested_too_deeply_is_refused() -> None:
    def nested(levels: int) -> str:
        return "".join(f"{'  ' * k}- so\n\n" for k in range(levels)) + "end\n"

    assert prose(nested(rst.NESTED), "rst")[-1] == "end"
    with pytest.raises(MarkupError, match=f"found more than {rst.NESTED} levels of indentation"):
        view_of(nested(rst.NESTED + 2), "rst")
