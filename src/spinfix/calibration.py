"""How often a posterior is right: the map from what the model says to what has been counted on texts whose originals are known.

Platt's method (J. Platt, 1999), for places with several readings: the odds of each reading against leaving the place alone are raised to
a power and shifted, so that readings keep their order and the sum stays below 1.  Both numbers depend on one thing that the document
tells: how probable it is that its spinner's table strays from the lists.  Where it follows them, as those of real spun pages do, the
posteriors are a little low; where it chooses evenly among all that is listed, they are surer than right.

``tools/fit_calibration.py`` fits the four numbers; ``calibration.json`` keeps them.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .lattice import Lattice
from .wordlists import package_file

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TINY: Final = 1e-12  # a probability that stands for none


class Calibration(NamedTuple):
    """The map.  ``slope`` is the power, ``shift`` is in nats; both for a table that follows the lists, and what straying adds."""

    slope: float
    shift: float
    slope_straying: float
    shift_straying: float

    def of_places(self, found: Floats, place: Ints, strays: float) -> Floats:
        """The posteriors ``found``, each of a reading of the place with the number in ``place``, as they should be.

        >>> even = Calibration(2.0, 0.0, 0.0, 0.0)
        >>> even.of_places(np.array([0.9, 0.5]), np.array([0, 1]), 0.0).round(2).tolist()
        [0.99, 0.5]
        """
        slope, shift = self.slope + strays * self.slope_straying, self.shift + strays * self.shift_straying
        kept = np.maximum(1 - np.bincount(place, weights=found), TINY)
        odds = np.exp(slope * (np.log(np.maximum(found, TINY)) - np.log(kept)[place]) + shift)
        calibrated: Floats = odds / (1 + np.bincount(place, weights=odds))[place]
        return calibrated

    def of(self, lattice: Lattice, found: Floats, strays: float) -> Floats:
        """The posteriors of the candidates of ``lattice`` as they should be; ``strays`` is the probability that the table does."""
        return self.of_places(found, lattice.place, strays)


NONE: Final = Calibration(1.0, 0.0, 0.0, 0.0)  # leaves posteriors as they are


@cache
def shipped_calibration() -> Calibration:
    """The fitted numbers of the package."""
    with package_file("calibration.json") as path:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Calibration(*(float(data[name]) for name in ("slope", "shift", "slope_straying", "shift_straying")))
