"""spinfix finds synonym-spun text and restores what was meant.

>>> import spinfix
>>> spinfix.restore("He works at a suppose tank.")
'He works at a think tank.'
"""

TYPE_CHECKING = False  # not from `typing`, which takes a while to load
if TYPE_CHECKING:
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

_WHERE = {  # imported when they are asked for: most of what a shell asks, `spinfix --version` and wrong usage, needs none of them
    "api": ("Policy", "detect", "detect_many", "explain", "restore", "revert"),
    "errors": (
        "ConfigurationError", "InputError", "ListError", "ModelError", "PatchError", "PolicyError", "RuleError", "SpinfixError",
        "WorkerError",
    ),
    "patch": ("Patch",),
    "records": ("Alternative", "Correction", "Evidence", "Failure", "Finding", "Span", "Verdict"),
    "report": ("Report",),
}  # fmt: skip

if not TYPE_CHECKING:  # a checker is to see the imports above, and that there is nothing else

    def __getattr__(name: str) -> object:
        from importlib import import_module

        for module, names in _WHERE.items():
            if name == module or name in names:
                found = import_module(f"{__name__}.{module}")
                value: object = found if name == module else getattr(found, name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, *_WHERE})
