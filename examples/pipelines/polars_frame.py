"""Score a column of a polars frame: is each text spun, and how densely.

    python examples/pipelines/polars_frame.py pages.jsonl scored.jsonl
"""

from __future__ import annotations

import sys
from dataclasses import asdict

import polars

from spinfix.batch import Batch

SCORE = polars.Struct({"words": polars.Int64, "spun": polars.Float64, "spin_rate": polars.Float64, "family": polars.String})


def scores(texts: polars.Series, batch: Batch) -> polars.Series:
    """A struct for each text: words, spun, spin_rate, family."""
    return polars.Series([asdict(score) for score in batch.score_batch(texts.to_list())], dtype=SCORE)


def scored(frame: polars.LazyFrame, batch: Batch) -> polars.LazyFrame:
    """The frame with a column ``spinfix`` beside its column ``text``."""
    return frame.with_columns(polars.col("text").map_batches(lambda texts: scores(texts, batch), return_dtype=SCORE).alias("spinfix"))


if __name__ == "__main__":
    source, target = sys.argv[1:]
    scored(polars.scan_ndjson(source), Batch()).sink_ndjson(target)
