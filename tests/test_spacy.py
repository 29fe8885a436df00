"""The spaCy component, on a blank English pipeline: no model is needed."""

from __future__ import annotations

import tomllib
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from spinfix import Policy, PolicyError, detect
from spinfix.errors import SpinfixError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of spaCy's own dependencies
    spacy = pytest.importorskip("spacy", reason="it is in the extra 'spacy'")
    component = import_module("spinfix.spacy_component")

ROOT = Path(__file__).parent.parent
SPUN = "The analyst works at a suppose tank in the Center East, officers mentioned."
CLEAN = "It rained all day, and the children stayed at home."


@pytest.fixture(scope="module")
def nlp() -> Any:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("spinfix")
    return pipeline


def test_findings_are_a_span_group(nlp: Any) -> None:
    report = detect(SPUN)
    doc = nlp(SPUN)
    spans = doc.spans["spinfix"]
    assert [(s.text, s.label_, s.id_) for s in spans] == [(f.observed, str(f.verdict), f.id) for f in report.findings]
    assert [s._.spinfix["intended"] for s in spans] == [f.intended for f in report.findings]
    assert len(spans) >= 4


def test_the_document_carries_the_report_and_keeps_its_text(nlp: Any) -> None:
    doc = nlp(SPUN)
    assert doc._.spinfix == detect(SPUN).to_dict()
    assert doc.text == SPUN
    assert doc[0:2]._.spinfix is None


def test_a_clean_document_has_an_empty_group(nlp: Any) -> None:
    doc = nlp(CLEAN)
    assert len(doc.spans["spinfix"]) == 0
    assert spacy.blank("en")(CLEAN)._.spinfix is None


def test_documents_stream_and_can_be_stored(nlp: Any) -> None:
    docs = list(nlp.pipe([SPUN, CLEAN, SPUN]))
    assert [len(d.spans["spinfix"]) for d in docs] == [len(docs[0].spans["spinfix"]), 0, len(docs[0].spans["spinfix"])]
    stored = spacy.tokens.Doc(nlp.vocab).from_bytes(docs[0].to_bytes())
    assert [s._.spinfix["intended"] for s in stored.spans["spinfix"]] == [s._.spinfix["intended"] for s in docs[0].spans["spinfix"]]


def test_a_finding_inside_a_token_takes_the_whole_token() -> None:
    pipeline = spacy.blank("en")
    pipeline.tokenizer = lambda text: spacy.tokens.Doc(pipeline.vocab, words=text.split(" "), spaces=[True] * text.count(" ") + [False])
    pipeline.add_pipe("spinfix")
    doc = pipeline(SPUN)
    assert [s.text for s in doc.spans["spinfix"]][-1] == "mentioned."


def test_the_policy_and_the_key_can_be_set() -> None:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("spinfix", config={"policy": {"threshold": 0.999}, "spans_key": "spun"})
    doc = pipeline(SPUN)
    strict = detect(SPUN, Policy(threshold=0.999))
    assert [s.label_ for s in doc.spans["spun"]] == [str(f.verdict) for f in strict.findings]
    with pytest.raises(PolicyError):
        spacy.blank("en").add_pipe("spinfix", config={"policy": {"threshold": 2}})


def test_two_components_keep_their_findings_apart() -> None:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("spinfix")
    pipeline.add_pipe("spinfix", name="some", config={"policy": {"ignore_words": ["suppose"]}, "spans_key": "some"})
    doc = pipeline(SPUN)
    doc = spacy.tokens.Doc(pipeline.vocab).from_bytes(doc.to_bytes())
    for key, policy in (("spinfix", Policy()), ("some", Policy(ignore_words=("suppose",)))):
        assert [span._.spinfix for span in doc.spans[key]] == detect(SPUN, policy).to_dict()["findings"]
    assert doc._.spinfix == detect(SPUN).to_dict()


def test_spacy_finds_the_component_by_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    where = project["entry-points"]["spacy_factories"]["spinfix"]
    module, _, name = where.partition(":")
    assert getattr(import_module(module), name) is component.make
    assert issubclass(PolicyError, SpinfixError)
