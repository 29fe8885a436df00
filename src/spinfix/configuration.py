"""Settings: their names, what they may be, and where their values come from.

One table, ``SETTINGS``, makes the flags of the shell and the keys of a configuration file, so that each has the other.  A file is
``.spinfix.toml``, ``spinfix.toml``, or the table ``[tool.spinfix]`` of ``pyproject.toml``; the nearest one above a text holds for it.
A flag wins over a file, a file over the default.  A key that is not known is refused, with the nearest one that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from os.path import exists, isfile, islink
from pathlib import Path
from typing import Any, Final, NamedTuple

from .api import CHOICES, Policy
from .errors import ConfigurationError

PYPROJECT: Final = "pyproject.toml"
NAMES: Final = (".spinfix.toml", "spinfix.toml", PYPROJECT)  # in one folder the first of them holds
FORMATS: Final = ("text", "json", "json-lines", "sarif", "junit", "github", "gitlab", "rdjson", "diff", "word-diff", "criticmarkup", "html")
FAIL_ON: Final = ("spun", "restore", "suggest", "never")
COLORS: Final = ("auto", "always", "never")
PROSE: Final = (  # names of files that hold prose, in lower case
    "*.txt", "*.text", "*.md", "*.markdown", "*.mdx", "*.rst", "*.adoc", "*.org", "*.tex", "*.html", "*.htm", "*.xhtml", "readme",
)  # fmt: skip
EXAMINING: Final = ("restore", "detect", "explain")  # the verbs that look at texts
REPORTING: Final = ("detect", "explain")
LOOKING: Final = (*EXAMINING, "review")  # at texts
EVERY: Final = (*LOOKING, "config")
SURVEYING: Final = ("survey",)
DECIDING: Final = (*EVERY, *SURVEYING)  # those that a policy bears on
SHOWING: Final = (*DECIDING, "rules", "lists")
PROBABILITY, NUMBER, FLAG, TEXT, CHOICE, TEXTS, TABLE = "probability", "number", "flag", "text", "choice", "texts", "table"

_WHAT: Final = {  # as an error says it
    PROBABILITY: "a probability above 0 and below 1",
    NUMBER: "a whole number from 0 up",
    FLAG: "true or false",
    TEXT: "a text in quotes",
    CHOICE: "a text in quotes",
    TEXTS: "a list of texts",
    TABLE: "a table of lists: pattern = [source, ...]",
}


class Setting(NamedTuple):
    """One setting: a key in a file, and the flag with hyphens in place of the underscores."""

    name: str
    kind: str
    help: str
    default: Any = None
    verbs: tuple[str, ...] = EXAMINING
    metavar: str = ""
    choices: tuple[str, ...] = ()
    commas: bool = False  # whether one flag may hold several values with commas between them
    paths: bool = False  # whether the value names files, which in a configuration are looked for beside it
    short: str = ""  # a one-letter form of the flag
    near: bool = False  # whether the configuration nearest to each text decides; else that of the current folder

    @property
    def flag(self) -> str:
        """The option of the shell."""
        return f"--{self.name.replace('_', '-')}"


def _policy(name: str, kind: str, help: str, **more: Any) -> Setting:
    default = next(f.default for f in fields(Policy) if f.name == name)
    return Setting(name, kind, help, default, more.pop("verbs", DECIDING), near=True, **more)


SETTINGS: Final = (
    # how to decide: the fields of Policy
    _policy("threshold", PROBABILITY, "restore from this posterior on", metavar="P"),
    _policy("suggest", PROBABILITY, "list as a suggestion from this posterior on", metavar="P"),
    _policy("spun_prior", PROBABILITY, "the share of documents that are spun, where these come from", metavar="P"),
    _policy("select", TEXTS, "use these families, lists or rules only", metavar="SOURCE", commas=True),
    _policy("ignore", TEXTS, "do without these families, lists or rules", metavar="SOURCE", commas=True),
    _policy("ignore_words", TEXTS, "leave these words and phrases alone, in any letter case", metavar="WORDS", commas=True),
    _policy("ignore_patterns", TEXTS, "leave alone what this regular expression matches", metavar="REGEX"),
    _policy("lists", TEXTS, "also use the word lists in DIR; may be repeated", metavar="DIR", paths=True, verbs=SHOWING),
    _policy("rules", TEXTS, "also use the rules in this TOML file; may be repeated", metavar="FILE", paths=True, verbs=SHOWING),
    _policy("language_model", TEXT, "use this model: a packed one, or a KenLM file (spinfix[kenlm])", metavar="PATH", paths=True),
    _policy("markup", CHOICE, "what the texts are written in; auto: what their names say, else plain", choices=CHOICES["markup"]),
    _policy("quotations", CHOICE, "what to do between quotation marks", choices=CHOICES["quotations"]),
    _policy("names", CHOICE, "what to do with names that the text repeats; repair: only broken known ones", choices=CHOICES["names"]),
    _policy("gate", FLAG, "no first look that lets text without a trace through"),
    # which texts
    Setting("include", TEXTS, "in folders: the texts, by their names", PROSE, EXAMINING, "PATTERN", commas=True, near=True),
    Setting("exclude", TEXTS, "leave out what matches, as .gitignore would", (), EVERY, "PATTERN", commas=True, near=True),
    Setting("per_file_ignores", TABLE, "in texts that match, do without these sources", {}, EVERY, "PATTERN:SOURCE", near=True),
    Setting("force_exclude", FLAG, "leave out excluded texts also where they are named", False),
    Setting("stdin_filename", TEXT, "the name that standard input goes by", "", (*EXAMINING, "config"), "NAME"),
    Setting("baseline", TEXT, "leave alone what this file accepts", "", ("restore", "detect", "review"), "FILE", paths=True),
    # how to work
    Setting("jobs", NUMBER, "so many processes; 0 is one for each processor", 1, (*EXAMINING, "survey"), "N", short="-j"),
    # what to write
    Setting("format", CHOICE, "how to write the report", "text", REPORTING, choices=FORMATS),
    Setting("output", TEXT, "write to this file, not to standard output", "", LOOKING, "FILE", paths=True),
    Setting("html", TEXT, "also write a page with both texts side by side to this file", "", ("detect",), "FILE", paths=True),
    Setting("color", CHOICE, "when to use colour", "auto", LOOKING, choices=COLORS),
    Setting("statistics", FLAG, "count by source, in place of a line for each; restore tells it on standard error", False),
    Setting("fail_on", CHOICE, "from what on the exit code is 1", "suggest", ("detect",), choices=FAIL_ON),
    Setting("exit_zero", FLAG, "exit 0 also where there are findings", False, ("detect", "restore")),
    # restore
    Setting("write", FLAG, "restore the files in place, and say on standard error what was changed", False, ("restore",)),
    Setting("no_patch", FLAG, "with --write: leave no FILE.spinfix.json beside a changed file", False, ("restore",)),
    Setting("diff", FLAG, "change nothing; write a unified diff; exit 1 if there is one", False, ("restore",)),
    Setting("word_diff", FLAG, "change nothing; show the changed words in their lines; exit 1 if there are any", False, ("restore",)),
    Setting("stream", FLAG, "paragraph by paragraph, for input without end; weaker than the whole text", False, ("restore",)),
    # survey
    Setting("field", TEXT, "where a page's text is", "text", SURVEYING, "NAME"),
    Setting("id_field", TEXT, "what a page is called by", "id", SURVEYING, "NAME"),
    Setting("url_field", TEXT, "where a page is from", "url", SURVEYING, "NAME"),
    Setting("top", NUMBER, "how many domains and pages to name", 20, SURVEYING, "N"),
    Setting("plot", TEXT, "also draw it: FILE.png, FILE.svg or FILE.pdf (spinfix[survey])", "", SURVEYING, "FILE", paths=True),
    Setting("state", TEXT, "keep what is counted here, and go on from there the next time", "", SURVEYING, "FILE", paths=True),
)
BY_NAME: Final = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The checked settings of one file; ``path`` is None where there is none."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where patterns of this configuration start: its folder, or the current one."""
        return self.path.parent if self.path else Path()


_NEAREST: Final[dict[Path, Configuration]] = {}


def nearest(folder: Path) -> Configuration:
    """The configuration that holds in ``folder``: its own, or that of the nearest folder above.  Each is read once a process."""
    passed: list[Path] = []  # not by recursion: folders may lie deeper than that goes
    while (found := _NEAREST.get(folder)) is None:
        passed.append(folder)
        found = _own(folder)
        if found is not None or folder.parent == folder:
            break
        folder = folder.parent
    found = found or Configuration()
    _NEAREST.update(dict.fromkeys(passed, found))
    return found


def _own(folder: Path) -> Configuration | None:
    # by os.path: where nobody may look, or where a path grows too long, there is nothing; pathlib would raise
    for name in NAMES:
        file = folder / name
        if isfile(file) and (found := read(file, required=False)) is not None:
            return found
        if name != PYPROJECT and islink(file) and not exists(file):
            raise ConfigurationError(f"{file}: cannot be read: a link that leads to nothing")
    return None


def read(file: Path, *, required: bool = True) -> Configuration | None:
    """The configuration in ``file``.  ``ConfigurationError`` names the file, the key, and what was expected.

    A ``pyproject.toml`` without ``[tool.spinfix]`` is none, unless it is ``required``: then it says nothing.
    """
    import tomllib  # only where there is a file to read

    whole = file.name != PYPROJECT
    try:
        source = file.read_bytes()
        data: Any = tomllib.loads(source.decode("utf-8-sig"))  # with a byte order mark or without
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, nested without end
        if not whole and not required and b"tool.spinfix" not in source:
            return None  # somebody else's file, somebody else's fault
        if isinstance(error, UnicodeDecodeError):
            at = error.start
            raise ConfigurationError(f"{file}: expected UTF-8, found 0x{source[at]:02x} at byte offset {at}; save it as UTF-8") from None
        raise ConfigurationError(f"{file}: expected TOML: {error}") from None
    if not whole:
        tools = data.get("tool", {})
        data = tools.get("spinfix") if isinstance(tools, dict) else None
        if data is None:
            return Configuration(file) if required else None
    if not isinstance(data, dict):
        raise ConfigurationError(f"{file}: [tool.spinfix]: expected a table, found {_found(data)}")
    return Configuration(file, {key: checked(key, value, file) for key, value in data.items()})


def checked(key: str, value: Any, file: Path) -> Any:
    """``value`` as the setting ``key`` has it, paths taken from the folder of ``file``; ``ConfigurationError`` for what does not fit."""
    setting = BY_NAME.get(key)
    if key == "tool" and isinstance(value, dict) and "spinfix" in value:
        raise ConfigurationError(f"{file}: [tool.spinfix]: that table is for pyproject.toml; write its keys here without it")
    if setting is None:
        raise ConfigurationError(f"{file}: {key or '(an empty text)'}: unknown key{_nearest_known(key)}")
    if not _fits(setting, value):
        choices = f", one of {', '.join(setting.choices)}" if setting.choices else ""
        raise ConfigurationError(f"{file}: {key}: expected {_WHAT[setting.kind]}{choices}, found {_found(value)}")
    if setting.kind == TEXTS:
        value = tuple(value)
        return tuple(_beside(file, path) for path in value) if setting.paths else value
    return _beside(file, value) if setting.paths and value else value


def _found(value: Any) -> str:
    """``value`` as its writer knows it, where Python writes it otherwise than TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if type(value).__module__ == "datetime" else repr(value)


def _nearest_known(key: str) -> str:
    from difflib import get_close_matches  # only on the way to an error

    near = get_close_matches(key.replace("-", "_").lower(), BY_NAME, 1, 0.6)
    return f"; the nearest known one is {near[0]}" if near else f"; known are {', '.join(BY_NAME)}"


def _fits(setting: Setting, value: Any) -> bool:
    match setting.kind:
        case "probability":
            return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1
        case "number":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "flag":
            return isinstance(value, bool)
        case "choice":
            return value in setting.choices
        case "texts":
            return isinstance(value, list) and all(isinstance(text, str) for text in value)
        case "table":
            return isinstance(value, dict) and all(_fits_sources(sources) for sources in value.values())
    return isinstance(value, str)


def _fits_sources(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _beside(file: Path, path: str) -> str:
    return str(file.parent / path)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force: flags over a configuration over the defaults."""

    flags: Mapping[str, Any]
    configuration: Configuration

    def __getitem__(self, name: str) -> Any:
        return self.value(name)[0]

    def value(self, name: str) -> tuple[Any, str]:
        """The value of the setting ``name`` and where it comes from: a flag, the path of a file, or "default"."""
        if name in self.flags:
            return self.flags[name], BY_NAME[name].flag
        if name in self.configuration.values:
            return self.configuration.values[name], str(self.configuration.path)
        return BY_NAME[name].default, "default"

    def folder(self, name: str) -> Path:
        """Where the patterns of the setting ``name`` start: the current folder for a flag, else that of the configuration."""
        return Path() if name in self.flags else self.configuration.folder

    def policy(self) -> Policy:
        """The ``Policy`` of these settings; ``PolicyError`` where one of its fields does not fit."""
        return Policy(**{f.name: self[f.name] for f in fields(Policy) if f.name in BY_NAME})

    def lines(self) -> list[str]:
        """All settings in TOML, each with where it comes from."""
        rows = [(f"{setting.name} = {_toml(self[setting.name])}", self.value(setting.name)[1]) for setting in SETTINGS]
        width = min(max(len(row) for row, _ in rows), 40)
        return [f"{row:{width}}  # {origin}" for row, origin in rows]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    return repr(value)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
