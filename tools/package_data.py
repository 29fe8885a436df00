"""The data of the package, as tools write it."""

from __future__ import annotations

import os

from spinfix.wordlists import DATA


def put(name: str, data: bytes) -> None:
    """Put ``data`` in the place of the file ``name``, all at once: other processes may have the old one mapped, and keep it."""
    fresh = DATA / f"{name}.new"
    fresh.write_bytes(data)
    os.replace(fresh, DATA / name)
