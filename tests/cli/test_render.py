"""`python -m infra render`."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.command import infra
from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]


def render(*arguments):
    """In a process of its own, where sets have another order."""
    return subprocess.run(
        [sys.executable, "-m", "infra", "render", *map(str, arguments)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(120),
    )


def texts(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_writes_the_same_twice(tmp_path):
    """Two processes, two folders; then another stage over the first one."""
    first, second = tmp_path / "a", tmp_path / "b"
    done = render("Pulumi.stage1.yaml", "--to", first)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{first}: " in done.stdout
    assert render("Pulumi.stage1.yaml", "--to", second).returncode == 0
    assert texts(first) == texts(second)
    assert "kubernetes/app/deployment-django.yaml" in texts(first)
    moved = json.loads(infra("render", "Pulumi.stage2.yaml", "--provider", "vultr", "--to", first, "--json").stdout)
    assert moved["provider"] == "vultr"
    assert [name for name in moved["files"] if not (first / name).exists()] == []
    assert [name for name in moved["removed"] if (first / name).exists()] == []
    assert set(texts(first)) == {*moved["files"], "rendered.json"}


def test_refuses_a_foreign_folder(tmp_path):
    """Before the program runs."""
    (tmp_path / "notes.txt").write_text("mine")
    done = infra("render", "Pulumi.stage1.yaml", "--to", tmp_path)
    assert done.returncode == 1
    assert "Name another folder" in done.stderr
    assert texts(tmp_path) == {"notes.txt": "mine"}
