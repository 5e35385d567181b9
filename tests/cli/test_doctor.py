"""`python -m infra doctor`: exit codes, table, JSON."""

import json
from pathlib import Path

from tests.cli.command import infra

REPOSITORY = Path(__file__).resolve().parents[2]


def doctor(*arguments, folder=REPOSITORY, **environment):
    """Without a `pulumi`: what it says then does not depend on the machine."""
    alone = {"PATH": "/nonexistent", "HOME": "/nonexistent", **environment}
    return infra("doctor", *arguments, folder=folder, environment=alone)


def test_something_is_missing():
    done = doctor("--stack-file", "Pulumi.stage1.yaml", HCLOUD_TOKEN="hidden-token")
    assert (done.returncode, done.stderr) == (1, "")
    assert "there is no pulumi on PATH" in done.stdout
    assert "an update would fail" in done.stdout
    assert "hidden-token" not in done.stdout


def test_json():
    done = doctor("-s", "stage2", "--json")
    made = json.loads(done.stdout)
    assert (made["ok"], made["stack"]) == (False, "stage2")
    rows = {one["name"]: one for one in made["checks"]}
    assert rows["pulumi"]["status"] == "missing"
    assert rows["packages"]["status"] == "ok"
    assert set(rows["token"]) == {"name", "status", "found", "mend"}


def test_a_broken_stack_file(tmp_path):
    """The table all the same, then every problem of the file."""
    (tmp_path / "Pulumi.stage1.yaml").write_text("config: {stagecoach:nam: shop}\n")
    done = doctor("-s", "stage1", folder=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "stagecoach:nam: unknown key" in done.stderr
    assert "stack file" in done.stdout


def test_reach_is_a_host():
    """Python's own look-up raises for a label of 64 characters."""
    done = doctor("-s", "stage1", "--online", "--reach", f"{'a' * 64}.example")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--reach = aaaa" in done.stderr
    assert "has 64 characters; DNS allows 63" in done.stderr
    assert "Traceback" not in done.stderr
