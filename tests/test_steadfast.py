"""Anything may come in: nothing raises, and no byte outside a correction is lost or changed."""

from __future__ import annotations

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from spinfix import Policy, Report, Verdict, detect, detect_many, restore, revert
from spinfix.errors import PatchError
from spinfix.first_look import look
from spinfix.patch import Patch
from spinfix.text import form

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import fuzz

NO_GATE = Policy(gate=False)
SPUN = "The analyst works at a suppose tank in the Center East, the overseas minister mentioned in an announcement. "
RESTORED = "The analyst works at a think tank in the Middle East, the foreign minister said in a statement. "
GERMAN = (
    "Der Ausschuss hat am Dienstag über die neue Brücke beraten. Die meisten Mitglieder waren für den Plan, doch einige fragten, was er "
    "kosten werde. Die Bürgermeisterin sagte, die Arbeiten sollten im Frühjahr beginnen und zwei Jahre dauern. Von der Firma war niemand "
    "da. Am Ende stimmten alle dafür, und man ging zum nächsten Punkt über, der die Schule und ihren Garten betraf. "
)


PAST_FAILURES = Path(__file__).parent / "past_failures"


def as_text(data: bytes) -> str:
    """Bytes as the shell reads them."""
    return data.decode("utf-8", "surrogateescape")


def sound(text: str, policy: Policy = NO_GATE) -> Report:
    """The report on ``text``, held against all that must be true of it."""
    report = detect(text, policy)
    restored = report.patch.apply(text)
    assert revert(restored, report.patch) == text
    at = 0
    pieces: list[str] = []
    for finding in report.findings:
        assert at <= finding.span.start < finding.span.end <= len(text)
        assert text[finding.span.start : finding.span.end] == finding.observed
        if finding.verdict is Verdict.RESTORE:
            pieces += (text[at : finding.span.start], finding.intended)
            at = finding.span.end
    assert "".join([*pieces, text[at:]]) == restored
    return report


def hostile() -> dict[str, str]:
    """Texts that are none, or hardly."""
    draw = random.Random(7)
    noise = draw.randbytes(3000)
    return {
        "empty": "",
        "blank": " \n\t\r\n\u00a0\u2003",
        "random bytes": noise.decode("utf-8", "surrogateescape"),
        "random bytes as letters": noise.decode("latin-1"),
        "random bytes, spun text between": noise[:500].decode("latin-1") + SPUN + noise[500:1000].decode("utf-8", "surrogateescape"),
        "nul": SPUN.replace(" ", "\0") + "\0" * 100 + SPUN,
        "lone surrogates": "\ud800" + SPUN + "\udfff\ud800 " + SPUN.replace("a", "\udc80"),
        "byte order marks": "\ufeff" + SPUN + "\ufeff" + SPUN + "\ufffe",
        "mixed line ends": SPUN.replace(" ", "\r\n", 3).replace(" ", "\r", 3).replace(" ", "\u2028", 3) + "\x85\x0b\x0c",
        "right to left": "\u202e" + SPUN + "שלום עולם " + SPUN + "مرحبا بالعالم\u202c\u200f",
        "combining": "".join(c + "\u0301\u0323" for c in SPUN),
        "zalgo": "suppose" + "\u0335" * 5000 + " tank",
        "emoji": SPUN.replace(" ", " 👩‍👩‍👧‍👦🏳️‍🌈 ") + "🇩🇪" * 50,
        "zero width": "\u200b".join(SPUN),
        "one letter": "a" * 50_000,
        "one word": "suppose" * 5_000,
        "hyphens": "suppose-" * 5_000,
        "apostrophes": "'s’s" * 5_000,
        "digits": "1,2.3:" * 5_000,
        "dots": "a.b." * 5_000,
        "braces": "{a|" * 5_000,
        "quotes": "“" * 5_000 + SPUN,
        "no line end": SPUN * 400,
        "articles": "a an " * 2_000,
        "a word for every place": "suppose tank " * 2_000,
        "capitals": SPUN.upper() * 3,
        "titles": SPUN.title() * 3,
        "astral letters": "".join(chr(0x1D400 + ord(c) - 65) if "A" <= c <= "Z" else c for c in SPUN.upper()),
    }


@pytest.mark.parametrize("name", hostile())
def test_anything_may_come_in(name: str) -> None:
    text = hostile()[name]
    sound(text)
    sound(text, Policy())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(SPUN.split(" ")), st.binary(max_size=8).map(as_text))))
def test_any_mixture_of_words_and_rubbish_is_borne(pieces: list[str]) -> None:
    sound(" ".join(pieces))


def test_many_findings_come_in_order_and_go_back() -> None:
    report = sound(("They work at a suppose tank in the Center East.\n" * 40 + "\n") * 50)
    assert len(report.findings) >= 4_000


def test_letters_that_only_look_latin_are_seen_through_and_kept() -> None:
    masked = "supp\u043ese"  # Cyrillic o
    assert form(masked) == "suppose" and form("\u0430ttack") == "attack"
    assert form("атака") == "атака", "a word of another script is a word of that script"
    assert restore(f"He works at a {masked} tank.") == "He works at a think tank."
    left = f"He {masked}d that it would rain, and it did."
    assert restore(left) == left


def test_marks_inside_words_do_not_hide_them() -> None:
    assert restore("He works at a supp\u200bose tank.") == "He works at a think tank."


def test_another_language_is_left_alone_with_a_note() -> None:
    report = detect(GERMAN + SPUN + GERMAN)
    assert not report.findings and "English" in report.notes[0]
    assert not look(GERMAN[:100]).is_foreign, "of a few words nothing is said"
    assert not look(SPUN * 10).is_foreign and not detect(SPUN * 10).notes


def test_threads_share_one_model_and_one_index() -> None:
    texts = [SPUN * (k % 5 + 1) + f"It rained in {1900 + k}." for k in range(24)]
    expected = [restore(text, NO_GATE) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda text: restore(text, NO_GATE), texts)) == expected


def test_processes_share_the_files_of_the_package() -> None:
    texts = [SPUN * (k + 1) for k in range(6)]
    reports = list(detect_many(texts, processes=3))
    assert [r.patch.apply(t) for r, t in zip(reports, texts, strict=True) if isinstance(r, Report)] == [restore(t) for t in texts]


@pytest.mark.parametrize("file", sorted(PAST_FAILURES.glob("*.bin")), ids=lambda file: file.stem)
def test_past_failures_stay_mended(file: Path) -> None:
    """Inputs that once broke something, or that a fuzzer found: ``TARGET-what-it-was.bin``, replayed as they are."""
    target = file.stem.partition("-")[0]
    data = file.read_bytes()
    fuzz.answered(target, data)
    if target == "tokens":
        sound(as_text(data))


def test_seeds_are_taken() -> None:
    """A seed that is refused at once would keep the fuzzer at the door."""
    for name, seed in fuzz.SEEDS.items():
        assert fuzz.answered(name, seed), name


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([name for name in fuzz.TARGETS if name != "detect"]), st.data())
def test_what_the_fuzzer_feeds_is_answered(name: str, data: st.DataObject) -> None:
    """The targets of ``benchmarks/fuzz.py``, on their seeds with pieces exchanged; the fuzzer itself goes further."""
    seed = fuzz.SEEDS[name]
    start = data.draw(st.integers(0, len(seed)))
    mutated = seed[:start] + data.draw(st.binary(max_size=12)) + seed[data.draw(st.integers(start, len(seed))) :]
    fuzz.answered(name, mutated)


class Edits(RuleBasedStateMachine):
    """A text that is restored, edited, reverted, restored in part and again: what patches promise holds in any order."""

    patches = Bundle("patches")

    @initialize(count=st.integers(1, 3))
    def begin(self, count: int) -> None:
        self.text = SPUN * count

    @rule(target=patches)
    def restore_all(self) -> Patch:
        patch = detect(self.text, NO_GATE).patch
        before, self.text = self.text, patch.apply(self.text)
        assert revert(self.text, patch) == before
        return patch

    @rule(target=patches, data=st.data())
    def restore_a_part(self, data: st.DataObject) -> Patch:
        patch = detect(self.text, NO_GATE).patch
        ids = [c.id for c in patch.corrections]
        some = patch.only(self.text, data.draw(st.lists(st.sampled_from(ids), unique=True))) if ids else patch
        before, self.text = self.text, some.apply(self.text)
        assert revert(self.text, some.to_json()) == before
        return some

    @rule(place=st.sampled_from([0, -1]), typed=st.sampled_from(["", " Indeed. ", "\r\n", "\u200b", "suppose tank "]))
    def edit(self, place: int, typed: str) -> None:
        self.text = self.text[:place] + typed + self.text[place:]

    @rule(patch=patches)
    def go_back(self, patch: Patch) -> None:
        try:
            reverted = patch.inverse().apply(self.text)
        except PatchError:
            assert detect(self.text, NO_GATE).sha256 != patch.sha256_after, "a patch leads back from the text that it made"
        else:
            assert patch.apply(reverted) == self.text
            self.text = reverted

    @invariant()
    def nothing_is_lost_of_what_was_never_touched(self) -> None:
        assert not hasattr(self, "text") or self.text.count(" works at a ") >= 1


Edits.TestCase.settings = settings(
    max_examples=12, stateful_step_count=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
TestEdits = Edits.TestCase
