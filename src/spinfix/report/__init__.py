"""What was found, for people and machines: as records and strings, never printed.

``record`` holds the ``Report`` itself; ``formats`` the ways to write reports down, by name.  The formats are imported where they are
used: ``import spinfix`` needs none of them.
"""

from .record import VERSION, Report

__all__ = ["VERSION", "Report"]
