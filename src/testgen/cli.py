"""What testgen does when it is called, and the one place where every way to end becomes an exit code.

Nothing heavy is imported before it is needed, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import textwrap
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from testgen import __version__
from testgen.commandline import Call, Command, read
from testgen.configuration import resolve
from testgen.describe import as_json, as_toml
from testgen.domain import Result, Stop
from testgen.errors import ExitCode, ProjectError, TestgenError, UsageError
from testgen.events import Emit
from testgen.files import OwnFolder
from testgen.settings import STDOUT, Settings
from testgen.shell import Request, Shell, for_people

if TYPE_CHECKING:
    from testgen.forge import Forge
    from testgen.reviewing import Reviewer


FULL = (errno.ENOSPC, errno.EDQUOT)

Job: TypeAlias = Callable[[Request, Shell], ExitCode]


def main() -> int:
    """Run testgen with the arguments of the process; returns its exit code."""
    shell = _shell()
    # A terminated run ends as an interrupted one: what was confirmed is kept, no process is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = _run(sys.argv[1:], shell)
        shell.stdout.flush()
    except TestgenError as error:
        code = _explain(error, shell)
    except KeyboardInterrupt:
        shell.stderr.write("testgen: interrupted\n")
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        code = _reader_gone(shell)
    except OSError as error:
        code = _no_space(error, shell) if error.errno in FULL else _apologise(error, shell)
    except Exception as error:  # noqa: BLE001 (the one boundary: whatever is left is a bug of ours)
        code = _apologise(error, shell)
    return code


def _run(arguments: Sequence[str], shell: Shell) -> int:
    call = read(arguments)
    if not isinstance(call, Call):
        return call
    call = _with_source(call, shell)
    resolved = resolve(call.flags, shell.environ, shell.here)
    return JOBS[call.command](Request(resolved, call.arguments, call.sure, call.origin, call.switches), shell)


def _with_source(call: Call, shell: Shell) -> Call:
    """The call with its one argument as the source file, if it is one: so its own project's settings hold."""
    takes_sources = call.command in (Command.WRITE, Command.PLAN) and "source_file" not in call.flags
    if not takes_sources or len(call.arguments) != 1 or not (shell.here / call.arguments[0]).is_file():
        return call
    return replace(call, flags={**call.flags, "source_file": call.arguments[0]}, arguments=())


def _shell() -> Shell:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file name that the terminal cannot show must not end the run.
            stream.reconfigure(errors="backslashreplace")
    return Shell(os.environ, Path.cwd(), sys.stdin, sys.stdout, sys.stderr)


def _explain(error: TestgenError, shell: Shell) -> ExitCode:
    from testgen.reports.text import plain  # a cause may quote a test's output or a server's words

    shell.stderr.write(f"testgen: {plain(error.cause)}\n")
    remedy = plain(error.remedy)
    if "\n" in remedy:  # what a program said, which is to be read
        shell.stderr.write(f"\n{textwrap.indent(remedy, '    ')}\n")
    elif remedy:
        shell.stderr.write(f"  → {remedy}\n")
    return error.code


def _reader_gone(shell: Shell) -> ExitCode:
    # Else the interpreter flushes at its end, and complains.
    os.dup2(os.open(os.devnull, os.O_WRONLY), shell.stdout.fileno())
    return ExitCode.READER_GONE


def _no_space(error: OSError, shell: Shell) -> ExitCode:
    full = ProjectError(f"no space left to work in: {error}", "Free some, and run the same command again.")
    return _explain(full, shell)


def _apologise(error: Exception, shell: Shell) -> ExitCode:
    from testgen.providers.keys import redact, secrets_in
    from testgen.reports.text import plain

    trace = "".join(traceback.format_exception(error))
    shell.stderr.write(plain(redact(trace, secrets_in(shell.environ))))
    bug = TestgenError(
        f"this is a bug in testgen {__version__}, not in your project",
        "Please report it with the lines above.",
    )
    return _explain(bug, shell)


def write_tests(request: Request, shell: Shell) -> ExitCode:
    """The main job: ask for tests, keep the good ones, say what was done."""
    from testgen.many import single, write_many
    from testgen.pipeline import run

    if request.settings.dry_run:
        return plan_tests(request, shell)
    request, reviewer = single(request, shell), _reviewer(request.settings, shell)
    if request.arguments:
        return write_many(request, shell, reviewer)
    result = _show(request.settings, shell, lambda emit: run(request.settings, shell.environ, emit, reviewer))
    return exit_code(result, request.settings, shell)


def plan_tests(request: Request, shell: Shell) -> ExitCode:
    """Show what is missing and what asking for it may cost; nothing is asked and no key is needed."""
    from testgen.many import plan_many, single
    from testgen.pipeline import plan
    from testgen.reports import check, terminal, write
    from testgen.reports.plan import brief, lines

    request = single(request, shell)
    if request.arguments:
        return plan_many(request, shell)
    settings = request.settings
    check(settings.report)
    with terminal.progress(
        shell.stderr, quiet=settings.quiet, verbose=settings.verbose, environ=shell.environ
    ) as emit:
        found = plan(settings, shell.environ, emit)
    said = (brief if settings.quiet else lines)(found, shell.here)
    terminal.show(said, for_people(settings, shell), shell.environ)
    write(found.result, settings.report, shell.stdout, shell.here)
    return exit_code(found.result, settings, shell)


def keep_tests(request: Request, shell: Shell) -> ExitCode:
    """Judge tests from files and keep the good ones."""
    return exit_code(_judge(request, shell, request.settings), request.settings, shell)


def judge_tests(request: Request, shell: Shell) -> ExitCode:
    """Judge tests from files and write nothing."""
    result = _judge(request, shell, replace(request.settings, diff_only=True))
    refused = any(not verdict.kept for verdict in result.verdicts) or not result.verdicts
    return exit_code(result, Settings(), shell) or (ExitCode.GOAL_MISSED if refused else ExitCode.DONE)


def assess_tests(request: Request, shell: Shell) -> ExitCode:
    """Show how strong the existing tests are; the coverage that is asked for is looked at too."""
    from testgen.pipeline import strength

    result = _show(request.settings, shell, lambda emit: strength(request.settings, shell.environ, emit))
    return exit_code(result, request.settings, shell)


def minimise_tests(request: Request, shell: Shell) -> ExitCode:
    """Show a smaller test file that reaches the same, or write it."""
    from testgen.minimise import minimise

    settings = replace(request.settings, diff_only=request.settings.diff_only or not request.settings.write)
    for name in request.arguments:
        settings = replace(settings, test_file=shell.here / name)
    result = _show(settings, shell, lambda emit: minimise(settings, shell.environ, emit))
    return exit_code(result, settings, shell)


def _judge(request: Request, shell: Shell, settings: Settings) -> Result:
    from testgen.pipeline import keep

    texts = [_read(name, shell) for name in request.arguments]
    reviewer = _reviewer(settings, shell)
    return _show(request.settings, shell, lambda emit: keep(settings, shell.environ, emit, texts, reviewer))


def _read(name: str, shell: Shell) -> str:
    try:
        if name == str(STDOUT):
            return shell.stdin.read()
        return (shell.here / name).read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}", "Name files with tests.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8: {error}", "Name files with tests in UTF-8.") from error


def _show(settings: Settings, shell: Shell, run: Callable[[Emit], Result]) -> Result:
    """Run with progress shown, then sum up and write the reports."""
    from testgen.reports import check, diff, terminal, write

    check(settings.report)
    with terminal.progress(
        shell.stderr, quiet=settings.quiet, verbose=settings.verbose, environ=shell.environ
    ) as emit:
        result = run(emit)
    stream = for_people(settings, shell)
    terminal.summary(result, stream, quiet=settings.quiet, environ=shell.environ, base=shell.here)
    if settings.diff_only or (result.ending.trouble and not result.ending.patch):
        diff.show(result, shell.stdout, shell.here)
    write(result, settings.report, shell.stdout, shell.here)
    return result


def _reviewer(settings: Settings, shell: Shell) -> Reviewer | None:
    """Who decides on the kept tests, if anybody; raises UsageError if there is no terminal to ask on."""
    if not settings.review:
        return None
    from testgen.reports.review import TerminalReview

    return TerminalReview(shell.stdin, shell.stderr, shell.environ, shell.here)


def exit_code(result: Result, settings: Settings, shell: Shell) -> ExitCode:
    """How the process of a finished run ends."""
    from testgen.goals import by_goals

    if result.stop is Stop.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if result.stop is Stop.GONE or result.ending.trouble:
        return ExitCode.PROJECT
    return by_goals(settings, shell, result.after, result.patch_after)


def show_history(request: Request, shell: Shell) -> ExitCode:
    """List the runs of the project around the source file, or around the current folder."""
    from testgen.reports import terminal
    from testgen.reports.history import lines
    from testgen.store import Store

    store = Store(_own_folder(request, shell))
    terminal.show(lines(store.runs()), shell.stdout, shell.environ)
    if store.trouble:
        shell.stderr.write(f"testgen: {store.trouble}\n")
    return ExitCode.DONE


def clean(request: Request, shell: Shell) -> ExitCode:
    """Remove our own folder from the project, and say what was in it."""
    folder = _own_folder(request, shell)
    there, contents = folder.path.is_dir(), ", ".join(folder.contents) or "nothing"
    folder.remove()
    if folder.path.exists():
        raise UsageError(f"{folder.path} cannot be removed", "Look who owns it.")
    removed = f"Removed {folder.path} with {contents} in it." if there else f"There is no {folder.path}."
    shell.stdout.write(f"{removed}\n")
    return ExitCode.DONE


def _own_folder(request: Request, shell: Shell) -> OwnFolder:
    from testgen.project import root_for

    return OwnFolder(root_for(request.settings, request.settings.source_file or shell.here / "here"))


def comment(request: Request, shell: Shell) -> ExitCode:
    """Keep the comment on the change that the job is about up to date."""
    from testgen.forge import keep_comment

    name, file = request.arguments
    kept = keep_comment(_forge(name, shell), _read(file, shell))
    shell.stdout.write(f"The comment was {kept.value}.\n")
    return ExitCode.DONE


def propose(request: Request, shell: Shell) -> ExitCode:
    """Open a request to merge a branch, or bring the open one up to date."""
    from testgen.forge import Proposal

    name, file, head, base = request.arguments
    proposal = Proposal(head, base, "Unit tests by testgen", _read(file, shell))
    shell.stdout.write(f"{_forge(name, shell).propose(proposal)}\n")
    return ExitCode.DONE


def _forge(name: str, shell: Shell) -> Forge:
    from testgen.forge import FORGES

    if name not in FORGES:
        raise UsageError(f"there is no forge {name}", f"Name one of {', '.join(FORGES)}.")
    return FORGES[name].connect(shell.environ)


def initialise(request: Request, shell: Shell) -> ExitCode:
    """Show what each target would write, and write it once it is agreed to."""
    from testgen.init import CI, drafts
    from testgen.init.finding import look
    from testgen.init.job import job_for
    from testgen.init.telling import told
    from testgen.init.writing import offer

    found = look(shell.here, shell.environ)
    if not request.arguments or "project" in request.arguments:
        shell.stdout.writelines(f"{line}\n" for line in told(found, shell.environ))
    if CI.intersection(request.arguments):
        job = job_for(found, request.resolved, request.origin, request.switches, shell.environ)
        found = replace(found, job=job)
    for draft in drafts(request.arguments, found):
        offer(draft, shell.stdout, sys.stdin, sure=request.sure)
    return ExitCode.DONE


def show_toml(request: Request, shell: Shell) -> ExitCode:
    """Print every value and its origin for a person."""
    shell.stdout.write(as_toml(request.resolved))
    return ExitCode.DONE


def show_json(request: Request, shell: Shell) -> ExitCode:
    """Print every value and its origin for a program."""
    shell.stdout.write(as_json(request.resolved))
    return ExitCode.DONE


def diagnose(request: Request, shell: Shell) -> ExitCode:
    """Print what a run needs and whether it is there; the exit code is that of the first thing amiss."""
    from testgen.doctor import examine
    from testgen.reports.text import plain

    code = ExitCode.DONE
    for finding in examine(request.settings, shell.environ):
        shell.stdout.write(plain(str(finding)))
        shell.stdout.flush()
        code = code or finding.code
    return code


JOBS: Mapping[Command, Job] = {
    Command.WRITE: write_tests,
    Command.CONFIG: show_toml,
    Command.CONFIG_JSON: show_json,
    Command.DOCTOR: diagnose,
    Command.PLAN: plan_tests,
    Command.HISTORY: show_history,
    Command.CLEAN: clean,
    Command.KEEP: keep_tests,
    Command.JUDGE: judge_tests,
    Command.COMMENT: comment,
    Command.PROPOSE: propose,
    Command.INIT: initialise,
    Command.STRENGTH: assess_tests,
    Command.MINIMISE: minimise_tests,
}
