"""The command line, read with Typer into a `Call`; its options come from the declarations in `settings`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from typer.core import TyperCommand, TyperGroup

from testgen import __version__
from testgen.configuration import Flag
from testgen.describe import help_line
from testgen.errors import UsageError
from testgen.options import Option
from testgen.settings import OPTIONS

if TYPE_CHECKING:
    from typer._click import Command as Command_
    from typer._click import Context, HelpFormatter

SOURCES = "sources"  # the command behind `testgen PATH...`
EPILOG = """
PATH... may stand in the place of a command: sources, folders of them, or patterns in quotes. Without any and
without --source-file all source files of the current folder are worked on, those with most to gain first.

Every option is also a variable (TESTGEN_MODEL) and a key of [tool.testgen] in pyproject.toml (model); flags
win over variables, those over the file. The key comes from API_KEY, a .env file or --api-key-command.
"""


class Command(Enum):
    """What can be asked for."""

    WRITE = auto()
    CONFIG = auto()
    CONFIG_JSON = auto()
    DOCTOR = auto()
    PLAN = auto()
    HISTORY = auto()
    CLEAN = auto()
    KEEP = auto()
    JUDGE = auto()
    COMMENT = auto()
    PROPOSE = auto()
    INIT = auto()
    STRENGTH = auto()
    MINIMISE = auto()


@dataclass(frozen=True, slots=True)
class Call:
    """A command line that was understood: what to do, the flags given for it by option name, and arguments.

    Arguments are files, or what `init` is to write; with `sure` it does not ask before it writes, `origin` is
    where a CI job gets testgen from, and `switches` are the names of those that are on.
    """

    command: Command
    flags: Mapping[str, Flag]
    arguments: tuple[str, ...] = ()
    sure: bool = False
    origin: str = ""
    switches: frozenset[str] = frozenset()


def read(arguments: Sequence[str]) -> Call | int:
    """What the arguments ask for, or an exit code if Typer did it all, as for --help; raises UsageError."""
    try:
        return cast("Call | int", app(list(arguments), prog_name="testgen", standalone_mode=False))
    except typer.TyperException as error:
        raise UsageError(error.format_message(), "'testgen --help' lists the options.") from error


class _Command(TyperCommand):
    """A command whose help has a section for each panel; Typer's own way to do that imports rich."""

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        _write_panels(self, ctx, formatter)


class _Group(TyperGroup):
    """The same for the command that has the others below it; a path in the place of one is a source."""

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command_ | None, list[str]]:
        """Take a first word that names files for the command that has sources as arguments."""
        named = self.get_command(ctx, args[0]) is None and looks_like_files(args[0])
        return super().resolve_command(ctx, [SOURCES, *args] if named else args)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        _write_panels(self, ctx, formatter)
        self.format_commands(ctx, formatter)


def looks_like_files(word: str) -> bool:
    """Whether a word is a path or a pattern rather than a command spelled wrongly."""
    return any(mark in word for mark in "/\\*.?") or Path(word).exists()


def _write_panels(command: TyperCommand | TyperGroup, ctx: Context, formatter: HelpFormatter) -> None:
    panels: dict[str, list[tuple[str, str]]] = {option.declared.panel: [] for option in OPTIONS}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record:
            panels.setdefault(getattr(parameter, "rich_help_panel", None) or "Help", []).append(record)
    for title, rows in panels.items():
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _with_options(function: Callable[..., Call]) -> Callable[..., Call]:
    """Give the function a parameter for each option in place of its `**flags`; Typer reads the signature."""
    signature = inspect.signature(function, eval_str=True)
    own = [item for item in signature.parameters.values() if item.kind is not item.VAR_KEYWORD]
    parameters = [*own, *map(_parameter, OPTIONS)]
    setattr(function, "__signature__", signature.replace(parameters=parameters))  # noqa: B010 (mypy knows no such attribute)
    return function


def _parameter(option: Option) -> inspect.Parameter:
    """The option as Typer wants it: always text, None when not given; reading it is up to `configuration`."""
    info = typer.Option(
        *_spellings(option),
        help=help_line(option),
        metavar=option.metavar or None,
        rich_help_panel=option.declared.panel,
        autocompletion=_completion(option.declared.choices),
        show_default=False,
    )
    kind = bool if option.is_switch else list[str] if option.many else str
    return inspect.Parameter(
        option.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, info]
    )


def _spellings(option: Option) -> tuple[str, ...]:
    return (f"{option.flags[0]}/--no-{option.key}", *option.flags[1:]) if option.is_switch else option.flags


def _completion(choices: tuple[str, ...]) -> Callable[[str], list[str]] | None:
    def matching(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return matching if choices else None


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"testgen {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True, epilog=EPILOG)
@_with_options
def _write(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 (its callback does it all)
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
    **flags: Flag | None,
) -> Call:
    """Write unit tests with a language model and keep those that pass every time and reach something new."""
    context.obj = _given(flags)
    return Call(Command.WRITE, context.obj)


@app.command(cls=_Command)
@_with_options
def config(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    **flags: Flag | None,
) -> Call:
    """Show the value of every option and where it came from."""
    return Call(Command.CONFIG_JSON if json else Command.CONFIG, context.obj | _given(flags))


@app.command(cls=_Command)
@_with_options
def doctor(context: typer.Context, **flags: Flag | None) -> Call:
    """Check that all is there for a run: key, endpoint, model, interpreter, pytest, coverage."""
    return Call(Command.DOCTOR, context.obj | _given(flags))


Planned = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH...]", help="Files, folders and patterns. Default: all.")
]


@app.command(cls=_Command)
@_with_options
def plan(context: typer.Context, files: Planned = None, **flags: Flag | None) -> Call:
    """Show what is missing and what asking for it may cost; asks nothing and needs no key."""
    return Call(Command.PLAN, context.obj | _given(flags), tuple(files or ()))


@app.command(cls=_Command)
@_with_options
def history(context: typer.Context, **flags: Flag | None) -> Call:
    """List the runs of this project: what they kept, reached, and cost."""
    return Call(Command.HISTORY, context.obj | _given(flags))


@app.command(cls=_Command)
@_with_options
def clean(context: typer.Context, **flags: Flag | None) -> Call:
    """Remove .testgen/ from this project: the replies that were paid for, and the history."""
    return Call(Command.CLEAN, context.obj | _given(flags))


Sources = Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders and patterns.")]
Candidates = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Files with tests, or replies of a model; - is stdin.")
]


@app.command(cls=_Command)
@_with_options
def keep(context: typer.Context, files: Candidates, **flags: Flag | None) -> Call:
    """Put tests from anywhere through the same judge and keep the good ones; no key, no model."""
    return Call(Command.KEEP, context.obj | _given(flags), tuple(files))


@app.command(cls=_Command)
@_with_options
def judge(context: typer.Context, files: Candidates, **flags: Flag | None) -> Call:
    """The same without writing: exit 1 if any test is refused."""
    return Call(Command.JUDGE, context.obj | _given(flags), tuple(files))


Forge = Annotated[str, typer.Argument(metavar="github|gitlab", help="Where the job runs.")]
Report = Annotated[str, typer.Argument(metavar="FILE", help="A report in Markdown.")]


@app.command(cls=_Command)
def comment(context: typer.Context, forge: Forge, file: Report) -> Call:
    """In a CI job: keep one comment with a report up to date on the pull request that the job is about."""
    return Call(Command.COMMENT, context.obj, (forge, file))


@app.command(cls=_Command)
def propose(
    context: typer.Context,
    forge: Forge,
    file: Report,
    head: Annotated[str, typer.Option("--head", metavar="BRANCH", help="The branch with the tests.")],
    base: Annotated[str, typer.Option("--base", metavar="BRANCH", help="The branch to merge it into.")],
) -> Call:
    """In a CI job: open a pull request for a branch, or bring the open one up to date."""
    return Call(Command.PROPOSE, context.obj, (forge, file, head, base))


@app.command(cls=_Command)
@_with_options
def init(  # noqa: PLR0913 (a parameter is a flag)
    context: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHAT]...", help="project (the default), vscode, pre-push, github, gitlab."),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    origin: Annotated[
        str, typer.Option("--from", metavar="URL@COMMIT", help="Where a CI job gets testgen from.")
    ] = "",
    push: Annotated[bool, typer.Option("--push", help="github: push kept tests to the branch.")] = False,
    weekly: Annotated[
        bool, typer.Option("--weekly", help="github: each week a pull request of its own.")
    ] = False,
    **flags: Flag | None,
) -> Call:
    """Set testgen up where you work: shows each change first, then writes it; safe to run twice."""
    on = frozenset(name for name, is_on in (("push", push), ("weekly", weekly)) if is_on)
    return Call(Command.INIT, context.obj | _given(flags), tuple(targets or ()), yes, origin, on)


@app.command(cls=_Command)
@_with_options
def strength(context: typer.Context, **flags: Flag | None) -> Call:
    """Try small changes of the source and show which the existing tests do not notice; no key, no model."""
    return Call(Command.STRENGTH, context.obj | _given(flags))


@app.command(cls=_Command)
@_with_options
def minimise(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[TESTFILE]", help="The file to make smaller, as --test-file.")
    ] = "",
    **flags: Flag | None,
) -> Call:
    """Show which existing tests can go with no line or branch lost (--strength: no kill either); no model."""
    return Call(Command.MINIMISE, context.obj | _given(flags), (file,) if file else ())


@app.command(name=SOURCES, cls=_Command, hidden=True)
@_with_options
def _write_for(context: typer.Context, files: Sources, **flags: Flag | None) -> Call:
    """Write tests for files, folders and patterns."""
    return Call(Command.WRITE, context.obj | _given(flags), tuple(files))


def _given(flags: Mapping[str, Flag | None]) -> dict[str, Flag]:
    return {name: flag for name, flag in flags.items() if flag is not None}
