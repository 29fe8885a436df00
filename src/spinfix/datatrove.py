"""Steps for datatrove, the pipeline of data curators (the extra ``spinfix[datatrove]``): drop spun pages, repair them, or count them.

    pipeline=[JsonlReader("pages"), SpunFilter(exclusion_writer=JsonlWriter("spun")), JsonlWriter("kept")]

Each is an ordinary step: it runs locally, on Slurm and on Ray, in any number of tasks; a task that was interrupted is done anew by the
executor.  Lists and model are opened once a process.  A document whose text is no text is counted (``not_text``), named in the log, and
passed over; the filter drops it for that reason, as the steps behind could not hold it.  One whose markup cannot be read (``not_read``) is
passed over, too, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final, TypeVar

from datatrove.data import Document, DocumentsPipeline
from datatrove.io import DataFolderLike
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.stats.base import BaseStats
from datatrove.pipeline.stats.config import DEFAULT_TOP_K_CONFIG, GROUP, STAT_TYPE, TopKConfig
from datatrove.pipeline.writers.disk_base import DiskWriter
from datatrove.utils.logging import logger
from datatrove.utils.typeshelper import StatHints

from .api import DEFAULT, Policy, revert
from .batch import CALLED_SPUN, Batch, Restoration, SpunScore, one_by_one
from .errors import MarkupError, PolicyError
from .patch import Patch

KEY: Final = "spinfix"  # of a document's metadata
BATCH: Final = 64  # documents

NOT_TEXT: Final = "not_text"
NOT_READ: Final = "not_read"

Result = TypeVar("Result")
Verdict = bool | tuple[bool, str]


class SpunFilter(BaseFilter):
    """Drop documents that were spun; the reason for the exclusion writer names the family.

    A document goes if it was spun with at least the probability ``spun`` and at least the share ``spin_rate`` of its changeable words
    was changed.  ``PolicyError`` for a bound outside 0 to 1, and for a ``batch_size`` below 1.
    """

    name = "🧶 spun text"

    def __init__(
        self,
        policy: Policy = DEFAULT,
        *,
        spun: float = CALLED_SPUN,
        spin_rate: float = 0.0,
        exclusion_writer: DiskWriter | None = None,
        batch_size: int = BATCH,
    ) -> None:
        super().__init__(exclusion_writer, _size(batch_size))
        for name, value in (("spun", spun), ("spin_rate", spin_rate)):
            if not isinstance(value, int | float) or not 0 <= value <= 1:
                raise PolicyError(f"{name}: expected a share between 0 and 1, found {value!r}")
        self.batch, self.spun, self.spin_rate = Batch(policy), spun, spin_rate

    def filter(self, doc: Document) -> Verdict:
        """Whether to keep one document, or why not."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: Sequence[Document]) -> list[Verdict]:
        """Whether to keep each document, or why not."""
        return [self._verdict(score) for score in _each(self, partial(self.batch.score_batch, families=True), batch)]

    def _verdict(self, score: SpunScore | str) -> Verdict:
        if isinstance(score, str):
            return (False, score) if score == NOT_TEXT else True
        is_spun = score.spun >= self.spun and score.spin_rate >= self.spin_rate
        return (False, f"spun_{score.family or 'unknown'}") if is_spun else True


class SpunRestorer(PipelineStep):
    """Put back what was meant, in the documents that hold something to restore.

    Every document gets ``metadata["spinfix"]``: the score of the text as given (``spun``, ``spin_rate``, ``family``), the number of
    ``corrections``, and in ``patch`` the way back as JSON ("" where nothing was changed); ``SpunReverter`` goes it.  Where a document was
    restored before, and not changed since, the way back leads on to where it came from then.
    """

    type = "✂️ - FORMAT"
    name = "🧶 restore spun text"

    def __init__(self, policy: Policy = DEFAULT, *, batch_size: int = BATCH) -> None:
        super().__init__()
        self.batch, self.batch_size = Batch(policy), _size(batch_size)

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Restore the documents of ``data`` as they come."""
        for batch in _batches(data, self.batch_size):
            with self.track_time("batch"):
                repaired = _each(self, self.batch.repair_batch, batch)
            for doc, restoration in zip(batch, repaired, strict=True):
                if not isinstance(restoration, str):
                    self._put(doc, restoration)
                    self.update_doc_stats(doc)
            for doc in batch:
                self.stat_update(StatHints.total)
                yield doc

    def _put(self, doc: Document, restoration: Restoration) -> None:
        made, patch = len(restoration.patch.corrections), restoration.patch
        earlier = _way_back(doc)
        if earlier and earlier.sha256_after == patch.sha256_before:
            patch = earlier.then(patch, doc.text)
        doc.metadata[KEY] = {
            **_facts(restoration.score),
            "corrections": len(patch.corrections),
            "patch": patch.to_json() if patch.corrections else "",
        }
        if made:
            doc.text = restoration.text
            self.stat_update("restored")
            self.stat_update("corrections", value=made)


class SpunReverter(PipelineStep):
    """Take back what ``SpunRestorer`` did: the texts as they were, to the code point; ``PatchError`` for one changed since."""

    type = "✂️ - FORMAT"
    name = "🧶 revert restored text"

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Revert the documents of ``data`` as they come."""
        for doc in data or ():
            self.stat_update(StatHints.total)
            if patch := _way_back(doc):
                doc.text = revert(doc.text, patch)
                self.stat_update("reverted")
            doc.metadata.pop(KEY, None)
            yield doc


class SpunStats(BaseStats):
    """How many documents are spun, how densely, and by which family; by domain (group ``fqdn``) where documents have a ``url``.

    ``spun`` (1 or 0) means in the summary the share of spun documents, ``spin_rate`` in the histogram their density, and
    ``spun_FAMILY`` the share of each family.  Merge the tasks' files with datatrove's ``StatsMerger``.
    """

    name = "🧶 spun text"

    def __init__(
        self,
        output_folder: DataFolderLike,
        policy: Policy = DEFAULT,
        *,
        groups_to_compute: list[GROUP] | None = None,
        histogram_round_digits: int = 2,
        top_k_config: TopKConfig = DEFAULT_TOP_K_CONFIG,
    ) -> None:
        from tldextract import TLDExtract

        super().__init__(output_folder, groups_to_compute, histogram_round_digits, top_k_config)
        self.tld_extractor = TLDExtract(suffix_list_urls=())  # the list in the package: no network
        self.batch = Batch(policy)

    def extract_stats(self, doc: Document) -> dict[str, int | float]:
        """The statistics of one document."""
        (score,) = _each(self, partial(self.batch.score_batch, families=True), [doc])
        if isinstance(score, str):
            return {score: 1}
        found: dict[str, int | float] = {"words": score.words, "spun": int(score.is_spun), "spin_rate": score.spin_rate}
        if score.is_spun:
            found[f"spun_{score.family or 'unknown'}"] = 1
        return found

    def get_kv(self, doc: Document, value: STAT_TYPE, group_name: GROUP) -> tuple[str, Any]:
        """The key and value of a statistic in a group; a document without a ``url`` counts for no domain."""
        if group_name == "histogram" and not isinstance(doc.text, str):
            return str(value), 1
        if group_name in ("fqdn", "suffix") and not {group_name, "url"} & doc.metadata.keys():
            return "", value
        found: tuple[str, Any] = super().get_kv(doc, value, group_name)
        return found


def _way_back(doc: Document) -> Patch | None:
    """The patch that an earlier ``SpunRestorer`` left with ``doc``, if there is one; ``PatchError`` for what is none."""
    known = doc.metadata.get(KEY)
    patch = known.get("patch") if isinstance(known, dict) else None
    return Patch.from_json(patch) if patch else None


def _facts(score: SpunScore) -> dict[str, Any]:
    return {"spun": round(score.spun, 6), "spin_rate": round(score.spin_rate, 4), "family": score.family}


def _each(step: PipelineStep, verb: Callable[[list[str]], Sequence[Result]], batch: Sequence[Document]) -> list[Result | str]:
    """What ``verb`` gives for each document; for one that it cannot be asked about the reason, which is counted, and named in the log."""
    texts = [doc.text for doc in batch if isinstance(doc.text, str)]
    results = iter(one_by_one(verb, texts))
    found: list[Result | str] = []
    for doc in batch:
        result = next(results) if isinstance(doc.text, str) else TypeError(f"expected a text, found {type(doc.text).__name__}")
        if isinstance(result, Exception):
            reason = NOT_READ if isinstance(result, MarkupError) else NOT_TEXT
            step.stat_update(reason)
            logger.warning(f"{doc.id}: {result}; passed over")
            found.append(reason)
        else:
            found.append(result)
    return found


def _size(batch_size: int) -> int:
    """``batch_size``; ``PolicyError`` for one that holds no document, with which none would come out at the other end."""
    if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < 1:
        raise PolicyError(f"batch_size: expected a whole number of documents above 0, found {batch_size!r}")
    return batch_size


def _batches(data: Iterable[Document] | None, size: int) -> Iterator[list[Document]]:
    documents = iter(data or ())
    while batch := list(islice(documents, size)):
        yield batch
