"""Verbs whose form a spinner lost, the modal verbs it turns round, and the contractions it makes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from ..inflection import paradigm
from ..records import Candidate
from ..text import Document
from ..wordlists import Index
from .engine import candidate, guard, in_a_spun_text, list_rule, rule, trigger
from .parts_of_speech import VERBS_ONLY
from .readings import Readings

LIKELY: Final = math.log(0.6)
SURE: Final = math.log(0.9)  # no English clause is built like this
AGENT_REACH: Final = 5  # tokens after a passive in which its agent stands

_ACTIVE: Final = frozenset("i you we they people who".split())  # before a bare *be*: no English clause
_MODALS: Final = frozenset("to can could will would may might must should not".split())


@guard
def has_no_agent(document: Document, stop: int) -> bool:
    """No *by* follows, which would name who does it: then the passive is meant."""
    return "by" not in document.forms[stop : stop + AGENT_REACH]


@guard
def is_no_duty(document: Document, k: int) -> bool:
    """It is no *is to be taught* or *has to be taught*, where the passive is at home."""
    forms = document.forms
    return not (forms[k - 1] == "to" and k > 1 and forms[k - 2] in ("is", "are", "was", "were", "has", "have", "had", "deserve", "refuse"))


@list_rule(
    "inflection",
    restores=in_a_spun_text(
        {
            "They want to be taught how the river works.": "They want to learn how the river works.",
            "We be taught from our errors, she mentioned.": "We learn from our mistakes, she said.",
            "College students can be taught from it.": "Students can learn from it.",
        }
    ),
    keeps=[
        "Children are to be taught how to swim.",
        "She wanted to be taught by the best.",
        "We can be taught by the state.",
        "The subject has to be taught in schools.",
    ],
    trigger=trigger("be"),
    guards=(has_no_agent, is_no_duty),
)
def passive_for_active(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put an active verb back where a spinner wrote a passive phrase for it (*to be taught* for *to learn*)."""
    readings = None
    forms = document.forms
    for start, last in document.stretches():
        for k in range(start + 1, last - 1):
            if forms[k] != "be" or not (forms[k - 1] in _MODALS or forms[k - 1] in _ACTIVE):
                continue
            readings = readings or Readings(document, indexes)
            for reading in readings.at(k):
                stop = k + reading.size
                is_passive = reading.size == 2 and forms[k + 1].endswith(("ed", "ght", "en", "wn"))
                if is_passive and len(reading.words) == 1 and has_no_agent(document, stop) and is_no_duty(document, k):
                    log_p = SURE + 0.1 * reading.log_p
                    yield candidate(document, k, stop, reading.words[0], reading.words, log_p, "inflection/passive-for-active")


_AUXILIARIES: Final = frozenset("has had have was were been is are".split())


@guard
def is_no_question(document: Document, k: int) -> bool:
    """No *did* or *does* stands a few words before: after these the bare form is at home."""
    before = document.forms[max(0, k - 4) : k]
    return not {"did", "does", "do", "let", "make", "made", "help", "helped", "that", "if", "should", "will", "would", "to"} & set(before)


@rule(
    "inflection",
    restores=in_a_spun_text(
        {
            "The committee has announce a plan.": "The committee has announced a plan.",
            "The plan was describe in May.": "The plan was described in May.",
            "He had receive a letter from her.": "He had received a letter from her.",
        }
    ),
    keeps=[
        "Did the men who have hope receive it?",
        "What he does have include the house.",
        "They have to receive it, and were made to write.",
    ],
    trigger=trigger(pattern=r"\b(?:has|had|have|was|were|been|is|are)\s+(?:" + "|".join(sorted(VERBS_ONLY)) + r")\b"),
    guards=(is_no_question,),
)
def lost_inflection(document: Document) -> Iterator[Candidate]:
    """Give a verb its form back where a thesaurus left the bare one (*has announce*, *was describe*)."""
    forms = document.forms
    for start, last in document.stretches():
        for k in range(start + 1, last):
            known = forms[k]
            if known in VERBS_ONLY and forms[k - 1] in _AUXILIARIES and is_no_question(document, k):
                inflected = paradigm(known, "v")
                wanted = inflected["participle"] + (inflected["ing"] if forms[k - 1] in ("was", "were", "is", "are", "been") else ())
                for word in wanted:
                    if word != known:
                        yield candidate(document, k, k + 1, word, (word,), LIKELY, "inflection/lost-inflection")


_WHEEL: Final = {
    ("would", "possibly"): ("might",), ("may", "possibly"): ("may", "might", "could"), ("might", "possibly"): ("might", "may"),
    ("will", "possibly"): ("may", "might"),
    ("would", "presumably"): ("might", "may"), ("may", "presumably"): ("may",), ("might", "presumably"): ("might",),
    ("may", "additionally"): ("may also", "could also"), ("might", "additionally"): ("might also", "may also"),
    ("can", "additionally"): ("can also", "may also"), ("will", "additionally"): ("will also", "can also"),
    ("could", "additionally"): ("could also", "may also"), ("would", "additionally"): ("would also",),
}  # fmt: skip


@guard
def leads_to_a_verb(document: Document, stop: int) -> bool:
    """A verb follows, and it is neither *have* (*would possibly have*) nor the end of the clause (*as he would possibly*)."""
    following = document.forms[stop] if stop < len(document) and stop not in document.breaks else "."
    return following.isalpha() and following not in ("have", "not", "and", "or", "but", "the", "a", "an", "only")


@rule(
    "modals",
    restores=in_a_spun_text(
        {
            "The plan would possibly help the city.": "The plan might help the city.",
            "The plan could additionally help the city.": "The plan could also help the city.",
            "Some would possibly say that it was a mistake.": "Some might say that it was a mistake.",
        }
    ),
    keeps=[
        "He would possibly have stayed at home.",
        "He said he would, possibly with her help.",
        "She helped where she may possibly, and left.",
        "If you can possibly avoid it, do. What could possibly happen?",
    ],
    trigger=trigger("possibly presumably additionally"),
    guards=(leads_to_a_verb,),
)
def modal_wheel(document: Document) -> Iterator[Candidate]:
    """Put one modal verb back where a spinner wrote two words for it (*would possibly* for *might*).

    The wheel's single words (*can*, *will*, *may*, *could*) stand in the lists: they are decided by their neighbours and by what else
    the text shows.
    """
    forms = document.forms
    for start, last in document.stretches():
        for k in range(start, last - 1):
            meant = _WHEEL.get((forms[k], forms[k + 1]))
            if meant and leads_to_a_verb(document, k + 2):
                for phrase in meant:
                    yield candidate(document, k, k + 2, phrase, phrase.split(" "), LIKELY, "modals/modal-wheel")


_ODD: Final = frozenset(
    "it'd that'd there'd who'd which'd what'd this'd how'd there're that're who're which're there'll that'll which've".split()
)
_WHOLE: Final = {"'d": ("would", "had"), "'re": ("are",), "'ll": ("will",), "'ve": ("have",)}
_COMMON: Final = ("n't", "'ll", "'m", "i've", "we've", "you're", "we're", "they're", "i'd", "let's")
HABIT: Final = 2  # contractions of the usual kinds that show an author who writes so


@guard
def is_no_habit(document: Document) -> bool:
    """The text has no habit of contractions: who writes *don't* and *I'm* may write *it'd*, too."""
    return sum(known.endswith(_COMMON) and known not in _ODD for known in document.forms) < HABIT


@rule(
    "contractions",
    restores=in_a_spun_text(
        {
            "The ministry mentioned it'd pay for the bridge.": "The ministry said it would pay for the bridge.",
            "The minister mentioned there'd be no vote in May.": "The minister said there would be no vote in May.",
            "The drivers, who're on strike, met in the city.": "The drivers, who are on strike, met in the city.",
        }
    ),
    keeps=[
        "They don't know that there'd be a vote, and they can't know.",
        "It'd be fun, wouldn't it? You'd think they'd know.",
        "They'll see that it is done.",
    ],
    trigger=trigger(" ".join(_ODD)),
    guards=(is_no_habit,),
)
def odd_contraction(document: Document) -> Iterator[Candidate]:
    """Write a contraction in full that hardly anybody writes where the rest of the text has none (*it'd*, *there'd*, *who're*)."""
    if not is_no_habit(document):
        return
    for k, known in enumerate(document.forms):
        if known in _ODD:
            word, ending = known.split("'")
            for whole in _WHOLE["'" + ending]:
                yield candidate(document, k, k + 1, f"{word} {whole}", (word, whole), LIKELY, "contractions/odd-contraction")
