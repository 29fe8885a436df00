"""The benchmarks measure what they say: scores as the scorer beside the articles gives them, a spinner whose changes lead back."""

from __future__ import annotations

import importlib.util
import json
import random
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spinfix import Correction, Patch, Span

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"
SCORER = ROOT.parent / "shared" / "tools" / "score_restoration.py"
TEXT = (
    "The officials said on Monday that the new company could help people who have been looking for work near the city. "
    "A well-known research team found an important way to use the data, and its members want to show the results next year. "
    "Because the government gave money to schools, many students may learn more about the problem than those before them.\n"
) * 4


def load(file: Path) -> ModuleType:
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


results: Any = load(BENCHMARKS / "results.py")
spinner: Any = load(BENCHMARKS / "spinner.py")
quality: Any = load(BENCHMARKS / "quality.py")
reliability: Any = load(BENCHMARKS / "reliability.py")

family_table: Any = cache(spinner.family_table)
by_family = pytest.mark.parametrize("family", spinner.FAMILIES)


# --- scoring --------------------------------------------------------------------------------------------------------------------------


def generated_case(seed: int) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """A text, gold spans without overlap, and edits without overlap: many right, some wrong, some elsewhere."""
    draw = random.Random(seed)
    words = [draw.choice(["a", "an", "war", "Struggle", "think", "tank", "it’s", "“so”", "year"]) for _ in range(draw.randint(3, 40))]
    text = " ".join(words)
    starts = [m.start() for m in re.finditer(r"\S+", text)]
    ends = [m.end() for m in re.finditer(r"\S+", text)]

    def places(density: float) -> list[tuple[int, int]]:
        at, chosen = 0, []
        while at < len(words):
            size = draw.randint(1, 3)
            if draw.random() < density and at + size <= len(words):
                chosen.append((starts[at], ends[at + size - 1]))
            at += size
        return chosen

    gold: list[dict[str, Any]] = [
        {"start": a, "end": b, "spun": text[a:b], "accept": draw.sample(["conflict", "reflect", "two words", "IT'S"], draw.randint(1, 2)),
         "neutral": draw.random() < 0.2}
        for a, b in places(0.4)
    ]  # fmt: skip
    known = {(g["start"], g["end"]): g["accept"] for g in gold}
    edits = []
    for a, b in [*known] if draw.random() < 0.5 else places(0.4):
        options = [*known.get((a, b), []), draw.choice(["conflict", "two words", "an", "a", text[a:b].upper()])]
        edits.append({"start": a, "end": b, "replacement": draw.choice(options)})
    return text, gold, edits


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # it does not close its files
@pytest.mark.skipif(not SCORER.exists(), reason="the scorer is absent")
def test_scores_agree_with_the_scorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scorer: Any = load(SCORER)
    files = [tmp_path / name for name in ("text", "gold.json", "edits.json")]
    some_restored = 0
    for seed in range(300):
        text, gold, edits = generated_case(seed)
        if all(g["neutral"] for g in gold):
            continue
        for file, content in zip(files, (text, json.dumps(gold), json.dumps(edits)), strict=True):
            file.write_bytes(content.encode())
        monkeypatch.setattr(sys, "argv", ["scorer", *map(str, files)])
        scorer.main()
        found = quality.score(
            text,
            [quality.Gold(g["start"], g["end"], tuple(g["accept"]), g["neutral"]) for g in gold],
            [quality.Edit(e["start"], e["end"], e["replacement"]) for e in edits],
        )
        some_restored += found.restored
        assert capsys.readouterr().out.strip() == (
            f"gold {found.gold}  edits {found.edits}  detected {found.detected:.3f}  precision {found.precision:.3f}  "
            f"restored {found.recall:.3f}  correct {found.correct:.3f}  F0.5 {found.f_half:.3f}"
        )
    assert some_restored > 100


def test_a_finding_is_right_if_it_restores_all_that_it_touches() -> None:
    text = "a suppose tank of a war"
    gold = [quality.Gold(2, 14, ("think tank",)), quality.Gold(20, 23, ("struggle",), True)]
    assert quality.is_right(text, gold, quality.Edit(2, 9, "think")) is True
    assert quality.is_right(text, gold, quality.Edit(2, 14, "Think tank")) is True
    assert quality.is_right(text, gold, quality.Edit(10, 14, "lake")) is False
    assert quality.is_right(text, gold, quality.Edit(15, 17, "for")) is False  # nothing was spun there
    assert quality.is_right(text, gold, quality.Edit(20, 23, "struggle")) is None  # neutral
    assert quality.is_right(text, gold, quality.Edit(0, 1, "an")) is None  # no difference


def test_roc_area_is_that_of_all_pairs() -> None:
    draw = random.Random(1)
    clean = [draw.randrange(20) for _ in range(50)]
    spun = [draw.randrange(10, 30) for _ in range(40)]
    pairs = [(s > c) + (s == c) / 2 for s in spun for c in clean]
    assert quality.roc_area(clean, spun) == pytest.approx(sum(pairs) / len(pairs))
    assert quality.roc_area([1, 2], [3, 4]) == 1.0


def test_found_at_a_false_alarm_rate() -> None:
    clean = [k / 1000 for k in range(1000)]
    assert quality.found_at(clean, [0.9985, 0.9995, 0.5], 1e-3) == (pytest.approx(2 / 3), 1)
    assert quality.found_at(clean[:10], [0.9, 0.001], 1e-3) == (0.5, 0)


def test_upper_limit() -> None:
    assert quality.upper_limit(0, 100) == pytest.approx(0.0295, abs=1e-4)
    assert quality.upper_limit(1, 100) > quality.upper_limit(0, 100)


def test_calibration_of_sure_and_right_is_perfect() -> None:
    assert quality.expected_calibration_error(quality.bins_of([(1.0, True)] * 9)) == 0
    assert quality.expected_calibration_error(quality.bins_of([(0.95, True), (0.95, False)])) == pytest.approx(0.45)


def test_the_reliability_plot_has_a_dot_for_each_bin_that_holds_something() -> None:
    from xml.etree import ElementTree

    plot = ElementTree.fromstring(reliability.svg(quality.bins_of([(0.05, False), (0.95, True), (0.97, True)]), "posteriors"))
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in plot.iter("{http://www.w3.org/2000/svg}circle")]
    assert len(dots) == 2
    assert dots[0][0] < dots[1][0] and dots[0][1] > dots[1][1]  # further right and higher up


def test_generated_texts_can_be_taken_back() -> None:
    texts = list(quality.generated_texts(60, 2))
    assert texts == list(quality.generated_texts(60, 2))
    outcomes = [quality.way_back(text) for text in texts]
    assert all(same for _, same in outcomes)
    assert any(changed for changed, _ in outcomes)


# --- the spinner ----------------------------------------------------------------------------------------------------------------------


@by_family
@pytest.mark.parametrize("part", ["", "test"])
def test_the_changes_lead_back_to_the_original(family: str, part: str) -> None:
    for seed in range(5):
        spun, changes = spinner.spin(TEXT, family_table(family, seed % 2 + 1, part=part), 0.2, seed)
        assert changes and spun != TEXT
        assert all(spun[c.start : c.end] == c.spun for c in changes)
        patch = Patch.between(spun, [Correction(Span(c.start, c.end), c.spun, c.original) for c in changes])
        assert patch.apply(spun) == TEXT


def test_the_same_seed_makes_the_same_text() -> None:
    def made(table: int, seed: int) -> str:
        spun, _ = spinner.spin(TEXT, family_table("news-blog", table, part=""), 0.2, seed)
        return str(spun)

    assert made(1, 1) == made(1, 1)
    assert len({made(table, seed) for table in (1, 2) for seed in (1, 2)}) == 4


@by_family
def test_tables_of_different_seeds_differ(family: str) -> None:
    for part in ("", *spinner.PARTS):
        one, other = (family_table(family, seed, part=part).entries for seed in (1, 2))
        assert set(one) != set(other)
        assert any(one[key] != other[key] for key in set(one) & set(other))


@by_family
def test_the_parts_share_no_original(family: str) -> None:
    parts = [set().union(*(family_table(family, seed, part=part).entries for seed in (1, 2))) for part in spinner.PARTS]
    assert all(parts)
    assert sum(map(len, parts)) == len(set().union(*parts))


def test_a_part_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="train, tune, test"):
        spinner.draw_table([], 1, part="all")


def test_families_have_their_traits() -> None:
    text = "We can use a well-known, user-friendly tool. " * 20
    news, _ = spinner.spin(text, spinner.Table("t", {"can": [("will", 1.0)], "friendly": [("pleasant", 1.0)]}, 1), 1.0, 1)
    doubled, changes = spinner.spin(text, spinner.Table("t", {"friendly": [("pleasant", 1.0)]}, 1, spinner.Traits(halves=True)), 1.0, 1)
    assert "user-friendly" in news and "can" not in news.split()
    assert "user-pleasant" in doubled and {c.original for c in changes} == {"user-friendly"}
    assert family_table("news-blog", 1, part="").entries["can"] == [("will", 1.0)]


def test_a_steady_spinner_changes_a_word_everywhere_or_nowhere() -> None:
    text = "The tool and the hat. " * 20
    entries = {"tool": [("device", 1.0)], "hat": [("cap", 1.0)]}
    for seed in range(4):
        spun, _ = spinner.spin(text, spinner.Table("t", entries, 1, spinner.Traits(steady=True)), 0.2, seed)
        assert not ("tool" in spun and "device" in spun) and not ("hat" in spun and "cap" in spun)


def test_blanks_and_fillers_are_changes_like_any_other() -> None:
    text = "The tool is old, and the hat was red."
    entries = {"old": [("aged", 1.0)], "hat": [("cap", 1.0)]}
    for traits, shown in ((spinner.Traits(blanks=True), "aged ,"), (spinner.Traits(fillers=True), "is ")):
        spun, changes = spinner.spin(text, spinner.Table("t", entries, 1, traits), 1.0, 1)
        assert shown in spun and len(changes) > 2
        patch = Patch.between(spun, [Correction(Span(c.start, c.end), c.spun, c.original) for c in changes])
        assert patch.apply(spun) == text
    assert any(f" {filler} " in spun for filler in spinner.FILLERS)


def test_the_command_line_writes_text_and_gold(tmp_path: Path) -> None:
    gold = tmp_path / "gold.json"
    command = [sys.executable, str(BENCHMARKS / "spinner.py"), "--table", "2", "--rate", "0.3", "--gold", str(gold)]
    done = subprocess.run(command, input=TEXT.encode(), capture_output=True, check=True)
    spun = done.stdout.decode()
    spans = json.loads(gold.read_text(encoding="utf-8"))
    assert spans and spun != TEXT
    assert all(spun[g["start"] : g["end"]] == g["spun"] and len(g["accept"]) == 1 for g in spans)


# --- results --------------------------------------------------------------------------------------------------------------------------


def test_a_section_is_appended_and_names_no_place(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    for title in ("one", "two"):
        results.record(results.section(title, "Settings.", [results.table(["what", "measured"], [["edits", 0]])]), file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# What was measured\n")
    assert [line.split(" ", 2)[2] for line in text.splitlines() if line.startswith("## ")] == ["one", "two"]
    assert "| edits | 0 |" in text
    assert str(ROOT) not in text and str(Path.home()) not in text
