"""GitHub's runner, as far as a composite action needs one: expressions, variables, outputs, real bash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))
_TOKEN = re.compile(r"'(?:[^']|'')*'|&&|\|\||!=|==|!|[()]|,|[\w.-]+|\s+")
_WORDS = {"&&": " and ", "||": " or ", "!": " not "}


@dataclass
class Job:
    """A job that uses the action; `contexts` are what expressions may ask for, `given` its inputs."""

    work: Path
    temp: Path
    contexts: dict[str, str]
    given: dict[str, str]
    variables: dict[str, str]
    log: str = ""
    failed: bool = False
    ran: list[str] = field(default_factory=list)

    def run(self, *left_out: str) -> Job:
        """Every step in order, but for those left out, up to the first that fails."""
        for name, declared in ACTION["inputs"].items():
            default = self.filled(str(declared.get("default", "")))
            self.contexts[f"inputs.{name}"] = self.given.get(name, default)
        for step in ACTION["runs"]["steps"]:
            if step["name"] not in left_out and self.value(step.get("if", "'true'")) and not self.failed:
                self._step(step)
        return self

    @property
    def summary(self) -> str:
        return (self.temp / "summary").read_text("utf-8") if (self.temp / "summary").exists() else ""

    def value(self, expression: str) -> Any:
        """What an expression is; a context that nobody has set is empty, one that nobody knows an error."""
        parts = []
        for token in _TOKEN.findall(expression):
            if token in _WORDS or re.fullmatch(r"'.*'|==|!=|[(),]|\s+", token) or token == "format":
                parts.append(_WORDS.get(token, token))
            else:
                parts.append(f"look({token!r})")
        scope = {"look": self._look, "format": lambda text, *words: text.format(*words)}
        return eval("".join(parts).strip(), {"__builtins__": {}}, scope)

    def _look(self, name: str) -> str:
        assert name in self.contexts or name.startswith(("steps.", "inputs.")), f"unknown context {name}"
        return self.contexts.get(name, "")

    def filled(self, text: str) -> str:
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(self.value(found[1].strip())), text)

    def _step(self, step: dict[str, Any]) -> None:
        output = self.temp / "output"
        output.write_text("")
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        own = {name: self.filled(text) for name, text in step.get("env", {}).items()}
        places = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.temp / "summary")}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.work,
            env={**self.variables, **places, "RUNNER_TEMP": str(self.temp), **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.ran.append(step["name"])
        self.log += done.stdout
        self.failed = done.returncode != 0
        for line in output.read_text().splitlines():
            name, _, value = line.partition("=")
            self.contexts[f"steps.{step.get('id')}.outputs.{name}"] = value


def tool(name: str, remedy: str) -> str:
    """A program that checks what we ship, beside this Python or on the path; skips the test without it."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return found or pytest.skip(f"there is no {name}: {remedy}")
