"""Build ``wordlists/thesaurus/wordnet.tsv``: what a script writes that draws synonyms of a word from WordNet.

    python tools/build_thesaurus_list.py --wordnet DIR --counts COUNTS

``DIR`` is the folder with WordNet's ``data.*`` and ``index.*``; ``COUNTS`` a table that ``tools/mark_evidence.py count`` has made (of the
list as it is made without it, so the first time: build, count, build).  The header of the list, with its examples, stays as it is.

A script of this kind looks a word up, takes its first sense, or any, or the first of a part of speech, and writes any other word of that
synset; each of these ways has a share of P(observed | intended).  Synsets that insult are left out.  Kept are odd words and phrases; a
word that editors use as well would be read into every text, and tells next to nothing.  No row is strong evidence of a spinner: old books
have all of these words.  What a reader struck out (``STRUCK``) stays out.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from mark_evidence import forms_of, read_counts
from term_sources import wordnet_lines
from wordfreq import top_n_list, word_frequency, zipf_frequency

from spinfix.inflection import inflected_pairs, paradigm
from spinfix.list_files import list_files
from spinfix.wordlists import Row, read_list

TARGET: Final = Path(__file__).parent.parent / "wordlists/thesaurus/wordnet.tsv"
STRUCK: Final = Path(__file__).parent / "thesaurus/struck.tsv"  # pairs that a reader took out: observed, intended
FILES: Final = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}

COMMONEST: Final = 5500  # words that are looked up
INFLECTED: Final = 1600  # of these, the ones for whose inflected forms the bare synonym is listed as well: many a script loses them
SENSES: Final = 8  # of a word and a part of speech; rarer ones are noise
ANY: Final = 0.4  # share of the scripts that draw from all senses
FIRST: Final = 0.25  # from the first alone
FIRST_OF_A_PART: Final = 0.35  # from the first of a part of speech
OTHER_THAN_ITSELF: Final = 0.7  # how often a place that was drawn for comes out changed; the rest goes to words that are not kept
MOST: Final = 0.5  # P(observed | intended) of a row
LEAST: Final = 0.02
ORDINARY_ZIPF: Final = 2.9  # a word as common as this is not kept
KNOWN_ZIPF: Final = 1.8  # evidence=none from here on
KNOWN_COUNT: Final = 3  # in clean text; likewise
ORDINARY_COUNT: Final = 5  # a phrase that stands there so often is not kept
INSULT: Final = re.compile("offensive|slur|disparag|derogat|vulgar|obscen|contempt|insult")  # in the explanation of a synset
COMMONNESS: Final = 0.75  # P falls by this power of how much commoner the intended word is, as for the language model it gains by it
NEVER_LOOKED_UP: Final = frozenset(
    """the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an will
    my one all would there their what so up out if about who get which go me when make can like no just him know take into your
    some could them see other than then now look only come its over also back after use two how our first any these us are was
    were is been has had did does may might must shall should am being here where why more most very much many such own same too
    off down both each few between under while during before because through above below again once nor let ever never every yet
    still even another against within without upon since until toward towards per via amongst among onto else though although
    whether either neither despite unless whose whom something anything nothing everything someone anyone everyone nobody
    everybody somebody anybody himself herself itself themselves myself yourself ours three four five six seven eight nine ten""".split()
)
Senses = dict[tuple[str, str], list[list[str]]]  # (word, part of speech) to the words of each of its synsets


def read_wordnet(folder: Path) -> Senses:
    """The synsets of every word, the commonest sense first."""
    synsets: dict[tuple[str, str], list[str]] = {}
    senses: Senses = {}
    for part, name in FILES.items():
        for fields, explanation in wordnet_lines(folder / f"data.{name}"):
            if INSULT.search(explanation):
                synsets[part, fields[0]] = []
                continue
            count = int(fields[3], 16)
            synsets[part, fields[0]] = [re.sub(r"\(.*\)", "", fields[4 + 2 * k]).replace("_", " ") for k in range(count)]
        for fields, _ in wordnet_lines(folder / f"index.{name}"):
            offsets = fields[6 + int(fields[3]) :]
            senses[fields[0].replace("_", " "), part] = [synsets[part, offset] for offset in offsets]
    return senses


def shares(word: str, senses: Senses) -> dict[tuple[str, str], float]:
    """How often a script that looks ``word`` up writes what, by (synonym, part of speech)."""
    by_part = {part: [[w for w in words if w.lower() != word] for words in senses.get((word, part), [])[:SENSES]] for part in FILES}
    by_part = {part: [words for words in synsets if words] for part, synsets in by_part.items()}
    parts = [part for part, synsets in by_part.items() if synsets]
    drawn = [(other, part) for part in parts for words in by_part[part] for other in words]
    found: dict[tuple[str, str], float] = defaultdict(float)
    for pair in drawn:
        found[pair] += ANY / len(drawn)
    for k, part in enumerate(parts):
        first = by_part[part][0]
        for other in first:
            found[other, part] += ((FIRST if k == 0 else 0) + FIRST_OF_A_PART / len(parts)) / len(first)
    return found


def is_odd(observed: str) -> bool:
    """Whether an honest writer would hardly use ``observed``."""
    if re.search(r"[^A-Za-z' -]", observed) or observed.lower() in NEVER_LOOKED_UP:
        return False
    if " " in observed:
        return not observed[0].isupper()
    return zipf_frequency(observed, "en") < (KNOWN_ZIPF if observed[0].isupper() else ORDINARY_ZIPF)


def rows(senses: Senses, listed: frozenset[tuple[str, str]]) -> dict[tuple[str, str, str], float]:
    """P(observed | intended) by (observed, intended, part of speech as in a list), without the pairs of forms that are ``listed``."""
    words = [w for w in top_n_list("en", COMMONEST) if w.isalpha() and len(w) > 2 and w not in NEVER_LOOKED_UP]
    common = frozenset(words)
    found: dict[tuple[str, str, str], float] = {}

    def put(observed: str, intended: str, pos: str, p: float) -> None:
        words = {word.rstrip("s") for word in re.split("[ -]", observed.lower())}
        differs = intended.rstrip("s") not in words  # a drinking glass is what an honest writer calls it
        if " " not in observed and zipf_frequency(observed, "en") >= KNOWN_ZIPF:
            p *= min(1.0, (4 * word_frequency(observed, "en") / word_frequency(intended, "en")) ** COMMONNESS)
        p = float(f"{min(MOST, p):.2g}")
        if differs and p >= LEAST and (observed.lower(), intended) not in listed:
            found[observed, intended, pos] = max(found.get((observed, intended, pos), 0.0), p)

    for rank, word in enumerate(words):
        for (observed, part), share in shares(word, senses).items():
            if not is_odd(observed):
                continue
            exact = part == "r" or "'" in observed or (part == "a" and " " in observed)
            put(observed, word, "x" if exact else part, OTHER_THAN_ITSELF * share)
            if rank < INFLECTED and part in "nv" and share >= 0.1:
                for forms in paradigm(word, part).values():
                    for form in set(forms) & common - {word}:
                        put(observed, form, "x", OTHER_THAN_ITSELF * share / 2)
    return found


def struck_pairs() -> frozenset[tuple[str, str]]:
    """The pairs of observed and intended that a reader took out of the list."""
    lines = (line for line in STRUCK.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return frozenset((observed, intended) for observed, _, intended in (line.partition("\t") for line in lines))


def evidence(row: Row, counts: Counter[str]) -> str:
    """``none`` for what dictionaries of the living language have, or clean text."""
    known = " " not in row.observed and zipf_frequency(row.observed, "en") >= KNOWN_ZIPF
    return "none" if known or max(counts[form] for form, _ in forms_of(row)) >= KNOWN_COUNT else ""


def lines(found: Mapping[tuple[str, str, str], float], counts: Counter[str]) -> Iterator[str]:
    """The rows as they stand in the list."""
    struck = struck_pairs()
    for (observed, intended, pos), p in sorted(found.items()):
        if (observed, intended) in struck:
            continue
        row = Row(observed, intended, 0, p, pos)
        if " " in observed and max(counts[form] for form, _ in forms_of(row)) >= ORDINARY_COUNT:
            continue
        mark = evidence(row, counts)
        fields = (f"pos={pos}" if pos != "x" else "", f"p={p}", f"evidence={mark}" if mark else "")
        yield "\t".join((observed, intended, *filter(None, fields)))


def main() -> None:
    """Build the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--counts", type=Path, required=True)
    args = parser.parse_args()
    others = (f for f in list_files(TARGET.parent.parent) if f.parent == TARGET.parent and f != TARGET)
    pairs = (pair for f in others for r in read_list(f).rows for pair in inflected_pairs(r.observed, r.intended, r.pos))
    listed = frozenset((observed.lower(), intended.lower()) for observed, intended in pairs)
    header = [line for line in TARGET.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    made = list(lines(rows(read_wordnet(args.wordnet), listed), read_counts(args.counts)))
    TARGET.write_text("\n".join([*header, *made, ""]), encoding="utf-8", newline="")
    print(f"{len(made):,} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
