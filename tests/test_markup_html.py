"""HTML: what is prose, and what becomes of the tags inside a phrase."""

from __future__ import annotations

import pytest
from markup_tools import check_pieces, placed, prose, rewritten

import spinfix
from spinfix.errors import MarkupError
from spinfix.markup import html, view_of


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("<p>One <b>two</b> three.<p>Four", ["One two three.", "Four"]),
        ("<!DOCTYPE html><html><head><title>A title</title><meta name='x' content='y'></head><body>b</body></html>", ["A title", "b"]),
        ("<script>a < b</script><style>p {}</style><pre>code</pre><textarea>t</textarea>x", ["x"]),
        ("a <code>b <i>c</i></code> d <kbd>e</kbd>", ["a \ufffc d \ufffc"]),
        ("a<br>b<br/>c<br><br>d", ["a b c", "d"]),
        ("<p title='a title'>b <a href='c d'>e</a> <img alt='f g'></p>", ["b e \ufffc"]),
        ("AT&amp;T &#8217;tis &#x201C;so&#x201d;&nbsp;here &unknown; &copy 5 < 6 & 7", ["AT&T ’tis “so” here &unknown; © 5 < 6 & 7"]),
        ("<ul><li>a b\n<li>c</ul><table><tr><td>d<td>e</table>", ["a b", "c", "d", "e"]),
        ("a <!-- b --> c <?php echo 'd' ?> e", ["a  c  e"]),
        ("<p translate='no'>a</p><p lang='fr'>b</p><p lang='en-GB'>c</p><p class='x notranslate'>d</p>", ["c"]),
        ("<P>a <SCRIPT>b</SCRIPT> c</P>", ["a", "c"]),
        ("<p>one\n   two\r\nthree</p>", ["one two three"]),
        ("un<b>believ</b>able", ["unbelievable"]),
        ("<math><mi>x</mi></math> is <svg><text>a</text></svg> b", ["\ufffc is \ufffc b"]),
        ("<p>a <code>never closed", ["a"]),
        ("a <!-- b --> c <!-- never <p>closed", ["a  c"]),
        ("---\nlayout: page\ntitle: A title\n---\n<p>b {{ page.content }} {% if c %}</p>", ["A title", "b \ufffc \ufffc"]),
        ("</p></b>a", ["a"]),
        ("<b>a<br></b><br><i><br>b</i><br><code>c</code><br><q lang=fr>x</q><br>d", ["a", "b \ufffc \ufffc d"]),
        ("a<br>&nbsp;<br />\n&#160;b<br>&nbsp;c", ["a", "b c"]),
        ("<p>the <st1:place w:st='on'>Center</st1:place> East<o:p></o:p> is", ["the Center East is"]),
        ("houses<sup>1</sup>, <SUP><a href='#n'>2</a></SUP> 19<sup>th</sup> x<sub>i</sub>", ["houses\ufffc, \ufffc 19\ufffc x\ufffc"]),
        ('[caption id="a b" width="300"]<img src="x"/>c[/caption] [gallery ids="1,2" d] [sic] [e f]', ["\ufffcc\ufffc \ufffc [sic] [e f]"]),
        ("a < b and <", ["a < b and <"]),
        ("", []),
    ],
)  # fmt: skip
def test_prose(text: str, blocks: list[str]) -> None:
    assert prose(text, "html") == blocks


@pytest.mark.parametrize(
    ("text", "observed", "intended", "expected"),
    [
        ("the <b>Center</b> East is", "Center East", "Middle East", "the <b>Middle</b> East is"),
        ("a suppose<br>tank is", "suppose tank", "think tank", "a think<br>tank is"),
        ("a suppose<br />\n  tank is", "suppose tank", "think tank", "a think<br />\n  tank is"),
        ("a suppose\n  tank is", "suppose tank", "think tank", "a think\n  tank is"),
        ("an evaluate <a href='x'>course of</a> it", "evaluate course of", "review process", "an review <a href='x'>process</a> it"),
        ("so in the course<br>of it", "in the course of", "during", "so during<br> it"),
        ("a b c", "b", "R&D <x>", "a R&amp;D &lt;x&gt; c"),
        ("do&#8217;t folks&#39; houses", "houses", "homes", "do&#8217;t folks&#39; homes"),
        ("the Center&nbsp;East is", "Center East", "Middle East", "the Middle&nbsp;East is"),
    ],
)
def test_tags_inside_a_phrase_stay(text: str, observed: str, intended: str, expected: str) -> None:
    assert rewritten(text, "html", observed, intended) == expected


@pytest.mark.parametrize(
    ("text", "observed", "intended"),
    [("a <b>b</b> <i>c</i> <u>d</u> e", "b c d", "x"), ("a sup<b>pose</b> tank", "suppose tank", "think tank")],
)
def test_what_would_empty_or_cut_a_tag_is_not_safe(text: str, observed: str, intended: str) -> None:
    assert not placed(view_of(text, "html"), observed, intended).safe


def test_a_page_is_restored_and_its_tags_stay() -> None:
    page = """<!DOCTYPE html>
<html lang="en"><head><title>The suppose tank</title><style>.folks { color: red }</style></head>
<body class="suppose tank">
<h1 id="suppose-tank">The <em>suppose</em> tank</h1>
<p>The evaluate course of took three years, mentioned a researcher on the suppose<br>
tank who lived within the West Financial institution within the Nineteen&nbsp;Nineties. In the course of the civil struggle,
greater than twenty-four,000 folks within the <b>Center</b> East misplaced their houses, in response to
<a href="suppose-tank.html" title="suppose tank">officers</a>.</p>
<pre>the suppose tank within the Center East</pre>
<script>document.title = "The suppose tank";</script>
</body></html>
"""
    restored = spinfix.restore(page, path="index.html")
    assert "<title>The think tank</title>" in restored
    assert '<h1 id="suppose-tank">The <em>think</em> tank</h1>' in restored
    assert "a researcher at the think<br>\ntank" in restored
    assert "people in the <b>Middle</b> East lost their homes" in restored
    assert '<a href="suppose-tank.html" title="suppose tank">officials</a>' in restored
    assert "<pre>the suppose tank within the Center East</pre>" in restored
    assert 'document.title = "The suppose tank";' in restored


def test_tags_that_never_end_are_searched_for_a_bounded_number_of_times() -> None:
    some = view_of("<a href='" * html.UNENDED_TAGS + "<p>The end.", "html")
    assert some.prose.strip() == "The end."
    with pytest.raises(MarkupError, match=r"expected html, found \d+ tags that never end"):
        view_of("<a href='" * 2 * html.UNENDED_TAGS, "html")


@pytest.mark.parametrize("broken", ['<![t/< "x>', "<![ >", "<![a b>", "<![;>"])
def test_what_stands_behind_a_broken_section_is_found_in_its_place(broken: str) -> None:
    text = f"<p>a</p>{broken}one <b>two</b> three<!-- c --></p>"
    seen = view_of(text, "html")
    check_pieces(seen)
    assert seen.prose.split() == ["a", "one", "two", "three"]
    assert [text[comment.start : comment.end] for comment in seen.comments][-1] == "<!-- c -->"
    place = placed(seen, "two", "2")
    assert text[place.span.start : place.span.end] == "two"
