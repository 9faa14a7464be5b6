from __future__ import annotations

import pytest

from testgen.commandline import Call, Command, read
from testgen.errors import UsageError
from testgen.settings import OPTIONS


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("", Call(Command.WRITE, {})),
        ("--model x --repeat 2", Call(Command.WRITE, {"model": "x", "repeat": "2"})),
        ("--cwd a", Call(Command.WRITE, {"cwd": "a"})),
        ("--test-dir a", Call(Command.WRITE, {"cwd": "a"})),
        ("--quiet --no-fork", Call(Command.WRITE, {"quiet": True, "fork": False})),
        ("-q -v", Call(Command.WRITE, {"quiet": True, "verbose": True})),
        ("--function a --function b,c", Call(Command.WRITE, {"function": ["a", "b,c"]})),
        ("config", Call(Command.CONFIG, {})),
        ("config --json", Call(Command.CONFIG_JSON, {})),
        ("--model x config", Call(Command.CONFIG, {"model": "x"})),
        ("config --model x", Call(Command.CONFIG, {"model": "x"})),
        ("--model x --jobs 2 config --model y", Call(Command.CONFIG, {"model": "y", "jobs": "2"})),
        (
            "--source-file a.py doctor --api chat",
            Call(Command.DOCTOR, {"source_file": "a.py", "api": "chat"}),
        ),
    ],
)
def test_a_command_line_is_read(line: str, call: Call) -> None:
    assert read(line.split()) == call


def test_an_empty_text_is_given_too() -> None:
    assert read(["--api-base", ""]) == Call(Command.WRITE, {"api_base": ""})


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
@pytest.mark.parametrize("command", ["", "config", "doctor"])
def test_every_spelling_of_every_option_is_understood(option, command: str) -> None:
    for flag in option.flags:
        line = [command] * bool(command) + [flag] + ["1"] * (not option.is_switch)
        call = read(line)
        assert isinstance(call, Call)
        assert list(call.flags) == [option.name]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--modle x", "--model"),
        ("--model", "requires an argument"),
        ("cofnig", "Did you mean 'config'?"),
        ("config extra", "extra"),
        ("--quiet=3", "--quiet"),
        ("--api-key sk-1", "--api-key-command"),
    ],
)
def test_what_is_not_understood_is_an_error_that_helps(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read(line.split())
    assert "testgen --help" in caught.value.remedy


@pytest.mark.parametrize("line", ["--help", "-h", "config --help", "doctor -h"])
def test_help_has_every_option_in_its_section(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(line.split()) == 0
    text = capsys.readouterr().out
    for option in OPTIONS:
        section = text.split(f"\n{option.declared.panel}:\n")[1].split("\n\n")[0]
        assert option.flags[0] in section
