"""What can go wrong, all under ``SpinfixError``.  Messages say what was expected, what came, and where."""


class SpinfixError(Exception):
    """Base of every error that spinfix raises on purpose."""


class PatchError(SpinfixError):
    """A patch that is damaged, or that was made for another text."""


class ListError(SpinfixError):
    """A word list that does not keep to the format."""


class RuleError(SpinfixError):
    """A rule without the proof it must carry, or one that breaks its promise."""


class ModelError(SpinfixError):
    """A language model file that is damaged, foreign or of another version."""


class PolicyError(SpinfixError, ValueError):
    """A setting outside its range."""


class ConfigurationError(SpinfixError):
    """A configuration file that cannot be read, or a key or value in it that is not known."""


class WorkerError(SpinfixError):
    """A worker process that ended before its document was done."""


class InputError(SpinfixError):
    """Input that cannot be read or is no text."""


class MarkupError(SpinfixError):
    """Markup that cannot be read."""
