"""Restore a column of a Hugging Face dataset, and keep the way back beside it.

    python examples/pipelines/huggingface_datasets.py pages.jsonl restored.jsonl [PROCESSES]

`map` remembers what it has done by a fingerprint of the function; ours is made from the policy and from the versions of lists and
model, so a second run reads the cache, and a new version of spinfix does the work anew.
"""

from __future__ import annotations

import sys
from typing import Any

import datasets

from spinfix import Policy
from spinfix.batch import Batch


def repaired(rows: dict[str, list[Any]], batch: Batch) -> dict[str, list[Any]]:
    """The rows with restored texts, patches and scores."""
    done = batch.repair_batch(rows["text"])
    return {
        "text": [r.text for r in done],
        "spinfix_patch": [r.patch.to_json() if r.patch.corrections else "" for r in done],
        "spinfix_spun": [r.score.spun for r in done],
    }


def restored(dataset: datasets.Dataset, policy: Policy, processes: int = 1) -> datasets.Dataset:
    """The dataset with its column ``text`` restored."""
    batch = Batch(policy)
    return dataset.map(
        repaired,
        batched=True,
        batch_size=256,
        fn_kwargs={"batch": batch},
        new_fingerprint=batch.fingerprint(dataset._fingerprint),
        num_proc=processes if processes > 1 else None,
    )


if __name__ == "__main__":
    source, target, *more = sys.argv[1:]
    pages = datasets.load_dataset("json", data_files=source, split="train")
    restored(pages, Policy(), int(more[0]) if more else 1).to_json(target)
