"""Score pages with Spark: a pandas UDF in its iterator form, which opens lists and model once a Python worker.

    spark-submit examples/pipelines/spark_frame.py pages.jsonl scored/
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict

import pandas
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import pandas_udf

from spinfix.batch import Batch


def scores(texts: Iterator[pandas.Series]) -> Iterator[pandas.DataFrame]:
    """A struct for each text: words, spun, spin_rate, family."""
    batch = Batch()
    for series in texts:
        rows = [asdict(score) for score in batch.score_batch(series.fillna("").tolist())]
        yield pandas.DataFrame(rows, columns=["words", "spun", "spin_rate", "family"])


def scored(pages: DataFrame) -> DataFrame:
    """The frame with a column ``spinfix`` beside its column ``text``."""
    score = pandas_udf("words long, spun double, spin_rate double, family string")(scores)
    return pages.withColumn("spinfix", score(pages["text"]))


if __name__ == "__main__":
    source, target = sys.argv[1:]
    spark = SparkSession.builder.appName("spinfix").getOrCreate()
    scored(spark.read.json(source)).write.json(target)
