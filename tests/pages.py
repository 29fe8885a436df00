"""Pages for the tests of pipelines: made from a few sentences of our own, some of them spun, the same at every call."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

_SUBJECTS = ("The ministry", "A farmer from the valley", "The museum", "Our neighbour", "The team", "A nurse at the clinic", "The library")
_CLEAN = (
    "opened a new hall for the winter.", "wrote to the editor about the noise at night.", "has grown apples there for thirty years.",
    "will meet again on Thursday to talk about the roof.", "found the old map in a drawer.", "lost the key and had to wait outside.",
    "asked the children to draw the river.", "keeps bees behind the church.", "sold the boat to a friend of the family.",
)  # fmt: skip
_SPUN = (
    "mentioned in an announcement that arms gross sales within the Center East have been rising.",
    "informed a information convention that greater than twenty-four,000 folks misplaced their houses.",
    "labored for a suppose tank within the Nineteen Nineties, in response to officers.",
    "misplaced the struggle in opposition to the State Division final yr.",
    "mentioned the evaluate course of will be taught from well being care suppliers.",
)


def pages(number: int, *, spun_share: float = 0.1, seed: int = 1) -> Iterator[dict[str, Any]]:
    """``number`` pages as JSON objects: ``id``, ``url``, ``text`` and, for the test, ``is_spun``."""
    draw = random.Random(seed)
    for k in range(number):
        is_spun = draw.random() < spun_share
        sentences = [f"{draw.choice(_SUBJECTS)} {draw.choice(_SPUN if is_spun else _CLEAN)}" for _ in range(draw.randint(6, 14))]
        url = f"https://www.{draw.choice(('north', 'south', 'east'))}.example.org/{k}"
        yield {"id": f"page-{k:05d}", "url": url, "text": " ".join(sentences), "is_spun": is_spun}


def json_lines(some: Iterator[dict[str, Any]]) -> str:
    """One page a line."""
    return "".join(json.dumps(page) + "\n" for page in some)
