"""Drop spun pages from a dask frame, partition by partition.

    python examples/pipelines/dask_frame.py pages.jsonl kept/*.jsonl
"""

from __future__ import annotations

import sys

import dask.dataframe
import pandas

from spinfix.batch import Batch


def unspun(part: pandas.DataFrame, batch: Batch) -> pandas.DataFrame:
    """The rows of a partition that were not spun."""
    return part.loc[[not score.is_spun for score in batch.score_batch(part["text"].tolist())]]  # `part[[]]` would be no columns


def kept(frame: dask.dataframe.DataFrame, batch: Batch) -> dask.dataframe.DataFrame:
    """The frame without spun pages."""
    return frame.map_partitions(unspun, batch, meta=frame._meta)


if __name__ == "__main__":
    source, target = sys.argv[1:]
    pages = dask.dataframe.read_json(source, lines=True, blocksize="16MB")
    kept(pages, Batch()).to_json(target, lines=True, compute_kwargs={"scheduler": "processes"})
