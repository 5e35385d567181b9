"""What kubectl says, as errors for people."""

import pytest

from infra.errors import RefusedError, StagecoachError
from infra.operate.kubectl import Kubectl


@pytest.fixture
def kubectl(tmp_path, monkeypatch):
    """One that is a line of shell."""

    def made(script):
        path = tmp_path / "kubectl"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return Kubectl(None)

    return made


def test_the_last_line_is_the_reason(kubectl):
    found = kubectl("echo 'E1130 memcache' >&2; echo 'The connection to the server was refused' >&2; exit 1")
    with pytest.raises(RefusedError, match=r"it says: The connection to the server was refused.*admin_cidrs"):
        found.read("get", "pods")


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("error: You must be logged in to the server (Unauthorized)", "renew-kubeconfig"),
        ('Error from server (AlreadyExists): pods "run" already exists', "Somebody else.s command has begun"),
        ('jobs.batch is forbidden: User "ann" cannot list resource "jobs"', "docs/how-to/operate.md"),
        ("dial tcp 203.0.113.7:6443: i/o timeout", "admin_cidrs"),
        ('pods "run" is forbidden: exceeded quota: requests-cpu', "Another pod has the room"),
    ],
)
def test_what_to_do(kubectl, said, hint):
    found = kubectl(f"echo '{said}' >&2; exit 1")
    with pytest.raises(RefusedError, match=hint):
        found.read("get", "pods")


def test_no_answer(kubectl):
    found = kubectl("exec sleep 60")
    with pytest.raises(RefusedError, match=r"no answer within 0\.1 s"):
        found.read("get", "pods", seconds=0.1)


def test_objects(kubectl):
    found = kubectl("""echo '{"items": [{"kind": "Pod"}]}'""")
    assert found.items("pods") == [{"kind": "Pod"}]
    assert kubectl("").found("pod", "run") is None


def test_lines_end_with_their_reader(kubectl):
    """A log that is followed has no end of its own."""
    found = kubectl("echo one; exec sleep 600")
    lines = found.lines("logs")
    assert next(lines) == "one\n"
    found.close()
    assert list(lines) == []


def test_a_carriage_return_ends_no_line(kubectl):
    """A progress bar is one line of a log."""
    script = "printf 'a\\rb\\n\\377\\n'"
    assert kubectl(script).read("logs") == "a\rb\n\ufffd\n"
    assert list(kubectl(script).lines("logs")) == ["a\rb\n", "\ufffd\n"]


def test_none_on_this_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(StagecoachError, match="`make setup` installs it"):
        Kubectl(None)
