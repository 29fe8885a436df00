"""Many texts at once: the same as one by one, in any process, in batches of any size."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from pages import pages

import spinfix
from spinfix import batch, identity
from spinfix.api import report_on
from spinfix.batch import SECOND_LOOK, SURE, Batch, SpunScore, one_by_one
from spinfix.errors import InputError, MarkupError
from spinfix.first_look import FirstLook, look, look_at_all
from spinfix.records import Detail
from spinfix.sections import LONGEST

ARTICLE = (Path(__file__).parent.parent / "examples" / "spun-article.txt").read_text(encoding="utf-8")
TEXTS = [page["text"] for page in pages(40, spun_share=0.3)]


def test_a_batch_says_what_one_by_one_says() -> None:
    batch = Batch()
    reports = batch.detect_batch(TEXTS)
    assert reports == [spinfix.detect(text) for text in TEXTS]
    assert batch.restore_batch(TEXTS) == [spinfix.restore(text) for text in TEXTS]
    assert [s.is_spun for s in batch.score_batch(TEXTS)] == [r.spun >= 0.5 for r in reports]
    thorough = Batch(spinfix.Policy(gate=False))
    assert [s.spun for s in thorough.score_batch(TEXTS)] == [r.spun for r in thorough.detect_batch(TEXTS)]


@pytest.mark.parametrize(
    "policy", [spinfix.Policy(), spinfix.Policy(spun_prior=0.3, suggest=0.1), spinfix.Policy(markup="markdown"), spinfix.Policy(gate=False)]
)
def test_first_looks_taken_together_let_through_what_they_do_alone(policy: spinfix.Policy) -> None:
    long = "\n".join([*TEXTS, ARTICLE]) * 2
    assert len(long) > LONGEST
    one_pair = "It rained. Much has been written on woolly rationale since then. They went home."
    short = ["He found the blaze pretty huge.", "Folks came again within the afternoon."]  # the first is let through at a glance
    texts = ["", *short, *TEXTS[:8], long, "He works at a suppose tank.", one_pair, "Ein Haus am See. " * 30, ARTICLE]
    assert Batch(policy).detect_batch(texts) == [spinfix.detect(text, policy) for text in texts]


def test_first_looks_are_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def counted(texts: Sequence[str]) -> list[FirstLook]:
        looks.append(len(texts))
        return look_at_all(texts)

    monkeypatch.setattr("spinfix.first_look.look_at_all", counted)
    Batch().detect_batch(["It rained.", "", "They went home."])
    Batch().restore_batch(["It rained.", "They went home."])
    assert [count for count in looks if count > 1] == [3, 2]  # a glance at one of them looks again


def test_whether_pages_are_spun_is_found() -> None:
    scores = Batch().score_batch(TEXTS)
    assert [s.is_spun for s in scores] == [page["is_spun"] for page in pages(40, spun_share=0.3)]
    assert all(s.spin_rate > 0.05 for s in scores if s.is_spun)


def test_a_page_full_of_traces_is_judged_without_the_lattice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(ARTICLE).stretch > SURE
    (told,) = Batch().score_batch([ARTICLE], families=True)
    asked: list[str] = []

    def remembered(text: str, policy: spinfix.Policy, path: str, detail: Detail) -> spinfix.Report:
        asked.append(text)
        return report_on(text, policy, path, detail)

    monkeypatch.setattr("spinfix.batch.report_on", remembered)
    (score,) = Batch().score_batch([ARTICLE])
    assert not asked and score.is_spun and not score.family
    assert told.family and abs(score.spin_rate - told.spin_rate) < 0.25
    (rarer,) = Batch(spinfix.Policy(spun_prior=1e-9)).score_batch([ARTICLE])
    assert rarer.spun < score.spun
    part = ARTICLE[: len(ARTICLE) * 2 // 7]
    assert SECOND_LOOK < look(part).stretch < SURE
    Batch().score_batch([part])
    assert asked == [part]


def test_a_brace_left_behind_makes_no_page_spun() -> None:
    text = " ".join(page["text"] for page in pages(6, spun_share=0.0))
    assert look(text + " A {big|large} dog.").log_odds > SECOND_LOOK > look(text + " A {big|large} dog.").stretch
    assert not Batch().score_batch([text + " A {big|large} dog."])[0].is_spun


def test_what_was_repaired_can_be_taken_back() -> None:
    for text, repaired in zip(TEXTS, Batch().repair_batch(TEXTS), strict=True):
        assert spinfix.revert(repaired.text, repaired.patch) == text
        assert (repaired.text == text) == (not repaired.patch.corrections)


def test_it_can_be_carried_to_other_processes_and_cut_anywhere() -> None:
    batch = Batch(spinfix.Policy(threshold=0.9))
    assert pickle.loads(pickle.dumps(batch)) == batch
    whole = batch.restore_batch(TEXTS)
    with ProcessPoolExecutor(2) as pool:
        parts = list(pool.map(batch.restore_batch, [TEXTS[:7], TEXTS[7:8], [], TEXTS[8:]]))
    assert [text for part in parts for text in part] == whole


def test_a_policy_holds_for_all() -> None:
    spun = [page["text"] for page in pages(40) if page["is_spun"]]
    some = Batch(spinfix.Policy(select=("numbers",))).restore_batch(spun)
    assert any("24,000" in text for text in some)
    assert not any("Middle East" in text for text in some)
    assert any("Middle East" in text for text in Batch().restore_batch(spun))


def test_what_is_no_text_is_refused_by_its_place() -> None:
    with pytest.raises(InputError, match="document 1 of the batch: expected a text, found int"):
        Batch().score_batch(["a text", 5])  # type: ignore[list-item]


def test_one_text_is_no_batch() -> None:
    for verb in (Batch().score_batch, Batch().detect_batch, Batch().restore_batch, Batch().repair_batch):
        with pytest.raises(InputError, match=r"expected a list of texts, found one text; put it into a list: \[text\]"):
            verb("He works at a suppose tank.")
        with pytest.raises(InputError, match="expected a list of texts, found bytes"):
            verb(b"He works at a suppose tank.")  # type: ignore[arg-type]


def test_a_batch_is_made_with_a_policy() -> None:
    with pytest.raises(TypeError, match="expected a Policy, found dict"):
        Batch({"threshold": 0.9})  # type: ignore[arg-type]


def test_a_text_whose_markup_cannot_be_read_is_named_by_its_place() -> None:
    texts = ["<p>It rained.</p>", "<p>He works at a suppose tank.</p>", "<p " * 300]
    some = Batch(spinfix.Policy(markup="html"))
    for verb in (some.score_batch, some.detect_batch, some.restore_batch, some.repair_batch):
        with pytest.raises(MarkupError, match="tags that never end") as refused:
            verb(texts)
        assert refused.value.__notes__ == ["in document 2 of the batch"]
    clean, restored, refused_too = one_by_one(some.restore_batch, texts)
    assert (clean, restored) == (texts[0], texts[1].replace("suppose", "think")) and isinstance(refused_too, MarkupError)


def test_nothing_and_empty_texts() -> None:
    assert Batch().score_batch([]) == []
    (score,) = Batch().score_batch([""])
    assert score == SpunScore(0, score.spun, 0.0, "") and score.spun < 0.01
    assert Batch().restore_batch(["", " \n"]) == ["", " \n"]


def test_caches_know_the_policy_and_the_source() -> None:
    one = Batch().fingerprint("a")
    assert one == Batch(spinfix.Policy()).fingerprint("a")
    assert len({one, Batch().fingerprint("b"), Batch(spinfix.Policy(threshold=0.9)).fingerprint("a")}) == 3


def test_caches_know_the_data_that_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = Path(spinfix.__file__).parent / "data"
    for file in shipped.iterdir():
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.setattr(identity, "_DATA", tmp_path)
    keys = {Batch().fingerprint()}
    others = [file for file in tmp_path.iterdir() if file.suffix not in (".css", ".js", ".md") and "schema" not in file.name]
    assert len(others) >= 10
    for file in others:
        if file.name in ("english.lm", "substitutions.bin"):  # it tells its own digest; it is made from the lists
            continue
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data + b"\n")
        keys.add(Batch().fingerprint())
    assert len(keys) == 1 + len(others) - 2


@pytest.mark.parametrize("package", ["wordfreq", "regex", "markdown-it-py", "pylatexenc", "tree-sitter-rst"])
def test_caches_know_the_packages_that_a_text_is_read_with(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, version = Batch().fingerprint(), metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99.9" if name == package else version(name))
    assert Batch().fingerprint() != before


def test_a_package_without_a_version_is_no_obstacle_to_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", unknown)  # as where packages were unpacked, not installed
    assert Batch().fingerprint() == Batch().fingerprint()


def test_caches_know_what_is_in_files_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "own" / "words.tsv"
    file.parent.mkdir()
    keys = set()
    for policy in (spinfix.Policy(lists=(str(tmp_path),)), spinfix.Policy(rules=(str(file),)), spinfix.Policy(language_model=str(file))):
        for content in ("one", "two"):
            file.write_text(content)
            keys |= {Batch(policy).fingerprint(), Batch(policy).fingerprint()}
    assert len(keys) == 6
    with pytest.raises(InputError, match=r"none\.toml: cannot be read: No such file"):
        Batch(spinfix.Policy(rules=(str(tmp_path / "none.toml"),))).fingerprint()


def test_short_texts_are_scored_as_they_are_detected() -> None:
    texts = ["He works at a suppose tank.", "She spent it within the Center East.", "It rained.", "The {big|large} dog barked at the cat."]
    for text, score in zip(texts, Batch().score_batch(texts), strict=True):
        report = spinfix.detect(text)
        assert score.is_spun == (report.spun >= 0.5)
        assert score.spun == pytest.approx(report.spun, abs=0.05)


@pytest.mark.parametrize(
    "policy", [{}, {"spun_prior": 0.3}, {"spun_prior": 0.3, "threshold": 0.1}, {"spun_prior": 1e-6}, {"suggest": 0.01}]
)
def test_short_texts_are_scored_as_they_are_detected_whatever_the_policy(policy: dict[str, Any]) -> None:
    some = Batch(spinfix.Policy(**policy))
    texts = [*(part for part in ARTICLE.split("\n\n") if len(part.split()) < 60), "He works at a suppose tank.", "It rained."]
    assert len(texts) > 8
    for text, score in zip(texts, some.score_batch(texts), strict=True):
        assert score.spun == pytest.approx(spinfix.detect(text, some.policy).spun, abs=0.001)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        (f"<html><head><script>{ARTICLE}</script></head><body><p>It rained, and they went home.</p></body></html>", {"markup": "html"}),
        (ARTICLE, {"select": ("numbers",)}),
        (ARTICLE, {"ignore": ("news-blog", "getting-to-know", "synonyms", "thesaurus", "link-blog", "academic", "other", "names")}),
        ("\n\n".join(f'"{p}"' for p in ARTICLE.replace("“", "").replace("”", "").split("\n\n")), {"quotations": "keep"}),
        (ARTICLE, {"names": "keep"}),
        (f"# spinfix: off\n{ARTICLE}", {}),
    ],
    ids=["markup", "select", "ignore", "quotations", "names", "off"],
)
def test_what_is_not_read_does_not_count(text: str, policy: dict[str, Any]) -> None:
    batch = Batch(spinfix.Policy(**policy))
    (report,) = batch.detect_batch([text])
    for families in (False, True):
        (score,) = batch.score_batch([text], families=families)
        assert (score.words, score.is_spun) == (report.words, report.spun >= 0.5)
        assert score.spun == pytest.approx(report.spun, abs=0.05)


@pytest.mark.parametrize("policy", [{"select": ("numbrs",)}, {"ignore": ("numbrs",)}, {"language_model": "none.lm"}])
def test_a_mistaken_setting_is_one_on_clean_texts_too(policy: dict[str, Any]) -> None:
    for verb in (Batch(spinfix.Policy(**policy)).score_batch, Batch(spinfix.Policy(**policy)).restore_batch):
        with pytest.raises(spinfix.SpinfixError, match=r"did you mean 'numbers'|none\.lm: cannot be read"):
            verb(["It rained. " * 60])


def test_a_text_that_may_be_spun_is_read_where_most_are(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = spinfix.Policy(spun_prior=0.9)
    clean = [page["text"] for page in pages(40) if not page["is_spun"]]
    for beyond in (-0.1, -2.0):  # what a first look sees, below what it takes by default to be read
        seen = FirstLook(300, -1.0, 100, batch.SECOND_LOOK + beyond)
        monkeypatch.setattr(batch, "look_at_all", lambda texts, seen=seen: [seen] * len(texts))
        read: list[str] = []
        monkeypatch.setattr(batch, "report_on", lambda text, *_, read=read: read.append(text) or spinfix.detect("It rained."))
        assert not any(score.is_spun for score in Batch().score_batch(clean)) and not read
        Batch(policy).score_batch(clean)
        assert read == clean
    foreign = FirstLook(300, 5.0, 0, 5.0)
    monkeypatch.setattr(batch, "look_at_all", lambda texts: [foreign] * len(texts))
    assert not Batch(policy).score_batch(["Es regnet."])[0].is_spun
