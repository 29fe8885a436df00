"""A component for spaCy pipelines, the extra ``spinfix[spacy]``: findings as the span group ``doc.spans["spinfix"]``.

Installed, it is found by its name: ``nlp.add_pipe("spinfix")``.  A span carries the verdict as its label and the id of its finding;
``span._.spinfix`` is the finding and ``doc._.spinfix`` the report, as plain data in the published format, so that documents can be
stored.  With several components, each with a ``spans_key`` of its own, ``doc._.spinfix`` is the report of the group "spinfix", if there
is one.  Where a finding ends inside a token, the span is the whole token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from .api import Policy, detect

NAME: Final = "spinfix"


class Component:
    """Detects spun text in documents; changes neither their tokens nor their text."""

    def __init__(self, policy: Policy, spans_key: str = NAME) -> None:
        self.policy = policy
        self.spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        """``doc`` with its findings."""
        report = detect(doc.text, self.policy).to_dict()
        doc.user_data[_key(self.spans_key)] = report
        spans = []
        for finding in report["findings"]:
            span = doc.char_span(finding["start"], finding["end"], label=finding["verdict"], alignment_mode="expand")
            span.id_ = finding["id"]
            spans.append(span)
        doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=spans)
        return doc


def make(nlp: Language, name: str, policy: Mapping[str, Any], spans_key: str) -> Component:
    """The component, with the fields of ``Policy`` that differ from their defaults; ``PolicyError`` for a setting outside its range."""
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in policy.items()}
    return Component(Policy(**given), spans_key)


def _key(spans_key: str) -> str:
    """Where a document carries the report whose findings are the spans of this group."""
    return NAME if spans_key == NAME else f"{NAME}:{spans_key}"


def _reports(doc: Doc) -> list[dict[str, Any]]:
    """The reports on ``doc`` of all components, that of the group ``spinfix`` first."""
    keys = sorted(key for key in doc.user_data if isinstance(key, str) and (key == NAME or key.startswith(f"{NAME}:")))
    return [doc.user_data[key] for key in keys]


def _report(doc: Doc) -> dict[str, Any] | None:
    return next(iter(_reports(doc)), None)


def _finding(span: Span) -> dict[str, Any] | None:
    findings = (f for report in _reports(span.doc) for f in report["findings"])
    return next((f for f in findings if span.id_ and (f["id"], f["verdict"]) == (span.id_, span.label_)), None)


Language.factory(NAME, default_config={"policy": {}, "spans_key": NAME}, func=make)
Doc.set_extension(NAME, getter=_report, force=True)
Span.set_extension(NAME, getter=_finding, force=True)
