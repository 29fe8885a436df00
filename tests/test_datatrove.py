"""The steps for datatrove, by its local executor: over JSON lines and Parquet, in several tasks and workers, interrupted and resumed."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pages import json_lines, pages

import spinfix

pytest.importorskip("datatrove.pipeline.stats", reason="datatrove is not installed: pip install 'spinfix[datatrove]'")

from datatrove.data import Document, DocumentsPipeline
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader, ParquetReader
from datatrove.pipeline.stats import StatsMerger
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

from spinfix.datatrove import KEY, SpunFilter, SpunRestorer, SpunReverter, SpunStats

NUMBER = 2000
TASKS = 4
PAGES = {page["id"]: page for page in pages(NUMBER, spun_share=0.05)}
SPUN = {key for key, page in PAGES.items() if page["is_spun"]}

pytestmark = pytest.mark.filterwarnings("default")  # of datatrove and what it imports


class StopOnce(PipelineStep):  # type: ignore[misc, unused-ignore]
    """A power cut: stops one task in the middle, the first time."""

    name = "stop once"

    def __init__(self, mark: str, rank: int, after: int) -> None:
        super().__init__()
        self.mark, self.rank, self.after = mark, rank, after

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Pass ``data`` on, up to the cut."""
        for k, doc in enumerate(data or ()):
            if rank == self.rank and k == self.after and not Path(self.mark).exists():
                Path(self.mark).touch()
                raise RuntimeError("the power is cut")
            yield doc


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages in eight files."""
    folder = tmp_path_factory.mktemp("crawl")
    some = list(PAGES.values())
    for k in range(8):
        (folder / f"{k}.jsonl").write_text(json_lines(iter(some[k::8])), encoding="utf-8")
    return folder


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """All documents below ``folder`` by id; none may stand there twice."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.rglob("*.jsonl.gz")):
        for line in gzip.decompress(file.read_bytes()).decode().splitlines():
            doc = json.loads(line)
            assert doc["id"] not in found
            found[doc["id"]] = doc
    return found


def run(*steps: PipelineStep, logs: Path, workers: int = 2) -> None:
    LocalPipelineExecutor(list(steps), tasks=TASKS, workers=workers, logging_dir=str(logs)).run()


def merged(logs: Path, step: str) -> dict[str, Any]:
    """The engine's own statistics of a step, over all tasks."""
    every = json.loads((logs / "stats.json").read_text(encoding="utf-8"))
    return next(entry["stats"] for entry in every if step in entry["name"])


def total(value: Any) -> int:
    return int(value["total"] if isinstance(value, dict) else value)


def test_spun_pages_are_dropped_with_a_reason(crawl: Path, tmp_path: Path) -> None:
    spun = JsonlWriter(str(tmp_path / "spun"))
    run(JsonlReader(str(crawl)), SpunFilter(exclusion_writer=spun), JsonlWriter(str(tmp_path / "kept")), logs=tmp_path / "logs")
    kept, dropped = read(tmp_path / "kept"), read(tmp_path / "spun")
    assert dropped.keys() == SPUN
    assert kept.keys() == PAGES.keys() - SPUN
    assert all(doc["text"] == PAGES[key]["text"] for key, doc in (kept | dropped).items())
    reasons = Counter(doc["metadata"]["filter_reason"] for doc in dropped.values())
    assert reasons["spun_news-blog"] > len(SPUN) / 2  # a page of a few sentences may look like another family's
    stats = merged(tmp_path / "logs", "spun text")
    assert total(stats["total"]) == NUMBER
    assert total(stats["dropped"]) == len(SPUN)
    assert {reason: total(stats[f"dropped_{reason}"]) for reason in reasons} == dict(reasons)


def test_an_interrupted_repair_goes_on_and_nothing_is_lost_or_done_twice(crawl: Path, tmp_path: Path) -> None:
    def repair(name: str, *more: PipelineStep, workers: int) -> None:
        writer = JsonlWriter(str(tmp_path / name))
        run(JsonlReader(str(crawl)), *more, SpunRestorer(), writer, logs=tmp_path / f"{name}-logs", workers=workers)

    repair("whole", workers=1)
    cut = StopOnce(str(tmp_path / "cut"), rank=2, after=300)
    with pytest.raises(RuntimeError, match="the power is cut"):
        repair("resumed", cut, workers=2)
    repair("resumed", cut, workers=2)
    whole, resumed = read(tmp_path / "whole"), read(tmp_path / "resumed")
    assert whole.keys() == PAGES.keys()
    assert resumed == whole
    changed = {key for key, doc in whole.items() if doc["metadata"][KEY]["corrections"]}
    assert changed == SPUN
    for key, doc in whole.items():
        patch = doc["metadata"][KEY]["patch"]
        assert (spinfix.revert(doc["text"], patch) if patch else doc["text"]) == PAGES[key]["text"]
    stats = merged(tmp_path / "whole-logs", "restore")
    assert total(stats["total"]) == NUMBER
    assert total(stats["restored"]) == len(SPUN)


def test_parquet_there_and_back(crawl: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    run(JsonlReader(str(crawl)), SpunRestorer(), ParquetWriter(str(tmp_path / "parquet")), logs=tmp_path / "a")
    run(ParquetReader(str(tmp_path / "parquet")), SpunReverter(), JsonlWriter(str(tmp_path / "back")), logs=tmp_path / "b")
    back = read(tmp_path / "back")
    assert {key: doc["text"] for key, doc in back.items()} == {key: page["text"] for key, page in PAGES.items()}
    assert not any(KEY in doc["metadata"] for doc in back.values())
    assert total(merged(tmp_path / "b", "revert")["reverted"]) == len(SPUN)


def test_statistics_by_domain(crawl: Path, tmp_path: Path) -> None:
    run(JsonlReader(str(crawl)), SpunStats(str(tmp_path / "stats")), logs=tmp_path / "a")
    LocalPipelineExecutor([StatsMerger(str(tmp_path / "stats"), str(tmp_path / "merged"))], logging_dir=str(tmp_path / "b")).run()

    def metric(group: str, stat: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((tmp_path / "merged" / group / stat / "metric.json").read_text(encoding="utf-8"))
        return found

    assert metric("summary", "spun")["summary"]["total"] == len(SPUN)
    assert len(SPUN) / 2 < metric("summary", "spun_news-blog")["summary"]["total"] <= len(SPUN)
    domains = metric("fqdn", "spun")
    assert domains.keys() == {"www.north.example.org", "www.south.example.org", "www.east.example.org"}
    assert sum(value["total"] for value in domains.values()) == len(SPUN)
    densities = {float(rate): total(number) for rate, number in metric("histogram", "spin_rate").items()}
    assert sum(densities.values()) == NUMBER
    assert sum(number for rate, number in densities.items() if rate > 0.05) == len(SPUN)


def test_what_is_no_text_is_counted_and_passed_over(tmp_path: Path) -> None:
    documents = [Document("He works at a suppose tank.", "a"), Document(5, "b"), Document("He works at a bank.", "c")]
    restorer = SpunRestorer()
    assert [doc.text for doc in restorer(iter(documents))] == ["He works at a think tank.", 5, "He works at a bank."]
    assert restorer.stats["not_text"].total == 1
    spun = SpunFilter()
    assert spun.filter_batch([Document(None, "d"), Document("He works at a bank.", "e")]) == [(False, "not_text"), True]
    assert SpunStats(str(tmp_path)).extract_stats(Document(b"bytes", "f")) == {"not_text": 1}


def test_what_cannot_be_read_is_counted_and_passed_over(tmp_path: Path) -> None:
    policy = spinfix.Policy(markup="html")
    texts = ["<p>He works at a suppose tank.</p>", "<p " * 300, "<p>It rained.</p>"]
    restorer, spun = SpunRestorer(policy), SpunFilter(policy)
    done = list(restorer(Document(text, str(k)) for k, text in enumerate(texts)))
    assert [doc.text for doc in done] == ["<p>He works at a think tank.</p>", *texts[1:]]
    assert [KEY in doc.metadata for doc in done] == [True, False, True]
    assert spun.filter_batch([Document(texts[1], "a"), Document(texts[2], "b")]) == [True, True]
    assert restorer.stats["not_read"].total == spun.stats["not_read"].total == 1
    assert SpunStats(str(tmp_path), policy).extract_stats(Document(texts[1], "a")) == {"not_read": 1}


def test_bounds_are_checked_and_hold() -> None:
    page = next(page for page in PAGES.values() if page["is_spun"])
    assert SpunFilter(spin_rate=0.999).filter(Document(page["text"], "a")) is True
    with pytest.raises(spinfix.PolicyError, match="spin_rate: expected a share between 0 and 1, found 7"):
        SpunFilter(spin_rate=7)
    with pytest.raises(spinfix.PolicyError, match="spun: expected a share between 0 and 1, found 'much'"):
        SpunFilter(spun="much")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a Policy, found dict"):
        SpunRestorer({"threshold": 0.9})  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [SpunFilter, SpunRestorer])
@pytest.mark.parametrize("size", [0, -1, 2.5, None, "64", True])
def test_a_batch_without_room_for_a_document_is_refused(step: type[PipelineStep], size: object) -> None:
    with pytest.raises(spinfix.PolicyError, match=re.escape(f"batch_size: expected a whole number of documents above 0, found {size!r}")):
        step(batch_size=size)


def test_a_document_that_is_restored_twice_leads_back_to_where_it_came_from() -> None:
    given = "He works at a suppose tank. Twenty-four,000 rifles were sold within the Center East, officers mentioned."
    doc = Document(text=given, id="a", metadata={KEY: "somebody else's"})
    made = []
    for policy in (spinfix.Policy(select=("numbers",)), spinfix.Policy(), spinfix.Policy()):
        list(SpunRestorer(policy).run(iter([doc])))
        made.append((doc.text, doc.metadata[KEY]["corrections"]))
    assert len({text for text, _ in made}) == 2 and [count for _, count in made] == [1, made[1][1], made[1][1]]
    list(SpunReverter().run(iter([doc])))
    assert doc.text == given and KEY not in doc.metadata
