"""The answer to the pod's creation is lost: the pod is there, and nobody would beat for it."""

import os

import pytest

from infra.errors import RefusedError
from infra.operate.kubectl import Kubectl
from infra.operate.run import run_command
from infra.operate.run_pod import OWNER, PROCESS, is_own, this_owner
from tests.operate.stub_kubectl import StubKubectl

CREATE, DELETE = "create --filename=-", "delete pod run --namespace=app"


@pytest.fixture
def stub(tmp_path, monkeypatch):
    made = StubKubectl(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return made


def pod(owner=None, process=None):
    said = {OWNER: owner or this_owner(), PROCESS: str(process or os.getpid())}
    return {"metadata": {"name": "run", "uid": "p", "annotations": said}, "status": {"phase": "Running"}}


@pytest.mark.parametrize(
    ("found", "goes"),
    [(pod(), True), (pod(owner="ann@elsewhere"), False), (pod(process=1), False)],
    ids=["its own", "a colleague's", "another command's"],
)
def test_only_its_own_pod_goes(stub, shop_workloads, found, goes):
    job, web = shop_workloads
    stub.answer(
        get_deployment=web,
        get_jobs={"items": [job]},
        get_pods={"items": []},
        get_pod=found,
        create={"error": "net/http: request canceled"},
    )
    with pytest.raises(RefusedError, match="request canceled"):
        run_command(Kubectl(None), ["true"], 60, print, terminal=False)
    asked = stub.asked()
    assert any(line.startswith(CREATE) for line in asked)
    assert any(line.startswith(DELETE) for line in asked) is goes
    assert is_own(found) is goes
