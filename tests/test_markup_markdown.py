"""Markdown: what is prose, and what becomes of the marks inside a phrase."""

from __future__ import annotations

import pytest
from markup_tools import needs, placed, prose, rewritten

import spinfix
from spinfix import Policy
from spinfix.markup import view_of

pytestmark = needs("markdown")

SPUN = """\
---
title: A suppose tank
slug: suppose-tank
---

# The suppose tank

The evaluate **course** of took three years, mentioned a researcher on the suppose
tank who lived within the *West Financial* institution within the Nineteen Nineties.
In the course of the civil struggle, greater than twenty-four,000 folks within the Center
East misplaced their houses, in response to [officers](https://example.org/suppose-tank "suppose tank").

> The suppose tank `suppose tank` is within the **Center** East.

| folks | place            |
|-------|------------------|
| two   | the Center East  |

```
the suppose tank within the Center East
```
"""


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("# Title *with* emphasis #\n", ["Title with emphasis"]),
        ("Set\next\n===\n", ["Set ext"]),
        ("one\ntwo  \nthree\\\nfour", ["one two  three four"]),
        ("- a b\n  c\n- d\n\n1. e\n", ["a b c", "d", "e"]),
        ("> quoted\n> twice\nlazily\n", ["quoted twice lazily"]),
        ("> - > deep\n>   > er\n", ["deep er"]),
        ("a `code` b ``c ` d`` e", ["a \ufffc b \ufffc e"]),
        ("a\n\n    code\n\n~~~\ncode\n~~~\n\tcode\n", ["a"]),
        ("[label](/url 'title') and ![alt](x.png) and <https://example.org>", ["label and \ufffc and \ufffc"]),
        ("[full][ref] [ref][] [ref] [none]\n\n[ref]: /url 'title'\n", ["full \ufffc \ufffc [none]"]),
        ("| a b | c |\n|---|:-:|\n| `x` d | e |\n| f |\n", ["a b", "c", "\ufffc d", "e", "f"]),
        ("| a \\| b | c |\n|---|---|\n| d | e |\n", ["c", "d", "e"]),
        ("AT&amp;T it&#8217;s&nbsp;so \\*literally\\* & a&b &unknown;", ["AT&T it’s so *literally* & a&b &unknown;"]),
        ("5 * 3 * 4, snake_case, ~~gone~~, a*b*c", ["5 * 3 * 4, snake_case, gone, abc"]),
        ("$x_1 * y$ costs $5 or $6, $$a\nb$$", ["\ufffc costs $5 or $6, \ufffc"]),
        ("as [@smith2004; @jones] say[^1], @smith too\n\n[^1]: Foot note.\n", ["as \ufffc say\ufffc, \ufffc too", "Foot note."]),
        ("<div>\n<p>Some <b>bold</b> text<br>\nhere</p>\n</div>\n", ["Some bold text here"]),
        ("<pre>\ncode\n\ncode</pre>\nafter\n", ["after"]),
        ("a <b>c</b> <code>d *e*</code> f<br/>g <!-- h --> i", ["a c \ufffc f g  i"]),
        ("::: warning\nText.\n:::\n", ["\ufffc Text. \ufffc"]),
        ("Run setup.py or os.path.join() in /usr/share, ask me@example.org.", ["Run \ufffc or \ufffc in \ufffc, ask \ufffc."]),
        ("#old-folks @old-folks $old-folks folks-old.org/a C:\\a\\b --folks ${folks}", [" ".join("\ufffc" * 7)]),
        ("![a](b.png){width=5 .c #d} and [e]{.f} and `g`{ .h k=l } {i} {j k}", ["\ufffc and [e]\ufffc and \ufffc {i} {j k}"]),
        ("\\newcommand{\\x}{y} a\n\n\\begin{align*}\nb\n\\end{align*}\nc \\ref{d} \\(e\\)", ["\ufffc a", "\ufffc c \ufffc (e)"]),
        ("import A from './a'\nimport './b'\n\nexport const c = 1\n\n{/* d */} import e, export f",
         ["\ufffc \ufffc", "\ufffc", "\ufffc import e, export f"]),
        ('[caption id="a b" w=3]c[/caption] [d](e)', ["\ufffcc\ufffc d"]),
        ("houses<sup>2</sup> and H<sub>2</sub>O", ["houses\ufffc and H\ufffcO"]),
        (
            '!!! note inline "A *title*"\n\n    One\n    two.\n\n        code\n\n    - three\n\n'
            "        four\n\nfive\n??? tip\n    six\nseven",
            ["A title", "One two.", "three", "four", "five", "six seven"],
        ),
        ('=== "A tab"\n\n    One.\n\n    ```\n    code\n    ```\n\n=== "So"\n\n> !!! x "y"\n>     z',
         ["A tab", "One.", '=== "So"', "y", "z"]),
        ("!!! note\n\nOne.\n\n    code\n\n1. !!! a\n\n       two\n", ["\ufffc", "One.", "two"]),
        ("[^a]: One\n  two\n\n    three\n\n        code\n[^b]: four\n\n    five\n\nsix", ["One two", "three", "four", "five", "six"]),
        ("Term\n:   One.\n\n    two\n: three\n\n:four and\n:::\n", ["Term", "One.", "two", "three", ":four and \ufffc"]),
        ("[^folks]: folks\n: : : a", ["folks", "a"]),
        ("- [ ] to do\n- [x] done\n", ["\ufffc to do", "\ufffc done"]),
        ("---\ntitle: A title\ntags: [a, b]\ndescription: 'Some text'\n---\nBody.\n", ["A title", "Some text", "Body."]),
        ("+++\ntitle = \"A title\"\nweight = 5\n+++\nBody.\n", ["A title", "Body."]),
        ("---\ntitle: >-\n  A long\n  title\nslug: |\n  so\nsummary: |\n\n    One.\n\n    two\n\ntags: a\n---\nb",
         ["A long title", "One. two", "b"]),
        ("---\r\nsummary: >\r\n  one\r\n  two\r\n---\r\nthree", ["one two", "three"]),
        ("[[so]], [[folks|the folks]], the [[a/b#c|Center]] East, ![[so|100]] and [[|]]",
         ["\ufffc, the folks, the Center East, !\ufffc and \ufffc"]),
        ("+---+:--:+\n| a | b  |\n+===+====+\n| c | d  |\n+---+----+\n\nafter\n", ["after"]),
        ("  A     b\n------ ---\nc     d\n\nafter -- all\n- - -\n-- a\n", ["after -- all", "-- a"]),
        ("---\n\nnot front matter\n\n---\n", ["not front matter"]),
        ("one\r\ntwo\r\n\r\nthree\r", ["one two", "three"]),
        ("\ttab\n\n-\tone\n\n\ttwo\n", ["one", "two"]),
        ("", []),
    ],
)  # fmt: skip
def test_prose(text: str, blocks: list[str]) -> None:
    assert prose(text, "markdown") == blocks


@pytest.mark.parametrize(
    ("text", "observed", "intended", "expected"),
    [
        ("the West Financial\ninstitution is", "Financial institution", "Bank", "the West \nBank is"),
        ("the West  Financial\ninstitution is", "Financial institution", "Bank", "the West  Bank is"),  # two would break it
        ("> the West Financial\n> institution is", "Financial institution", "Bank", "> the West \n> Bank is"),
        ("the [[a|Center]] East is", "Center East", "Middle East", "the [[a|Middle]] East is"),
        ("the **Center** East is", "Center East", "Middle East", "the **Middle** East is"),
        ("the *Center East* is", "the Center East", "the Middle East", "the *Middle East* is"),
        ("a suppose<br>tank is", "suppose tank", "think tank", "a think<br>tank is"),
        ("a suppose\ntank is", "suppose tank", "think tank", "a think\ntank is"),
        ("> a suppose\n> tank is", "suppose tank", "think tank", "> a think\n> tank is"),
        ("the evaluate **course** of was", "evaluate course of", "review process", "the review **process** was"),
        ("stress from local [weather change](x) is", "local weather change", "climate change", "stress from [climate change](x) is"),
        ("as a result **of they** were", "as a result of", "because", "**because they** were"),
        ("the West Financial **institution** is", "West Financial institution", "West Bank", "the West **Bank** is"),
        ("more than gross sales fell", "gross sales", "sales", "more than sales fell"),
        ("uses software\nprogram here", "software program", "software", "uses \nsoftware here"),
        ("are **very** tall", "very tall", "so very tall", "are **so very** tall"),
        ("the *West Financial* institution is", "West Financial institution", "West Bank", "the *West Bank* is"),
        ("in the course\nof the war", "in the course of", "during", "during the war"),
        ("> so in the course\n> of the war", "in the course of", "during", "> so \n> during the war"),
        ("a **b** c", "b", "d e", "a **d e** c"),
        ("AT&amp;T folks", "folks", "people", "AT&amp;T people"),
        ("it&#8217;s a suppose&nbsp;tank", "suppose tank", "think tank", "it&#8217;s a think&nbsp;tank"),
        ("the quantity one tune", "quantity one", "# *1*", "the \\# \\*1\\* tune"),
    ],
)
def test_marks_inside_a_phrase_stay(text: str, observed: str, intended: str, expected: str) -> None:
    assert rewritten(text, "markdown", observed, intended) == expected


@pytest.mark.parametrize(
    ("text", "observed", "intended"),
    [
        ("a **b** *c* **d** e", "b c d", "x"),  # a mark would be left with nothing inside
        ("a sup**pose** tank", "suppose tank", "think tank"),  # a mark inside a word that goes
        ("a b", "b", "c|d"),
        ("---\ntitle: 'it is so'\n---\n", "it is", "it's"),  # would end the value
    ],
)
def test_what_would_break_a_mark_is_not_safe(text: str, observed: str, intended: str) -> None:
    assert not placed(view_of(text, "markdown"), observed, intended).safe


def test_a_file_is_restored_and_its_marks_stay() -> None:
    restored = spinfix.restore(SPUN, path="article.md")
    assert "# The think tank" in restored
    assert "The review **process** took three years, said a researcher at the think\ntank" in restored
    assert "the *West Bank* in the 1990s" in restored
    assert "[officials](https://example.org/suppose-tank \"suppose tank\")" in restored
    assert "> The think tank `suppose tank` is in the **Middle** East." in restored
    assert "the Middle East  |" in restored
    assert "slug: suppose-tank\n" in restored
    assert "\n```\nthe suppose tank within the Center East\n```\n" in restored


def test_words_behind_a_mark_may_go_at_the_end_of_a_block() -> None:
    text = SPUN + "\n1. within the **West Financial** institution\n2. `suppose tank`\n"
    assert "\n1. in the **West Bank**\n2. `suppose tank`\n" in spinfix.restore(text, path="article.md")


def test_findings_say_where_in_the_file() -> None:
    report = spinfix.detect(SPUN, path="article.md")
    assert report.findings
    lines = SPUN.split("\n")
    for finding in report.findings:
        assert SPUN[finding.span.start : finding.span.end] == finding.observed
        assert lines[finding.line - 1][finding.column - 1 :].startswith(finding.observed.split("\n")[0])
    assert report.patch.inverse().apply(report.patch.apply(SPUN)) == SPUN


def test_the_policy_decides_over_the_name() -> None:
    code = "A line of prose.\n\n    He works at a suppose tank.\n"
    assert not spinfix.detect(code, path="a.md").findings
    assert spinfix.detect(code, Policy(markup="plain"), path="a.md").findings
    assert not spinfix.detect(code, Policy(markup="markdown")).findings
    assert spinfix.detect(code).findings


def test_a_restoration_that_would_cut_a_mark_becomes_a_suggestion() -> None:
    text = SPUN + "\nThe suppose tank lived within the West Finan**cial** institution within the Nineteen Nineties.\n"
    assert "the West Finan**cial** institution in the 1990s." in spinfix.restore(text, path="article.md")
    found = [f for f in spinfix.detect(text, path="article.md").findings if "Finan**" in f.observed]
    assert [(f.observed, str(f.verdict)) for f in found] == [("Finan**cial** institution", "suggest")]
