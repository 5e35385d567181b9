"""Every command on every kind of bad file: exit code 2, one message with the place, no traceback."""

import json
import subprocess
import typing
from pathlib import Path

import pytest
import typer.main

from infra.cli.app import app
from tests.cli import command
from tests.updates.preview.previews import document, step

REPOSITORY = Path(__file__).resolve().parents[2]
GOOD = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
PREVIEW = document(step("update", "hcloud:index/server:Server", "server-server", paths=["serverType"]))
KUBECONFIG = "apiVersion: v1\nkind: Config\nclusters:\n- name: x\n  cluster:\n    server: https://127.0.0.1:1\n"

# Where a command takes a file: its arguments, and a good file of that kind. BAD stands for the bad one.
BAD = "BAD"
SLOTS = {
    "plan": (("plan", "--stack-file", BAD), GOOD),
    "plan, JSON": (("plan", "--json", "--stack-file", BAD), GOOD),
    "diff from": (("diff", "--from", BAD, "--to", "2"), GOOD),
    "diff to": (("diff", "--from", "1", "--to", BAD, "--json"), GOOD),
    "guard": (("guard", BAD), PREVIEW),
    "guard's stack file": (("guard", "preview.json", "--stack-file", BAD), GOOD),
    "loadtest": (("loadtest", "--kubeconfig", BAD), KUBECONFIG),
    "render": (("render", BAD, "--to", "rendered"), GOOD),
    "doctor": (("doctor", "--stack-file", BAD), GOOD),
    "doctor, JSON": (("doctor", "--json", "--stack-file", BAD), GOOD),
    # These read deployments.yaml of the folder that they run in, and none means no deployment.
    "comment": (("comment", "--base", "HEAD"), "shop: stage1\n"),
    "deploy": (("deploy",), "shop: stage1\n"),
    "runner-access": (("runner-access", "close", "--run", "1"), "shop: stage1\n"),
}
OF_THE_FOLDER = ("comment", "deploy", "runner-access")
READS_NO_FILE = ("prices", "recheck", "run", "shell", "logs", "restart")


def write_bad(path, kind, good):
    if kind == "directory":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(b"\x7fELF\x00\xff\xfe\x80" * 50)
    elif kind == "truncated":
        # In the middle of a value of several lines, or of an object.
        path.write_text(good[: len(good) // 2] + ("" if good.startswith("{") else "\n  - [cut: {off"))
    elif kind == "not a mapping":
        path.write_text("[1, 2]\n")
    elif kind == "a web page":
        path.write_text("<!DOCTYPE html>\n<html>\n<body>\t404: not found</body>\n</html>\n")
    elif kind == "nested":
        # YAML's reader takes most of a second for so many brackets: tests/stack_file/reader/test_fuzz.py does.
        path.write_text(("[" if good.startswith("{") else "- ") * 20_000)
    else:
        assert kind == "missing"


KINDS = ("missing", "directory", "binary", "truncated", "not a mapping", "a web page", "nested")


def make_repository(folder):
    """What `comment` compares with."""
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.com"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "as it is"]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def infra(tmp_path):
    """Runs a command in a checkout of its own, without a `pulumi` on PATH."""
    for name in ("Pulumi.yaml", "Pulumi.stage1.yaml", "requirements.txt"):
        (tmp_path / name).write_text((REPOSITORY / name).read_text())
    (tmp_path / "preview.json").write_text(PREVIEW)

    def call(*arguments):
        done = command.infra(*arguments, folder=tmp_path)
        return done.returncode, done.stdout, done.stderr

    return call


def require_message(code, output, complaint, place):
    assert code == 2, complaint
    assert "Traceback" not in output + complaint
    title, *problems = complaint.splitlines()
    assert title
    assert not title.startswith(" ")
    assert problems
    assert all(line.startswith("  ") for line in problems), complaint
    assert place in complaint
    assert len(complaint) < 3000, "a message, not the file itself"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slot", SLOTS)
def test_bad_file(infra, tmp_path, slot, kind):
    arguments, good = SLOTS[slot]
    if slot in OF_THE_FOLDER and kind == "missing":
        return
    name = "deployments.yaml" if slot in OF_THE_FOLDER else "bad.yaml"
    if slot == "comment":
        make_repository(tmp_path)
    write_bad(tmp_path / name, kind, good)
    code, output, complaint = infra(*(name if one == BAD else one for one in arguments))
    require_message(code, output, complaint, name)
    if "--json" in arguments and output:
        json.loads(output)


def test_every_command_is_here():
    """A new one brings its row."""
    assert set(typer.main.get_command(app).commands) == {
        *(arguments[0] for arguments, _ in SLOTS.values()),
        *READS_NO_FILE,
    }


class TestAnotherDeployments:
    def test_two_stack_files(self, infra, tmp_path):
        """A comparison of two shops is no update of either."""
        (tmp_path / "other.yaml").write_text(GOOD.replace("stagecoach:name: shop", "stagecoach:name: museum"))
        require_message(*infra("diff", "--from", "Pulumi.stage1.yaml", "--to", "other.yaml"), "museum")

    def test_a_preview_of_another_project(self, infra, tmp_path):
        (tmp_path / "preview.json").write_text(PREVIEW.replace("::stagecoach::", "::museum::"))
        require_message(*infra("guard", "preview.json"), "museum")

    def test_a_deployment_of_another_name(self, infra, tmp_path):
        (tmp_path / "deployments.yaml").write_text("museum: stage1\n")
        require_message(*infra("deploy"), "museum: stage1")


class TestFolders:
    def test_previews_that_are_not_there(self, infra, tmp_path):
        """Without them the comment would say that nothing is touched."""
        make_repository(tmp_path)
        require_message(*infra("comment", "--base", "HEAD", "--previews", "previews"), "previews")

    def test_a_comment_into_a_folder(self, infra, tmp_path):
        make_repository(tmp_path)
        (tmp_path / "folder").mkdir()
        require_message(*infra("comment", "--base", "HEAD", "--output", "folder"), "folder")

    def test_a_rendering_into_a_file(self, infra):
        require_message(*infra("render", "Pulumi.stage1.yaml", "--to", "preview.json"), "preview.json")


NUMBERS = [
    (one.name or one.callback.__name__.replace("_", "-"), name)
    for one in app.registered_commands
    for name, hint in typing.get_type_hints(one.callback).items()
    if {int, float} & {hint, *typing.get_args(hint)}
]


def test_numbers_are_found():
    """Or the next test could not fail."""
    assert {("run", "seconds"), ("logs", "tail"), ("diff", "root_disk_gb"), ("plan", "task_seconds")} <= set(NUMBERS)


@pytest.mark.parametrize(("name", "option"), NUMBERS)
@pytest.mark.parametrize("value", ["1e999x", "-99999999999", "9" * 40])
def test_no_number_in_anothers_words(name, option, value):
    """Typer has its words from pydantic: "Input should be a valid integer"."""
    needed = {"diff": ("--from", "1", "--to", "2"), "run": ("--", "true"), "restart": ("web",), "logs": ("web",)}
    rest = needed.get(name, ())
    done = command.infra(name, f"--{option.replace('_', '-')}={value}", *rest, environment={"PATH": "/nonexistent"})
    assert done.returncode in (1, 2)
    assert "Input should" not in done.stderr
    assert "unable to parse" not in done.stderr
