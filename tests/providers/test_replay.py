from __future__ import annotations

import stat

import pytest

from testgen.domain import Finish, Message, Reply, Usage
from testgen.errors import ProviderError, UsageError
from testgen.providers.replay import Recorded, Recording, Replay, fingerprint

REPLIES = (
    Reply("```python\ndef test_a(): ...\n```\n", Usage(1, 10, 4, 5, 2, 0.25), Finish.STOP, "gpt-4o"),
    Reply("cut\r\nhere ---\n---\n", Usage(1, 3, 0, 1, 0, None), Finish.LENGTH, "gpt-4o"),
    Reply("", Usage(1), Finish.REFUSED, "gpt-4o"),
)


class Canned:
    """Answers with prepared replies."""

    name = "canned"
    model = "gpt-4o"

    def __init__(self, *replies):
        self._replies = iter(replies)

    def complete(self, messages):
        return next(self._replies)

    def close(self):
        pass


def ask(text):
    return [Message("system", "you test"), Message("user", text)]


@pytest.fixture
def recording(tmp_path):
    provider = Recording(Canned(*REPLIES), tmp_path / "deep" / "recording")
    for number in range(len(REPLIES)):
        provider.complete(ask(f"question {number}"))
    return tmp_path / "deep" / "recording"


def test_what_was_recorded_comes_back(recording):
    replay = Replay(recording)
    assert [replay.complete(ask(f"question {n}")) for n in range(3)] == list(REPLIES)
    assert (replay.name, replay.model) == ("replay", "gpt-4o")


def test_equal_prompts_find_their_reply_in_any_order(recording):
    replay = Replay(recording)
    assert [replay.complete(ask(f"question {n}")) for n in (2, 0, 1)] == [REPLIES[2], REPLIES[0], REPLIES[1]]


def test_changed_prompts_are_answered_in_order(recording):
    replay = Replay(recording)
    assert [replay.complete(ask(f"another {n}")) for n in range(3)] == list(REPLIES)


def test_a_recording_can_end(recording):
    replay = Replay(recording)
    for number in range(3):
        replay.complete(ask(f"question {number}"))
    with pytest.raises(ProviderError, match="no reply left") as caught:
        replay.complete(ask("question 0"))
    assert "--record" in caught.value.remedy


def test_files_are_private_and_readable(recording):
    files = sorted(recording.iterdir())
    assert [file.name for file in files] == ["0001.md", "0002.md", "0003.md"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert files[0].read_text("utf-8") == (
        "---\nmodel: gpt-4o\nfinish: stop\n"
        f"prompt: {fingerprint(ask('question 0'))}\n"
        "prompt_tokens: 10\ncached_tokens: 4\ncompletion_tokens: 5\nreasoning_tokens: 2\ncost: 0.25\n---\n"
        "```python\ndef test_a(): ...\n```\n\n"
    )


@pytest.mark.parametrize("reply", REPLIES)
def test_a_file_is_read_as_it_was_written(reply):
    recorded = Recorded("abc", reply)
    assert Recorded.parse(recorded.render()) == recorded


def test_a_reply_no_encoding_can_hold_is_recorded_all_the_same(tmp_path):
    Recording(Canned(Reply("half \ud83d pair", Usage(1))), tmp_path).complete(ask("q"))
    assert Replay(tmp_path).complete(ask("q")).text == "half ? pair"


def test_nothing_is_recorded_over_a_recording(recording):
    with pytest.raises(UsageError, match="holds a recording already"):
        Recording(Canned(), recording)


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot record into"):
        Recording(Canned(), tmp_path / "file")


@pytest.mark.parametrize("text", ["", "no fence", "---\nmodel: x\n---\nhi", "---\nnonsense\n---\n"])
def test_a_damaged_file_is_named(recording, text):
    (recording / "0002.md").write_text(text)
    with pytest.raises(UsageError, match=r"0002\.md is not a recorded reply"):
        Replay(recording)


def test_no_recording(tmp_path):
    with pytest.raises(UsageError, match="no recording in"):
        Replay(tmp_path / "missing")
