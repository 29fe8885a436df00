"""Fixtures that several files of tests use."""

from __future__ import annotations

from pathlib import Path

import pytest
from shell import CLEAN, SPUN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a spun text, a clean one, an empty one, one that is no text, and an empty folder."""
    (tmp_path / "spun.txt").write_text(SPUN)
    (tmp_path / "clean.txt").write_text(CLEAN)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary").write_bytes(b"suppose tank\0\xff\n")
    (tmp_path / "folder").mkdir()
    return tmp_path
