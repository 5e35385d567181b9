"""How a command ended."""

import pytest

from infra.errors import Problem, RefusedError
from infra.operate.outcome import judge

MADE = {"metadata": {"uid": "1"}}
SPEC = {"activeDeadlineSeconds": 600, "containers": [{"resources": {"limits": {"memory": "320Mi"}}}]}


def pod(ended=None, uid="1", **status):
    states = [{"state": {"terminated": ended} if ended else {"running": {}}}]
    return {"metadata": {"uid": uid}, "spec": SPEC, "status": {"containerStatuses": states, **status}}


def judged(code, found):
    told = []
    return judge(code, lambda: found, MADE, told.append, settle=0), told


def test_success_asks_nobody():
    assert judge(0, lambda: pytest.fail("asked"), MADE, print) == 0


def test_the_pods_code_wins():
    """kubectl's own failures are all 1."""
    assert judged(1, pod({"exitCode": 7})) == (7, [])


@pytest.mark.parametrize("ended", [{"exitCode": 137}, {"exitCode": 137, "reason": "OOMKilled"}])
def test_out_of_memory(ended):
    code, told = judged(137, pod(ended))
    assert (code, told) == (137, ["the command was killed: it may have needed more memory than the migration's 320Mi"])


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "somebody removed the pod"),
        (pod(uid="2"), "somebody removed the pod"),
        (pod({"exitCode": 143}, reason="DeadlineExceeded"), "it took longer than 600 s. --seconds gives it more time"),
        (pod(), "the connection was lost"),
        (pod({"exitCode": 75, "message": "stagecoach: nobody was there for 120 s\n"}), "nobody was there for 120 s"),
        (
            pod({"exitCode": 143}, conditions=[{"type": "DisruptionTarget", "message": "preempting for app/migrate"}]),
            "the shop needed the room: preempting for app/migrate",
        ),
    ],
)
def test_what_ended_it(found, said):
    with pytest.raises(RefusedError, match=said):
        judged(1, found)


def test_a_cluster_that_is_gone():
    def look():
        raise RefusedError("the cluster refused", [Problem(path="kubectl", value="", allowed="timeout", hint="")])

    with pytest.raises(RefusedError, match=r"the connection was lost\n.*timeout"):
        judge(1, look, MADE, print)
