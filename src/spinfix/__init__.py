"""spinfix finds synonym-spun text and restores what was meant.

>>> import spinfix
>>> spinfix.restore("He works at a suppose tank.")
'He works at a think tank.'
"""

from .api import Policy, detect, detect_many, explain, restore, revert
from .errors import ConfigurationError, InputError, ListError, ModelError, PatchError, PolicyError, RuleError, SpinfixError, WorkerError
from .patch import Patch
from .records import Alternative, Correction, Evidence, Failure, Finding, Span, Verdict
from .report import Report

__version__ = "0.1.0"

__all__ = [
    "Alternative",
    "ConfigurationError",
    "Correction",
    "Evidence",
    "Failure",
    "Finding",
    "InputError",
    "ListError",
    "ModelError",
    "Patch",
    "PatchError",
    "Policy",
    "PolicyError",
    "Report",
    "RuleError",
    "Span",
    "SpinfixError",
    "Verdict",
    "WorkerError",
    "detect",
    "detect_many",
    "explain",
    "restore",
    "revert",
]
