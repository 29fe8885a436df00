"""The recipes of examples/pipelines, each on its engine.

    pip install -e '.[test,engines]' && python -m pytest -m engines tests/test_recipes.py

Where an engine is not installed its test is passed over.  Dolma asks for older versions than the others can use: test its recipe in an
environment of its own, with ``pip install -e . pytest hypothesis dolma``.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import json_lines, pages

import spinfix
from spinfix.batch import Batch

FOLDER = Path(__file__).parents[1] / "examples" / "pipelines"
PAGES = list(pages(300, spun_share=0.1))
TEXTS = [page["text"] for page in PAGES]

pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The pages as JSON lines."""
    path = tmp_path_factory.mktemp("pages") / "pages.jsonl"
    path.write_text(json_lines(iter(PAGES)), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def restored() -> list[str]:
    return Batch().restore_batch(TEXTS)


def recipe(name: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip(engine, reason=f"{engine} is not installed: pip install 'spinfix[engines]'")
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module(name)


def test_hugging_face_datasets(source: str, restored: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    made = recipe("huggingface_datasets", "datasets", monkeypatch)
    dataset = made.datasets.load_dataset("json", data_files=source, split="train", cache_dir=str(tmp_path))
    done = made.restored(dataset, spinfix.Policy())
    assert list(done["text"]) == restored
    for text, patch, given in zip(done["text"], done["spinfix_patch"], TEXTS, strict=True):
        assert (spinfix.revert(text, patch) if patch else text) == given
    again = made.restored(dataset, spinfix.Policy())
    assert again._fingerprint == done._fingerprint
    assert again.cache_files == done.cache_files  # the work was done once
    assert made.restored(dataset, spinfix.Policy(threshold=0.9))._fingerprint != done._fingerprint


def test_polars(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = recipe("polars_frame", "polars", monkeypatch)
    frame = made.scored(made.polars.scan_ndjson(source), Batch()).collect()
    assert [row["spun"] >= 0.5 for row in frame["spinfix"]] == [page["is_spun"] for page in PAGES]
    assert frame["text"].to_list() == TEXTS


def test_dask(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = recipe("dask_frame", "dask.dataframe", monkeypatch)
    pages_ = made.dask.dataframe.read_json(source, lines=True, blocksize="32kB")
    assert pages_.npartitions > 1
    kept = made.kept(pages_, Batch()).compute(scheduler="threads")
    assert sorted(kept["id"]) == [page["id"] for page in PAGES if not page["is_spun"]]
    assert list(made.unspun(kept[:0], Batch()).columns) == list(kept.columns)


def test_ray(source: str, restored: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(FOLDER))  # the actors import the recipe, too
    made = recipe("ray_data", "ray.data", monkeypatch)
    made.ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        rows = made.restored(made.ray.data.read_json(source, lines=True), spinfix.Policy(), 1).take_all()
    finally:
        made.ray.shutdown()
    assert [row["text"] for row in sorted(rows, key=lambda row: str(row["id"]))] == restored
    texts = made.numpy.array(["It rained.\0", "He works at a suppose tank."], object)
    assert made.Restorer(spinfix.Policy())({"text": texts})["text"].tolist() == ["It rained.\0", "He works at a think tank."]
    with pytest.raises(spinfix.InputError, match="document 0 of the batch: expected a text, found NoneType"):
        made.Restorer(spinfix.Policy())({"text": made.numpy.array([None], object)})


def test_spark(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(FOLDER))  # the Python workers import the recipe, too
    made = recipe("spark_frame", "pyspark.sql", monkeypatch)
    spark = made.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        rows = made.scored(spark.read.json(source)).select("id", "spinfix.spun").collect()
    finally:
        spark.stop()
    assert {row["id"] for row in rows if row["spun"] >= 0.5} == {page["id"] for page in PAGES if page["is_spun"]}


def test_dolma(monkeypatch: pytest.MonkeyPatch) -> None:
    made = recipe("dolma_tagger", "dolma", monkeypatch)
    tagger = made.SpunTagger()
    for page in PAGES[:40]:
        found = tagger.predict(made.Document(source="test", id=page["id"], text=page["text"]))
        spun = next(span for span in found.spans if span.type == "spun")
        assert (spun.score >= 0.5) == page["is_spun"]
        assert any(span.type == "restore" for span in found.spans) == page["is_spun"]


def test_datatrove(source: str, tmp_path: Path) -> None:
    pytest.importorskip("datatrove", reason="datatrove is not installed")
    command = [sys.executable, str(FOLDER / "datatrove_local.py"), str(Path(source).parent), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    stats = json.loads((tmp_path / "logs" / "stats.json").read_text(encoding="utf-8"))
    assert stats[0]["stats"]["documents"]["total"] == len(PAGES)
