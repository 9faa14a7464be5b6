"""A run that loses the ground under it: a full disk, a folder that vanishes, a file made read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from endpoint import Fail, Say
from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS
from testgen.domain import CoverageMap, Ending, Reach, Result, Stop
from testgen.errors import ProjectError
from testgen.judge.bench import Bench, Limits
from testgen.project import Project, probe
from testgen.writing import hand_over

ONCE = ("--max-iterations", "1")
ANSWER = fenced(IMPORTS, GOOD)
# In a mount namespace of its own: a small disk with a copy of the project on it.
SMALL_DISK = """
mount -t tmpfs -o size=1m small "$1" && cp -a "$2/." "$1" && cd "$1" || exit 99
shift 2
"$@"
"""


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def after(change) -> Say:
    """An answer that comes after something has happened to the project."""

    def answer(_: str) -> str:
        change()
        return ANSWER

    return Say(answer)


def put_in_later(shop: Shop, patch: Path) -> None:
    """What a user does with the patch; the tests in it are as good as if they had been written at once."""
    subprocess.run(["git", "apply", patch], cwd=shop.root, check=True)
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
    assert shop.pytest() == 0


def test_a_test_file_made_read_only_meanwhile_stays_and_a_patch_is_handed_over(shop, endpoint):
    endpoint.will(after(lambda: shop.test_file.chmod(0o444)))
    before = shop.files()
    ended = shop.testgen(*ONCE, "--report", "json:report.json", endpoint=endpoint)
    assert (ended.code, {name: shop.files()[name] for name in before}) == (3, before)
    assert "could not be written: it was made read-only meanwhile" in ended.stdout
    assert f"git apply {shop.root}/.testgen/test_cart.py.patch" in ended.stdout
    assert "Traceback" not in ended.stderr
    put_in_later(shop, shop.root / ".testgen" / "test_cart.py.patch")


def test_a_source_that_vanishes_ends_the_run_and_the_next_one_pays_nothing_again(shop, endpoint):
    source = shop.source.read_text()
    endpoint.will(after(shop.source.unlink))
    before = shop.files()
    ended = shop.testgen(*ONCE, endpoint=endpoint)
    assert ended.code == 3
    assert "Nothing was written: the source file is no longer there." in ended.stdout
    shop.source.write_text(source)
    assert shop.files() == before
    endpoint.always(Fail(401, "paid for already"))
    assert shop.testgen(*ONCE, endpoint=endpoint).code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


def test_a_project_that_vanishes_is_not_made_again(shop, endpoint):
    endpoint.will(after(lambda: shutil.rmtree(shop.root)))
    ended = shop.testgen(*ONCE, endpoint=endpoint)
    assert (ended.code, shop.root.exists()) == (3, False)
    assert "the source file is no longer there" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_folder_of_tests_that_vanishes_is_made_for_what_was_kept(shop, endpoint):
    endpoint.will(after(lambda: shutil.rmtree(shop.test_file.parent)))
    assert shop.testgen(*ONCE, endpoint=endpoint).code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
    assert shop.pytest() == 0


def test_existing_tests_that_turn_red_for_good_meanwhile_keep_anything_from_being_written(shop, endpoint):
    """Green without the new ones was seen at the start; what is red without them now proves nothing."""
    shop.write({"tests/test_other.py": "def test_other():\n    assert True\n"})
    endpoint.will(after(lambda: shop.write({"tests/test_other.py": "import nowhere\n"})))
    text = shop.test_file.read_text()
    ended = shop.testgen(*ONCE, endpoint=endpoint)
    assert (ended.code, shop.test_file.read_text()) == (3, text)
    assert "the project's tests are red by now without any new one" in ended.stdout
    (shop.root / "tests" / "test_other.py").unlink()
    put_in_later(shop, shop.root / ".testgen" / "test_cart.py.patch")


FULL_AT_ONCE = 'cat /dev/zero > filler 2>&-; exec "$@"'
TEMPORARY_FOLDER = 'export TMPDIR="$PWD"; cd "$PROJECT"; exec "$@"'


@pytest.fixture
def on_small_disk(tmp_path, shop, endpoint):
    """A function that runs testgen on a small disk that is full as soon as the model has answered.

    It takes a line of shell that is to come first, and returns exit code, standard output and errors.
    """
    place = tmp_path / "small"
    place.mkdir()
    skip_without_small_disks(place, shop.root)

    def run(first: str) -> tuple[int, str, str]:
        asking = shop.command(*ONCE, "--api-base", endpoint.url)
        command = [*small_disk(place, shop.root), "sh", "-c", first, "sh", *asking]
        environ, pipe = shop.environ(PROJECT=str(shop.root)), subprocess.PIPE
        process = subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, text=True)
        filler = Path(f"/proc/{process.pid}/root{place}/filler")
        endpoint.will(after(lambda: fill(filler)))
        stdout, stderr = process.communicate(timeout=120)
        assert "Traceback" not in stderr
        return process.returncode, stdout, stderr

    return run


@pytest.mark.parametrize("first", ['exec "$@"', FULL_AT_ONCE], ids=["after the answer", "from the start"])
def test_a_disk_that_is_full_loses_nothing(shop, on_small_disk, first):
    code, stdout, _ = on_small_disk(first)
    assert code == 3
    assert "could not be written: No space left on device" in stdout
    assert "replies are not remembered" in stdout
    patch = Path(stdout.partition("git apply ")[2].splitlines()[0])
    put_in_later(shop, patch)
    shutil.rmtree(patch.parent)


def test_no_room_to_judge_in_loses_no_reply(shop, endpoint, on_small_disk):
    before = shop.files()
    code, _, stderr = on_small_disk(TEMPORARY_FOLDER)
    assert (code, shop.files()) == (3, before)
    assert "no space left to work in" in stderr
    endpoint.always(Fail(401, "paid for already"))
    assert shop.testgen(*ONCE, endpoint=endpoint).code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


def small_disk(place: Path, project: Path) -> tuple[str, ...]:
    """What goes before a command that is to work on a disk of one MiB, in a copy of the project."""
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "sh", str(place), str(project))


def skip_without_small_disks(place: Path, project: Path) -> None:
    if not shutil.which("unshare"):
        pytest.skip("unshare (util-linux) is not installed")
    tried = subprocess.run([*small_disk(place, project), "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no disk can be mounted here: {tried.stderr.strip()}")


def fill(path: Path) -> None:
    """Write until there is no room left."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(handle, b"x" * 4096):
            pass
    except OSError:
        os.close(handle)


def test_without_any_place_for_a_patch_none_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    nothing = CoverageMap(tmp_path / "a.py", Reach())
    result = Result(
        nothing.source, tmp_path / "test_a.py", nothing, nothing, (), Stop.ROUNDS, None, b"x\n", Ending()
    )
    assert hand_over(result, tmp_path / "gone") is None
    assert hand_over(result, tmp_path) == tmp_path / ".testgen" / "test_a.py.patch"


def test_without_a_temporary_folder_nothing_begins(tmp_path, monkeypatch, project_python):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    project = Project(tmp_path, tmp_path / "a.py", tmp_path / "test_a.py", probe(project_python))
    limits = Limits(timeout=1, suite_timeout=1, jobs=1, repeat=1)
    with pytest.raises(ProjectError, match="no temporary folder"), Bench(project, limits, {}):
        pass
