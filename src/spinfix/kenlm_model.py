"""Bring a bigger language model of your own: any file that the ``kenlm`` package reads (the extra ``spinfix[kenlm]``).

The model is asked for the forms that ``spinfix.text`` cuts (lower case, numbers by class), so it should be estimated on text that was
cut so: lines of ``" ".join(spinfix.text.tokenize(line).forms)``, which is what ``lmplz`` wants.  Many times slower than the packed model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from .errors import ModelError
from .fuse import Keys
from .language_model import BEGIN, Floats, Indices, Words
from .text import FORMS

_NATS: Final = math.log(10)  # KenLM counts in powers of ten
CACHED: Final = 100_000  # states that are kept: some 100 bytes each


class KenlmModel:
    """A ``LanguageModel`` over a KenLM file.  Keys of words are their numbers in the order met; keys of pairs hold two of them."""

    def __init__(self, path: Path) -> None:
        try:
            import kenlm
        except ImportError:
            raise ModelError(f"{path}: reading a KenLM model needs the package kenlm: pip install 'spinfix[kenlm]'") from None
        try:
            config = kenlm.Config()
            config.show_progress, config.arpa_complain = False, kenlm.ARPALoadComplain.NONE  # standard error is not KenLM's
            self._model: Any = kenlm.Model(str(path), config)
        except (OSError, RuntimeError) as error:
            raise ModelError(f"{path}: expected a KenLM model or an ARPA file: {error}") from None
        self._new_state = kenlm.State
        self._number: dict[str, int] = {}
        self._forms: list[str] = []
        self._numbering = Lock()  # two threads must not give one number to two words
        self._after: dict[int, Any] = {}  # the state after a pair

    def words(self, surfaces: Sequence[str]) -> Words:
        """Look words up by their surfaces (or forms)."""
        numbers = [self._known(FORMS[s]) for s in surfaces]
        empty = self._empty()
        log_prob = np.array([self._step(empty, n)[0] for n in numbers])
        return Words(np.array(numbers, dtype=np.uint64), log_prob, np.zeros(len(numbers)), np.zeros(len(numbers)))

    def pairs(self, words: Words, first: Indices, second: Indices) -> tuple[Floats, Floats, Keys]:
        """log p(second | first) for pairs of indices into ``words``; no back-off weight is needed, as no triple falls back."""
        keys = (words.keys[first] << np.uint64(32)) | words.keys[second]
        found: dict[int, float] = {}
        if len(self._after) > CACHED:
            self._after = {}
        for key in np.unique(keys).tolist():
            found[key], self._after[key] = self._pair(key)
        return np.array([found[key] for key in keys.tolist()]), np.zeros(len(keys)), keys

    def triples(self, pair_keys: Keys, third_keys: Keys, fallback: Floats) -> Floats:
        """log p(third | pair)."""
        asked: dict[tuple[int, int], float] = {}
        result = np.empty(len(pair_keys))
        for k, (pair, third) in enumerate(zip(pair_keys.tolist(), third_keys.tolist(), strict=True)):
            if (pair, third) not in asked:
                state = self._after.get(pair)  # forgotten meanwhile, perhaps
                asked[pair, third] = self._step(self._pair(pair)[1] if state is None else state, third)[0]
            result[k] = asked[pair, third]
        return result

    def _known(self, form: str) -> int:
        number = self._number.get(form)
        if number is None:
            with self._numbering:
                number = self._number.get(form)
                if number is None:
                    number = len(self._forms)
                    self._forms.append(form)
                    self._number[form] = number
        return number

    def _pair(self, key: int) -> tuple[float, Any]:
        """log p of the second word of a pair after the first, and the state after both."""
        return self._step(self._alone(key >> 32), key & 0xFFFFFFFF)

    def _step(self, state: Any, number: int) -> tuple[float, Any]:
        out = self._new_state()
        return self._model.BaseScore(state, self._forms[number], out) * _NATS, out

    def _empty(self) -> Any:
        state = self._new_state()
        self._model.NullContextWrite(state)
        return state

    def _alone(self, number: int) -> Any:
        if self._forms[number] == BEGIN:
            state = self._new_state()
            self._model.BeginSentenceWrite(state)
            return state
        return self._step(self._empty(), number)[1]
