"""Records, in all modules: they cannot be changed, hold nothing but their fields, and do not print a whole document."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
from collections.abc import Iterator

import numpy as np
import pytest

from spinfix.adaptation import Adapted
from spinfix.records import Alternative, Evidence, Finding, Span, Verdict
from spinfix.scoring import Scored

MODULES = ("adaptation", "decoder", "detection", "lattice", "patch", "records", "regions", "scoring", "text", "wordlists", "report.record")


def records() -> Iterator[type]:
    for name in MODULES:
        module = importlib.import_module(f"spinfix.{name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")):
                yield kind


@pytest.mark.parametrize("kind", [*records()], ids=lambda kind: kind.__name__)
def test_records_are_frozen_and_slotted(kind: type) -> None:
    assert issubclass(kind, tuple) or kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert all("__slots__" in vars(each) for each in kind.__mro__ if each not in (tuple, object))


def test_records_of_a_document_are_printed_without_what_is_as_long_as_it() -> None:
    many = np.zeros(3)
    adapted = repr(Adapted(0.5, 0.25, "academic", many, many, many, 1.0, many, many, many, 0.75))
    assert "0.5" in adapted and "0.25" in adapted and "array" not in adapted
    assert "findings" not in repr(Scored(0.5, 0.25, "academic", ()))
    assert Scored(0.5, 0.25, "academic", ()).strays == 0.0


def test_a_finding_is_the_same_in_another_process() -> None:
    alternatives, evidence = (Alternative("post", 0.25),), (Evidence("prior", -2.5, "why"), Evidence("channel", 0.0, "“how”"))
    for verdict in Verdict:
        given = Finding(Span(3, 6), 1, 4, "off\udc80", "ion", 0.5, verdict, "a/b", alternatives, evidence)
        for made in (pickle.loads(pickle.dumps(given)), copy.deepcopy(given)):
            assert made == given and type(made.verdict) is Verdict and hash(made) == hash(given)
