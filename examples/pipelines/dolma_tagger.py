"""A tagger for Dolma: `spinfix__spun` and `spinfix__spin_rate` of each document, and a span for each correction.

    dolma -c ... tag --taggers spinfix --tagger_modules examples/pipelines/dolma_tagger.py --documents ...

Its mixer can drop documents by the first two, or replace the spans.
"""

from __future__ import annotations

from dolma import BaseTagger, add_tagger
from dolma.core.data_types import DocResult, Document, Span

from spinfix import Verdict
from spinfix.batch import Batch


@add_tagger("spinfix")
class SpunTagger(BaseTagger):
    """Marks what a synonym spinner did."""

    def __init__(self) -> None:
        self.batch = Batch()

    def predict(self, doc: Document) -> DocResult:
        """The attributes of one document."""
        (report,) = self.batch.detect_batch([doc.text])
        end = len(doc.text)
        spans = [Span(0, end, "spun", report.spun), Span(0, end, "spin_rate", report.spin_rate)]
        spans += [Span(f.span.start, f.span.end, "restore", f.posterior) for f in report.findings if f.verdict is Verdict.RESTORE]
        return DocResult(doc=doc, spans=spans)
