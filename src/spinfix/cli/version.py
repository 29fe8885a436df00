"""``--version``: of spinfix, of its language model, of its lists."""

from __future__ import annotations

from .. import __version__
from ..identity import lists_digest, model_digest


def tell_versions() -> None:
    """Print them."""
    print(f"spinfix {__version__}\nlanguage model {model_digest()}\nlists {lists_digest()}")
