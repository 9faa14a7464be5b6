"""What the model is told: the context of a question, and its rendering from the templates in prompts/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import decode_source
from pathlib import Path
from typing import TYPE_CHECKING

from testgen.domain import Fixture, Line, Message
from testgen.errors import UsageError
from testgen.languages.lines import split_lines
from testgen.settings import Settings

if TYPE_CHECKING:
    import jinja2

LONGEST_FILE = 24_000  # characters of a file beside the source that are shown
MOST_NAMED = 20  # names of things left out


@dataclass(frozen=True, slots=True)
class File:
    """A file as the model sees it, under its path from the project's root."""

    path: str
    text: str

    @property
    def numbered(self) -> str:
        """The text with line numbers in front."""
        lines = split_lines(self.text)
        width = len(str(len(lines)))
        return "\n".join(f"{number:>{width}}  {line}".rstrip() for number, line in enumerate(lines, 1))


@dataclass(frozen=True, slots=True)
class Signature:
    """What is called of a library or of an inferred object, and the first line of what it says of itself."""

    code: str
    says: str


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call elsewhere in the project that makes an object under test."""

    path: str
    line: Line
    code: str


@dataclass(frozen=True, slots=True)
class AskedGap:
    """A gap in words: one for all lines that never run, one for each branch that is never taken."""

    name: str
    first_line: Line
    last_line: Line
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier test that was not kept, and why."""

    name: str
    reason: str
    code: str
    trace: str


@dataclass(frozen=True, slots=True)
class AskedChange:
    """A change of the source that no test notices: as it was and is, and the tests that get there."""

    unit: str
    line: Line
    before: str
    after: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Everything the templates may use, in the order of how long it stays the same.

    What follows `outline` differs from question to question, `tests` from round to round. A source that is
    long comes as an `outline` and the `parts` in question; else both are "".
    """

    source: File
    language: str
    runner: str
    module: str
    versions: str
    uses: tuple[File, ...]
    signatures: tuple[Signature, ...]
    left_out: str
    calls: tuple[CallSite, ...]
    included: tuple[File, ...]
    conftests: tuple[File, ...]
    fixtures: tuple[Fixture, ...]
    instructions: str
    examples: tuple[File, ...]
    tests: File
    outline: str = ""
    parts: str = ""
    gaps: tuple[AskedGap, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    rounds_before: int = 0
    changes: tuple[AskedChange, ...] = ()
    own: tuple[str, ...] = ()


class Prompts:
    """The templates, a user's own before those that ship. Unknown names in a template are errors."""

    def __init__(self, own: Path | None) -> None:
        if own and not own.is_dir():
            raise UsageError(f"there is no folder {own}", "Check --prompts-dir.")
        self._folders = [folder for folder in (own, shipped()) if folder]
        if own:
            self._check(own)

    @cached_property
    def _environment(self) -> jinja2.Environment:
        import jinja2

        return jinja2.Environment(
            loader=jinja2.FileSystemLoader(self._folders),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # noqa: S701  plain text for a model
        )

    def messages(self, question: Question) -> tuple[Message, ...]:
        """The conversation that asks the question; raises UsageError if a template cannot be rendered."""
        return (
            Message("system", self._render("system.md.j2", question)),
            Message("user", self._render("sharpen.md.j2" if question.changes else "ask.md.j2", question)),
        )

    def _render(self, name: str, question: Question) -> str:
        import jinja2

        values = {field: getattr(question, field) for field in Question.__slots__}
        try:
            return self._environment.get_template(name).render(values)
        except jinja2.TemplateError as error:
            raise _unusable(name, str(error)) from error

    def _check(self, own: Path) -> None:
        """Find at once what would only be found once a question is asked; raises UsageError."""
        import jinja2
        from jinja2.meta import find_undeclared_variables

        wanted: dict[str, set[str]] = {}
        given = {*Question.__slots__, *self._environment.globals}
        for path in sorted(own.glob("*.j2")):
            try:
                tree = self._environment.parse(read(path))
            except jinja2.TemplateError as error:
                raise _unusable(path.name, str(error)) from error
            wanted[path.name] = find_undeclared_variables(tree)
            given |= {one.name for one in tree.find_all(jinja2.nodes.Name) if one.ctx == "store"}
        for name, names in wanted.items():
            if unknown := sorted(names - given):
                raise _unusable(name, f"{unknown[0]!r} is undefined")


def _unusable(name: str, why: str) -> UsageError:
    return UsageError(f"the prompt template {name} cannot be rendered: {why}", "Check --prompts-dir.")


def prompts_for(settings: Settings) -> Prompts:
    """The templates; raises UsageError for one, or a file to be shown, that a question would fail with."""
    for path in settings.included_files:
        read(path.resolve())
    return Prompts(settings.prompts_dir)


def shipped() -> Path:
    """The templates that come with testgen: inside the installed package, or beside src/ in a checkout."""
    inside = Path(__file__).with_name("prompts")
    return inside if inside.is_dir() else Path(__file__).parents[2] / "prompts"


def shown(path: Path, root: Path) -> File:
    """A file as context, cut at a length no prompt needs; raises UsageError if it is not readable text."""
    return File(name_of(path, root), shortened(read(path)))


def read(path: Path) -> str:
    """A file's text; raises UsageError if it is not readable text."""
    try:
        data = path.read_bytes()
        return decode_source(data) if path.suffix == ".py" else data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, SyntaxError, LookupError) as error:
        why = (isinstance(error, OSError) and error.strerror) or error
        raise UsageError(f"{path} cannot be shown to the model: {why}", "Name a text file.") from error


def shortened(text: str) -> str:
    """The text, cut at a length no prompt needs."""
    if len(text) > LONGEST_FILE:
        text = f"{text[:LONGEST_FILE]}\n... {len(text) - LONGEST_FILE} characters left out ..."
    return text.rstrip()


def listed(names: Sequence[str]) -> str:
    """Names in a row, the first ones if there are many."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def name_of(path: Path, root: Path) -> str:
    """A path as the model sees it: from the project's root where it lies inside."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def conftests(test_file: Path, root: Path) -> tuple[File, ...]:
    """The conftest.py files whose fixtures the test file can use, outermost first."""
    folders = [folder for folder in test_file.parents if folder.is_relative_to(root)]
    found = (folder / "conftest.py" for folder in reversed(folders))
    return tuple(shown(path, root) for path in found if path.is_file())
