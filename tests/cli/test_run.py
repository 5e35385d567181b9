"""`python -m infra run` from outside; what happens in the pod is in tests/operate/test_run.py."""

from tests.cli.command import infra


def test_without_a_command():
    made = infra("run")
    assert made.returncode == 2
    assert "Missing argument 'command'" in made.stderr


def test_bounds_of_the_time_limit():
    made = infra("run", "--seconds", "5", "--", "true")
    assert made.returncode == 2
    assert "5 is less than 30" in made.stderr


def test_no_stack(tmp_path):
    """It says so before anything is asked of a cluster."""
    (tmp_path / "kubectl").symlink_to("/bin/false")
    path = tmp_path / "pulumi"
    path.write_text("#!/bin/sh\necho 'error: no stack selected' >&2\nexit 255\n")
    path.chmod(0o755)
    made = infra("run", "--", "true", environment={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert made.returncode == 1
    assert made.stderr.startswith("no stack is selected\n")
