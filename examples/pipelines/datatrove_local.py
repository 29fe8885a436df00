"""Drop spun pages with datatrove and repair what is left, in several tasks on one machine.

    python examples/pipelines/datatrove_local.py pages/ out/ [TASKS]

On Slurm or Ray only the executor is another one.  Run it again after an interruption: finished tasks are passed over.
"""

from __future__ import annotations

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from spinfix.datatrove import SpunFilter, SpunRestorer


def main(source: str, target: str, tasks: int = 2) -> None:
    """Filter and repair the JSON lines below ``source``."""
    LocalPipelineExecutor(
        [
            JsonlReader(source),
            SpunFilter(spin_rate=0.3, exclusion_writer=JsonlWriter(f"{target}/dropped")),  # too dense to be worth repairing
            SpunRestorer(),
            JsonlWriter(f"{target}/kept"),
        ],
        tasks=tasks,
        logging_dir=f"{target}/logs",
    ).run()


if __name__ == "__main__":
    source, target, *more = sys.argv[1:]
    main(source, target, int(more[0]) if more else 2)
