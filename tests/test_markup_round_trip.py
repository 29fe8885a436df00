"""Generated documents of each kind of markup, restored at random places: what is no prose stays, and the tree is the same.

The places and their new words are drawn by lot, so that markup meets more than any list would bring; the parsers that compare the
trees are others than those of the readers where there are others.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markup_tools import check_pieces, needs

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import dressing

from spinfix.patch import Patch
from spinfix.reading import Reading, read
from spinfix.records import Correction, Finding, Span, Verdict

DOCUMENTS = 500
VOCABULARY = (
    "the a of folks struggle suppose tank within Center East mentioned twenty-four,000 1990s it’s don't café naïve U.S. Mr. Day's "
    "evaluate course West Financial institution in response officers and houses misplaced “quoted” (so) e.g. 50% R&D C# snake_case x*y "
    "[sic] $5 a|b <br> #1 ~so well-known -- … Über 日本"
).split()
NEW_WORDS = (*VOCABULARY, "people", "war", "think", "Middle", "according", "to", "during", "house", "1. so", "- so", "#", "*", "&amp;")


def findings(reading: Reading, draw: random.Random) -> Iterator[Finding]:
    """Restorations of a third of the words, one to four at a time, with any number of new words."""
    document = reading.document
    for first, last in document.stretches():
        at = first
        while at < last:
            stop = min(last, at + draw.choice((1, 1, 1, 2, 2, 3, 4)))
            is_words = document.surfaces[at][0].isalnum() and document.surfaces[stop - 1][-1].isalnum()
            if is_words and draw.random() < 0.3 and document.protected.isdisjoint(range(at, stop)):
                words = [draw.choice(NEW_WORDS) for _ in range(draw.choice((1, 1, 1, 2, 2, 3)))]
                if draw.random() < 0.3:  # share a word with what stands there
                    words[draw.choice((0, -1))] = document.surfaces[draw.choice((at, stop - 1))]
                span = document.span(at, stop)
                observed = document.text[span.start : span.end]
                yield Finding(span, 1, 1, observed, " ".join(words), 0.9, Verdict.RESTORE, "drawn/by-lot")
            at = stop


def restored_by_lot(text: str, kind: str, draw: random.Random) -> tuple[Reading, Sequence[Finding], list[Finding], str]:
    """How ``text`` is read, what was drawn for it, what of that is restored, and the restored text; the way back is tried."""
    reading = read(text, markup=kind)
    check_pieces(reading.view)
    found = reading.returned(list(findings(reading, draw)))
    made = [f for f in found if f.verdict is Verdict.RESTORE]
    patch = Patch.between(text, [Correction(f.span, f.observed, f.intended) for f in made])
    result = patch.apply(text)
    assert patch.inverse().apply(result) == text
    return reading, found, made, result


class _Tags(HTMLParser):
    """What a page holds beside its text; that of scripts and comments included."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.events: list[object] = []
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, attrs))
        self.code += tag in ("pre", "code", "kbd", "svg", "script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.events.append(tag)
        self.code -= tag in ("pre", "code", "kbd", "svg", "script", "style")

    def handle_data(self, data: str) -> None:
        if self.code:
            self.events.append(data)

    def handle_comment(self, data: str) -> None:
        self.events.append(data)


def html_tree(text: str) -> object:
    parser = _Tags()
    parser.feed(text)
    parser.close()
    return parser.events


def markdown_tree(text: str) -> object:
    from markdown_it import MarkdownIt

    def shape(tokens: Any) -> list[object]:
        kept: list[object] = []
        for token in tokens:
            if token.type not in ("text", "softbreak"):
                is_prose = token.type == "inline"
                kept.append((token.type, token.tag, dict(token.attrs), "" if is_prose else token.content, shape(token.children or ())))
        return kept

    return shape(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text))


def rst_tree(text: str) -> object:
    from docutils.core import publish_doctree
    from docutils.nodes import FixedTextElement, Text, comment, literal, math, system_message

    tree = publish_doctree(text, settings_overrides={"report_level": 5, "halt_level": 5, "warning_stream": False})

    def shape(node: Any) -> object:
        if isinstance(node, Text):
            return None
        if isinstance(node, FixedTextElement | literal | math | comment):
            return (node.tagname, node.astext())
        names = {k: v for k, v in node.attributes.items() if k in ("refuri", "alt", "uri")}
        inner = [made for c in node.children if not isinstance(c, system_message) and (made := shape(c)) is not None]
        return (node.tagname, names, inner)

    return shape(tree)


def latex_tree(text: str) -> object:
    from pylatexenc.latexwalker import LatexWalker

    def shape(nodes: Any) -> list[object]:
        kept: list[object] = []
        for node in nodes:
            kind = type(node).__name__
            if node is None or kind == "LatexCharsNode":
                continue
            if kind == "LatexSpecialsNode" or getattr(node, "macroname", None) in tuple("&%$#_{}"):
                continue
            if kind in ("LatexMathNode", "LatexCommentNode"):
                kept.append(node.latex_verbatim().strip())
                continue
            name = getattr(node, "macroname", None) or getattr(node, "environmentname", None)
            arguments = node.nodeargd.argnlist if getattr(node, "nodeargd", None) is not None else ()
            inner = getattr(node, "nodelist", None) or ()
            kept.append((kind, name, shape(a for a in arguments or ()), shape(inner) if name != "verbatim" else node.latex_verbatim()))
        return kept

    return shape(LatexWalker(text).get_latex_nodes()[0])


TREES: dict[str, Callable[[str], object]] = {"markdown": markdown_tree, "html": html_tree, "rst": rst_tree, "latex": latex_tree}
PARSERS = [pytest.param(kind, marks=needs(kind)) for kind in TREES]


@pytest.mark.parametrize("kind", PARSERS)
def test_only_prose_is_touched_and_the_tree_is_the_same(kind: str) -> None:
    if kind == "rst":
        pytest.importorskip("docutils")
    restored = suggested = 0
    for number, dressed in enumerate(dressing.generated_documents(kind, DOCUMENTS, VOCABULARY)):
        _, found, made, result = restored_by_lot(dressed.text, kind, random.Random(f"findings {number}"))
        restored, suggested = restored + len(made), suggested + len(found) - len(made)
        check_kept(dressed, made)
        tree = TREES[kind]
        assert tree(result) == tree(dressed.text), f"document {number} of {kind}"
    assert restored > 5 * suggested > 0


def check_kept(dressed: dressing.Dressed, made: list[Finding]) -> None:
    """Everything inside a restoration that is not a character of the plain text stands in its replacement, in order."""
    shown = bytearray(len(dressed.text))
    for start, end in zip(dressed.starts, dressed.ends, strict=True):
        shown[start:end] = b"\1" * (end - start)
    for finding in made:
        marks = "".join(dressed.text[k] if not shown[k] else "\0" for k in range(finding.span.start, finding.span.end))
        at = 0
        for mark in re.findall(r"[^\0\w]+", marks):  # words are prose that was put between for company
            found = finding.intended.find(mark.strip(), at)
            assert found >= 0, f"{finding.observed!r} → {finding.intended!r}: {mark!r} is gone"
            at = found + len(mark.strip())


@pytest.mark.parametrize("kind", PARSERS)
def test_what_is_dressed_is_read_as_it_was(kind: str) -> None:
    vocabulary = [word for word in VOCABULARY if re.fullmatch(r"[\w’'.,-]+", word) and "_" not in word and word != "--"]
    for number in range(50):
        draw = random.Random(number)
        plain = "\n".join(" ".join(draw.choice(vocabulary) for _ in range(draw.randint(1, 40))) + "." for _ in range(3))
        dressed = dressing.dress(plain, kind, number)
        shown = read(dressed.text, markup=kind).view.prose.replace("Dannock", "")
        assert shown.split() == plain.split()


def test_a_span_of_the_file_is_found_in_the_prose() -> None:
    text = "<p>The <b>Center</b> East</p>"
    view = read(text, markup="html").view
    assert view.prose[slice(*_edges(view.shown(Span(text.index("Center"), text.index(" East")))))] == "Center"
    assert len(view.shown(Span(0, 3))) == 0


def _edges(span: Span) -> tuple[int, int]:
    return span.start, span.end


SOUP = (
    "* ** _ ` `` [ ] ( ) <b> </b> <br> <!-- --> & &amp; &nbsp; | \\ { } $ $$ % # ## = == --- - + > : :: .. .. note:: ~ ~~ \\begin{a} "
    "\\end{a} \\emph{ \\item \\section{ \\verb| word Word 1. a) é 日本 \u00a0 \ud800 \ufffc http://x.y/z a.b() === ====== +--+ |a|b| |-|-| "
    "``` --- <pre> </p> <script> </script> :ref:`x` |x| [1]_ x_ .. _a: \\\\ \\' '' '"
).split(" ")
BLANKS = (" ", " ", " ", "", "\n", "\n\n", "\r\n", "\r", "\n    ", "\n  ", "\t", "\n> ", "\n- ", "\0")


@pytest.mark.parametrize("kind", PARSERS)
def test_any_text_can_be_read_and_written(kind: str) -> None:
    for number in range(300):
        draw = random.Random(f"soup {number}")
        text = "".join(draw.choice(SOUP) + draw.choice(BLANKS) for _ in range(draw.randint(0, 60)))
        reading, _, made, result = restored_by_lot(text, kind, draw)
        for finding in made:
            assert text[finding.span.start : finding.span.end] == finding.observed
        assert read(result, markup=kind).view.skeleton() == reading.view.skeleton()
