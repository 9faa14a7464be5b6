"""One base error, one boundary: what a user can cause ends as a line with cause, remedy and exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns; other programs rely on these."""

    DONE = 0
    GOAL_MISSED = 1
    USAGE = 2
    PROJECT = 3
    PROVIDER = 4
    BUG = 70
    INTERRUPTED = 130
    READER_GONE = 141  # nobody reads our output any more; what a shell reports for SIGPIPE


class TestgenError(Exception):
    """Something a user can put right. `cause` says what happened, `remedy` what to do about it.

    TestgenError
     ├── UsageError      exit 2: options, configuration, paths
     ├── ProjectError    exit 3: the project cannot be measured
     ├── ProviderError   exit 4: the model could not be asked (retryable or not)
     │    └── BudgetError        it was not, because that could pass a limit of the run
     └── ForgeError      exit 4: GitHub or GitLab said no, or nothing
    """

    __test__ = False  # or pytest takes it for a test class
    code = ExitCode.BUG

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


class UsageError(TestgenError):
    """Options, configuration or paths that make no sense."""

    code = ExitCode.USAGE


class ProjectError(TestgenError):
    """The project cannot be measured: existing tests red, no pytest, no such interpreter."""

    code = ExitCode.PROJECT


class ProviderError(TestgenError):
    """The model could not be asked: key, quota, model name, network, an unusable answer."""

    code = ExitCode.PROVIDER


class BudgetError(ProviderError):
    """The model was not asked, because that could pass what the run may cost or how long it may take."""


class ForgeError(TestgenError):
    """The place where a change is reviewed did not do what it was asked."""

    code = ExitCode.PROVIDER
