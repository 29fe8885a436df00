"""The shipped rules, one family a file.  Adding a file here and a line below is all it takes."""

from . import agreement, leftovers, numbers
from .engine import Rule, declared, rule

__all__ = ["Rule", "agreement", "declared", "leftovers", "numbers", "rule"]
