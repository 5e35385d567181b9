"""What an update says of pods that are not ready."""

from lab.plugins.kubernetes.pod_trouble import PodTrouble, reasons

JOB = {"metadata": {"namespace": "app"}, "spec": {"selector": {"matchLabels": {"job": "1"}}}}
PULL = {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "shop:9"'}
CRASHED = {"exitCode": 3, "reason": "Error", "message": "Traceback\nValueError: no\n"}


def pod(name="web-1", ready="False", **container):
    conditions = [{"type": "Ready", "status": ready}]
    return {
        "metadata": {"name": name},
        "status": {"conditions": conditions, "containerStatuses": [{"name": "web", **container}]},
    }


class Pods:
    """Stands in for the API: the pods of one look after the other."""

    def __init__(self, *looks):
        self.looks = list(looks)

    def request(self, verb, path, **query):
        assert (verb, path, query) == ("GET", "/api/v1/namespaces/app/pods", {"labelSelector": "job=1"})
        return {"items": self.looks.pop(0)}


class TestReasons:
    def test_an_image_that_is_not_there(self):
        assert list(reasons(pod(state={"waiting": PULL}))) == [
            'pod web-1: ImagePullBackOff: Back-off pulling image "shop:9"'
        ]

    def test_a_container_that_crashed(self):
        """With its exit code and its last lines, while it waits for its next start, too."""
        said = "pod web-1: container web ended with exit code 3 (Error): Traceback\nValueError: no"
        assert list(reasons(pod(state={"terminated": CRASHED}))) == [said]
        waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
        assert list(reasons(pod(state=waiting, lastState={"terminated": CRASHED})))[-1] == said

    def test_a_container_that_is_done(self):
        assert list(reasons(pod(state={"terminated": {"exitCode": 0}}))) == []

    def test_a_pod_without_room(self):
        full = pod()
        full["status"]["conditions"] = [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "Insufficient memory"}
        ]
        assert list(reasons(full)) == ["pod web-1: Unschedulable: Insufficient memory"]


class TestPodTrouble:
    def test_a_pod_that_is_gone_is_remembered(self):
        """A job past its deadline has none any more."""
        trouble = PodTrouble(Pods([pod(state={"waiting": PULL})], []))
        trouble.look(JOB)
        trouble.look(JOB)
        assert trouble.reasons() == ['pod web-1: ImagePullBackOff: Back-off pulling image "shop:9"']

    def test_a_pod_that_is_being_ended_is_remembered(self):
        """The kubelet starts its status anew, and a look at that moment would see nothing but that."""
        ended = pod(state={"waiting": {"reason": "ContainerCreating"}})
        ended["metadata"]["deletionTimestamp"] = "2026-11-24T20:12:28Z"
        trouble = PodTrouble(Pods([pod(state={"waiting": PULL})], [ended]))
        trouble.look(JOB)
        trouble.look(JOB)
        assert trouble.reasons() == ['pod web-1: ImagePullBackOff: Back-off pulling image "shop:9"']

    def test_a_pod_between_two_starts_is_remembered(self):
        trouble = PodTrouble(Pods([pod(state={"terminated": CRASHED})], [pod(state={"running": {}})]))
        trouble.look(JOB)
        trouble.look(JOB)
        assert "exit code 3" in trouble.reasons()[0]

    def test_a_pod_that_recovered_is_not(self):
        trouble = PodTrouble(Pods([pod(state={"waiting": PULL})], [pod(ready="True", state={"running": {}})]))
        trouble.look(JOB)
        trouble.look(JOB)
        assert trouble.reasons() == []
