"""Every option, declared once: its flag, variable, key, help and docs all come from `Settings`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from testgen.options import Kind, option, options_of, path_from

if TYPE_CHECKING:
    from testgen.domain import Usage


class Covered(Protocol):
    """How much is covered of something, in per cent."""

    @property
    def line_percent(self) -> float:
        """Of the lines."""
        ...

    @property
    def branch_percent(self) -> float:
        """Of the branches."""
        ...


@dataclass(frozen=True, slots=True)
class Goal:
    """A coverage to reach: lines and branches, both in per cent."""

    lines: float
    branches: float

    @classmethod
    def parse(cls, text: str) -> Goal:
        """Read "90" (lines and branches alike) or "90,80"; raises ValueError."""
        percents = [float(part) for part in text.split(",")]
        lines, branches = percents * 2 if len(percents) == 1 else percents
        if not (0 <= lines <= 100 and 0 <= branches <= 100):
            raise ValueError(text)
        return cls(lines, branches)

    def __str__(self) -> str:
        return f"{self.lines:g},{self.branches:g}"

    def met_by(self, coverage: Covered) -> bool:
        """Whether the coverage is at least this, lines and branches."""
        return coverage.line_percent >= self.lines and coverage.branch_percent >= self.branches


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens of each kind."""

    prompt: float
    reply: float
    cached: float
    thought: float

    @classmethod
    def parse(cls, text: str) -> Price:
        """Read "2.5,10", the price of the prompt and that of the reply; raises ValueError."""
        prompt, reply = (float(part) for part in text.split(","))
        if not (0 <= prompt < math.inf and 0 <= reply < math.inf):
            raise ValueError(text)
        return cls(prompt, reply, prompt, reply)

    def __str__(self) -> str:
        return f"{self.prompt:g},{self.reply:g}"

    def of(self, usage: Usage) -> float:
        """What the tokens cost, in US dollars."""
        dollars = (
            (usage.prompt_tokens - usage.cached_tokens) * self.prompt
            + usage.cached_tokens * self.cached
            + (usage.completion_tokens - usage.reasoning_tokens) * self.reply
            + usage.reasoning_tokens * self.thought
        )
        return dollars / 1_000_000


STDOUT = Path("-")
REPORT_FORMATS = ("json", "markdown", "html", "problems", "github", "gitlab")


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """A report to write: its format and where to; `STDOUT` is the standard output."""

    format: str
    path: Path

    @classmethod
    def parse(cls, text: str, base: Path) -> ReportTarget:
        """Read "FORMAT:PATH", a relative path starting from `base`; raises ValueError."""
        report_format, _, path = text.partition(":")
        if report_format not in REPORT_FORMATS or not path:
            raise ValueError(text)
        return cls(report_format, STDOUT if path == str(STDOUT) else path_from(path, base))

    def __str__(self) -> str:
        return f"{self.format}:{self.path}"


def _program(text: str, base: Path) -> str:
    """Leave a bare name for the search path; what has a folder in it is a path."""
    return text if Path(text).name == text else str(path_from(text, base))


def _text_or_file(text: str, base: Path) -> str:
    return path_from(text[1:], base).read_text("utf-8") if text.startswith("@") else text


PROGRAM = Kind(_program, "the path or name of a program", "PROGRAM")
TEXT_OR_FILE = Kind(_text_or_file, "a text, or @ and the path of a text file in UTF-8", "TEXT|@FILE")
GOAL = Kind(
    lambda text, _base: Goal.parse(text),
    "per cent from 0 to 100, as 90 (lines and branches alike) or 90,80",
    "LINES[,BRANCHES]",
)
PRICE = Kind(
    lambda text, _base: Price.parse(text),
    "dollars for a million tokens, of the prompt and of the reply, as 2.5,10",
    "IN,OUT",
)
REPORT = Kind(ReportTarget.parse, f"FORMAT:PATH, FORMAT one of {', '.join(REPORT_FORMATS)}", "FORMAT:PATH")

FILES = "What to test"
PROJECT = "The project"
EXTENT = "How far to go"
MODEL = "The model"
PROMPT = "What the model is told"
RECORDING = "Recorded replies"
JUDGING = "Judging candidates"
STRENGTH = "How strong the tests are"
SAFETY = "What candidates may do"
OUTPUT = "What comes out"


# What is a project's own where a run is about several, and what of that is the run's all the same.
OF_PROJECTS = (PROJECT, PROMPT, JUDGING, SAFETY)
OF_RUNS = ("jobs", "prompts_dir")

SUITE = "suite"  # the key of pyproject.toml for tables, each about some of the sources
SUITE_KEYS = ("test-command", "coverage-report", "coverage-format", "test-report", "cwd")


@dataclass(frozen=True, slots=True)
class Suite:
    """How the tests of some sources are run: the values of the options that differ for them, by name.

    `sources` are folders, or patterns of full paths in which `*` stands for anything, also for folders.
    """

    sources: tuple[str, ...]
    values: Mapping[str, Any]

    def has(self, source: Path) -> bool:
        """Whether a source is one of them."""
        return any(fnmatchcase(str(source), one) or source.is_relative_to(one) for one in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The value of every option; paths are absolute. No key is among them, nor may one ever be."""

    source_file: Path | None = option(None, "The source file to write tests for.", FILES)
    test_file: Path | None = option(
        None, "The test file to add to. Default: found by convention, else created.", FILES
    )
    function: tuple[str, ...] = option(
        (),
        "Only this function, class or method, such as Cart.total, or the one at this line; repeatable.",
        FILES,
        metavar="NAME|LINE",
    )

    diff: str = option(
        "",
        "Only what was changed since this branch or commit, such as origin/main.",
        FILES,
        metavar="BASE",
    )

    cwd: Path | None = option(
        None,
        "The folder the tests are run from. Default: the root of the project.",
        PROJECT,
        metavar="DIR",
        aliases=("test_dir",),
    )
    python: str = option(
        "",
        "The project's interpreter, a path or a name. Default: its virtual environment.",
        PROJECT,
        kind=PROGRAM,
    )
    test_command: str = option(
        "",
        "How the tests are run: pytest with its arguments, or any command of any language.",
        PROJECT,
        metavar="COMMAND",
    )
    coverage_report: str = option(
        "",
        "Where a test command that is not pytest writes its coverage; patterns such as **/jacoco.xml work.",
        PROJECT,
        metavar="PATH",
    )
    coverage_format: str = option(
        "auto",
        "What that report is.",
        PROJECT,
        choices=("auto", "cobertura", "lcov", "jacoco", "go", "coverage.py"),
    )
    test_report: str = option(
        "",
        "Where a test command writes JUnit XML, if not known by the runner; saves runs of it.",
        PROJECT,
        metavar="PATH",
    )

    desired_coverage: Goal = option(Goal(100, 100), "Stop when this much is covered.", EXTENT, kind=GOAL)
    max_iterations: int = option(3, "Rounds of asking the model at most.", EXTENT, least=1)
    max_repairs: int = option(2, "Times a refused test goes back to the model at most.", EXTENT, least=0)
    fail_under: Goal | None = option(
        None, "Exit with 1 if less than this is covered at the end.", EXTENT, kind=GOAL
    )
    fail_under_diff: Goal | None = option(
        None, "The same for what was changed since --diff BASE.", EXTENT, kind=GOAL
    )
    max_files: int | None = option(
        None, "Files worked on at most where there are several, those with most to gain.", EXTENT, least=1
    )
    max_cost: float | None = option(
        None, "Ask nothing more that could make the run cost more US dollars.", EXTENT, metavar="USD", least=0
    )
    max_tokens: int | None = option(
        None, "Ask nothing more that could take more tokens, prompts and replies together.", EXTENT, least=0
    )
    max_time: float | None = option(
        None,
        "Seconds after which nothing is asked or waited for; replies that came are judged.",
        EXTENT,
        metavar="SECONDS",
        least=0,
    )

    model: str = option(
        "gpt-4o", "The model to ask; azure/NAME and the names of liteLLM work too.", MODEL, metavar="NAME"
    )
    provider: str = option(
        "auto", "How the model is reached.", MODEL, choices=("auto", "openai", "azure", "litellm")
    )
    api_base: str = option("", "The endpoint, if it is not the provider's own.", MODEL, metavar="URL")
    api_version: str = option("", "The API version Azure OpenAI is asked for.", MODEL, metavar="VERSION")
    api: str = option("auto", "The OpenAI API to use.", MODEL, choices=("auto", "responses", "chat"))
    api_key_command: str = option(
        "", "A command that prints the key, for password managers.", MODEL, metavar="COMMAND"
    )
    temperature: float | None = option(
        None, "The sampling temperature. Default: the model's own.", MODEL, least=0, most=2
    )
    reasoning_effort: str = option(
        "",
        "How long a reasoning model thinks, such as low. Default: the model's own.",
        MODEL,
        metavar="EFFORT",
    )
    max_output_tokens: int | None = option(
        None, "Tokens of one reply. Default: what the model can give, 16,000 at most.", MODEL, least=1
    )
    context_window: int | None = option(
        None, "Tokens that the model can read. Default: as liteLLM's list says, if it does.", MODEL, least=1
    )
    price: Price | None = option(
        None, "What the model costs. Default: as liteLLM's list says, if it does.", MODEL, kind=PRICE
    )
    request_timeout: float = option(120, "Seconds to wait for a reply.", MODEL, metavar="SECONDS", least=1)
    at_once: int = option(
        0,
        "Files worked on at the same time, of several; 0 stands for eight a job.",
        MODEL,
        least=0,
    )
    max_wait: float = option(
        60, "Seconds to wait for a rate limit to pass.", MODEL, metavar="SECONDS", least=0
    )

    additional_instructions: str = option(
        "", "Instructions to add to every prompt.", PROMPT, kind=TEXT_OR_FILE
    )
    included_files: tuple[Path, ...] = option((), "A further file to show to the model; repeatable.", PROMPT)
    prompts_dir: Path | None = option(
        None, "A folder with templates that take the place of those of the same name.", PROMPT, metavar="DIR"
    )

    record: Path | None = option(None, "Write the model's replies to this folder.", RECORDING, metavar="DIR")
    replay: Path | None = option(
        None, "Take the replies from this folder; no key and no network needed.", RECORDING, metavar="DIR"
    )

    store: bool = option(
        True, "Keep replies and the history of runs in .testgen/, so that nothing is paid twice.", RECORDING
    )
    fresh: bool = option(False, "Ask anew what was answered in an earlier run.", RECORDING)

    repeat: int = option(3, "Times a candidate must pass.", JUDGING, least=1)
    timeout: float = option(10, "Seconds a candidate may run.", JUDGING, metavar="SECONDS", least=0.1)
    suite_timeout: float = option(
        600, "Seconds the whole test suite may run.", JUDGING, metavar="SECONDS", least=1
    )
    memory: int = option(2048, "MiB of memory a candidate may use.", JUDGING, metavar="MIB", least=16)
    jobs: int = option(
        0,
        "Candidates judged, and questions asked, at the same time; 0: one a core, four questions.",
        JUDGING,
        least=0,
    )
    deselect_failing: bool = option(
        False, "Leave out existing tests that are red, instead of giving up.", JUDGING
    )
    fork: bool = option(True, "Fork a candidate's process from a warm one, where the system can.", JUDGING)

    strength: bool = option(
        False,
        "Try small changes of the source: would the kept tests notice? Refuse those that cannot fail.",
        STRENGTH,
    )
    strength_time: float = option(
        60,
        "Seconds for trying such changes; what is left is a random sample.",
        STRENGTH,
        metavar="SECONDS",
        least=1,
    )

    write: bool = option(False, "Let minimise write the smaller file, not only show the change.", STRENGTH)
    parametrise: bool = option(
        True, "Let minimise make one test of those that differ in literals only.", STRENGTH
    )

    sandbox: str = option(
        "auto",
        "Where candidates run; auto takes the strongest that works here.",
        SAFETY,
        choices=("auto", "bwrap", "docker", "landlock", "none"),
    )
    allow_network: bool = option(False, "Let the tests use the network.", SAFETY)
    allow_read: tuple[Path, ...] = option(
        (), "Let the tests read a file or folder that the sandbox hides; repeatable.", SAFETY
    )
    allow_write: tuple[Path, ...] = option(
        (), "Let the tests change a file or folder for good; repeatable.", SAFETY
    )
    pass_env: tuple[str, ...] = option(
        (),
        "Let the tests see an environment variable that would be kept from them; repeatable.",
        SAFETY,
        metavar="NAME",
    )

    dry_run: bool = option(
        False, "Ask nothing and spend nothing: show what is missing and what would be asked.", OUTPUT
    )
    review: bool = option(False, "Go through the kept tests one by one before they are written.", OUTPUT)
    keep_suspects: bool = option(
        False, "Write tests that show suspected bugs too, marked as expected to fail.", OUTPUT
    )
    diff_only: bool = option(False, "Print the change and write nothing.", OUTPUT)
    report: tuple[ReportTarget, ...] = option(
        (),
        "Write a report (PATH - is stdout); problems, github, gitlab: remarks on lines; repeatable.",
        OUTPUT,
        kind=REPORT,
    )
    quiet: bool = option(False, "No progress, only the result on one line.", OUTPUT, short="-q")
    verbose: bool = option(False, "Say more: every verdict with its evidence.", OUTPUT, short="-v")

    suites: tuple[Suite, ...] = ()

    def for_source(self, source: Path) -> Settings:
        """The same with what is said for the first suite that has the source, if one has."""
        found = (suite for suite in self.suites if suite.has(source))
        return replace(self, **next((suite.values for suite in found), {}))


OPTIONS = options_of(Settings)
