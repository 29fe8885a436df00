"""Restore pages with Ray Data: one actor a core, which opens lists and model once.

    python examples/pipelines/ray_data.py pages.jsonl restored/ [ACTORS]
"""

from __future__ import annotations

import sys
from typing import Any

import numpy
import ray

from spinfix import Policy
from spinfix.batch import Batch


class Restorer:
    """A class, so that Ray keeps it alive from batch to batch."""

    def __init__(self, policy: Policy) -> None:
        self.batch = Batch(policy)

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """The rows with restored texts and patches."""
        done = self.batch.repair_batch(rows["text"].tolist())
        patches = [r.patch.to_json() if r.patch.corrections else "" for r in done]
        # as objects: an array of strings gives each the room of the longest, and loses NULs at their ends
        return {**rows, "text": numpy.array([r.text for r in done], object), "spinfix_patch": numpy.array(patches, object)}


def restored(pages: ray.data.Dataset, policy: Policy, actors: int = 1) -> ray.data.Dataset:
    """The dataset with its column ``text`` restored."""
    strategy = ray.data.ActorPoolStrategy(size=actors)
    return pages.map_batches(Restorer, fn_constructor_args=(policy,), compute=strategy, batch_size=256, batch_format="numpy")


if __name__ == "__main__":
    source, target, *more = sys.argv[1:]
    restored(ray.data.read_json(source, lines=True), Policy(), int(more[0]) if more else 1).write_json(target)
