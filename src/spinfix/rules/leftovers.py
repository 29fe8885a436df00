"""What spinners leave behind: their own markup, and words that they fused or doubled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Final

from ..confusions import shipped_confusions
from ..records import Candidate
from ..text import Document, cut, tokenize
from ..wordlists import Index
from .engine import candidate, guard, in_a_spun_text, list_rule, rule, trigger
from .patterns import matches, tokens_over

SURE: Final = math.log(0.95)  # nobody writes so but a spinner
LIKELY: Final = math.log(0.6)
# Of a word in braces where no others show a spinner: manuals write *{boolean}* in their sentences.  There it stays as it is, and in a text
# that is spun it is still restored.
UNLIKELY: Final = -10.0
BOUND: Final = -4.0  # nats: options of which one may stand for another by a thesaurus are bound at least so closely
MOST_WORDS: Final = 4  # of one option in lone braces
LINE: Final = 1_000  # code points of a line to either side that are looked at, be it a paragraph of templates

_OPTION: Final = r"[\p{L}\p{N}][\p{L}\p{N}'’ -]{0,60}+"
_SPINTAX: Final = (
    r"(?<![\p{L}\p{N}\\$#%&@={}(\[/_^])"  # not behind what code and formulas have there
    rf"\{{ ({_OPTION}) (?:\|(?:{_OPTION})?)* \}}"
    r"(?![\p{L}\p{N}{}(\[/_^=])"
)
# the object replacement character stands for the code and the formulas of a file in markup
_CODE: Final = r"[`$=;<>\[\]\\_~^/\ufffc]|--|^\s*(?:[#%>]|usage\b)|^(?:\ {4}|\t)"
_FUNCTION_WORD: Final = r"\b(?:an?|and|are|as|at|be|by|for|from|has|in|is|it|not|of|on|that|the|this|to|was|were|which|will|with)\b"
# What templates ask to be filled in stands in lone braces, too, and so do the types and the arguments of a manual.
_PLACEHOLDERS: Final = frozenset(
    "address amount any argument array author body boolean buffer callback character city code color column command company content "
    "count country currency date day directory email event expression false file filename firstname flag function height id image "
    "index integer item key keyword label lastname link list location message model month motion name null number object offset "
    "option options page password path pattern price product query range register size state status string subject surname symbol tag "
    "target text this time title token total true type undefined url user username value var variable version width word year".split()
)


@guard
def is_prose(document: Document, start: int, end: int) -> bool:
    """The line around it, as far as it goes, reads like a sentence rather than like code or a template."""
    text = document.text
    before, after = text[max(start - LINE, 0) : start], text[end : end + LINE]
    if start > LINE:  # whole words only
        before = before.partition(" ")[2]
    if end + LINE < len(text):
        after = after.rpartition(" ")[0]
    line = before.rpartition("\n")[2] + " " + after.partition("\n")[0]
    # braces of others like it are spintax too
    line = "".join(c for c in line if c not in "{|}")
    return next(matches(_CODE, line, "xi"), None) is None and next(matches(_FUNCTION_WORD, line, "xi"), None) is not None


@guard
def is_no_placeholder(option: str) -> bool:
    """A single word in braces is none that templates ask to be filled in (*{name}*)."""
    return option.islower() and option.replace(" ", "").isalpha() and option not in _PLACEHOLDERS


@guard
def is_not_alone(groups: int) -> bool:
    """Braces around one option stand beside others of the text: agencies put a word of their own into braces now and then."""
    return groups > 1


@guard
def has_options_alike(groups: Sequence[str], indexes: Sequence[Index]) -> bool:
    """In half of its braces one option may stand for another, by a list or a thesaurus: a manual's are alternatives."""
    different = {tuple(option for part in group.lower().split("|") if (option := part.strip())) for group in groups}
    alike = sum(any(_stands_for(one, other, indexes) for one, other in permutations(options, 2)) for options in different)
    return 0 < len(different) <= 2 * alike


def _stands_for(observed: str, intended: str, indexes: Sequence[Index]) -> bool:
    first, *rest = cut(observed)
    listed = (entry for index in indexes for entry in index.entries(first) if entry.rest == tuple(rest))
    if any(entry.intended.lower() == intended for entry in listed):
        return True
    return not rest and shipped_confusions().of_word(observed).get(intended, -math.inf) >= BOUND


@list_rule(
    "leftovers",
    restores={
        "The factory makes {hardware|equipment} for hospitals in the north.": "The factory makes hardware for hospitals in the north.",
        "We want to find the {best|greatest|finest} way to help our customers.": "We want to find the best way to help our customers.",
        "The company sells {hardware} to schools and {tools|gear} to the army.": (
            "The company sells hardware to schools and tools to the army."
        ),
    },
    keeps=[
        "The {trade} is the driving force in the market, a dealer said in an interview with the agency.",
        "Run the service with {start|begin} = 1 in the file.",
        "The method returns a {Buffer|string} with what was read.",
        "Dear {name}, thank you for your order of the {product}.",
        "The template shows {{ title|upper }} at the top of the page.",
        "The set {1, 2, 3} has three elements and the empty set has none.",
        "In LaTeX \\emph{word} is set in italics by the class.",
    ],
    trigger=trigger(pattern=r"\{"),
    guards=(is_prose, is_no_placeholder, is_not_alone, has_options_alike),
)
def spintax(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put the first option where a spinner's own braces were left in the text (*{hardware|equipment}*, *{hardware}*).

    What tells them from the braces of manuals (*{Buffer|string}*) is that one option may stand for another.
    """
    text = document.text
    found = list(matches(_SPINTAX, text, "x"))
    is_spintax = has_options_alike([match[0][1:-1] for match in found if "|" in match[0]], indexes)
    for match in found:
        option = match[1].strip()
        is_lone = "|" not in match[0]
        if not (is_lone or is_spintax):
            continue
        if is_lone and (not is_no_placeholder(option) or len(option.split()) > MOST_WORDS or not is_not_alone(len(found))):
            continue
        tokens = tokens_over(document, *match.span())
        if tokens and is_prose(document, *match.span()):
            log_p = SURE if not is_lone else LIKELY if is_spintax else UNLIKELY
            yield candidate(document, *tokens, option, tokenize(option).surfaces, log_p, "leftovers/spintax")


_WORD: Final = r"\p{Ll}[\p{Ll}'’-]{0,30}+"
_LONE: Final = (
    rf"(?<!\S)(?:\{{({_WORD})(?:\|{_WORD})*+(?![\p{{L}}\p{{N}}|}}{{(\[_/=])|(?<!\{{)({_WORD})(?:\|{_WORD})*+\}}(?=[\s.,;:!?]|$))"
)


@guard
def is_unpaired(document: Document, start: int, end: int) -> bool:
    """The brace has no partner in its paragraph."""
    text = document.text
    left, right = text.rfind("\n\n", 0, start) + 1, text.find("\n\n", end)
    paragraph = text[left : right if right >= 0 else len(text)]
    return paragraph.count("{") + paragraph.count("}") == 1


@rule(
    "leftovers",
    restores=in_a_spun_text(
        {
            "The company sells {hardware to schools in the north.": "The company sells hardware to schools in the north.",
            "They found the {best|greatest way to help.": "They found the best way to help.",
            "The factory makes equipment} for hospitals in the north.": "The factory makes equipment for hospitals in the north.",
        }
    ),
    keeps=[
        "The parser stops at {hardware and goes on to the end of the block at equipment} and returns.",
        "Dear {name thank you for your order of the book.",
        "Run the tool with {hardware = 1 in the file.",
        "A block begins with { and ends with the brace on a line of its own.",
    ],
    trigger=trigger(pattern=r"[{}]"),
    guards=(is_unpaired, is_no_placeholder, is_prose),
)
def lone_brace(document: Document) -> Iterator[Candidate]:
    """Take a brace away that a spinner left without its partner, with what else was to choose from (*the {best|greatest way*)."""
    for match in matches(_LONE, document.text, "x"):
        option = match[1] or match[2]
        tokens = tokens_over(document, *match.span())
        if tokens and is_no_placeholder(option) and is_unpaired(document, *match.span()) and is_prose(document, *match.span()):
            yield candidate(document, *tokens, option, tokenize(option).surfaces, LIKELY, "leftovers/lone-brace")


# A pattern over lower case, what was meant, and what one of stands in every match, its blanks taken for one: patterns are compiled where
# they may have something to say.
_FUSED: Final = (
    (r"\b(?:with+inside|insidewithin|ininside|interiorin)\b", "in", ("hinside", "insidewithin", "ininside", "interiorin")),
    (r"\b(?:can|may|might)\s+(?:also\s+additionally|additionally\s+also)\b", "may", ("also additionally", "additionally also")),
    (r"\b(?:by|via)\s+way\s+of\s+means\s+of\b", "by", ("way of means of",)),
    (r"\b(?:primarily|normally|mainly)\s+based\s+totally\s+(?:up)?on\b", "based on", ("based totally on", "based totally upon")),
)
_DOUBLED: Final = r"\b(\p{Ll}*?(\p{Ll}{5,12}))\2\b"


@guard
def is_no_echo(known: str) -> bool:
    """A form that is one word twice over has a first half of five letters and more (*beneathneath*, not *couscous*)."""
    return len(known) > 9 and len(set(known)) > 2


@rule(
    "leftovers",
    restores={
        "The keys were found withinside the kitchen of the house.": "The keys were found in the kitchen of the house.",
        "The drug can also additionally cause pain in the chest.": "The drug may cause pain in the chest.",
        "The film is primarily based totally on a true story.": "The film is based on a true story.",
        "The door was opened via way of means of the police.": "The door was opened by the police.",
        "The submarine lay beneathneath the surface of the water.": "The submarine lay beneath the surface of the water.",
    },
    keeps=[
        "She looked for it inside the house.",
        "The method is based primarily on a survey of schools.",
        "He ate couscous with lamb.",
        "You can also pay by card, and additionally by cheque.",
        "The bandwagon was full of beriberi and aaaaaaaaaaaa.",
    ],
    trigger=trigger(pattern=r"(?:inside|INSIDE|iorin|itionally|eans\s+of|otally)\b|([a-z]{5})\1\b"),
    guards=(is_no_echo,),
)
def fused_forms(document: Document) -> Iterator[Candidate]:
    """Undo what a spinner fused or doubled (*withinside the*, *can also additionally*, *beneathneath*)."""
    lowered = document.text.lower()
    if len(lowered) != len(document.text):  # a letter whose small form is longer: offsets would lie
        return
    squeezed = " ".join(lowered.split())
    for source, intended, traces in _FUSED:
        if any(trace in squeezed for trace in traces):
            for match in matches(source, lowered, "x"):
                tokens = tokens_over(document, *match.span())
                if tokens:
                    yield candidate(document, *tokens, intended, intended.split(" "), SURE, "leftovers/fused-forms")
    for k, known in enumerate(document.forms):
        if known[-5:] == known[-10:-5] and known.isalpha() and is_no_echo(known):
            for match in matches(_DOUBLED, known):
                yield candidate(document, k, k + 1, match[1], (match[1],), SURE, "leftovers/fused-forms")
