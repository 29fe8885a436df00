"""Text kept as it is, by comments, by ``[sic]`` and by settings."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markup_tools import needs

import spinfix
from spinfix import Policy
from spinfix.markup import view_of
from spinfix.markup.view import IDENTIFIER, identifiers
from spinfix.records import Span
from spinfix.sections import LONGEST
from spinfix.suppression import kept_spans, kept_tokens, mentions
from spinfix.text import repeated_names, tokenize

SENTENCE = "The suppose tank within the Center East mentioned that folks misplaced their houses in the civil struggle."


def kept(text: str, kind: str = "plain", *, quotations: bool = False) -> list[str]:
    """The kept words of a text."""
    view = view_of(text, kind)
    document = tokenize(view.prose)
    return [document.surfaces[k] for k in sorted(kept_tokens(document, view, quotations=quotations)) if document.surfaces[k][0].isalnum()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b\n# spinfix: off\nc d\n# spinfix: on\ne", "c d"),
        ("a\n// spinfix: off\nb c", "b c"),
        ("a\nb c  # spinfix: ignore\nd", "b c spinfix ignore"),
        ("a\n% spinfix: ignore-next-line\n\nb c\nd", "b c"),
        ("<!-- spinfix:off --> a <!-- spinfix:on --> b", "a"),
        ("a /* spinfix: off */ b /* spinfix: on */ c", "b"),
        ("say spinfix: off and go on", ""),  # not in a comment
        ("# spinfix: often", ""),
        ("# spinfix: ignored", ""),
        ("a folks [sic] b", "folks"),
        ("a folks, (sic!) b", "folks"),
        ("a sic b", ""),
        ("a “folks within b,” [sic] c", "folks within b"),
        ('a "b" c "folks within" [sic] d', "folks within"),
        ("it's “a” b ‘folks within’ (sic) d", "folks within"),
        ("the b dogs' [sic] d", "dogs"),
        ("a” [sic] “b c", "a"),
        ("a\nfolks\n[ sic ] [sic] b [SIC]", "folks b"),
        ("[sic] a folks((sic) b", "folks"),
        ("# spinfix: on\na", ""),
        ("a\n# spinfix: ignore-next-line", ""),
        ("b // spinfix: ignore // spinfix: ignore c\nd", "b spinfix ignore spinfix ignore c"),
        ("# spinfix: ignore-next-line # spinfix: ignore-next-line\nb c\n# spinfix: ignore-next-line\nd\ne", "b c d"),
        ("<!--spinfix:off-->\na\n<!--spinfix:on-->\nb\nc <!--spinfix:ignore-->", "a c spinfix ignore"),
        ("# spinfix: ignore-file\na # spinfix: off-by-one", ""),
        ("a\n<!--\nspinfix: off\n-->\nb\n/*\n  spinfix: on\n*/ c", "b"),
        ("a\n<!-- spinfix: ignore-next-line\n   as it is a quotation -->\n", "as it is a quotation"),
        ("a\n<!--\n  spinfix: ignore-next-line\n-->\n\nb\nc", "b"),
        ("a\n(*\nspinfix: ignore-next-line\n *)\nb\nc\n{#\nspinfix: ignore-next-line\n#}\nd", "b d"),
        ("a {# spinfix: off #} b {# spinfix: on #} c <%-- spinfix: off --%> d", "spinfix off b spinfix on spinfix off d"),
        ("{% comment %} spinfix: off {% endcomment %} b {%-comment-%}\nspinfix: on{%-x-%}", "comment endcomment b comment x"),
        ('.\\" spinfix: ignore-next-line\nb c\nd', "b c"),
        ("a ###### spinfix: off\nb ;;; spinfix: on\nc ///// spinfix: off\nd", "b d"),
    ],
)
def test_kept_words_of_plain_text(text: str, words: str) -> None:
    assert " ".join(kept(text)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Say --folks or --old-folks or --so=folks, the tank --Folks-- said--folks.", "folks old-folks so folks"),
        ("In C:\\folks\\within or .\\folks or \\\\folks\\c$.", "C folks within folks folks c"),
        ("\\begin{folks} \\cite[p. 3]{old-folks} a \\folks{}\\. b", "begin folks cite p 3 old-folks folks"),
        ("${old-folks} $old-folks #old-folks @old-folks", "old-folks old-folks old-folks old-folks"),
        ("folks-old.org/folks and old-folks.txt", "folks-old org folks old-folks txt"),
        ('[caption id="folks" w=3]a[/caption] [url=folks]b[/url] [c] [d e]', "caption id folks w 3 caption url folks url"),
        ('<a class="folks" href=\'b\' c>d</a> <img alt=folks/> e <b and c> f</b >', "a class folks href b c a img alt folks b"),
        ('<!-- wp:list {"a":"folks"} --> b <!-- /wp:list --> <!-- c -->', "wp list a folks wp list"),
        ("at https://x.org/old-\nfolks and http://x.org/a/\r\n  folks/within. So", "https://x.org/old- folks http://x.org/a/ folks within"),
        ("at http://x.org/\nfolks misplaced, www.x.org/a-\n\nfolks", "http://x.org/"),
        ("$ folks --within\n  $ folks a\nb $ c\n$ 5 folks\n$a", "folks within folks a a"),
        (">>> folks = 1\n>> b\nme@host:~$ folks\nC:\\> folks", "folks 1 me host folks C folks"),
    ],
)
def test_commands_paths_and_codes_are_kept_in_plain_text(text: str, words: str) -> None:
    assert " ".join(kept(text)) == words


@pytest.mark.parametrize("kind", ["plain", "html", pytest.param("markdown", marks=needs("markdown"))])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n\n{% highlight ruby %}\nfolks\n\nwithin\n{% endhighlight %}\n\nb", "folks within"),
        ("a\n\n{%- codeblock -%}\nfolks\n{%- endcodeblock -%}\n\n{% highlight x %} {% b %}\n\nc", "folks"),
        ('a\n\n{{< highlight go "a=b" >}}\nfolks\n\nwithin\n{{< /highlight >}}\n\n{{% mermaid %}}\nfolks\n{{% /mermaid %}}',
         "folks within folks"),
        ("{% highlight %} folks {% endmermaid %} {% endif %}", ""),
        ("{% note %} folks {% endnote %}", ""),
    ],
)  # fmt: skip
def test_code_between_tags_of_templates_is_kept(kind: str, text: str, words: str) -> None:
    assert " ".join(word for word in kept(text, kind) if word in ("folks", "within")) == words


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param("markdown", "a\n\n<!-- spinfix: off -->\n\n**b** c\n\n<!-- spinfix: on -->\n\nd", marks=needs("markdown")),
        pytest.param("markdown", "a\n\n[//]: # (spinfix: off)\n\nb c\n\n[//]: # (spinfix: on)\n\nd", marks=needs("markdown")),
        pytest.param("markdown", "a\n**b** c <!-- spinfix: ignore -->\nd", marks=needs("markdown")),
        pytest.param("markdown", "a\n\n<!-- spinfix: ignore-next-line -->\n\nb c\nd", marks=needs("markdown")),
        pytest.param("markdown", "a\n\n[comment]: # (spinfix: off)\n\nb c\n\n[comment]: <> (spinfix: on)\n\nd", marks=needs("markdown")),
        pytest.param("markdown", "a\n\n{/* spinfix: off */}\n\nb c\n\n{/* spinfix: on */}\n\nd", marks=needs("markdown")),
        pytest.param("markdown", "a\n\n{# spinfix: off #} b c\n\n{#- spinfix: on -#}{#spinfix: on#} d", marks=needs("markdown")),
        pytest.param("markdown", "a\n\n<!--\nspinfix: ignore-next-line\n-->\n\nb c\n\nd", marks=needs("markdown")),
        pytest.param("html", "<p>a <!--spinfix:off-->b {{!-- x --}} c</p>{{!-- spinfix: on --}}<p>d"),
        pytest.param("html", "<p>a</p>\n<%-- spinfix: ignore-next-line --%>\n<p>b c</p>\n<p>d"),
        pytest.param("rst", "a\n\n..\n   spinfix: ignore-next-line\n\nb c\n\nd\n", marks=needs("rst")),
        pytest.param("html", "<p>a <!-- spinfix: off --><b>b</b> c</p><!-- spinfix: on --><p>d"),
        pytest.param("rst", "a\n\n.. spinfix: off\n\n*b* c\n\n.. spinfix: on\n\nd\n", marks=needs("rst")),
        pytest.param("latex", "a\n% spinfix: off\n\\emph{b} c\n% spinfix: on\nd", marks=needs("latex")),
        pytest.param("latex", "a\nb c % spinfix: ignore\nd", marks=needs("latex")),
    ],
)
def test_kept_words_of_markup(kind: str, text: str) -> None:
    assert kept(text, kind) == ["b", "c"]


@needs("markdown")
def test_a_comment_that_is_shown_is_none() -> None:
    assert kept("Write `<!-- spinfix: off -->` here.\n\n```\n<!-- spinfix: off -->\n```\n\nfolks", "markdown") == []
    assert kept("Write `{# spinfix: off #}` here.\n\n    {# spinfix: off #}\n\nfolks", "markdown") == []
    assert kept("<p>Write <code>{# spinfix: off #}</code> here.<pre>{# spinfix: off #}</pre><p>folks", "html") == []


def test_a_word_without_end_takes_no_time() -> None:
    """From each of its letters on a ``[sic]`` was looked for behind it: minutes."""
    assert kept(f"{'a' * 300_000} folks [sic]") == ["folks"]


def test_off_without_on_holds_to_the_end() -> None:
    view = view_of("a\n# spinfix: off\nb\nc", "plain")
    assert [view.text[s.start : s.end] for s in kept_spans(view)] == ["\nb\nc"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He said “a b” and c.", "a b"),
        ('He said "a b" and "c d" e', "a b c d"),
        ("“a b\n\n“c d” e", "a b c d"),  # a quotation of two paragraphs
        ('a 5" pipe and b', ""),
        ("„a b“ c «d» e", "a b d"),
        ("it's a dog's life", ""),
    ],
)
def test_quotations_are_kept_where_asked(text: str, words: str) -> None:
    assert " ".join(kept(text, quotations=True)) == words
    assert kept(text) == []


def test_what_is_kept_is_not_restored() -> None:
    text = f"{SENTENCE}\n\n# spinfix: off\n{SENTENCE}\n# spinfix: on\n\n{SENTENCE} He lost his folks [sic] there.\n"
    restored = spinfix.restore(text)
    first, second, third = restored.split("\n\n")
    assert first != SENTENCE
    assert second == f"# spinfix: off\n{SENTENCE}\n# spinfix: on"
    assert third == f"{first} He lost his folks [sic] there.\n"


def test_quotations_are_restored_unless_the_policy_keeps_them() -> None:
    text = f"{SENTENCE} “The suppose tank within the Center East misplaced its folks,” he mentioned."
    assert "“The think tank in the Middle East lost its people,”" in spinfix.restore(text)
    assert "“The suppose tank within the Center East misplaced its folks,”" in spinfix.restore(text, Policy(quotations="keep"))
    assert "suppose tank within" not in spinfix.restore(text, Policy(quotations="keep")).split("“")[0]


def test_ignored_words_are_found_over_markup() -> None:
    page = f"<p>{SENTENCE}</p><p>The <b>suppose</b> tank had folks.</p>"
    restored = spinfix.restore(page, Policy(markup="html", ignore_words=("Suppose Tank",)))
    assert "<b>suppose</b> tank had people" in restored


def test_a_choice_that_is_none_is_refused() -> None:
    with pytest.raises(spinfix.PolicyError, match="markup: expected one of auto, plain, markdown, html, rst, latex, found 'docx'"):
        Policy(markup="docx")
    with pytest.raises(spinfix.PolicyError, match="quotations: expected one of restore, keep, found 'no'"):
        Policy(quotations="no")


def test_the_names_of_persons_are_kept() -> None:
    assert kept("Mr. Fowl and Dr. Anna Struggle met. Fowl left, a fowl flew, the struggle began.") == ["Fowl", "Anna", "Struggle", "Fowl"]
    assert kept("We met Mr. Fowl") == ["Fowl"] and kept("We met Mr. Anna Fowl") == ["Anna", "Fowl"], "a text may end with one"
    assert kept("Mr. Adam Ben Fowl Center East came.") == ["Adam", "Ben", "Fowl"], "no name is longer"
    assert kept("The Fowl Company and Saint Struggle of St. Struggle.") == []
    text = f"{SENTENCE} Mr. Folks mentioned that folks misplaced their houses. The suppose tank knew Folks."
    restored = spinfix.restore(text)
    assert "Mr. Folks said that people lost their homes. The think tank knew Folks." in restored


def test_a_pattern_without_end_is_stopped_and_named() -> None:
    text = f"{SENTENCE} {'a' * 200}!"
    assert "suppose tank" in spinfix.restore(text, Policy(ignore_patterns=("supp.se tank",)))
    with pytest.raises(spinfix.PolicyError, match=r"ignore_patterns: .*found '\(a\|a\)\*\$': took more than 0.5 s"):
        spinfix.detect(text, Policy(ignore_patterns=("(a|a)*$",)))


@pytest.mark.parametrize("word", ["ignore", "ignore-next-line"])
def test_a_line_is_kept_once_however_often_it_says_so(word: str) -> None:
    """Else the time for a line that is made of comments would grow with the square of its length."""
    text = f"word // spinfix: {word} " * 50 + "\nanother line"
    assert len([*kept_spans(view_of(text, "plain"))]) == 1


def test_comments_inside_one_another_count_as_far_as_the_longest() -> None:
    text = "a # spinfix: off b # spinfix: on c # spinfix: off d"
    view = dataclasses.replace(view_of(text + " ", "html"), text=text, comments=(Span(12, 14), Span(0, 20), Span(3, 5)))
    spans = [text[span.start : span.end] for span in kept_spans(view)]
    assert spans == [text[16:]], "what stands behind the comments says nothing"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The firm Struggle is in Bern. Today Struggle has folks in Rome.", "Struggle Struggle"),
        ("The firm Struggle is in Bern. Today Struggle began a struggle.", ""),  # in small letters, too
        ("The firm Struggle is in Bern. Struggle has folks in Rome.", ""),  # once inside a sentence
        ("The Center East and the far Center East. Center East it is.", "Center East Center East Center East"),
    ],
)
def test_names_that_the_text_repeats_are_kept_where_asked(text: str, words: str) -> None:
    document = tokenize(text)
    found = kept_tokens(document, view_of(text, "plain"), names=True)
    assert " ".join(document.surfaces[k] for k in sorted(found)) == words
    assert not kept_tokens(document, view_of(text, "plain"))


def test_a_long_text_is_read_as_a_whole_for_the_names_that_it_repeats() -> None:
    sentence = SENTENCE.replace("civil struggle", "civil battle")
    text = f"{sentence} We met at the Struggle. It was the {'very ' * 6000}old Struggle, officers mentioned.\n"
    assert "We met at the Struggle." in spinfix.restore(text, Policy(names="keep"))


NAMED = (
    "The metropolis council of Giant Oaks voted on Monday to approve a brand new funds, officers mentioned. Giant Oaks mentioned the "
    "transfer would assist scale back site visitors congestion within the Center East. Purchase College can purchase electrical buses "
    "next yr, the suppose tank mentioned. Officers in Giant Oaks and at Purchase College mentioned they'd proceed to depend on automobiles."
)


def test_names_that_the_text_repeats_are_kept_but_for_broken_known_ones() -> None:
    restored = spinfix.restore(NAMED)
    assert restored.count("Giant Oaks") == 3
    assert restored.count("Purchase College") == 2  # though *purchase* stands there as a verb, too
    assert "Middle East" in restored
    assert "Large Oaks" in spinfix.restore(NAMED, Policy(names="restore"))
    assert "Center East" in spinfix.restore(NAMED + " The Center East was named again, in the Center East.", Policy(names="keep"))


def test_names_of_many_paragraphs_take_no_time() -> None:
    """Whether a paragraph begins was looked up in all that do: minutes."""
    text = "Struggle Folks\n\n" * 60_000
    assert repeated_names(tokenize(text)) == frozenset(range(1, 120_000, 2))


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ('He wrote "bosom peril" and “flag to commotion”.', "plain", "bosom peril flag to commotion"),
        ("the ‘sun powered’ one, the author’s ‘flag’ unit", "plain", "sun powered flag"),
        ("the dogs' bones, 'man-made consciousness', don't", "plain", "man-made consciousness"),
        ("``irregular woodland'' and *suppose tank*", "plain", "irregular woodland suppose tank"),
        ('"one two three four five six" but "one two three four five six seven"', "plain", "one two three four five six"),
        ('" he mentioned "', "plain", ""),
        ('"a\n\nb"', "plain", ""),
        ("It had a *suppose tank* in it.", "markdown", "suppose tank"),
        ("<p>It had a <em class='x'>suppose tank</em> and <b>one</b> more.</p>", "html", "suppose tank"),
        ("<h1><i>The suppose tank</i></h1><p>It <a href='x'>goes</a>.</p>", "html", ""),  # a block of its own: a title
        ("- *The suppose tank*\n- **so** and so", "markdown", ""),
        ("It had a \\emph{suppose tank} in \\textbf{it}.", "latex", "suppose tank"),
        ("It had a *suppose tank* in **it**.", "rst", "suppose tank"),
    ],
)
def test_what_a_text_may_merely_mention(text: str, kind: str, words: str) -> None:
    view = view_of(text, kind)
    document = tokenize(view.prose)
    assert " ".join(document.surfaces[k] for k in sorted(mentions(document, view)) if document.surfaces[k][0].isalnum()) == words


@pytest.mark.parametrize(
    "kept",
    [
        "folks@example.org", "officers.mentioned@example.org", "/books/folks/houses", "folks.txt", "--folks-houses=yes", "@folks", "#folks",
        "officers::mentioned", "`struggle(folks)`", "https://example.org/folks", "www.example.org/folks-misplaced",
    ],
)  # fmt: skip
def test_addresses_paths_and_code_are_kept_without_markup_too(kept: str) -> None:
    restored = spinfix.restore(f"{SENTENCE} Folks asked {kept} within the Center East, and officers mentioned `folks' and `houses'.")
    assert f" {kept} in the Middle East" in restored
    assert restored.endswith("officials said `people' and `homes'.")


ABOUT = (
    "A publisher has withdrawn 47 papers after readers pointed out that they spoke of {0}bosom malignant growth{1}, "
    "{0}colossal information{1} and {0}irregular woodland{1}. The guest editor could not be reached, and two of the authors told us that "
    "they had paid for language editing and had not seen the result."
)


def test_a_text_about_spun_phrases_is_not_spun() -> None:
    for opening, closing in ("“”", '""', "‘’", ("<em>", "</em>")):
        text = ABOUT.format(opening, closing)
        report = spinfix.detect(text, Policy(markup="html" if opening == "<em>" else "plain"))
        assert not report.findings and report.spun < 0.5, opening
    assert "breast cancer" in spinfix.restore(ABOUT.format("", ""))
    assert any("mentioned, not used" in note for note in spinfix.explain(ABOUT.format("“", "”")).notes)
    assert not spinfix.explain(ABOUT.format("", "")).notes


def test_a_spun_text_is_restored_between_quotation_marks_too() -> None:
    text = f"{SENTENCE} He mentioned “the suppose tank” and left for the West Financial institution within the Nineteen Nineties."
    assert "“the think tank”" in spinfix.restore(text)


def test_what_is_mentioned_in_a_later_part_of_a_long_text_is_left_alone() -> None:
    honest = "The bridge was closed because of the storm, and nobody knew when it would open again. " * 40
    for kind, block, opening, closing in (("plain", "{}", "“", "”"), ("html", "<p>{}</p>", "<em>", "</em>")):
        blocks = [*[honest] * 12, ABOUT.format(opening, closing), *[honest] * 12]
        text = "\n\n".join(map(block.format, blocks))
        assert len(text) > 2 * LONGEST
        assert not spinfix.detect(text, Policy(markup=kind)).findings, kind


PIECES = [*"aZ1 \n.@=/\\{}<>#[]$:-~_'’()%,", "http://", "--", "::", "()", "[b=", "{{", "}}", "{%", "%}", "${", "go.to", "-x=", "the "]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_identifiers_are_found_quickly_where_they_are_found_letter_by_letter(text: str) -> None:
    assert [match.span() for match in identifiers(text)] == [match.span() for match in IDENTIFIER.finditer(text)]
