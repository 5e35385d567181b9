"""`python -m infra loadtest`."""

import json
import os

import pytest

from tests.cli.command import infra
from tests.operate.loadtest.test_run import LINES, answers
from tests.operate.stub_kubectl import StubKubectl


@pytest.fixture
def stub(tmp_path):
    return StubKubectl(tmp_path)


def loadtest(stub, *arguments):
    environment = {**os.environ, "PATH": f"{stub.folder}:/usr/bin:/bin"}
    return infra("loadtest", *arguments, environment=environment)


def test_prints_the_rate(stub, tmp_path):
    answers(stub)
    path = tmp_path / "kubeconfig"
    path.write_text("clusters: [{name: shop}]\n")
    done = loadtest(stub, "--count", "2", "--kubeconfig", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "2 of 2 tasks in 0.4 s: 5.0 tasks per second, 100 ms each",
        "wait: p50 0.1 s, p95 0.2 s, longest 0.2 s",
        "failed: 0",
    ]


def test_json(stub):
    answers(stub)
    assert json.loads(loadtest(stub, "--count", "2", "--json").stdout)["tasks_per_second"] == 5.0


def test_tasks_that_are_left_are_no_success(stub):
    """Exit code 1, with the result all the same."""
    answers(stub, logs="\n".join(map(json.dumps, [{"queued": 3, "done": 2, "failed": 1}, LINES[-1]])))
    done = loadtest(stub, "--count", "3")
    assert done.returncode == 1
    assert "2 of 3 tasks" in done.stdout
    assert "1 left, 1 failed" in done.stderr


def test_wrong_input(stub):
    done = loadtest(stub, "--count", "0")
    assert done.returncode == 2
    assert "count" in done.stderr
