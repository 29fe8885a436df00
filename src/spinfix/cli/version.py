"""``--version``: of spinfix, of its language model, of its lists."""

from __future__ import annotations

from .. import __version__
from ..identity import lists_digest, model_digest
from .files import write


def tell_versions() -> None:
    """Print them."""
    write(f"spinfix {__version__}\nlanguage model {model_digest()}\nlists {lists_digest()}\n".encode())
