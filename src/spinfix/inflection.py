"""Regular and irregular inflection of English, for list rows that stand for a whole paradigm.

A row ``assault<TAB>attack`` with ``pos=v`` stands for *assaults*, *assaulted*, *assaulting* too.  The word that inflects is the
first of a verb phrase (*go to*, *goes to*) and the last of a noun phrase (*rate of interest* names its head with ``rate^ of interest``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

PARTS_OF_SPEECH: Final = {"n": "noun", "v": "verb", "a": "adjective", "x": "exact form"}

# base past participle; a slash separates variants
_IRREGULAR_VERBS: Final = """
arise arose arisen|awake awoke awoken|be was/were been|bear bore borne/born|beat beat beaten|become became become|befall befell befallen
begin began begun|bend bent bent|bet bet bet|bid bid bid|bind bound bound|bite bit bitten|bleed bled bled|blow blew blown|break broke broken
breed bred bred|bring brought brought|broadcast broadcast broadcast|build built built|burn burned/burnt burned/burnt|burst burst burst|buy bought bought
cast cast cast|catch caught caught|choose chose chosen|cling clung clung|come came come|cost cost cost|creep crept crept|cut cut cut|deal dealt dealt
dig dug dug|do did done|draw drew drawn|dream dreamed/dreamt dreamed/dreamt|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed fed
feel felt felt|fight fought fought|find found found|flee fled fled|fling flung flung|fly flew flown|forbid forbade forbidden|forecast forecast forecast
foresee foresaw foreseen|forget forgot forgotten|forgive forgave forgiven|forgo forwent forgone|freeze froze frozen|get got got/gotten|give gave given|go went gone|grind ground ground
grow grew grown|hang hung hung|have had had|hear heard heard|hide hid hidden|hit hit hit|hold held held|hurt hurt hurt|keep kept kept|kneel knelt knelt
know knew known|lay laid laid|lead led led|leap leaped/leapt leaped/leapt|learn learned/learnt learned/learnt|leave left left|lend lent lent|let let let|lie lay lain
light lit lit|lose lost lost|make made made|mean meant meant|meet met met|mislead misled misled|mistake mistook mistaken|misunderstand misunderstood misunderstood
outdo outdid outdone|outgrow outgrew outgrown|overcome overcame overcome|oversee oversaw overseen|overtake overtook overtaken|overthrow overthrew overthrown|pay paid paid
prove proved proved/proven|put put put|quit quit quit|read read read|rebuild rebuilt rebuilt|redo redid redone|repay repaid repaid|rethink rethought rethought|rewrite rewrote rewritten|rid rid rid
ride rode ridden|ring rang rung|rise rose risen|run ran run|say said said|see saw seen|seek sought sought|sell sold sold|send sent sent|set set set|sew sewed sewn|shake shook shaken|shed shed shed
shine shone shone|shoot shot shot|show showed shown|shrink shrank shrunk|shut shut shut|sing sang sung|sink sank sunk|sit sat sat|slay slew slain|sleep slept slept|slide slid slid|sling slung slung|slit slit slit
sow sowed sown|speak spoke spoken|speed sped sped|spell spelled/spelt spelled/spelt|spend spent spent|spill spilled/spilt spilled/spilt|spin spun spun|spit spat spat|split split split|spoil spoiled/spoilt spoiled/spoilt
spread spread spread|spring sprang sprung|stand stood stood|steal stole stolen|stick stuck stuck|sting stung stung|stink stank stunk|stride strode stridden|strike struck struck|string strung strung|strive strove striven
swear swore sworn|sweep swept swept|swell swelled swollen|swim swam swum|swing swung swung|take took taken|teach taught taught|tear tore torn|tell told told|think thought thought|throw threw thrown|thrust thrust thrust
tread trod trodden|undergo underwent undergone|understand understood understood|undertake undertook undertaken|undo undid undone|uphold upheld upheld|upset upset upset|wake woke woken|wear wore worn|weave wove woven
weep wept wept|win won won|wind wound wound|withdraw withdrew withdrawn|withhold withheld withheld|withstand withstood withstood|wring wrung wrung|write wrote written|overwrite overwrote overwritten|offset offset offset|input input input
unwind unwound unwound|rerun reran rerun|reset reset reset|resell resold resold|remake remade remade|retake retook retaken|outrun outran outrun|override overrode overridden|overhear overheard overheard|inlay inlaid inlaid
forsake forsook forsaken|partake partook partaken|betake betook betaken|foretell foretold foretold|gainsay gainsaid gainsaid|beget begot begotten|behold beheld beheld|beset beset beset
bethink bethought bethought|forbear forbore forborne|rend rent rent|smite smote smitten|bespeak bespoke bespoken|underwrite underwrote underwritten|underlie underlay underlain|misread misread misread
overrun overran overrun|sublet sublet sublet|proofread proofread proofread|typecast typecast typecast|troubleshoot troubleshot troubleshot|breastfeed breastfed breastfed|unbind unbound unbound
misspend misspent misspent|overeat overate overeaten
"""
_IRREGULAR_NOUNS: Final = """
man men|woman women|child children|person people|foot feet|tooth teeth|goose geese|mouse mice|ox oxen|life lives|wife wives|knife knives|wolf wolves|shelf shelves|half halves|self selves|leaf leaves|loaf loaves|calf calves
thief thieves|elf elves|hoof hooves|scarf scarves|analysis analyses|basis bases|crisis crises|thesis theses|hypothesis hypotheses|diagnosis diagnoses|emphasis emphases|oasis oases|axis axes|synthesis syntheses|parenthesis parentheses
phenomenon phenomena|criterion criteria|bacterium bacteria|curriculum curricula|medium media|datum data|memorandum memoranda|millennium millennia|stratum strata|spectrum spectra|stimulus stimuli|nucleus nuclei|fungus fungi
radius radii|alumnus alumni|syllabus syllabi|matrix matrices|vertex vertices|index indices/indexes|appendix appendices|series series|species species|means means|aircraft aircraft|spacecraft spacecraft|sheep sheep|fish fish|deer deer
hero heroes|potato potatoes|tomato tomatoes|echo echoes|veto vetoes|cargo cargoes|torpedo torpedoes|embargo embargoes|quiz quizzes|gas gases|bus buses|lens lenses|headquarters headquarters|offspring offspring
locus loci|terminus termini|quantum quanta|arcanum arcana|ovum ova|simulacrum simulacra|optimum optima|corpus corpora|calculus calculi|helix helices|minutia minutiae|lamina laminae
automaton automata/automatons|volcano volcanoes|superhero superheroes|tableau tableaux|wharf wharves|bookshelf bookshelves|housewife housewives|rendezvous rendezvous|symposium symposia/symposiums
consortium consortia/consortiums|colloquium colloquia|watercraft watercraft|hovercraft hovercraft|chassis chassis|passerby passersby|mother-in-law mothers-in-law|genus genera|larva larvae|alga algae|vertebra vertebrae|formula formulas/formulae|antenna antennas|vaccine vaccines
"""
_IRREGULAR_ADJECTIVES: Final = """
good better best|bad worse worst|far farther/further farthest/furthest|little less least|many more most|much more most|well better best|ill worse worst|few fewer fewest|old older/elder oldest/eldest
"""
_DOUBLING: Final = frozenset(
    "abhor acquit admit allot befit begin commit compel concur confer control counsel defer deter dispel distil embed emit enrol equip excel expel "
    "format forget fulfil handicap impel incur infer inter kidnap occur omit outfit patrol permit prefer program propel rebel rebut recur refer regret "
    "remit repel submit transfer transmit upset worship zigzag unplug reship rerun unwrap outrun overlap debug defrag outwit replan unclog unpin unzip "
    "abet abut ad-lib annul appal aver beget beset corral demur eavesdrop entrap extol forbid input offset outstrip overrun recap sidestep sublet underpin "
    "debar diagram imbed instal manumit reoccur reset".split()
)
_BOTH_SPELLINGS: Final = frozenset("cancel travel label model level signal fuel total channel counsel marshal dial equal rival duel tunnel panel pedal shovel unravel quarrel grovel".split())
_HARD_CH: Final = ("stomach", "monarch", "patriarch", "matriarch", "oligarch", "epoch", "eunuch", "loch", "tech", "czech")
_KEEPS_E: Final = frozenset("singe swinge tinge binge whinge".split())  # singeing, not singing
# What ends like one of these is inflected like it (*gunmen*, *schoolchildren*, *goldfish*), but for the peoples, persons and beasts on -man
_NOUN_ENDINGS: Final = (
    ("man", "men"), ("child", "children"), ("tooth", "teeth"), ("foot", "feet"), ("person", "people/persons"), ("fish", "fish"), ("sis", "ses"),
)  # fmt: skip
_NOT_MEN: Final = ("human", "german", "roman", "norman", "ottoman", "shaman", "talisman", "caiman", "doberman")
_OES: Final = frozenset("echo embargo hero torpedo veto".split())  # verbs with -oes; those on -do and -go are irregular anyway
_NOT_COMPARED: Final = frozenset("due fun main mere own prime sole".split())
_VOWELS: Final = "aeiou"


def _table(source: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    rows = (row.split() for row in source.replace("\n", "|").split("|") if row.strip())
    return {row[0]: tuple(tuple(cell.split("/")) for cell in row[1:]) for row in rows}


@cache
def _tables() -> dict[str, dict[str, tuple[tuple[str, ...], ...]]]:
    return {"v": _table(_IRREGULAR_VERBS), "n": _table(_IRREGULAR_NOUNS), "a": _table(_IRREGULAR_ADJECTIVES)}


def paradigm(phrase: str, pos: str, only: str = "") -> dict[str, tuple[str, ...]]:
    """The forms of ``phrase`` by name (``base``, ``plural``; ``third``, ``past``, ``participle``, ``ing``; ``comparative``, ...).

    With ``only`` the others of a verb may be left out, which takes less time.

    >>> paradigm("go to", "v")["past"], paradigm("bank card", "n")["plural"]
    (('went to',), ('bank cards',))
    """
    if pos == "x":
        return {"base": (phrase,)}
    before, head, after = _head(phrase, pos)
    forms = _verb(head, only) if pos == "v" else _noun(head) if pos == "n" else _adjective(head)
    if not (before or after):
        return forms
    return {name: tuple(f"{before}{f}{after}" for f in values) for name, values in forms.items()}


def _head(phrase: str, pos: str) -> tuple[str, str, str]:
    if " " not in phrase:
        return "", phrase.removesuffix("^"), ""
    words = phrase.split(" ")
    marked = [k for k, w in enumerate(words) if w.endswith("^")]
    at = marked[0] if marked else 0 if pos in "va" else _noun_head(words)
    words[at] = words[at].removesuffix("^")
    before, after = " ".join(words[:at]), " ".join(words[at + 1 :])
    return before + " " if before else "", words[at], " " + after if after else ""


def _noun_head(words: list[str]) -> int:
    """The last word, or the one before a preposition: *rate of interest* is headed by *rate*."""
    for k, word in enumerate(words[1:], 1):
        if word in ("of", "in", "on", "for", "to", "with", "by", "at", "from"):
            return k - 1
    return len(words) - 1


def _noun(word: str) -> dict[str, tuple[str, ...]]:
    irregular = _tables()["n"].get(word)
    if irregular:
        return {"base": (word,), "plural": irregular[0]}
    for end, ends in _NOUN_ENDINGS:
        if word.endswith(end) and len(word) > len(end) + 1 and not word.lower().endswith((*_NOT_MEN, "ssis")):
            return {"base": (word,), "plural": tuple(word.removesuffix(end) + other for other in ends.split("/"))}
    return {"base": (word,), "plural": (_add_s(word),)}


def _add_s(word: str) -> str:
    if word.endswith(_HARD_CH):
        return word + "s"
    if word.endswith("z") and re.search(r"(?:^[bfw]|qu|wh|show[bw])[ei]z$", word):
        return word + "zes"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and re.search(r"(?:[^aeiou]|qu)y$", word):
        return word[:-1] + "ies"
    return word + "s"


def _verb(word: str, only: str) -> dict[str, tuple[str, ...]]:
    irregular = _tables()["v"].get(word)
    if word == "be":
        return {"base": ("be",), "third": ("is",), "past": ("was",), "participle": ("been",), "ing": ("being",)}
    third = word + "es" if word.endswith("o") and (irregular or word in _OES) else _add_s(word)
    if word == "have":
        third = "has"
    if only == "third":
        return {"base": (word,), "third": (third,)}
    stems = _stems(word)
    ing = tuple(_before_ing(s) + "ing" for s in stems)
    if irregular:
        return {"base": (word,), "third": (third,), "past": irregular[0], "participle": irregular[1], "ing": ing}
    past = tuple(_add_ed(s) for s in stems)
    return {"base": (word,), "third": (third,), "past": past, "participle": past, "ing": ing}


def _before_ing(stem: str) -> str:
    if stem in _KEEPS_E:
        return stem
    if stem.endswith("ie"):
        return stem[:-2] + "y"
    return stem[:-1] if stem.endswith("e") and not stem.endswith(("ee", "oe", "ye")) else stem


def _add_ed(stem: str) -> str:
    if stem.endswith("e"):
        return stem + "d"
    if re.search(r"[^aeiou]y$", stem):
        return stem[:-1] + "ied"
    return stem + "ed"


def _stems(word: str) -> tuple[str, ...]:
    """The stem before -ed and -ing: doubled where English doubles, both where British and American differ."""
    if word in _BOTH_SPELLINGS:
        return word, word + word[-1]
    if word in _DOUBLING:
        return (word + word[-1],)
    if _syllables(word) == 1 and word != "bus" and re.search(r"[^aeiou][aeiou][^aeiouwxy]$", "q" + word.replace("qu", "qw")):
        return (word + word[-1],)
    return (word + "k",) if word.endswith(("ic", "vouac")) else (word,)


def _syllables(word: str) -> int:
    """The groups of vowels; *u* behind *q* and *y* between vowels (*layer*, *royal*) are consonants."""
    return len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[aeiou])y(?=[aeiou])", "j", word.replace("qu", "qw"))))


def _adjective(word: str) -> dict[str, tuple[str, ...]]:
    irregular = _tables()["a"].get(word)
    if irregular:
        return {"base": (word,), "comparative": irregular[0], "superlative": irregular[1]}
    syllables = _syllables(word.removesuffix("e"))
    if word in _NOT_COMPARED or not word.isalpha() or not (syllables == 1 or (syllables == 2 and word.endswith(("y", "ow")))):
        return {"base": (word,)}
    if re.search(r"[^aeiou]y$", word):
        stem = word[:-1] + "i"
    elif word.endswith("e"):
        stem = word[:-1]
    elif syllables == 1 and re.search(r"[^aeiou][aeiou][^aeiouwxy]$", "q" + word.replace("qu", "qw")):
        stem = word + word[-1]
    else:
        stem = word
    return {"base": (word,), "comparative": (stem + "er",), "superlative": (stem + "est",)}


def inflected_pairs(observed: str, intended: str, pos: str) -> Iterator[tuple[str, str]]:
    """All pairs of forms that a row of lemmas stands for, the row itself first."""
    left, right = paradigm(observed, pos), paradigm(intended, pos)
    seen: set[tuple[str, str]] = set()
    for name, forms in right.items():
        for other in left.get(name, ()):
            for own in forms:
                if other != own and (other, own) not in seen:
                    seen.add((other, own))
                    yield other, own


# Spelling tells the sound of a first letter but for these (lower case; read through over the 60,000 commonest words of English)
_SILENT_H: Final = re.compile(r"hour|honest|honou?r|heir(?!\w*archy)")
_CONSONANT_SOUND: Final = re.compile(  # "you" and "w" behind a vowel
    r"uni(?!n(?!t?$)|m(?!od)|d(?:ent|eal)|ron|ss)|unanim|us(?:e|u|age|able|ability)|ut(?:il|ero|erus|opia|ah)|ubi|ufo|ugand|uk(?!h)|ur(?:a|e|i|o|u)"
    r"|uv|u(?![a-z])|eu|ewe|ouija|one(?![a-z])|oneself|once"
)
_SPOKEN_AS_WORD: Final = frozenset("FARC FEMA LAN LIDAR MERS NOAA RADAR RAM REIT ROM SARS SCUBA SEAL SIM SONAR SWAT HIPAA HUD LASER".split())
_PRONOUNCEABLE: Final = re.compile(r"[FHLMNRS][AEIOU][BCDFGHJKLMNPQRSTVWXZ]{1,2}[AEIOUY][BCDFGHJKLMNPQRSTVWXZ]*")  # NATO, NASA, FIFA, NASDAQ
_SPELLED_OUT: Final = frozenset("fm hdmi html http https lcd lgbt lgbtq mp nth rgb rss sms sql ssd xml".split())
_VOWEL_NAMES: Final = "aefhilmnorsx"  # letters whose names begin with a vowel


def indefinite_article(word: str) -> str:
    """*a* or *an* before ``word``, by its sound as far as spelling tells.

    >>> indefinite_article("hour"), indefinite_article("university"), indefinite_article("U.S.")
    ('an', 'a', 'a')
    >>> indefinite_article("X-ray"), indefinite_article("NATO"), indefinite_article("mp3")
    ('an', 'a', 'an')
    """
    lowered = word.lower()
    if lowered[:1].isdigit():
        return "an" if re.match(r"8|11(?!\d)|18(?!\d)", lowered) else "a"
    if _is_spelled_out(word):
        return "an" if lowered[0] in _VOWEL_NAMES else "a"
    if lowered[:1] in _VOWELS:
        return "a" if _CONSONANT_SOUND.match(lowered) else "an"
    return "an" if _SILENT_H.match(lowered) else "a"


def _is_spelled_out(word: str) -> bool:
    """Whether the word, or its first part, is said letter by letter: *X-ray*, *FBI*, *U.S.*, *mp3*."""
    head = re.split(r"[-‐‑'’]", word, maxsplit=1)[0]
    letters = head.rstrip("0123456789")
    if re.match(r"(?:[A-Za-z]\.)+", head) or (len(letters) == 1 and letters != word.lower()):
        return True
    if letters.isupper() and len(letters) > 1:
        is_word = letters in _SPOKEN_AS_WORD or _PRONOUNCEABLE.fullmatch(letters) or letters in ("ONE", "ONCE")
        return not is_word and len(letters) <= 6
    has_vowel = re.search("[aeiouy]", letters.lower())
    return letters.lower() in _SPELLED_OUT or (letters != head and letters.isalpha() and not has_vowel)
