"""The load test from the outside: what is asked of kubectl, what is made of its answers."""

import json

import pytest

from infra.errors import RefusedError
from infra.operate.kubectl import Kubectl
from infra.operate.loadtest.pod import Load
from infra.operate.loadtest.run import run_loadtest
from tests.operate.loadtest.test_pod import deployment
from tests.operate.stub_kubectl import StubKubectl

LOAD = Load(count=2, task="shop.mail", queue="", recipient="test@example.com", seconds=60)
LINES = [
    {"queued": 2, "done": 1, "failed": 0},
    {"queued": 2, "done": 2, "failed": 0},
    {"waits": [0.1, 0.2], "runs": [0.1, 0.1], "seconds": 0.4},
]


@pytest.fixture
def stub(tmp_path, monkeypatch):
    made = StubKubectl(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return made


def answers(stub, **more):
    logs = "\n".join(map(json.dumps, LINES))
    given = {"get_deployment": deployment(), "get_pod": {"status": {"phase": "Running"}}, "logs": logs}
    stub.answer(**{**given, **more})


def test_follows_the_pod_and_removes_it(stub):
    answers(stub)
    told = []
    result = run_loadtest(Kubectl(None), LOAD, told.append)
    assert (result.done, result.rate) == (2, 5.0)
    assert [one["done"] for one in told] == [1, 2]
    assert json.loads((stub.folder / "created.json").read_text())["metadata"]["name"] == "loadtest"
    assert [line.split()[0] for line in stub.asked()] == ["get", "delete", "create", "get", "logs", "delete"]


def test_a_pod_that_ends_without_a_result(stub):
    """What it said is in the message; it is removed all the same."""
    answers(stub, logs="Traceback\nModuleNotFoundError: No module named 'shop'\n")
    with pytest.raises(RefusedError, match="No module named 'shop'"):
        run_loadtest(Kubectl(None), LOAD, lambda _: None)
    assert stub.asked()[-1].startswith("delete pod loadtest")


def test_a_cluster_that_does_not_answer(stub):
    answers(stub, get_deployment={"error": "Unable to connect to the server: connection refused"})
    with pytest.raises(RefusedError, match="Unable to connect to the server: connection refused"):
        run_loadtest(Kubectl(None), LOAD, lambda _: None)
    assert len(stub.asked()) == 1
