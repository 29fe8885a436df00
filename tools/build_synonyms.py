"""Build the lists of what a rewriter draws from one big table of synonyms, from entries written by hand in ``tools/synonyms``.

    python tools/build_synonyms.py

A file ``tools/synonyms/NAME.txt`` becomes the list that ``LISTS`` names; a line of it is an entry of such a table::

    weak<TAB>a<TAB>feeble, frail, fragile

the word or phrase, its part of speech (``n``, ``v``, ``a``, ``r`` for adverbs, ``=`` for exactly this form), and what a rewriter writes for
it, the likeliest first.  Some tools take the first synonym, some draw any, so P(observed | intended) falls with the rank of a synonym by a
power, and a word of which many senses are listed as several parts of speech shares it among these.  The header of a list, with its
examples, stays as it is.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from wordfreq import zipf_frequency

from spinfix.inflection import inflected_pairs
from spinfix.wordlists import read_list

ROOT: Final = Path(__file__).parent
# For each list its files, and what the synonyms that are not in them weigh, against 1 of the likeliest one of an entry.
LISTS: Final = {
    "synonyms/general": (("verbs", "nouns", "adjectives", "adverbs", "phrases"), 1.0),
    "synonyms/learned": (("learned",), 3.0),
    "academic/paraphrasers": (("paraphrasers",), 1.0),
}  # fmt: skip
PARTS: Final = frozenset("nvar=")

CHANGED: Final = 0.85  # of the words that a table has an entry for, the share that it changes
FALL: Final = 0.9  # power by which a synonym's share falls with its rank
LEAST: Final = 0.025  # P(observed | intended) of a row
# A word that is very common, and more so than the one it stands for, is what the author wrote (*get* for *obtain*): rewriters prefer the
# other direction, and to ask at each *get* what was meant costs more than it brings.
COMMON: Final = 5.3  # Zipf, of single words
COMMONER: Final = 0.6  # Zipf
KNOWN_ZIPF: Final = 2.2  # single words from here on are ordinary English, alone no sign of a spinner
BRITISH: Final = (
    (r"our(?=s?\b|ed|ing|ite|able|al|ful|hood)", "or"), (r"is(?=e\b|es|ed|ing|ation|er)", "iz"), (r"ys(?=e\b|es|ed|ing)", "yz"),
    (r"tre(s?)\b", r"ter\1"), (r"ll(?=ed|ing|er)", "l"), ("ae|oe", "e"), ("ogue", "og"), ("grey", "gray"), ("jewellery", "jewelry"),
    ("aluminium", "aluminum"), (r"([fc])ence", r"\1ense"), ("practis", "practic"), ("programme", "program"),
)  # fmt: skip
Entry = tuple[str, str, tuple[str, ...]]


def entries(lines: Iterable[str], name: str) -> Iterator[Entry]:
    """The entries of one file; ``ValueError`` names the line that is none."""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.rstrip("\n").split("\t")
        if len(cells) != 3 or cells[1] not in PARTS or not cells[0] or not cells[2]:
            raise ValueError(f"{name}:{number}: expected word<TAB>n, v, a, r or =<TAB>synonyms with commas between, found {line!r}")
        yield cells[0].strip(), cells[1], tuple(dict.fromkeys(word.strip() for word in cells[2].split(",") if word.strip()))


def merged(found: Iterable[Entry]) -> list[Entry]:
    """One entry a word and part of speech: what two of them say is taken in turns, as each has its likeliest first."""
    together: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for word, part, synonyms in found:
        together[word, part].append(synonyms)
    return [(word, part, tuple(_in_turns(lists))) for (word, part), lists in together.items()]


def _in_turns(lists: Sequence[tuple[str, ...]]) -> list[str]:
    ranks: dict[str, int] = {}
    for synonyms in lists:
        for rank, synonym in enumerate(synonyms):
            ranks[synonym] = min(rank, ranks.get(synonym, rank))
    return sorted(ranks, key=lambda synonym: ranks[synonym])


def rows(found: Iterable[Entry], unlisted: float) -> dict[tuple[str, str, str], float]:
    """P(observed | intended) by (observed, intended, part of speech as in a list)."""
    table = merged(found)
    parts = Counter(word for word, part, _ in table if part != "=")
    made: dict[tuple[str, str, str], float] = {}
    for word, part, synonyms in table:
        weights = [(rank + 1) ** -FALL for rank in range(len(synonyms))]
        share = CHANGED / max(parts[word], 1) ** 0.5  # most tables hold one part of speech apart from another
        for synonym, weight in zip(synonyms, weights, strict=True):
            p = float(f"{share * weight / (sum(weights) + unlisted):.2g}")
            if p >= LEAST and is_worth_it(synonym, word):
                pos = {"r": "x", "=": "x"}.get(part, part)
                made[synonym, word, pos] = max(p, made.get((synonym, word, pos), 0.0))
    return made


def is_worth_it(observed: str, intended: str) -> bool:
    """Whether ``observed`` can be asked for its original: another word, written with letters, and not far commoner than that."""
    if observed.lower() == intended.lower() or not all(re.fullmatch(r"[A-Za-z][A-Za-z' -]*", form) for form in (observed, intended)):
        return False
    if spelled_alike(observed) == spelled_alike(intended):
        return False
    if " " in observed or "-" in observed:
        return intended.lower() not in re.split("[ -]", observed.lower())  # to *have an effect* an honest writer writes as well
    common = zipf_frequency(observed, "en")
    return common < COMMON or common < zipf_frequency(intended, "en") + COMMONER


def spelled_alike(form: str) -> str:
    """One spelling for what Britain and America write each in its way: that a text has the one instead of the other is no loss."""
    for british, american in BRITISH:
        form = re.sub(british, american, form)
    return form


def lines(made: Mapping[tuple[str, str, str], float]) -> Iterator[str]:
    """The rows as they stand in a list, each pair of forms once."""
    pairs: set[tuple[str, str]] = set()
    kept = []
    for (observed, intended, pos), p in sorted(made.items(), key=lambda item: (item[0][:2], item[0][2] == "x", -item[1])):
        forms = set(inflected_pairs(observed, intended, pos))
        if forms <= pairs:
            continue
        pairs |= forms
        is_ordinary = " " in observed or zipf_frequency(observed, "en") >= KNOWN_ZIPF
        fields = (f"pos={pos}" if pos != "x" else "", f"p={p}", "evidence=none" if is_ordinary else "")
        kept.append(((observed, intended, pos), "\t".join((observed, intended, *filter(None, fields)))))
    yield from (line for _, line in sorted(kept))


def main() -> None:
    """Build the lists."""
    for name, (sources, unlisted) in LISTS.items():
        target = ROOT.parent / f"wordlists/{name}.tsv"
        files = [ROOT / f"synonyms/{source}.txt" for source in sources]
        found = [entry for file in files for entry in entries(file.read_text(encoding="utf-8").splitlines(), file.name)]
        header = [line for line in target.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        made = list(lines(rows(found, unlisted)))
        target.write_text("\n".join([*header, *made, ""]), encoding="utf-8", newline="")
        read_list(target)
        print(f"{name}: {len(found):,} entries, {len(made):,} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
