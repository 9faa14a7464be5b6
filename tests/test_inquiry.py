from __future__ import annotations

from endpoint import Say
from shop import Shop
from testgen.context.fitting import NO_ROOM


def test_a_small_window_gets_a_shorter_prompt_and_still_a_whole_run(tmp_path, project_python, endpoint):
    shop = Shop.at(tmp_path, project_python)
    endpoint.will(Say("No tests."))
    ended = shop.testgen("--context-window", "400", "--report", "json:-", endpoint=endpoint)
    [request] = endpoint.requests
    assert (ended.code, request.body["max_tokens"]) == (0, 100), ended.stderr
    assert NO_ROOM in request.prompt
    assert "test_total_adds_up" not in request.prompt
    assert "def shipping(weight)" in request.prompt
    [note] = [note for note in ended.report["notes"] if "no room" in note]
    assert note == ("a prompt of 300 tokens has no room for all of these: existing tests, gaps further down")


def test_a_large_one_gets_everything(tmp_path, project_python, endpoint):
    shop = Shop.at(tmp_path, project_python)
    endpoint.will(Say("No tests."))
    ended = shop.testgen("--report", "json:-", endpoint=endpoint)
    assert "test_total_adds_up" in endpoint.requests[0].prompt
    assert not [note for note in ended.report["notes"] if "no room" in note]
